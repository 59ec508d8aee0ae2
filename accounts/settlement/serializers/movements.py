"""The shape of postings, receipts and transfers to machines."""

from typing import Any

from rest_framework import serializers

from accounts.ledger.models import Posting
from accounts.settlement import queries
from accounts.settlement.models import Receipt, Transfer
from portal.core.amounts import ToldAmount, WrittenAmount
from portal.core.money import rounded


class PostingSerializer(serializers.Serializer[Any]):
    """One posting on an account: money in is positive."""

    entry = serializers.CharField(source="entry.reference")
    event = serializers.CharField(source="entry.event")
    effective_date = serializers.DateField()
    posted_at = serializers.DateTimeField(source="entry.posted_at")
    amount = serializers.SerializerMethodField()
    counterparty = serializers.SerializerMethodField()
    text = serializers.CharField(source="entry.text")

    def get_amount(self, posting: Any) -> str:
        """Sign the amount as the account's holder sees it."""
        return str(rounded(posting.signed, self.context["currency"]))

    def get_counterparty(self, posting: Posting) -> str:
        """Name the other side of a transfer."""
        return queries.counterparty(posting)


class ReceiptSerializer(serializers.ModelSerializer[Receipt]):
    """Money that came in with words on it, and what it was claimed for."""

    entry = serializers.CharField(source="entry.reference", read_only=True)
    amount = ToldAmount("settlement_account.currency")

    class Meta:
        model = Receipt
        fields = [
            "reference",
            "amount",
            "entry",
            "payer_name",
            "payer_number",
            "text",
            "purpose",
            "subject",
            "received_on",
            "claimed_at",
            "claimed_for",
        ]


class TransferRequestSerializer(serializers.Serializer[Transfer]):
    """Whom to pay, how much, and what for."""

    to_number = serializers.CharField(max_length=30)
    to_name = serializers.CharField(max_length=120)
    amount = WrittenAmount()
    text = serializers.CharField(max_length=140, allow_blank=True, default="")


class TransferSerializer(serializers.ModelSerializer[Transfer]):
    """A transfer that was made."""

    source = serializers.CharField(source="source.number", read_only=True)  # type: ignore[assignment]  # its own name
    destination = serializers.CharField(source="destination.number", read_only=True)
    entry = serializers.CharField(source="entry.reference", read_only=True)
    amount = ToldAmount("source.currency")

    class Meta:
        model = Transfer
        fields = ["reference", "source", "destination", "amount", "text", "entry", "made_at"]
