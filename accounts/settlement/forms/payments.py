"""What people fill in about payees and payments to them."""

from decimal import Decimal
from typing import Any, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.settlement.models import Payee
from portal.core.amounts import AmountField, InCurrency
from portal.core.idempotency import IdempotencyKeyField


class PayeeField(forms.ModelChoiceField):
    """A choice of payees, each with the number that tells it from its namesakes."""

    def __init__(self, **kwargs: Any) -> None:
        fixed: dict[str, Any] = {"label": _("Payee"), "queryset": Payee.objects.none(), "to_field_name": "reference"}
        super().__init__(**{**fixed, "empty_label": _("Choose a payee"), **kwargs})

    def label_from_instance(self, obj: Any) -> str:
        """Write name and number."""
        return f"{obj.name} · {obj.grouped_number}"


class PayeeForm(forms.Form):
    """Whom an enterprise will pay."""

    FIELDS: Final = {"payee_number_wrong": "number", "payee_unknown": "number"} | dict.fromkeys(
        ("bank_code_wrong", "bank_of_another_country"), "bank"
    )

    idempotency_key = IdempotencyKeyField()
    name = forms.CharField(
        label=_("Name of the payee"), max_length=70, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    number = forms.CharField(
        label=_("Account number of the payee"), max_length=42, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    bank = forms.CharField(
        label=_("Bank of the payee"),
        max_length=80,
        required=False,
        help_text=_("Choose it by name, or enter its CNAPS code or BIC. Leave it empty for an account of this bank."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "banks"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.attrs = {"novalidate": True}
        self.helper.add_input(Submit("", _("Save the payee"), css_id="save"))


class PaymentForm(InCurrency):
    """Which payee, how much, and what for."""

    FIELDS: Final = dict.fromkeys(("amount_refused", "insufficient_funds", "daily_limit"), "amount") | dict.fromkeys(
        ("payee_gone", "payee_unpayable", "payee_cools_off"), "payee"
    )

    idempotency_key = IdempotencyKeyField()
    payee = PayeeField()
    amount = AmountField(label=_("Amount"))
    text = forms.CharField(label=_("What for"), max_length=140, required=False)

    def __init__(self, *args: Any, payees: QuerySet[Payee], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payee"].queryset = payees  # type: ignore[attr-defined]  # a choice of rows
        self.helper = FormHelper()
        self.helper.attrs = {"novalidate": True}
        self.helper.add_input(Submit("review", _("Check the payment"), css_id="review"))


class CodeForm(forms.Form):
    """The one-time code that lets a payment leave."""

    REFUSALS: Final = frozenset(
        {"signing_code_wrong", "signing_code_missing", "signing_code_expired", "signing_code_attempts"}
    )

    code = forms.CharField(
        label=_("Six-digit code"),
        max_length=12,
        error_messages={"required": _("Enter the six digits of the code.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class RulesForm(InCurrency):
    """How much an enterprise pays in a day, and from which amount two people must agree."""

    daily_limit = AmountField(label=_("Most that may be paid in a day"), min_value=Decimal(0))
    second_person_from = AmountField(
        label=_("A second person must agree from"),
        min_value=Decimal(0),
        required=False,
        help_text=_("Leave it empty if one owner is enough for every amount."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("", _("Save the limits"), css_id="save"))
