"""The shape of settlement accounts to machines."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.ledger.models import Hold, Posting
from accounts.settlement import banks, interest, queries
from accounts.settlement.models import Payee, PaymentInstruction, Receipt, SettlementAccount, TermsAgreement, Transfer
from portal.core.amounts import ToldAmount, WrittenAmount
from portal.core.money import rounded


class OpenAccountSerializer(serializers.Serializer[Any]):
    """For which enterprise."""

    enterprise = serializers.CharField(max_length=20)


class SettlementAccountSerializer(serializers.ModelSerializer[SettlementAccount]):
    """An account with what it holds: ``balance`` is booked, ``held`` kept back of it, ``available`` can be paid."""

    enterprise = serializers.CharField(source="enterprise.reference", read_only=True)
    balance = serializers.DecimalField(max_digits=19, decimal_places=None, read_only=True)
    held = serializers.DecimalField(max_digits=19, decimal_places=None, read_only=True)
    available = serializers.DecimalField(max_digits=19, decimal_places=None, read_only=True)

    class Meta:
        model = SettlementAccount
        fields = [
            "reference", "number", "iban", "enterprise", "currency", "status", "balance", "held", "available",
            "opened_at", "closed_at",
        ]  # fmt: skip


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


class ReasonSerializer(serializers.Serializer[Any]):
    """Why not."""

    reason = serializers.CharField(max_length=200)


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


class TierSerializer(serializers.Serializer[Any]):
    """From which balance on which yearly rate is earned, as a fraction."""

    begins = serializers.DecimalField(max_digits=19, decimal_places=2)
    annual_rate = serializers.DecimalField(max_digits=9, decimal_places=6)


class TermsSerializer(serializers.ModelSerializer[TermsAgreement]):
    """The terms an account stands on, amounts in its currency and rates as fractions of a year."""

    product = serializers.CharField(source="product.reference", read_only=True)
    name = serializers.CharField(source="product.__str__", read_only=True)
    interest_tiers = serializers.SerializerMethodField()
    earned_amount = serializers.SerializerMethodField()
    monthly_fee_amount = serializers.DecimalField(source="product.monthly_fee_amount", max_digits=14, decimal_places=2)
    fee_free_from_amount = serializers.DecimalField(
        source="product.fee_free_from_amount", max_digits=14, decimal_places=2, allow_null=True
    )
    overdraft_annual_rate = serializers.DecimalField(
        source="product.overdraft_annual_rate", max_digits=7, decimal_places=6
    )

    class Meta:
        model = TermsAgreement
        fields = [
            "product", "name", "effective_from", "interest_tiers", "earned_amount", "monthly_fee_amount",
            "fee_free_from_amount", "overdraft_limit_amount", "overdraft_annual_rate",
        ]  # fmt: skip

    @extend_schema_field(TierSerializer(many=True))
    def get_interest_tiers(self, agreed: TermsAgreement) -> list[dict[str, str]]:
        """List the tiers, lowest first."""
        return [{"begins": f"{begins:.2f}", "annual_rate": f"{rate:.6f}"} for begins, rate in agreed.product.tiers]

    def get_earned_amount(self, agreed: TermsAgreement) -> str:
        """Give the interest that is earned and not booked yet."""
        return str(interest.unbooked_interest(agreed.settlement_account, self.context["through"]))


class PayeeSerializer(serializers.ModelSerializer[Payee]):
    """A payee, and from when it can be paid; ``bank_name`` is the bank's name in the language asked for."""

    bank_name = serializers.SerializerMethodField()

    class Meta:
        model = Payee
        fields = ["reference", "name", "number", "bank_code", "bank_name", "added_at", "usable_at", "removed_at"]

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
    amount = WrittenAmount()
    text = serializers.CharField(max_length=140, allow_blank=True, default="")


class PaymentSerializer(serializers.ModelSerializer[PaymentInstruction]):
    """A payment to a payee, and where it stands."""

    account = serializers.CharField(source="settlement_account.reference", read_only=True)
    payee = serializers.CharField(source="payee.reference", read_only=True)
    amount = ToldAmount("settlement_account.currency")

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
