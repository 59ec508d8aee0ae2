"""Questions to our account at the other bank: its lines, and whether our books and its statement agree."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from accounts.ledger import queries as ledger
from accounts.ledger.models import LedgerAccount
from accounts.settlement.models import NostroLine, NostroStatement, PaymentInstruction, SuspenseItem
from accounts.settlement.nostro_states import LineStatus, StatementStatus, SuspenseStatus
from accounts.settlement.states import InstructionStatus
from portal.core.money import rounded

BALANCED = Q(status=StatementStatus.READ, opening_balance__isnull=False, closing_balance__isnull=False)


def lines_to_book(reference: str) -> Iterator[NostroLine]:
    """Give the lines of a statement that wait to be booked, in their order."""
    waiting = NostroLine.objects.filter(statement__reference=reference, status=LineStatus.NEW)
    return iter(waiting.select_related("statement").order_by("line_number"))


def open_items() -> QuerySet[SuspenseItem]:
    """List what waits in suspense, oldest first."""
    return told_items().exclude(status=SuspenseStatus.CLEARED).order_by("pk")


def told_items() -> QuerySet[SuspenseItem]:
    """Fetch suspense with what a list shows beside each."""
    return SuspenseItem.objects.select_related(
        "line__statement", "settlement_account__enterprise", "instruction__payee", "file"
    )


@dataclass(frozen=True)
class Position:
    """What the other bank says we have there and what our books say, and what explains the difference.

    Stated = booked + held before the first statement + not booked yet - booked without a line + not told.
    """

    currency: str
    on: date
    stated: Decimal
    booked: Decimal
    before_first: Decimal
    not_booked: Decimal
    without_line: Decimal
    not_told: Decimal

    @property
    def difference(self) -> Decimal:
        """Stated less booked."""
        return self.stated - self.booked

    @property
    def is_explained(self) -> bool:
        """Tell whether no statement is missing."""
        return not self.not_told


def positions() -> list[Position]:
    """Compare the newest statement of each currency with the books of its last day."""
    found = (_position(currency) for currency in ledger.currencies())
    return [each for each in found if each]


def _position(currency: str) -> Position | None:
    told = NostroStatement.objects.filter(BALANCED, currency=currency, period_last__isnull=False)
    newest = told.order_by("-period_last", "-pk").first()
    first = told.order_by("period_first", "pk").first()
    if newest is None or first is None:
        return None
    on, stated, before = newest.period_last, newest.closing_balance, first.opening_balance
    assert on is not None
    assert stated is not None
    assert before is not None
    lines = NostroLine.objects.filter(currency=currency, booked_on__gte=first.period_first)
    all_told, in_books = _total(lines.filter(booked_on__lte=on)), _total(lines.filter(effective_date__lte=on))
    booked = ledger.balance(LedgerAccount.objects.named("nostro", currency), on=on)
    return Position(
        currency=currency,
        on=on,
        stated=rounded(stated, currency),
        booked=booked,
        before_first=rounded(before, currency),
        not_booked=rounded(all_told - in_books, currency),
        without_line=rounded(booked - in_books, currency),
        not_told=rounded(stated - before - all_told, currency),
    )


def _total(lines: QuerySet[NostroLine]) -> Decimal:
    total: Decimal = lines.aggregate(total=Sum("amount", default=Decimal(0)))["total"]
    return total


def payments_of_amount(item: SuspenseItem) -> QuerySet[PaymentInstruction]:
    """List the newest payments that money in suspense may be about, by its amount."""
    open_to = {InstructionStatus.SENT, InstructionStatus.SETTLED} if item.came_in else {InstructionStatus.SENT}
    payments = PaymentInstruction.objects.told().filter(amount=item.amount, status__in=open_to)
    return payments.filter(settlement_account__currency=item.line.currency).order_by("-pk")[:5]
