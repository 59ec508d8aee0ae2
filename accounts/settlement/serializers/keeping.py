"""The shape of money that is kept back to machines."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.ledger.models import Hold
from accounts.settlement.models import SettlementAccount
from accounts.settlement.operations import Elsewhere
from portal.core.amounts import ToldAmount, WrittenAmount


class ElsewhereSerializer(serializers.Serializer[Any]):
    """An account at another bank; ``bank_code`` takes a name, a CNAPS code or a BIC."""

    name = serializers.CharField(max_length=70)
    number = serializers.CharField(max_length=42)
    bank_code = serializers.CharField(max_length=80)


class HoldSerializer(serializers.ModelSerializer[Hold]):
    """Money kept back on an account, until it is paid (``captured``), let go (``voided``) or its time is over.

    It may be paid to the account ``to`` of this bank, or to ``payee`` at another one, by ``payment`` then.
    """

    amount = ToldAmount("ledger_account.currency")
    to = serializers.SerializerMethodField()
    payee = ElsewhereSerializer(read_only=True, default=None)
    entry = serializers.CharField(source="captured_entry.reference", read_only=True, default=None)
    payment = serializers.CharField(source="captured_entry.payment_instruction.reference", read_only=True, default=None)

    class Meta:
        model = Hold
        fields = [
            "reference", "amount", "text", "to", "payee", "status", "placed_at", "expires_at", "ended_at", "entry",
            "payment",
        ]  # fmt: skip

    def get_to(self, hold: Hold) -> str | None:
        """Name the account of this bank to which it may be paid, if one was named."""
        nobody = hold.subject == hold.ledger_account.settlement_account.reference
        return None if nobody or hasattr(hold, "payee") else hold.subject


class KeepSerializer(serializers.Serializer[Any]):
    """How much is kept back, through which day, why, and to which account a colleague may pay it, if to any.

    That is ``to`` at this bank, or ``payee`` at another one.
    """

    amount = WrittenAmount()
    until = serializers.DateField()
    reason = serializers.CharField(max_length=140)
    to = serializers.SlugRelatedField(
        slug_field="reference", queryset=SettlementAccount.objects.all(), allow_null=True, default=None
    )
    payee = ElsewhereSerializer(allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Put together where it may be paid."""
        payee = attrs.pop("payee")
        if payee and attrs["to"]:
            raise serializers.ValidationError(_("Name an account of this bank or one at another, not both."))
        if payee:
            attrs["to"] = Elsewhere(payee["name"], payee["number"], payee["bank_code"])
        return attrs


class PayKeptSerializer(serializers.Serializer[Any]):
    """How much is paid; all of it unless told."""

    amount = WrittenAmount(allow_null=True, default=None)
