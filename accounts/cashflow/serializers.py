"""The shape of evidence to machines."""

from typing import Any

from rest_framework import serializers

from accounts.cashflow.breaks import SENTENCES
from accounts.cashflow.models import BankTransaction, InvoiceLedger, StatementImport
from accounts.cashflow.states import Category, Direction, Scope


class BreakSerializer(serializers.Serializer[StatementImport]):
    """A place where balances do not follow from lines: a line of the file, or the statement's number in it."""

    code = serializers.ChoiceField(choices=sorted(SENTENCES))
    line = serializers.IntegerField(required=False)
    statement = serializers.IntegerField(required=False)
    opening = serializers.DecimalField(max_digits=18, decimal_places=3, required=False)
    expected = serializers.DecimalField(max_digits=18, decimal_places=3)
    stated = serializers.DecimalField(max_digits=18, decimal_places=3)


class ExampleSerializer(serializers.Serializer[StatementImport]):
    """A place in the file: its line, what stands there, and how a reading reads it."""

    line = serializers.IntegerField()
    written = serializers.CharField()
    read = serializers.CharField()


class OptionSerializer(serializers.Serializer[StatementImport]):
    """One way to read the file."""

    answer = serializers.CharField()
    examples = ExampleSerializer(many=True)


class RowSerializer(serializers.Serializer[StatementImport]):
    """One of the first rows of a table whose columns have strange names."""

    line = serializers.IntegerField()
    cells = serializers.ListField(child=serializers.CharField())


class QuestionSerializer(serializers.Serializer[StatementImport]):
    """What only the file's owner can tell; empty where nothing is asked."""

    kind = serializers.ChoiceField(choices=["dates", "amounts", "columns", "password"], required=False)
    options = OptionSerializer(many=True, required=False)
    rows = RowSerializer(many=True, required=False)
    guessed = serializers.DictField(child=serializers.IntegerField(), required=False)
    locked = serializers.ChoiceField(
        choices=["zip", "spreadsheet", "pdf"], required=False, help_text="what kind of file the password opens"
    )


class AnswerSerializer(serializers.Serializer[StatementImport]):
    """The answer to the question's kind: one of its options, the column of each role, counted from zero, a password.

    A password opens the file and is kept nowhere.
    """

    dates = serializers.CharField(required=False)
    amounts = serializers.CharField(required=False)
    columns = serializers.DictField(child=serializers.IntegerField(), required=False)
    password = serializers.CharField(required=False, write_only=True, max_length=200)


class ClearingSerializer(serializers.Serializer[StatementImport]):
    """What counts instead of a withdrawn statement, and why that is no doubt."""

    replaced_by = serializers.CharField()
    reason = serializers.CharField(max_length=2000)


class ContradictionSerializer(serializers.Serializer[StatementImport]):
    """A day of which other files of the account tell otherwise: what either side tells."""

    day = serializers.DateField()
    here = serializers.DecimalField(max_digits=18, decimal_places=3)
    there = serializers.DecimalField(max_digits=18, decimal_places=3)


class StatementSerializer(serializers.ModelSerializer[StatementImport]):
    """A statement and what was read from it; ``refusal`` and ``breaks`` are sentences in the caller's language."""

    enterprise = serializers.CharField(source="enterprise.reference", read_only=True)
    file_name = serializers.CharField(source="file.original_name", read_only=True)
    refusal = serializers.CharField(read_only=True)
    balance_breaks = BreakSerializer(many=True, read_only=True)
    contradictions = ContradictionSerializer(many=True, read_only=True)
    question = QuestionSerializer(read_only=True)
    answered_as: serializers.SlugRelatedField[StatementImport] = (
        serializers.SlugRelatedField(  # whose answer about columns it was read by
            slug_field="reference", read_only=True
        )
    )
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
            "is_foreign_holder",
            "leaves_cards_out",
            "account_masked",
            "currency",
            "period_first",
            "period_last",
            "opening_balance",
            "closing_balance",
            "line_count",
            "known_count",
            "contradiction_count",
            "contradictions",
            "break_count",
            "balance_breaks",
            "breaks",
            "question",
            "answers",
            "answered_as",
            "uploaded_at",
            "read_at",
        ]
        read_only_fields = fields


