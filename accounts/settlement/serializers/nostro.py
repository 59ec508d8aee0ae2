"""The shape of what the other bank tells, and of money in suspense, to machines."""

from typing import Any

from rest_framework import serializers

from accounts.settlement.models import NostroLine, NostroStatement, SuspenseItem
from accounts.settlement.nostro_states import Clearing, StatementStatus
from accounts.settlement.queries import foreseen
from portal.core.amounts import ToldAmount


class NostroFileSerializer(serializers.Serializer[Any]):
    """A file from the other bank: a statement, a notification or a status report."""

    file = serializers.FileField()


class NostroStatementSerializer(serializers.ModelSerializer[NostroStatement]):
    """A file from the other bank, and where it stands; ``known_count`` are lines that another file told before."""

    name = serializers.CharField(source="file.original_name", read_only=True)
    opening_balance = ToldAmount("currency")
    closing_balance = ToldAmount("currency")

    class Meta:
        model = NostroStatement
        fields = [
            "reference", "name", "status", "format", "currency", "period_first", "period_last", "opening_balance",
            "closing_balance", "line_count", "known_count", "refusal_code", "refusal", "reason", "uploaded_at",
            "uploaded_by", "read_at", "decided_at", "decided_by",
        ]  # fmt: skip


class OneNostroStatementSerializer(NostroStatementSerializer):
    """A file from the other bank; while it waits, ``shown`` names what it would do, line by line.

    Whoever agrees sends ``shown`` back as what they saw.
    """

    shown = serializers.SerializerMethodField()

    class Meta(NostroStatementSerializer.Meta):
        fields = [*NostroStatementSerializer.Meta.fields, "shown"]

    def get_shown(self, statement: NostroStatement) -> str:
        """Name it, where somebody may agree."""
        return foreseen.shown(statement) if statement.status == StatementStatus.WAITING else ""


class NostroLineSerializer(serializers.ModelSerializer[NostroLine]):
    """One booking on our account at the other bank, negative when money went out; what it would do, or did.

    ``foreseen_goal``, ``payment``, ``account`` and ``suspense_item`` are references of what it moves or moved.
    """

    amount = ToldAmount("currency")
    text = serializers.CharField(source="description", read_only=True)
    payment = serializers.CharField(source="instruction.reference", read_only=True, default=None)
    account = serializers.CharField(source="receipt.settlement_account.reference", read_only=True, default=None)
    suspense_item = serializers.CharField(source="suspense_item.reference", read_only=True, default=None)

    class Meta:
        model = NostroLine
        fields = [
            "reference", "line_number", "booked_on", "amount", "currency", "counterparty_name", "counterparty_number",
            "text", "end_to_end", "bank_reference", "status", "foreseen", "foreseen_goal", "kind", "rule",
            "effective_date", "payment", "account", "suspense_item",
        ]  # fmt: skip


class SuspenseItemSerializer(serializers.ModelSerializer[SuspenseItem]):
    """Money in suspense, negative when it went out: what the other bank told, why it waits, what is proposed.

    Whoever agrees sends ``shown`` back as what they saw.
    """

    amount = ToldAmount("line.currency", source="line.amount")
    currency = serializers.CharField(source="line.currency", read_only=True)
    booked_on = serializers.DateField(source="line.booked_on", read_only=True)
    counterparty_name = serializers.CharField(source="line.counterparty_name", read_only=True)
    counterparty_number = serializers.CharField(source="line.counterparty_number", read_only=True)
    text = serializers.CharField(source="line.description", read_only=True)
    end_to_end = serializers.CharField(source="line.end_to_end", read_only=True)
    bank_reference = serializers.CharField(source="line.bank_reference", read_only=True)
    account = serializers.CharField(source="settlement_account.number", read_only=True, default=None)
    payment = serializers.CharField(source="instruction.reference", read_only=True, default=None)
    cleared_with = serializers.CharField(source="cleared_with.reference", read_only=True, default=None)
    shown = serializers.CharField(read_only=True)

    class Meta:
        model = SuspenseItem
        fields = [
            "reference", "status", "amount", "currency", "booked_on", "counterparty_name", "counterparty_number",
            "text", "end_to_end", "bank_reference", "doubt", "refusal_code", "way", "account", "payment",
            "sender_name", "sender_number", "sender_bank_code", "cleared_with", "note", "shown", "proposed_at",
            "proposed_by", "checked_at", "checked_by",
        ]  # fmt: skip


class OneSuspenseItemSerializer(SuspenseItemSerializer):
    """Money in suspense with the cash that it is, where it is cash, and what is over or short of that."""

    cash = serializers.SerializerMethodField()
    difference_amount = ToldAmount("line.currency")

    class Meta(SuspenseItemSerializer.Meta):
        fields = [*SuspenseItemSerializer.Meta.fields, "cash", "difference_amount"]

    def get_cash(self, item: SuspenseItem) -> list[str]:
        """List the cash by reference."""
        return [each.reference for each in item.cash]


class ClearingRequestSerializer(serializers.Serializer[Any]):
    """What money in suspense is, how one knows, and beside its ``way`` what that names.

    ``account``: the customer's account number; ``payment``: a payment's reference; ``cash`` and ``beside``: references
    of cash, and of other money in suspense that is the same cash; ``sender_…``: to whom it goes back.
    """

    way = serializers.ChoiceField(choices=Clearing.choices)
    note = serializers.CharField(max_length=200)
    account = serializers.CharField(max_length=30, allow_blank=True, default="")
    payment = serializers.CharField(max_length=20, allow_blank=True, default="")
    cash = serializers.ListField(child=serializers.CharField(max_length=20), max_length=10, default=list)
    beside = serializers.ListField(child=serializers.CharField(max_length=20), max_length=10, default=list)
    sender_name = serializers.CharField(max_length=70, allow_blank=True, default="")
    sender_number = serializers.CharField(max_length=42, allow_blank=True, default="")
    sender_bank_code = serializers.CharField(max_length=80, allow_blank=True, default="")


class SeenSerializer(serializers.Serializer[Any]):
    """What the person looked at who agrees: the thing's ``shown``."""

    seen = serializers.CharField(max_length=64)
