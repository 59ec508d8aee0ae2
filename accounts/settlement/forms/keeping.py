"""Keeping an amount back, naming to whom it may be paid, and paying it."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.settlement import numbers
from accounts.settlement.models import SettlementAccount
from accounts.settlement.operations import Elsewhere
from portal.core.amounts import AmountField, InCurrency
from portal.core.idempotency import IdempotencyKeyField
from portal.core.refusals import Sentence


class KeptPayeeForm(forms.Form):
    """To which account what is kept back may be paid, of this bank or another."""

    SUBMIT: Sentence = _("Name this account")
    FIELDS: Mapping[str, str] = {"bank_code_wrong": "bank", "bank_of_another_country": "bank"} | dict.fromkeys(
        ("transfer_to_itself", "currency_differs", "payee_unknown", "payee_number_wrong"), "to"
    )

    to = forms.CharField(
        label=_("Account to which it may be paid"),
        max_length=42,
        help_text=_("Then a colleague can pay it there, in whole or in part."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    bank = forms.CharField(
        label=_("Bank of the payee"),
        max_length=80,
        required=False,
        help_text=_("Choose it by name, or enter its CNAPS code or BIC. Leave it empty for an account of this bank."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "banks"}),
    )
    name = forms.CharField(
        label=_("Name of the payee"),
        max_length=70,
        required=False,
        help_text=_("Only at another bank, and as that bank knows it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("", self.SUBMIT, css_id="keep"))

    def clean(self) -> dict[str, Any]:
        """Find the account of this bank, or put together the one elsewhere."""
        told = super().clean() or {}
        to, bank, name = (told.pop(each, "") for each in ("to", "bank", "name"))
        if bank or (name and not to):
            for field, text in (("to", to), ("name", name)):
                if not text and field not in self.errors:
                    self.add_error(field, _("To another bank, enter the payee's account number and name."))
            told["to"] = Elsewhere(name, to, bank)
        elif to:
            told["to"] = SettlementAccount.objects.filter(number=numbers.bare(to)).first()
            if told["to"] is None:
                self.add_error("to", _("This bank has no account with this number. Check it, or enter its bank."))
        return told


class KeepForm(InCurrency, KeptPayeeForm):
    """How much the bank keeps back, through which day, why, and to which account it may be paid, if to any."""

    FIELDS: Mapping[str, str] = {
        **KeptPayeeForm.FIELDS,
        "amount_refused": "amount",
        "insufficient_funds": "amount",
        "keep_until_wrong": "until",
        "reason_missing": "reason",
    }
    SUBMIT = _("Keep it back")
    field_order = ("idempotency_key", "amount", "until", "reason")

    idempotency_key = IdempotencyKeyField()
    amount = AmountField(label=_("Amount"))
    until = forms.DateField(label=_("Through which day"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(
        label=_("Reason"), max_length=140, help_text=_("The owners read it, and whoever it is paid to.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].required = False


class PayKeptForm(InCurrency):
    """How much is paid of what is kept back."""

    amount = AmountField(label=_("Amount"))
