"""What people bring as evidence."""

from typing import Any, Final

from crispy_forms.bootstrap import InlineRadios
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.cashflow.states import Direction, Repeats, Way
from accounts.settlement.forms import AmountField
from portal.core.idempotency import IdempotencyKeyField

STATEMENT_TYPES: Final = ".xlsx,.csv,.txt,.xml,.sta,.mt940,.940,.ofx,.qfx"


class StatementForm(forms.Form):
    """A bank statement as a file."""

    idempotency_key = IdempotencyKeyField()
    file = forms.FileField(
        label=_("Statement file"),
        help_text=_(
            "Excel (XLSX), CSV, camt.053 (XML), MT940 or OFX, up to 10 MB. Your bank's website or app exports it."
        ),
        widget=forms.FileInput(attrs={"accept": STATEMENT_TYPES}),
    )

    def __init__(self, *args: Any, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "statement_%s", **kwargs})
        self.helper = _helper(
            action,
            Field("idempotency_key"),
            Field("file"),
            Submit("", _("Send the statement"), css_id="send_statement"),
        )


class InvoicesForm(forms.Form):
    """An invoice ledger as a file."""

    direction = forms.ChoiceField(
        label=_("What does the file list?"),
        help_text=_("Counts for invoices of which the file does not say it."),
        choices=Direction.choices,
        widget=forms.RadioSelect,
        initial=Direction.SALE,
    )
    file = forms.FileField(
        label=_("Invoice file"),
        help_text=_("Excel (XLSX) or CSV, as your accounting program or the tax office exports it."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )

    def __init__(self, *args: Any, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "invoices_%s", **kwargs})
        button = Submit("", _("Send the invoices"), css_class="btn btn-secondary", css_id="send_invoices")
        self.helper = _helper(action, Field("direction"), Field("file"), button)


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
    helper.layout = Layout(*fields)
    return helper
