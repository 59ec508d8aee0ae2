"""The shape of signing and repaying."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.settlement.models import SettlementAccount
from portal.core.idempotency import IdempotencyKeyField


class SignForm(forms.Form):
    """Where the money goes, that the contract was read, and the code that confirms it."""

    account = forms.ModelChoiceField(label=_("Pay out to"), queryset=SettlementAccount.objects.none(), empty_label=None)
    read = forms.BooleanField(label=_("I have read the contract and the schedule, and I agree."))
    code = forms.CharField(
        label=_("Code from the text message"),
        max_length=6,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def __init__(self, *args: Any, accounts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = accounts  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.attrs = {"novalidate": True}
        self.helper.add_input(Submit("submit", _("Sign and pay out")))


class RepayForm(forms.Form):
    """How much to repay."""

    amount = forms.DecimalField(
        label=_("Amount"),
        max_digits=14,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    idempotency_key = IdempotencyKeyField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.attrs = {"novalidate": True}
        self.helper.add_input(Submit("submit", _("Repay now")))
