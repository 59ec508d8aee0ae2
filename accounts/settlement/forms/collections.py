"""What people fill in about requests for payment, and what a payer does."""

from decimal import Decimal
from typing import Any, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.identity.forms.fields import PhoneField
from accounts.settlement.forms.standing import DayInput
from accounts.settlement.models import SettlementAccount
from accounts.settlement.operations import Asked, BillTerms, Contact
from accounts.settlement.standing import Frequency
from portal.core.amounts import AmountField, InCurrency
from portal.core.idempotency import IdempotencyKeyField


class _CustomerForm(InCurrency):
    """Whom to ask; each form below adds what for."""

    customer_name = forms.CharField(label=_("Name of the customer"), max_length=120, required=False)
    customer_phone = PhoneField(required=False)
    customer_email = forms.EmailField(label=_("E-mail"), required=False)
    customer_language = forms.ChoiceField(label=_("Language of the messages"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer_phone"].widget.attrs["autocomplete"] = "off"

    @property
    def contact(self) -> Contact:
        """Who was named."""
        return Contact(
            **{name: self.cleaned_data[f"customer_{name}"] for name in ("name", "phone", "email", "language")}
        )


class RequestForm(_CustomerForm):
    """How much to ask for, until when, and of whom."""

    field_order = ("idempotency_key", "amount", "allows_parts", "text", "due_date")
    idempotency_key = IdempotencyKeyField()
    amount = AmountField(
        label=_("Amount"), required=False, help_text=_("Leave it empty if the payer says how much, as for a donation.")
    )
    allows_parts = forms.BooleanField(label=_("May be paid in parts"), required=False)
    text = forms.CharField(label=_("What for"), max_length=140, required=False)
    due_date = forms.DateField(label=_("To be paid by"), widget=DayInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer_phone"].help_text = _(
            "With a number or an address, the bank sends the link and reminders."
        )
        self.helper = FormHelper()
        self.helper.add_input(Submit("", _("Ask for the payment"), css_id="ask"))

    @property
    def asked(self) -> Asked:
        """What was asked for."""
        told = self.cleaned_data
        return Asked(told["amount"], told["text"], told["due_date"], told["allows_parts"], self.contact)


class BillPlanForm(_CustomerForm):
    """How much to ask for again and again, how often, and of whom."""

    field_order = ("idempotency_key", "customer_name", "customer_phone", "customer_email", "customer_language")
    idempotency_key = IdempotencyKeyField()
    amount = AmountField(label=_("Amount of each bill"))
    text = forms.CharField(label=_("What for"), max_length=140, required=False)
    frequency = forms.ChoiceField(
        label=_("How often?"),
        choices=[choice for choice in Frequency.choices if choice[0] != Frequency.ONCE],
        initial=Frequency.MONTHLY,
    )
    first_date = forms.DateField(label=_("First bill to be paid by"), widget=DayInput())
    on_last_day = forms.BooleanField(label=_("Always on the last day of the month"), required=False)
    last_date = forms.DateField(
        label=_("Last date"),
        required=False,
        widget=DayInput(),
        help_text=_("Leave it empty to go on until you stop it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer_name"].required = True
        self.fields["customer_phone"].help_text = _("Enter a number, an e-mail address, or both: bills are sent there.")
        self.helper = FormHelper()
        self.helper.add_input(Submit("", _("Start the bills"), css_id="plan"))

    @property
    def terms(self) -> BillTerms:
        """What was asked for."""
        names = ("amount", "text", "frequency", "first_date", "last_date", "on_last_day")
        return BillTerms(**{name: self.cleaned_data[name] for name in names}, contact=self.contact)


class SourceField(forms.ModelChoiceField):
    """A choice of accounts to pay from."""

    def label_from_instance(self, obj: Any) -> str:
        """Write number and holder."""
        return f"{obj.grouped_number} · {obj.enterprise.legal_name}"


class PayRequestForm(InCurrency):
    """From which account, and how much where the payer may say so."""

    FIELDS: Final = dict.fromkeys(
        (
            "request_overpaid", "request_part_refused", "insufficient_funds", "daily_limit", "new_payee_limit",
            "second_person_needed",
        ),
        "amount",
    )  # fmt: skip

    idempotency_key = IdempotencyKeyField()
    source = SourceField(label=_("From account"), queryset=SettlementAccount.objects.none(), to_field_name="reference")
    amount = AmountField(label=_("Amount"))

    def __init__(
        self, *args: Any, sources: QuerySet[SettlementAccount], left: Decimal | None, fixed: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        source: Any = self.fields["source"]
        source.queryset = sources
        source.empty_label = None
        amount = self.fields["amount"]
        amount.initial = left
        if fixed:
            amount.widget = forms.HiddenInput()
        self.helper = FormHelper()
        self.helper.add_input(Submit("", _("Pay now"), css_id="pay"))
