"""The shape of drawers and slips to machines."""

from typing import Any

from rest_framework import serializers

from accounts.settlement.models import CashDrawer, CashMovement
from accounts.settlement.states import Way
from portal.core.amounts import WrittenAmount


class CashDrawerSerializer(serializers.ModelSerializer[CashDrawer]):
    """A drawer: whose, what it holds, what it may hold."""

    branch = serializers.CharField(source="branch.code", read_only=True)
    holder = serializers.CharField(source="holder.reference", read_only=True, default=None)
    held_amount = serializers.DecimalField(max_digits=19, decimal_places=2)
    limit_amount = serializers.DecimalField(max_digits=19, decimal_places=2, allow_null=True)

    class Meta:
        model = CashDrawer
        fields = ["reference", "kind", "status", "branch", "holder", "currency", "held_amount", "limit_amount"]


class SlipRequestSerializer(serializers.Serializer[Any]):
    """What a numbered slip tells."""

    slip_number = serializers.CharField(max_length=20)
    slip_date = serializers.DateField()
    account = serializers.CharField(max_length=20)
    way = serializers.ChoiceField(choices=Way.choices)
    amount = WrittenAmount()
    text = serializers.CharField(max_length=140, allow_blank=True, default="")


class SlipSerializer(serializers.ModelSerializer[CashMovement]):
    """A slip as it was entered, and where it stands."""

    account = serializers.CharField(source="settlement_account.reference", read_only=True)
    slip_date = serializers.DateField(source="effective_date")
    amount = serializers.DecimalField(max_digits=19, decimal_places=2)

    class Meta:
        model = CashMovement
        fields = ["reference", "slip_number", "slip_date", "account", "way", "amount", "text", "status", "made_at"]
