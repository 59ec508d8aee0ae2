"""The shape of batches to machines."""

from typing import Any

from rest_framework import serializers

from accounts.settlement.forms.batches import check_size
from accounts.settlement.models import PaymentBatch, PaymentBatchLine
from portal.core.amounts import ToldAmount


class BatchFileSerializer(serializers.Serializer[Any]):
    """A file of payments, and what to call it."""

    title = serializers.CharField(max_length=60)
    file = serializers.FileField(validators=[check_size])


class PaymentBatchSerializer(serializers.ModelSerializer[PaymentBatch]):
    """A batch, and where it stands; ``payable_amount`` is what its lines without a problem sum to."""

    account = serializers.CharField(source="settlement_account.reference", read_only=True)
    total_amount = ToldAmount("settlement_account.currency")
    payable_amount = ToldAmount("settlement_account.currency")

    class Meta:
        model = PaymentBatch
        fields = [
            "reference",
            "account",
            "title",
            "status",
            "line_count",
            "total_amount",
            "payable_amount",
            "made_at",
            "pay_at",
            "paid_at",
            "reason_code",
        ]


class PaymentBatchLineSerializer(serializers.ModelSerializer[PaymentBatchLine]):
    """One line: what it asks for, what is wrong with it, and the payment it became."""

    amount = ToldAmount("batch.settlement_account.currency")
    payee = serializers.CharField(source="payee.reference", read_only=True, default=None)
    payment = serializers.CharField(source="instruction.reference", read_only=True, default=None)

    class Meta:
        model = PaymentBatchLine
        fields = ["line", "name", "number", "bank_code", "amount", "text", "payee", "problem_code", "payment"]
