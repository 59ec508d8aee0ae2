"""Keeping an amount back, and paying it."""

from typing import Any, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.settlement import numbers
from accounts.settlement.models import SettlementAccount
from portal.core.amounts import AmountField
from portal.core.idempotency import IdempotencyKeyField


class KeepForm(forms.Form):
    """How much the bank keeps back, through which day, and why."""

    FIELDS: Final = dict.fromkeys(("amount_refused", "insufficient_funds"), "amount") | {
        "keep_until_wrong": "until",
        "reason_missing": "reason",
        "transfer_to_itself": "to",
        "currency_differs": "to",
        "payee_unknown": "to",
    }

    idempotency_key = IdempotencyKeyField()
    amount = AmountField(label=_("Amount"))
    until = forms.DateField(label=_("Through which day"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=_("Reason"), max_length=140, help_text=_("The owners read it."))
    to = forms.CharField(
        label=_("Account to which it may be paid"),
        max_length=30,
        required=False,
        help_text=_("Sixteen digits, of this bank. Then a colleague can pay it there, in whole or in part."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("", _("Keep it back"), css_id="keep"))

    def clean_to(self) -> SettlementAccount | None:
        """Find the account that the number belongs to."""
        number = numbers.bare(self.cleaned_data["to"])
        found = SettlementAccount.objects.filter(number=number).first() if number else None
        if number and found is None:
            raise forms.ValidationError(_("There is no account with this number. Check the digits."))
        return found


class PayKeptForm(forms.Form):
    """How much is paid of what is kept back."""

    amount = AmountField(label=_("Amount"))
