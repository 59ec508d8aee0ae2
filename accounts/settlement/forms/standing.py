"""What people fill in about standing orders."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.settlement.forms.payments import PayeeField
from accounts.settlement.models import Payee, StandingOrderTerms
from accounts.settlement.operations import OrderTerms
from accounts.settlement.standing import DayRule, Frequency
from portal.core.amounts import AmountField, InCurrency
from portal.core.idempotency import IdempotencyKeyField

OFFERED: Final = (DayRule.FOLLOWING, DayRule.PRECEDING, DayRule.NONE)


class DayInput(forms.DateInput):
    """A browser's own choice of a day."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class StandingOrderForm(InCurrency):
    """Whom to pay, how much, and on which dates."""

    idempotency_key = IdempotencyKeyField()
    payee = PayeeField()
    kind = forms.ChoiceField(
        label=_("How much?"),
        choices=[("amount", _("A fixed amount")), ("above", _("All above an amount that stays"))],
        initial="amount",
        widget=forms.RadioSelect,
    )
    amount = AmountField(
        label=_("Amount"),
        min_value=Decimal(0),
        help_text=_("What is paid each time; or, if you pay all above an amount, what stays in the account."),
    )
    text = forms.CharField(label=_("What for"), max_length=140, required=False)
    frequency = forms.ChoiceField(label=_("How often?"), choices=Frequency.choices, initial=Frequency.MONTHLY)
    first_date = forms.DateField(label=_("First date"), widget=DayInput())
    on_last_day = forms.BooleanField(label=_("Always on the last day of the month"), required=False)
    last_date = forms.DateField(
        label=_("Last date"),
        required=False,
        widget=DayInput(),
        help_text=_("Leave it empty to go on until you end it."),
    )
    day_rule = forms.ChoiceField(
        label=_("If the bank is closed on that day, pay"),
        choices=[(each.value, each.label) for each in OFFERED],
        initial=DayRule.FOLLOWING,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, payees: QuerySet[Payee], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payee"].queryset = payees  # type: ignore[attr-defined]  # a choice of rows
        self.helper = FormHelper()
        self.helper.add_input(Submit("preview", _("See the dates"), css_id="preview"))

    def clean(self) -> dict[str, Any]:
        """Refuse to pay nothing."""
        cleaned = super().clean() or {}
        if cleaned.get("kind") == "amount" and cleaned.get("amount") == 0:
            self.add_error("amount", _("Enter an amount above zero."))
        return cleaned

    @property
    def terms(self) -> OrderTerms:
        """What was asked for."""
        asked = self.cleaned_data
        fixed = asked["kind"] == "amount"
        return OrderTerms(
            payee=asked["payee"],
            amount=asked["amount"] if fixed else None,
            kept_amount=None if fixed else asked["amount"],
            **{
                name: asked[name]
                for name in ("text", "frequency", "first_date", "last_date", "on_last_day", "day_rule")
            },
        )


def as_filled(terms: StandingOrderTerms, *, first_date: date) -> dict[str, Any]:
    """Fill the form with the terms of an order, to go on from a date."""
    amount = terms.amount if terms.kept_amount is None else terms.kept_amount
    return {
        "payee": terms.payee.reference,
        "kind": "amount" if terms.kept_amount is None else "above",
        "amount": amount,
        "first_date": first_date,
        **{name: getattr(terms, name) for name in ("text", "frequency", "last_date", "on_last_day", "day_rule")},
    }
