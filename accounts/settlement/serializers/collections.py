"""The shape of requests for payment and bill plans to machines."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.identity import phones
from accounts.settlement.models import BillPlan, PaymentRequest
from accounts.settlement.standing import Frequency
from portal.core.amounts import ToldAmount, WrittenAmount


class _CustomerSerializer(serializers.Serializer[Any]):
    """Whom to ask, and where the bank writes to."""

    customer_name = serializers.CharField(max_length=120, allow_blank=True, default="")
    customer_phone = serializers.CharField(max_length=30, allow_blank=True, default="")
    customer_email = serializers.EmailField(allow_blank=True, default="")
    customer_language = serializers.ChoiceField(choices=settings.LANGUAGES, default="en")

    def validate_customer_phone(self, value: str) -> str:
        """Bring a number to its E.164 form."""
        number = phones.normalized(value) if value else ""
        if number is None:
            raise serializers.ValidationError(_("This is not a mobile number."))
        return number


class AskSerializer(_CustomerSerializer):
    """How much to ask for; no amount leaves it to the payer."""

    amount = WrittenAmount(allow_null=True, default=None)
    allows_parts = serializers.BooleanField(default=False)
    text = serializers.CharField(max_length=140, allow_blank=True, default="")
    due_date = serializers.DateField()


class PlanBillsSerializer(_CustomerSerializer):
    """What to ask for again and again."""

    amount = WrittenAmount()
    text = serializers.CharField(max_length=140, allow_blank=True, default="")
    frequency = serializers.ChoiceField(choices=[choice for choice in Frequency.choices if choice[0] != Frequency.ONCE])
    first_date = serializers.DateField()
    last_date = serializers.DateField(allow_null=True, default=None)
    on_last_day = serializers.BooleanField(default=False)


class RequestedPaymentSerializer(serializers.ModelSerializer[PaymentRequest]):
    """A request for payment: where it stands, its public address, and the reference a payer outside writes."""

    account = serializers.CharField(source="settlement_account.reference", read_only=True)
    plan = serializers.CharField(source="plan.reference", read_only=True, default=None)
    amount = ToldAmount("settlement_account.currency", allow_null=True)
    received_amount = ToldAmount("settlement_account.currency")
    structured_reference = serializers.CharField(read_only=True)
    address = serializers.CharField(read_only=True)

    class Meta:
        model = PaymentRequest
        fields = [
            "reference",
            "account",
            "plan",
            "status",
            "amount",
            "allows_parts",
            "received_amount",
            "text",
            "due_date",
            "expires_on",
            "structured_reference",
            "address",
            "customer_name",
            "made_at",
        ]


class RequestToPaySerializer(serializers.ModelSerializer[PaymentRequest]):
    """A request for payment as its payer sees it: nothing of whom else it was sent to."""

    payee = serializers.CharField(source="settlement_account.enterprise.legal_name", read_only=True)
    number = serializers.CharField(source="settlement_account.number", read_only=True)
    currency = serializers.CharField(source="settlement_account.currency", read_only=True)
    amount = ToldAmount("settlement_account.currency", allow_null=True)
    open_amount = ToldAmount("settlement_account.currency", allow_null=True)
    structured_reference = serializers.CharField(read_only=True)

    class Meta:
        model = PaymentRequest
        fields = [
            "payee", "number", "currency", "status", "amount", "open_amount", "allows_parts", "text", "due_date",
            "structured_reference",
        ]  # fmt: skip


class PayRequestSerializer(serializers.Serializer[Any]):
    """From which account to pay a request, and how much."""

    account = serializers.CharField(max_length=20)
    amount = WrittenAmount()


class BillPlanSerializer(serializers.ModelSerializer[BillPlan]):
    """A plan that asks a customer for the same amount again and again."""

    account = serializers.CharField(source="settlement_account.reference", read_only=True)
    amount = ToldAmount("settlement_account.currency")

    class Meta:
        model = BillPlan
        fields = [
            "reference",
            "account",
            "status",
            "amount",
            "text",
            "frequency",
            "first_date",
            "last_date",
            "on_last_day",
            "next_due_date",
            "customer_name",
            "made_at",
        ]
