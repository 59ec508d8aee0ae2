"""Money moved between accounts of this bank."""

from typing import Any, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.settlement import numbers
from portal.core.amounts import AmountField, InCurrency
from portal.core.idempotency import IdempotencyKeyField


class TransferForm(InCurrency):
    """Whom to pay, how much, and what for."""

    FIELDS: Final = dict.fromkeys(
        ("amount_refused", "insufficient_funds", "daily_limit", "new_payee_limit", "second_person_needed"), "amount"
    ) | dict.fromkeys(("payee_unknown", "transfer_to_itself"), "to_number")

    idempotency_key = IdempotencyKeyField()
    to_name = forms.CharField(
        label=_("Name of the payee"),
        max_length=120,
        help_text=_("The enterprise's name, as it stands on its account."),
    )
    to_number = forms.CharField(
        label=_("Account number of the payee"),
        max_length=30,
        help_text=_("Sixteen digits. Only accounts of this bank."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    amount = AmountField(label=_("Amount"))
    text = forms.CharField(label=_("What for"), max_length=140, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.attrs = {"novalidate": True}
        self.helper.add_input(Submit("review", _("Check the transfer"), css_id="review"))

    def clean_to_number(self) -> str:
        """Refuse a number whose check digits do not fit."""
        number = numbers.bare(self.cleaned_data["to_number"])
        if not numbers.is_valid(number):
            raise forms.ValidationError(_("This is not a correct account number. Check the digits."))
        return number
