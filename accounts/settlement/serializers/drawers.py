"""The shape of drawers and slips to machines."""

from typing import Any

from rest_framework import serializers

from accounts.settlement.drawer_states import DeliveryWay, DrawerKind
from accounts.settlement.models import CashCorrection, CashDelivery, CashDrawer, CashMovement
from accounts.settlement.states import Way
from portal.core.amounts import BankAmount, ToldAmount, WrittenAmount


class CashDrawerSerializer(serializers.ModelSerializer[CashDrawer]):
    """A drawer: whose, what it holds, what it may hold."""

    branch = serializers.CharField(source="branch.code", read_only=True)
    holder = serializers.CharField(source="holder.reference", read_only=True, default=None)
    held_amount = ToldAmount()
    limit_amount = ToldAmount(allow_null=True)

    class Meta:
        model = CashDrawer
        fields = ["reference", "kind", "status", "branch", "holder", "currency", "held_amount", "limit_amount"]


class OpenDrawerSerializer(serializers.Serializer[Any]):
    """A drawer for a colleague, who holds it; or a branch's vault, and how much counted cash it begins with."""

    kind = serializers.ChoiceField(choices=DrawerKind.choices)
    branch = serializers.CharField(max_length=20)
    holder = serializers.CharField(max_length=20, allow_blank=True, default="")
    limit = BankAmount(allow_null=True, default=None)
    begin = BankAmount(allow_null=True, default=None)


class LimitSerializer(serializers.Serializer[Any]):
    """The most that may lie in a drawer from now on."""

    limit = BankAmount()


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
    amount = ToldAmount("settlement_account.currency")

    class Meta:
        model = CashMovement
        fields = ["reference", "slip_number", "slip_date", "account", "way", "amount", "text", "status", "made_at"]


class RightCashSerializer(serializers.Serializer[Any]):
    """What should have been booked; number and date are a slip's."""

    account = serializers.CharField(max_length=20)
    way = serializers.ChoiceField(choices=Way.choices)
    amount = WrittenAmount()
    text = serializers.CharField(max_length=140, allow_blank=True, default="")
    slip_number = serializers.CharField(max_length=20, allow_blank=True, default="")
    slip_date = serializers.DateField(allow_null=True, default=None)


class CorrectionRequestSerializer(serializers.Serializer[Any]):
    """Why booked cash is wrong, and what is booked instead, if anything."""

    reason = serializers.CharField(max_length=200)
    instead = RightCashSerializer(required=False, allow_null=True)


class CashCorrectionSerializer(serializers.ModelSerializer[CashCorrection]):
    """A correction: of which cash, what is booked instead, and where it stands."""

    movement = serializers.CharField(source="movement.reference", read_only=True)
    account = serializers.CharField(source="settlement_account.reference", read_only=True, default=None)
    amount = ToldAmount("movement.settlement_account.currency", allow_null=True)
    replacement = serializers.CharField(source="replacement.reference", read_only=True, default=None)
    reversal = serializers.CharField(source="reversal.reference", read_only=True, default=None)

    class Meta:
        model = CashCorrection
        fields = [
            "reference", "movement", "status", "reason", "account", "way", "amount", "text", "slip_number", "slip_date",
            "reversal", "replacement", "check_reason", "made_at", "checked_at",
        ]  # fmt: skip


class DeliveryRequestSerializer(serializers.Serializer[Any]):
    """Which way cash goes between a vault and the other bank, and how much."""

    way = serializers.ChoiceField(choices=DeliveryWay.choices)
    amount = WrittenAmount()


class CashDeliverySerializer(serializers.ModelSerializer[CashDelivery]):
    """Cash between a vault and the other bank, and where it stands."""

    vault = serializers.CharField(source="vault.reference", read_only=True)
    currency = serializers.CharField(source="vault.currency", read_only=True)
    amount = ToldAmount("vault.currency")

    class Meta:
        model = CashDelivery
        fields = ["reference", "vault", "way", "amount", "currency", "status", "reason", "effective_date", "made_at"]
