"""The shape of evidence to machines."""

from typing import Any

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


class MonthsSerializer(serializers.Serializer[Any]):
    """How many months are asked for."""

    months = serializers.IntegerField(min_value=1, max_value=60, default=12)


class MonthSerializer(serializers.Serializer[Any]):
    """A month's money in the bank's currency; the balance is nothing where statements tell none."""

    month = serializers.DateField(source="first_day")
    inflow = serializers.DecimalField(max_digits=18, decimal_places=3)
    outflow = serializers.DecimalField(max_digits=18, decimal_places=3)
    net = serializers.DecimalField(max_digits=18, decimal_places=3)
    balance = serializers.DecimalField(max_digits=18, decimal_places=3, allow_null=True)


class ExpectationSerializer(serializers.Serializer[Any]):
    """What is expected, and the quantiles at 10, 25, 50, 75 and 90 percent."""

    expected = serializers.FloatField()
    quantiles = serializers.ListField(child=serializers.FloatField(), min_length=5, max_length=5)


class WeekSerializer(serializers.Serializer[Any]):
    """A coming week; ``own`` moves between the enterprise's own pockets, money in is positive."""

    first_day = serializers.DateField()
    last_day = serializers.DateField()
    inflow = ExpectationSerializer()
    outflow = ExpectationSerializer()
    own = ExpectationSerializer()
    net = ExpectationSerializer()
    balance = ExpectationSerializer(help_text="where statements tell no balance, the change since the evidence ends")


class ForecastSerializer(serializers.Serializer[Any]):
    """The coming weeks, counted from the day after the evidence ends."""

    evidence_ends_on = serializers.DateField(source="span.last", allow_null=True)
    balance = serializers.DecimalField(max_digits=18, decimal_places=3, allow_null=True)
    weeks = WeekSerializer(many=True)
