"""The shape of standing orders to machines."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from accounts.settlement.models import StandingOrder, StandingOrderRun
from accounts.settlement.standing import DayRule, Frequency
from portal.core.amounts import ToldAmount, WrittenAmount


class OrderTermsSerializer(serializers.Serializer[Any]):
    """What to pay and when: ``amount`` each time, or all above ``kept_amount``."""

    payee = serializers.CharField(max_length=20)
    amount = WrittenAmount(allow_null=True, default=None)
    kept_amount = WrittenAmount(min_value=Decimal(0), allow_null=True, default=None)
    text = serializers.CharField(max_length=140, allow_blank=True, default="")
    frequency = serializers.ChoiceField(choices=Frequency.choices)
    first_date = serializers.DateField()
    last_date = serializers.DateField(allow_null=True, default=None)
    on_last_day = serializers.BooleanField(default=False)
    day_rule = serializers.ChoiceField(choices=DayRule.choices, default=DayRule.FOLLOWING.value)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Take one of the two figures."""
        if (attrs["amount"] is None) == (attrs["kept_amount"] is None):
            raise serializers.ValidationError({"amount": "Give either amount or kept_amount."})
        return attrs


class ShownTermsSerializer(serializers.Serializer[Any]):
    """A version of what an order pays."""

    number = serializers.IntegerField()
    payee = serializers.CharField(source="payee.reference")
    amount = ToldAmount("standing_order.settlement_account.currency", allow_null=True)
    kept_amount = ToldAmount("standing_order.settlement_account.currency", allow_null=True)
    text = serializers.CharField()
    frequency = serializers.ChoiceField(choices=Frequency.choices)
    first_date = serializers.DateField()
    last_date = serializers.DateField(allow_null=True)
    on_last_day = serializers.BooleanField()
    day_rule = serializers.ChoiceField(choices=DayRule.choices)


class SeenTermsSerializer(serializers.Serializer[Any]):
    """Which version of an order's terms is agreed to."""

    version = serializers.IntegerField(min_value=1, help_text="the number of the proposal that was looked at")


class StandingOrderSerializer(serializers.ModelSerializer[StandingOrder]):
    """A standing order, the terms in force, and a change that waits for a second person."""

    account = serializers.CharField(source="settlement_account.reference", read_only=True)
    terms = ShownTermsSerializer(read_only=True)
    proposal = ShownTermsSerializer(read_only=True, allow_null=True)

    class Meta:
        model = StandingOrder
        fields = ["reference", "account", "status", "next_due_date", "next_pay_date", "terms", "proposal", "made_at"]


class StandingOrderRunSerializer(serializers.ModelSerializer[StandingOrderRun]):
    """What became of one date."""

    payment = serializers.CharField(source="instruction.reference", read_only=True, default=None)
    amount = ToldAmount("standing_order.settlement_account.currency", allow_null=True)

    class Meta:
        model = StandingOrderRun
        fields = ["due_date", "status", "amount", "attempts", "last_tried_on", "reason_code", "payment"]