class ReceivedStatementSerializer(StatementSerializer):
    """A statement, and the further ones that came in the same ZIP, by their references."""

    others = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta(StatementSerializer.Meta):
        fields = [*StatementSerializer.Meta.fields, "others"]
        read_only_fields = fields


class NewStatementSerializer(serializers.Serializer[StatementImport]):
    """A statement file, or a ZIP of them, as ``multipart/form-data``, with its password where it has one."""

    file = serializers.FileField()
    password = serializers.CharField(default="", allow_blank=True, write_only=True, max_length=200)


class NewInvoicesSerializer(serializers.Serializer[StatementImport]):
    """Invoices as ``multipart/form-data``: a list (XLSX, CSV), an invoice itself (XML, OFD, PDF, UBL, CII), or a ZIP.

    The direction is for invoices of a list that does not tell it.
    """

    file = serializers.FileField()
    direction = serializers.ChoiceField(choices=Direction.choices, default="", allow_blank=True)


class InvoiceLedgerSerializer(serializers.ModelSerializer[InvoiceLedger]):
    """An invoice ledger: how many of its invoices were unknown before, changed, or known already; or what it asks."""

    file_name = serializers.CharField(source="file.original_name", read_only=True)
    question = QuestionSerializer(read_only=True)
    new = serializers.IntegerField(source="new_count", read_only=True)
    changed = serializers.IntegerField(source="changed_count", read_only=True)
    known = serializers.IntegerField(source="known_count", read_only=True)

    class Meta:
        model = InvoiceLedger
        fields = [
            "reference", "file_name", "direction", "status", "question", "answers", "new", "changed", "known",
            "uploaded_at",
        ]  # fmt: skip
        read_only_fields = fields


class CorrectionSerializer(serializers.Serializer[BankTransaction]):
    """What a payment was for, and how far that reaches."""

    category = serializers.ChoiceField(choices=Category.choices)
    scope = serializers.ChoiceField(choices=Scope.choices, default=Scope.COUNTERPARTY.value)


class TransactionSerializer(serializers.ModelSerializer[BankTransaction]):
    """One payment: money in is positive. A corrected one gets a new ``id``; the old one leads to it."""

    statement = serializers.CharField(source="statement.reference", default=None, read_only=True)
    settlement_account = serializers.CharField(source="settlement_account.reference", default=None, read_only=True)
    is_corrected = serializers.SerializerMethodField()

    class Meta:
        model = BankTransaction
        fields = [
            "id",
            "statement",
            "settlement_account",
            "line_number",
            "booked_on",
            "amount",
            "currency",
            "balance_after",
            "counterparty_name",
            "counterparty_account_masked",
            "description",
            "bank_reference",
            "category",
            "is_corrected",
            "is_counted",
        ]
        read_only_fields = fields

    def get_is_corrected(self, line: BankTransaction) -> bool:
        """Tell whether a person said what it was for."""
        return line.correction_id is not None


class MonthsSerializer(serializers.Serializer[Any]):
    """How many months are asked for."""

    months = serializers.IntegerField(min_value=1, max_value=60, default=12)


class MonthSerializer(serializers.Serializer[Any]):
    """A month's money in the bank's currency; the balance is nothing where statements tell none.

    What a loan paid out is `borrowed` and not part of `inflow`; what was paid back is `repaid` and not part of
    `outflow`. Neither is part of `net`.
    """

    month = serializers.DateField(source="first_day")
    inflow = serializers.DecimalField(max_digits=18, decimal_places=3)
    borrowed = serializers.DecimalField(max_digits=18, decimal_places=3)
    outflow = serializers.DecimalField(max_digits=18, decimal_places=3)
    repaid = serializers.DecimalField(max_digits=18, decimal_places=3)
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
