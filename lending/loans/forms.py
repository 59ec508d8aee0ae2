"""The shape of signing and repaying."""

from typing import Any, Final, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.settlement.models import SettlementAccount
from portal.core import formats
from portal.core.amounts import AmountField
from portal.core.buttons import with_button
from portal.core.idempotency import IdempotencyKeyField


class AccountField(forms.ModelChoiceField):
    """A settlement account, told by its number and what it holds."""

    def label_from_instance(self, obj: Any) -> str:
        """Write the choice."""
        return f"{obj.grouped_number} · {formats.money(obj.balance, obj.currency)}"


class SignForm(forms.Form):
    """Where the money goes, that the contract was read, and the code that confirms it."""

    # The field that a refusal belongs to.
    FIELDS: Final = dict.fromkeys(
        ("signing_code_wrong", "signing_code_missing", "signing_code_expired", "signing_code_attempts"), "code"
    ) | {
        "wrong_account": "account",
        "account_not_open": "account",
    }

    account = AccountField(
        label=_("Pay out to"),
        queryset=SettlementAccount.objects.none(),
        empty_label=None,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose the account that the money goes to.")),
    )
    read = forms.BooleanField(
        label=_("I have read the contract and the schedule, and I agree."),
        error_messages={"required": _("Read the contract, then tick this box.")},
    )
    code = forms.CharField(
        label=_("Six-digit code"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages=dict.fromkeys(("required", "max_length"), _("Enter the six digits of the code.")),
    )

    def __init__(self, *args: Any, accounts: Any, is_line: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = accounts  # type: ignore[attr-defined]
        if is_line:
            self.fields["read"].label = _("I have read the contract, and I agree.")
        self.helper = with_button(_("Sign") if is_line else _("Sign and pay out"))


class RepayForm(forms.Form):
    """How much to repay; what comes back early is told before it is taken: `seen` names what was told."""

    FIELDS: Final = dict.fromkeys(("amount_not_positive", "more_than_open", "insufficient_funds"), "amount")

    amount = AmountField(label=_("Amount"))
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    idempotency_key = IdempotencyKeyField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = with_button(_("Repay now"))

    def mark_seen(self, shown: str) -> None:
        """Let the form be sent once more, with what the repayment does in sight."""
        data = cast("QueryDict", self.data).copy()
        data["seen"] = shown
        self.data = data
        self.helper.inputs[0].value = _("Confirm repayment")
