"""What people bring as evidence."""

from collections.abc import Mapping
from typing import Any, Final

from crispy_forms.bootstrap import InlineRadios
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout, Submit
from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.cashflow.categories import CHOICES
from accounts.cashflow.models import BankTransaction
from accounts.cashflow.questions import WORDS, Columns
from accounts.cashflow.states import Category, Direction, Repeats, Scope, Way
from accounts.statements.parsing.questions import COLUMNS, FIRST_ROW, PASSWORD
from portal.core.amounts import AmountField
from portal.core.idempotency import IdempotencyKeyField
from portal.core.uploads import FilesField

UNKNOWN: Final = {"invalid_choice": _("There is no “%(value)s” to choose; nothing is left out by it.")}
INVOICE_TYPES: Final = ".xml,.ofd,.pdf,.zip,.xlsx,.xls,.csv,.txt"
STATEMENT_TYPES: Final = ".pdf,.xlsx,.xls,.csv,.txt,.htm,.html,.zip,.xml,.sta,.mt940,.940,.ofx,.qfx"
MOST_HAVE: Final = _(
    "One or several: PDF or Excel from your bank's app or website, and bills of WeChat Pay and Alipay as they are "
    "mailed to you. A ZIP, or a file with a password, is fine. Photos and screenshots cannot be read."
)
OTHERS_HAVE: Final = _("CSV, camt.053, MT940 and OFX can be read, too. Up to 10 MB each.")


class StatementForm(forms.Form):
    """Bank statements as files."""

    idempotency_key = IdempotencyKeyField()
    file = FilesField(label=_("Statement files"), accept=STATEMENT_TYPES)

    def __init__(self, *args: Any, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "statement_%s", **kwargs})
        self.fields["file"].help_text = format_html("{}<br><small>{}</small>", MOST_HAVE, OTHERS_HAVE)
        self.helper = _helper(
            action,
            Field("idempotency_key"),
            Field("file"),
            Submit("", _("Send the statements"), css_id="send_statement"),
        )


class InvoicesForm(forms.Form):
    """Invoices as files: lists, invoices themselves, or a ZIP of them."""

    direction = forms.ChoiceField(
        label=_("What do the files list?"),
        help_text=_("Counts for invoices of which a file does not say it."),
        choices=Direction.choices,
        widget=forms.RadioSelect,
        initial=Direction.SALE,
        error_messages={
            "required": _("Choose what the files list."),
            "invalid_choice": _("Choose what the files list."),
        },
    )
    file = FilesField(
        label=_("Invoice files"),
        help_text=_(
            "One or several, as the tax office’s portal hands them out: XML, OFD or PDF, or many in one ZIP. UBL and "
            "CII (Peppol, Factur-X), too. Or lists as Excel or CSV. Up to 10 MB each. What comes twice counts once."
        ),
        accept=INVOICE_TYPES,
    )

    def __init__(self, *args: Any, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "invoices_%s", **kwargs})
        button = Submit("", _("Send the invoices"), css_class="btn btn-secondary", css_id="send_invoices")
        self.helper = _helper(action, Field("direction"), Field("file"), button)


