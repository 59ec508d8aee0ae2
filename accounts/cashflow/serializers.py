"""The shape of evidence to machines."""

from rest_framework import serializers

from accounts.cashflow.models import BankTransaction, StatementImport


class StatementSerializer(serializers.ModelSerializer[StatementImport]):
    """A statement and what was read from it; ``refusal`` is a sentence in the caller's language."""

    enterprise = serializers.CharField(source="enterprise.reference", read_only=True)
    file_name = serializers.CharField(source="file.original_name", read_only=True)
    refusal = serializers.CharField(read_only=True)

    class Meta:
        model = StatementImport
        fields = [
            "reference",
            "enterprise",
            "file_name",
            "part",
            "format",
            "status",
            "refusal_code",
            "refusal_params",
            "refusal",
            "holder_name",
            "account_masked",
            "currency",
            "period_first",
            "period_last",
            "opening_balance",
            "closing_balance",
            "line_count",
            "known_count",
            "uploaded_at",
            "read_at",
        ]
        read_only_fields = fields


class NewStatementSerializer(serializers.Serializer[StatementImport]):
    """A statement file, as ``multipart/form-data``."""

    file = serializers.FileField()


class TransactionSerializer(serializers.ModelSerializer[BankTransaction]):
    """One line of a statement: money in is positive."""

    class Meta:
        model = BankTransaction
        fields = [
            "line_number",
            "booked_on",
            "amount",
            "currency",
            "balance_after",
            "counterparty_name",
            "description",
            "bank_reference",
            "category",
            "is_counted",
        ]
        read_only_fields = fields
