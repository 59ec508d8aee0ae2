"""The shape of the books to machines."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.ledger.models import AccountingPeriod, JournalEntry, LedgerAccount, MonthClosing, Posting
from accounts.ledger.queries import BalanceSheet, ClosingPreview, TrialBalance, TrialBalanceRow
from portal.core.amounts import ToldAmount
from portal.core.language import localized


class ExactAmount(serializers.DecimalField):
    """An amount that has the digits of its currency already."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_digits": 19, "decimal_places": None, "read_only": True, **kwargs})


class DayQuerySerializer(serializers.Serializer[Any]):
    """The books of which day and currency; today, and the bank's, unless told."""

    on = serializers.DateField(required=False)
    currency = serializers.CharField(max_length=3, required=False)


class LedgerAccountSerializer(serializers.ModelSerializer[LedgerAccount]):
    """An account of the books; ``name`` in the language asked for."""

    name = serializers.SerializerMethodField()
    summary = serializers.CharField(source="summary.code", default=None, read_only=True)

    class Meta:
        model = LedgerAccount
        fields = ["code", "name", "purpose", "kind", "normal_side", "currency", "is_customer", "is_summary", "summary"]

    def get_name(self, account: LedgerAccount) -> str:
        """Name it in the language asked for."""
        return localized(account, "name")


class OneLedgerAccountSerializer(LedgerAccountSerializer):
    """An account of the books with its balance, on its normal side."""

    balance = ExactAmount()

    class Meta(LedgerAccountSerializer.Meta):
        fields = [*LedgerAccountSerializer.Meta.fields, "balance"]


class TrialBalanceRowSerializer(serializers.Serializer[TrialBalanceRow]):
    """An account with its net sum in one of two columns; ``amount`` is on its normal side."""

    code = serializers.CharField(source="ledger_account.code")
    name = serializers.SerializerMethodField()
    kind = serializers.CharField(source="ledger_account.kind")
    debit_amount = ExactAmount()
    credit_amount = ExactAmount()
    amount = ExactAmount()

    def get_name(self, row: TrialBalanceRow) -> str:
        """Name the account in the language asked for."""
        return localized(row.ledger_account, "name")


class TrialBalanceSerializer(serializers.Serializer[TrialBalance]):
    """All accounts at the end of a day; customers' stand as one sum."""

    on = serializers.DateField()
    currency = serializers.CharField()
    rows = TrialBalanceRowSerializer(many=True)
    debit_total = ExactAmount()
    credit_total = ExactAmount()
    balances = serializers.BooleanField()


class BalanceSheetSerializer(serializers.Serializer[BalanceSheet]):
    """What the bank owns, owes and earned at the end of a day; ``earnings`` are part of ``equity_total``."""

    on = serializers.DateField()
    currency = serializers.CharField()
    assets = TrialBalanceRowSerializer(many=True)
    liabilities = TrialBalanceRowSerializer(many=True)
    equity = TrialBalanceRowSerializer(many=True)
    earnings = ExactAmount()
    assets_total = ExactAmount()
    liabilities_total = ExactAmount()
    equity_total = ExactAmount()
    balances = serializers.BooleanField()


class LineSerializer(serializers.ModelSerializer[Posting]):
    """One side of an entry: a positive amount, debit or credit."""

    account = serializers.CharField(source="ledger_account.code", read_only=True)
    amount = ToldAmount("ledger_account.currency")
    currency = serializers.CharField(source="ledger_account.currency", read_only=True)

    class Meta:
        model = Posting
        fields = ["line_number", "account", "direction", "amount", "currency"]


class BookPostingSerializer(LineSerializer):
    """One side of an entry, and what the entry says."""

    entry = serializers.CharField(source="entry.reference", read_only=True)
    event = serializers.CharField(source="entry.event", read_only=True)
    subject = serializers.CharField(source="entry.subject", read_only=True)
    text = serializers.CharField(source="entry.text", read_only=True)
    posted_at = serializers.DateTimeField(source="entry.posted_at", read_only=True)

    class Meta(LineSerializer.Meta):
        fields = [
            "entry", "event", "subject", "text", "effective_date", "posted_at", *LineSerializer.Meta.fields,
        ]  # fmt: skip


class JournalEntrySerializer(serializers.ModelSerializer[JournalEntry]):
    """An entry with its lines, and what it reverses or is reversed by."""

    lines = LineSerializer(source="postings", many=True, read_only=True)
    reverses = serializers.CharField(source="reverses.reference", default=None, read_only=True)
    reversed_by = serializers.CharField(source="reversed_by.reference", default=None, read_only=True)

    class Meta:
        model = JournalEntry
        fields = [
            "reference", "event", "subject", "text", "effective_date", "posted_at", "by", "reverses", "reversed_by",
            "lines",
        ]  # fmt: skip


class PeriodSerializer(serializers.ModelSerializer[AccountingPeriod]):
    """A month that is closed for good, and with it everything before."""

    month = serializers.CharField(source="__str__", read_only=True)
    asked_by = serializers.CharField(source="closing.asked_by", default=None, read_only=True)

    class Meta:
        model = AccountingPeriod
        fields = ["month", "last_date", "closed_at", "closed_by", "asked_by"]


class MonthClosingSerializer(serializers.ModelSerializer[MonthClosing]):
    """A closing that somebody asked for, and where it stands."""

    month = serializers.CharField(source="__str__", read_only=True)

    class Meta:
        model = MonthClosing
        fields = [
            "month", "last_date", "status", "asked_at", "asked_by", "decided_at", "decided_by", "reason",
        ]  # fmt: skip


class ClosingReasonSerializer(serializers.Serializer[Any]):
    """Why a month is not closed."""

    reason = serializers.CharField(max_length=200)


class TotalsSerializer(serializers.Serializer[TrialBalance]):
    """What debits and credits of a currency come to."""

    currency = serializers.CharField()
    debit_total = ExactAmount()
    credit_total = ExactAmount()
    balances = serializers.BooleanField()


class LooseEndSerializer(serializers.Serializer[Any]):
    """What is not finished, in words, and how many of it."""

    words = serializers.CharField()
    count = serializers.IntegerField()


class ClosingPreviewSerializer(serializers.Serializer[ClosingPreview]):
    """What closing a month would close for good."""

    last_date = serializers.DateField()
    closed_before = serializers.DateField(allow_null=True)
    entry_count = serializers.IntegerField()
    unsealed_count = serializers.IntegerField()
    balances = serializers.BooleanField()
    trials = TotalsSerializer(many=True)
    loose_ends = serializers.SerializerMethodField()

    @extend_schema_field(LooseEndSerializer(many=True))
    def get_loose_ends(self, preview: ClosingPreview) -> list[dict[str, Any]]:
        """List what is not finished; it warns, and keeps nobody from closing."""
        return [{"words": words, "count": count} for words, count in preview.loose_ends]


class BookMonthSerializer(serializers.Serializer[Any]):
    """A month: the newest closing that was asked for, if any, and what closing would close where it is open."""

    month = serializers.CharField()
    is_closed = serializers.BooleanField()
    closing = MonthClosingSerializer(allow_null=True)
    preview = ClosingPreviewSerializer(allow_null=True)