class ReadingForm(forms.Form):
    """Which of several readings of a file is meant."""

    def __init__(self, question: Mapping[str, Any], *args: Any, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = question["kind"]
        words = WORDS[self.kind]
        self.fields["answer"] = forms.ChoiceField(
            label=_("How is this meant?"),
            choices=[(option["answer"], words[option["answer"]]) for option in question["options"]],
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose one of the answers shown.")},
        )
        self.helper = _helper(action, Field("answer"), Submit("", _("Read it this way")))

    def told(self) -> dict[str, Any]:
        """Give the answer as the operation takes it."""
        return {self.kind: self.cleaned_data["answer"]}


class ColumnsForm(forms.Form):
    """Which column of a table holds what."""

    def __init__(
        self, question: Mapping[str, Any], *args: Any, columns: Columns, action: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        rows, guessed = question["rows"], question["guessed"]
        width = max(len(row["cells"]) for row in rows)
        choices = [("", _("None")), *((str(index), _column(question, index)) for index in range(width))]
        lines = [(str(row["line"]), str(row["line"])) for row in rows]
        self.fields[FIRST_ROW] = forms.ChoiceField(
            label=str(columns.first_row),
            choices=lines,
            initial=str(guessed.get(FIRST_ROW, rows[min(1, len(rows) - 1)]["line"])),
        )
        for role, words in columns.roles.items():
            self.fields[role] = forms.ChoiceField(
                label=str(words),
                choices=choices,
                required=role in columns.always_needed,
                initial=str(guessed.get(role, "")),
            )
        self.helper = _helper(action, *map(Field, self.fields), Submit("", _("Read it this way")))

    def told(self) -> dict[str, Any]:
        """Give the answer as the operation takes it."""
        return {COLUMNS: {name: int(value) for name, value in self.cleaned_data.items() if value}}


class OneTimeText(forms.PasswordInput):
    """A text that its writer may see and no page repeats."""

    input_type = "text"


class PasswordForm(forms.Form):
    """The password of a file."""

    password = forms.CharField(
        label=_("Password of the file"),
        max_length=200,
        widget=OneTimeText(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper(action, Field("password"), Submit("", _("Open the file")))

    def told(self) -> dict[str, Any]:
        """Give the answer as the operation takes it."""
        return {PASSWORD: self.cleaned_data["password"]}


def _column(question: Mapping[str, Any], index: int) -> str:
    """Name a column by its letter and what stands in it just above the first payment."""
    rows, first = question["rows"], question["guessed"].get(FIRST_ROW)
    above = [row["cells"] for row in rows if first is None or row["line"] < first]
    cells = above[-1] if above and first is not None else rows[0]["cells"]
    told = cells[index] if index < len(cells) else ""
    return f"{column_name(index)}: {told}" if told else column_name(index)


def column_name(index: int) -> str:
    """Name a column as a spreadsheet does: A, B, … Z, AA."""
    first, last = divmod(index, 26)
    return f"{chr(64 + first) if first else ''}{chr(65 + last)}"


class ClearingForm(forms.Form):
    """Why a replaced statement is no doubt."""

    FIELDS: Final = {"clearing_without_reason": "reason"}

    reason = forms.CharField(
        label=_("Why"),
        help_text=_("What you compared, so that somebody else can follow it."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper("", Field("reason"), Submit("", _("I looked at both: clear it")))


class CategoryForm(forms.Form):
    """What a payment was for."""

    category = forms.ChoiceField(label=_("What was it for?"), widget=forms.RadioSelect)
    scope = forms.ChoiceField(
        label=_("Which payments does this hold for?"),
        choices=Scope.choices,
        initial=Scope.COUNTERPARTY,
        widget=forms.RadioSelect,
    )

    def __init__(self, line: BankTransaction, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"category": line.category}
        labels = dict(Category.choices)
        category: Any = self.fields["category"]
        category.choices = [(each, labels[each]) for each in CHOICES[line.way]]
        self.helper = _helper("", Field("category"), Field("scope"), Submit("", _("Save")))


class PaymentsFilter(forms.Form):
    """Which payments to list."""

    q = forms.CharField(
        label=_("Name or text"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control"}),
    )
    way = forms.ChoiceField(
        label=_("Which way"),
        required=False,
        choices=[("", _("In and out")), ("in", _("In")), ("out", _("Out"))],
        error_messages=UNKNOWN,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    category = forms.ChoiceField(
        label=_("What for"),
        required=False,
        choices=[("", _("Everything")), *Category.choices],
        error_messages=UNKNOWN,
        widget=forms.Select(attrs={"class": "form-select"}),
    )


class PlannedItemForm(forms.Form):
    """Money that will come or go."""

    idempotency_key = IdempotencyKeyField()
    text = forms.CharField(label=_("What for?"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    way = forms.ChoiceField(
        label=_("Does it come in or go out?"), choices=Way.choices, widget=forms.RadioSelect, initial=Way.OUT
    )
    amount = AmountField(label=_("How much?"))
    due_on = forms.DateField(label=_("On which day?"), widget=forms.DateInput(attrs={"type": "date"}))
    repeats = forms.ChoiceField(
        label=_("How often?"), choices=Repeats.choices, widget=forms.RadioSelect, initial=Repeats.ONCE
    )

    def __init__(self, *args: Any, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "planned_%s", **kwargs})
        self.helper = _helper(
            action,
            Field("idempotency_key"),
            Field("text"),
            InlineRadios("way"),
            Field("amount"),
            Field("due_on"),
            InlineRadios("repeats"),
            Submit("", _("Plan it"), css_id="plan_it"),
        )


def _helper(action: str, *fields: Any) -> FormHelper:
    helper = FormHelper()
    helper.form_action = action
    helper.attrs = {"novalidate": True}
    helper.layout = Layout(*fields)
    return helper
