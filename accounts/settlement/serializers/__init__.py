"""The shape of settlement accounts to machines."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from accounts.ledger.models import Posting
from accounts.settlement import banks, queries
from accounts.settlement.models import Payee, PaymentInstruction, Receipt, SettlementAccount, Transfer
from portal.core.money import rounded


class SettlementAccountSerializer(serializers.ModelSerializer[SettlementAccount]):
    """An account with what it holds."""

    enterprise = serializers.CharField(source="enterprise.reference", read_only=True)
    balance = serializers.DecimalField(max_digits=19, decimal_places=None, read_only=True)

    class Meta:
        model = SettlementAccount
        fields = ["reference", "number", "enterprise", "currency", "status", "balance", "opened_at", "closed_at"]


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
    amount = serializers.SerializerMethodField()

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

    def get_amount(self, receipt: Receipt) -> str:
        """Give the amount in the currency's digits."""
        return str(rounded(receipt.amount, receipt.settlement_account.currency))


class TransferRequestSerializer(serializers.Serializer[Transfer]):
    """Whom to pay, how much, and what for."""

    to_number = serializers.CharField(max_length=30)
    to_name = serializers.CharField(max_length=120)
    amount = serializers.DecimalField(max_digits=17, decimal_places=3, min_value=Decimal("0.001"))
    text = serializers.CharField(max_length=140, allow_blank=True, default="")


class TransferSerializer(serializers.ModelSerializer[Transfer]):
    """A transfer that was made."""

    source = serializers.CharField(source="source.number", read_only=True)  # type: ignore[assignment]  # its own name
    destination = serializers.CharField(source="destination.number", read_only=True)
    entry = serializers.CharField(source="entry.reference", read_only=True)
    amount = serializers.SerializerMethodField()

    class Meta:
        model = Transfer
        fields = ["reference", "source", "destination", "amount", "text", "entry", "made_at"]

    def get_amount(self, transfer: Transfer) -> str:
        """Give the amount in the currency's digits."""
        return str(rounded(transfer.amount, transfer.source.currency))


class PayeeSerializer(serializers.ModelSerializer[Payee]):
    """A payee, and from when it can be paid; ``bank_name`` is the bank's name in the language asked for."""

    bank_name = serializers.SerializerMethodField()

    class Meta:
        model = Payee
        fields = ["reference", "name", "number", "bank_code", "bank_name", "added_at", "usable_at"]

    def get_bank_name(self, payee: Payee) -> str:
        """Name the bank; empty if it is this one or nobody knows it."""
        return banks.name_of(payee.bank_code) if payee.bank_code else ""


class PayeeRequestSerializer(serializers.Serializer[Payee]):
    """Whom to save as a payee; ``bank_code`` takes a name, a CNAPS code or a BIC, and empty is this bank."""

    name = serializers.CharField(max_length=70)
    number = serializers.CharField(max_length=42)
    bank_code = serializers.CharField(max_length=80, allow_blank=True, default="")


class PaymentRequestSerializer(serializers.Serializer[PaymentInstruction]):
    """Which payee to pay, how much, and what for."""

    payee = serializers.CharField(max_length=20)
    amount = serializers.DecimalField(max_digits=17, decimal_places=3, min_value=Decimal("0.001"))
    text = serializers.CharField(max_length=140, allow_blank=True, default="")


class PaymentSerializer(serializers.ModelSerializer[PaymentInstruction]):
    """A payment to a payee, and where it stands."""

    account = serializers.CharField(source="settlement_account.reference", read_only=True)
    payee = serializers.CharField(source="payee.reference", read_only=True)
    amount = serializers.SerializerMethodField()

    class Meta:
        model = PaymentInstruction
        fields = [
            "reference",
            "account",
            "payee",
            "amount",
            "text",
            "status",
            "effective_date",
            "made_at",
            "settled_on",
            "reason",
            "sent_at",
            "ended_at",
        ]

    def get_amount(self, instruction: PaymentInstruction) -> str:
        """Give the amount in the currency's digits."""
        return str(rounded(instruction.amount, instruction.settlement_account.currency))
