"""The shape of payees, payment rules and payments to machines."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.settlement import banks
from accounts.settlement.models import Payee, PaymentInstruction, PaymentRules
from portal.core.amounts import BankAmount, ToldAmount, WrittenAmount


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


class RulesToComeSerializer(serializers.ModelSerializer[PaymentRules]):
    """Looser rules that wait, and until when."""

    daily_limit_amount = BankAmount()
    second_person_amount = BankAmount(allow_null=True)

    class Meta:
        model = PaymentRules
        fields = ["daily_limit_amount", "second_person_amount", "effective_at"]


class RulesSerializer(serializers.ModelSerializer[PaymentRules]):
    """How much may be paid in a day; from which amount on two people must agree, or null for never."""

    daily_limit_amount = BankAmount()
    second_person_amount = BankAmount(allow_null=True)
    to_come = serializers.SerializerMethodField()

    class Meta:
        model = PaymentRules
        fields = ["daily_limit_amount", "second_person_amount", "to_come"]

    @extend_schema_field(RulesToComeSerializer(allow_null=True))
    def get_to_come(self, _rules: PaymentRules) -> dict[str, Any] | None:
        """Give looser rules that wait, and until when."""
        waiting = self.context["to_come"]
        return RulesToComeSerializer(waiting).data if waiting else None


class PaymentRequestSerializer(serializers.Serializer[PaymentInstruction]):
    """Which payee to pay, how much, and what for."""

    payee = serializers.CharField(max_length=20)
    amount = WrittenAmount()
    text = serializers.CharField(max_length=140, allow_blank=True, default="")


class PaymentSerializer(serializers.ModelSerializer[PaymentInstruction]):
    """A payment to a payee, and where it stands.

    ``payee`` is found among the enterprise's payees, except where the bank pays out of money that it kept back. While
    somebody of the bank asks to cancel that (``is_to_void``), it is not sent.
    """

    account = serializers.CharField(source="settlement_account.reference", read_only=True)
    payee = serializers.CharField(source="payee.reference", read_only=True)
    payee_name = serializers.CharField(source="payee.name", read_only=True)
    amount = ToldAmount("settlement_account.currency")
    is_to_void = serializers.BooleanField(read_only=True)

    class Meta:
        model = PaymentInstruction
        fields = [
            "reference",
            "account",
            "payee",
            "payee_name",
            "amount",
            "text",
            "status",
            "is_to_void",
            "effective_date",
            "made_at",
            "settled_on",
            "reason",
            "sent_at",
            "ended_at",
        ]
