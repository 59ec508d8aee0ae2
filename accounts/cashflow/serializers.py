"""The shape of evidence to machines."""

from rest_framework import serializers

from accounts.cashflow.breaks import SENTENCES
from accounts.cashflow.models import BankTransaction, StatementImport


class BreakSerializer(serializers.Serializer[StatementImport]):
    """A place where balances do not follow from lines: a line of the file, or the statement's number in it."""

    code = serializers.ChoiceField(choices=sorted(SENTENCES))
    line = serializers.IntegerField(required=False)
    statement = serializers.IntegerField(required=False)
    opening = serializers.DecimalField(max_digits=18, decimal_places=3, required=False)
    expected = serializers.DecimalField(max_digits=18, decimal_places=3)
    stated = serializers.DecimalField(max_digits=18, decimal_places=3)


class StatementSerializer(serializers.ModelSerializer[StatementImport]):
    """A statement and what was read from it; ``refusal`` and ``breaks`` are sentences in the caller's language."""

    enterprise = serializers.CharField(source="enterprise.reference", read_only=True)
    file_name = serializers.CharField(source="file.original_name", read_only=True)
    refusal = serializers.CharField(read_only=True)
    balance_breaks = BreakSerializer(many=True, read_only=True)
    breaks = serializers.ListField(child=serializers.CharField(), read_only=True)

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
            "contradiction_count",
            "break_count",
            "balance_breaks",
            "breaks",
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
