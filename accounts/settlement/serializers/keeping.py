"""The shape of money that is kept back to machines."""

from typing import Any

from rest_framework import serializers

from accounts.ledger.models import Hold
from accounts.settlement.models import SettlementAccount
from portal.core.amounts import ToldAmount, WrittenAmount


class HoldSerializer(serializers.ModelSerializer[Hold]):
    """Money kept back on an account, until it is paid (``captured``), let go (``voided``) or its time is over."""

    amount = ToldAmount("ledger_account.currency")
    to = serializers.SerializerMethodField()
    entry = serializers.CharField(source="captured_entry.reference", read_only=True, default=None)

    class Meta:
        model = Hold
        fields = ["reference", "amount", "text", "to", "status", "placed_at", "expires_at", "ended_at", "entry"]

    def get_to(self, hold: Hold) -> str | None:
        """Name the account to which it may be paid, if one was named."""
        return hold.subject if hold.subject != hold.ledger_account.settlement_account.reference else None


class KeepSerializer(serializers.Serializer[Any]):
    """How much is kept back, through which day, why, and to which account a colleague may pay it, if to any."""

    amount = WrittenAmount()
    until = serializers.DateField()
    reason = serializers.CharField(max_length=140)
    to = serializers.SlugRelatedField(
        slug_field="reference", queryset=SettlementAccount.objects.all(), allow_null=True, default=None
    )


class PayKeptSerializer(serializers.Serializer[Any]):
    """How much is paid; all of it unless told."""

    amount = WrittenAmount(allow_null=True, default=None)
