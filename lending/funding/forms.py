"""What people fill in about other funds: what they want, an introduction, a program, what a program answered."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.identity import consents
from accounts.identity.models import SIZE_LABELS, Setting
from lending.applications.models import Purpose
from lending.funding.models import CONTENT, FundingProgram, Kind
from lending.funding.queries import Wanted
from portal.core.amounts import AmountField, PercentField, in_bank_currency
from portal.core.buttons import with_button
from portal.core.idempotency import IdempotencyKeyField

GROUPS: Final[dict[str, tuple[Any, tuple[str, ...]]]] = {
    "names": (
        _("What it is called, and who runs it"),
        ("code", "kind", "name_en", "name_zh_hans", "summary_en", "summary_zh_hans", "run_by_en", "run_by_zh_hans",
         "website", "phone"),
    ),
    "terms": (
        _("What it gives, costs and asks to see"),
        ("min_amount", "max_amount", "cost_en", "cost_zh_hans", "papers_en", "papers_zh_hans", "apply_by"),
    ),
    "who": (
        _("Whom it is for"),
        ("industries", "setting", "is_grower", "min_age_months", "max_age_months", "sizes", "purposes"),
    ),
    "commission": (_("What the bank earns"), ("commission_rate", "commission_amount")),
}  # fmt: skip
WHOLE: Final = frozenset({"code", "kind", "industries", "sizes", "purposes"})
LONG: Final = {"rows": 3}
DATE: Final = {"type": "date"}
YES_OR_NO: Final = {"": None, "yes": True, "no": False}


class WantedForm(forms.Form):
    """How much somebody wants, and what for; both may be left open."""

    amount = AmountField(label=in_bank_currency(_("How much do you need?")), required=False)
    purpose = forms.ChoiceField(
        label=_("What is it for?"), choices=[("", _("Not decided")), *Purpose.choices], required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_method = "get"
        self.helper.disable_csrf = True
        self.helper.attrs = {"novalidate": True}
        self.helper.layout = Layout(
            Row(Column("amount", css_class="col-md-6"), Column("purpose", css_class="col-md-6")),
            Submit("", _("Show what suits"), css_class="btn-secondary"),
        )

    def wanted(self) -> Wanted:
        """Give what was told; what cannot be read is not known."""
        given = self.cleaned_data if self.is_valid() else {}
        return Wanted(given.get("amount"), given.get("purpose") or None)


def _wording() -> Any:
    return consents.WORDINGS[consents.INTRODUCTION, consents.CURRENT_VERSION]


class AskForm(forms.Form):
    """An introduction, and what an owner agrees to."""

    FIELDS: Final = {"program_does_not_suit": "amount", "consent_missing": "consent"}

    amount = AmountField(label=in_bank_currency(_("How much do you need?")), in_words=True)
    purpose = forms.ChoiceField(
        label=_("What is it for?"),
        choices=Purpose.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose what the money is for.")),
    )
    cash_flow = forms.BooleanField(
        label=_("Pass on the summary of our cash flow, too (optional)"),
        help_text=_("Only the figures shown above, no single payment and nobody you deal with."),
        required=False,
    )
    consent = forms.BooleanField(
        label=_("I agree"),
        help_text=_wording(),
        error_messages={"required": _("Without your agreement nothing is passed on.")},
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=200)
    idempotency_key = IdempotencyKeyField()

    def __init__(self, *args: Any, has_cash_flow: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_cash_flow:
            del self.fields["cash_flow"]
        self.helper = with_button(_("Introduce us"))

    def was_seen(self) -> str:
        """Give the fingerprint of what is passed on: the first is without the cash flow, the second with it."""
        first, _space, second = self.cleaned_data["seen"].partition(" ")
        return str(second if self.cleaned_data.get("cash_flow") else first)


class AnswerForm(forms.Form):
    """What a program answered."""

    FIELDS: Final = {"funded_amount_missing": "amount", "answer_missing": "note"}

    outcome = forms.ChoiceField(
        label=_("What became of it"),
        choices=[("funded", _("It was funded")), ("declined", _("It was declined"))],
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose one of the answers.")),
    )
    amount = AmountField(label=in_bank_currency(_("How much was granted")), required=False)
    note = forms.CharField(
        label=_("What the program said"),
        max_length=300,
        required=False,
        help_text=_("The owner reads this. Needed where it was declined."),
        widget=forms.Textarea(attrs=LONG),
    )

    def __init__(self, *args: Any, is_passed_on: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_passed_on:  # nobody funds what was never passed on
            self.fields["outcome"].choices = [("declined", _("It is not passed on"))]  # type: ignore[attr-defined]
            self.fields["outcome"].initial = "declined"
            del self.fields["amount"]
        self.helper = with_button(_("Record the answer"))

    def answer(self) -> dict[str, Any]:
        """Give what was told as the operation takes it."""
        given = self.cleaned_data
        return {"is_funded": given["outcome"] == "funded", "amount": given.get("amount"), "note": given["note"]}


def _text(label: Any, most: int, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, **kwargs)


def _long(label: Any, **kwargs: Any) -> forms.CharField:
    return _text(label, 300, widget=forms.Textarea(attrs=LONG), **kwargs)


def _months(label: Any, **kwargs: Any) -> forms.IntegerField:
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    return forms.IntegerField(label=label, min_value=0, max_value=1200, required=False, widget=widget, **kwargs)


def _checks(label: Any, choices: Any, **kwargs: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, **kwargs
    )


class ProgramForm(forms.Form):
    """An edition of a program."""

    code = forms.SlugField(
        label=_("Program code"), max_length=40, help_text=_("Short, in Latin letters. It never changes.")
    )
    kind = forms.ChoiceField(label=_("What it is"), choices=Kind.choices)
    name_en = _text(_("Name in English"), 80)
    name_zh_hans = _text(_("Name in Chinese"), 80)
    summary_en = _long(_("What it is for, in English"), help_text=_("One or two sentences that an owner understands."))
    summary_zh_hans = _long(_("What it is for, in Chinese"))
    run_by_en = _text(_("Who runs it, in English"), 120)
    run_by_zh_hans = _text(_("Who runs it, in Chinese"), 120)
    website = forms.URLField(
        label=_("Website"), required=False, assume_scheme="https", help_text=_("It begins with https://")
    )
    phone = _text(_("Telephone"), 30, required=False)
    min_amount = AmountField(label=_("Smallest amount"))
    max_amount = AmountField(label=_("Largest amount"))
    apply_by = forms.DateField(
        label=_("Last day to apply"),
        required=False,
        help_text=_("After it the program vanishes from owners' pages by itself."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs=DATE),
    )
    cost_en = _long(_("What it costs, in English"), help_text=_("Interest, fees, what is given up. All of it."))
    cost_zh_hans = _long(_("What it costs, in Chinese"))
    papers_en = _long(_("What to bring, in English"))
    papers_zh_hans = _long(_("What to bring, in Chinese"))
    industries = _text(
        _("Only for these trades"),
        300,
        required=False,
        help_text=_("Codes of the industry classification (ISIC Rev. 4), with all below them: A, 10, 4711. "
                    "Empty: every trade."),
    )  # fmt: skip
    setting = forms.ChoiceField(label=_("Town or village"), choices=[("", _("Both")), *Setting.choices], required=False)
    is_grower = forms.TypedChoiceField(
        label=_("Growers"),
        choices=[("", _("Whether it grows crops or not")), ("yes", _("Only growers")), ("no", _("Only others"))],
        coerce=YES_OR_NO.__getitem__,
        empty_value=None,
        required=False,
    )
    min_age_months = _months(_("At least so many months old"))
    max_age_months = _months(_("At most so many months old"))
    sizes = _checks(
        _("Only for these sizes"), [(size.value, label) for size, label in SIZE_LABELS.items()],
        help_text=_("None chosen: every size."),
    )  # fmt: skip
    purposes = _checks(_("Only for these purposes"), Purpose.choices, help_text=_("None chosen: every purpose."))
    commission_rate = PercentField(
        label=_("Of what is granted, in percent"),
        initial=Decimal(0),
        max_value=99,
        decimal_places=2,
        help_text=_("Owners are shown this."),
    )
    commission_amount = AmountField(label=_("And for each grant"), initial=Decimal(0), min_value=Decimal(0))

    def __init__(self, *args: Any, code: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if code:
            del self.fields["code"]
        self.helper = FormHelper()
        self.helper.attrs = {"novalidate": True}
        groups = (self._group(title, names) for title, names in GROUPS.values())
        self.helper.layout = Layout(*groups, Submit("submit", _("Propose this edition")))

    def _group(self, title: Any, names: tuple[str, ...]) -> Fieldset:
        columns = [
            Column(name, css_class="col-12 checks" if name in WHOLE else "col-md-6")
            for name in names
            if name in self.fields
        ]
        return Fieldset(title, Row(*columns), css_class="group")

    def clean_industries(self) -> list[str]:
        """Read the codes."""
        codes = self.cleaned_data["industries"].replace(",", " ").replace("，", " ").replace("、", " ").upper().split()
        return sorted(set(codes))

    def content(self) -> dict[str, Any]:
        """Give what was filled in as the operations take it."""
        return {name: self.cleaned_data[name] for name in CONTENT}


def initial_of(program: FundingProgram) -> dict[str, Any]:
    """Fill the form with an edition."""
    told = program.content()
    words = {None: "", True: "yes", False: "no"}
    return told | {
        "industries": ", ".join(program.industries),
        "is_grower": words[program.is_grower],
        "commission_rate": _plain(program.commission_rate * 100),
        **{name: _plain(told[name]) for name in ("min_amount", "max_amount", "commission_amount")},
    }


def _plain(figure: Decimal) -> str:
    return f"{figure.normalize():f}"


class ApproveForm(forms.Form):
    """From which day an edition is published."""

    published_from = forms.DateField(
        label=_("Published from"),
        help_text=_("From this day on owners see it; the edition before ends."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs=DATE),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"published_from": today}, **kwargs})
        self.fields["published_from"].widget.attrs["min"] = today.isoformat()
