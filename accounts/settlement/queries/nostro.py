"""Questions to our account at the other bank: its lines, and whether our books and its statement agree."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Case, Q, QuerySet, Sum, When

from accounts.ledger import queries as ledger
from accounts.ledger.models import Direction, LedgerAccount, Posting
from accounts.settlement import matching
from accounts.settlement.drawer_states import DeliveryStatus, DeliveryWay
from accounts.settlement.models import CashDelivery, NostroLine, NostroStatement, PaymentInstruction, SuspenseItem
from accounts.settlement.nostro_states import LineStatus, StatementStatus, SuspenseStatus
from accounts.settlement.queries.waiting import STATEMENTS
from accounts.settlement.states import InstructionStatus
from portal.core.money import rounded

MOST_LISTED: Final = 50
WAITING: Final = STATEMENTS.order_by("period_first", "pk")
BALANCED = Q(status=StatementStatus.AGREED, opening_balance__isnull=False, closing_balance__isnull=False)


def lines_to_book(reference: str) -> Iterator[NostroLine]:
    """Give the lines of a statement that wait to be booked, in their order."""
    waiting = NostroLine.objects.told().filter(statement__reference=reference, status=LineStatus.NEW)
    return iter(waiting.select_related("statement").order_by("line_number"))


def waiting_before(statement: NostroStatement) -> NostroStatement | None:
    """Find the statement that must be decided on before this one: of earlier days, or of the same and brought earlier.

    A report tells of no days, so it waits for nothing.
    """
    if statement.period_first is None:
        return None
    day = statement.period_first
    earlier = Q(period_first__lt=day) | Q(period_first=day, pk__lt=statement.pk)
    return WAITING.filter(earlier, currency=statement.currency).first()


def open_items() -> QuerySet[SuspenseItem]:
    """List what waits in suspense, oldest first."""
    return told_items().exclude(status=SuspenseStatus.CLEARED).order_by("pk")


def told_items() -> QuerySet[SuspenseItem]:
    """Fetch suspense with what a list shows beside each."""
    return SuspenseItem.objects.select_related(
        "line__statement",
        "settlement_account__enterprise",
        "instruction__payee",
        "delivery__vault__branch",
        "file",
        "cleared_with",
    )


@dataclass(frozen=True)
class Position:
    """What the other bank says we have there and what our books say, and what explains the difference.

    Stated = booked + gap before the first statement + not booked yet - booked without a line + not told. What the other
    bank and our books both held before the first statement stands on both sides, and explains nothing.
    """

    currency: str
    first: date
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
    assert first.period_first is not None
    nostro = LedgerAccount.objects.named("nostro", currency)
    booked_before = ledger.balance(nostro, on=first.period_first - timedelta(days=1))
    lines = NostroLine.objects.told().filter(currency=currency, booked_on__gte=first.period_first)
    all_told, in_books = _total(lines.filter(booked_on__lte=on)), _total(lines.filter(effective_date__lte=on))
    booked = ledger.balance(nostro, on=on)
    return Position(
        currency=currency,
        first=first.period_first,
        on=on,
        stated=rounded(stated, currency),
        booked=booked,
        before_first=rounded(before - booked_before, currency),
        not_booked=rounded(all_told - in_books, currency),
        without_line=rounded(booked - booked_before - in_books, currency),
        not_told=rounded(stated - before - all_told, currency),
    )


def _total(lines: QuerySet[NostroLine]) -> Decimal:
    total: Decimal = lines.aggregate(total=Sum("amount", default=Decimal(0)))["total"]
    return total


@dataclass(frozen=True)
class Unmatched:
    """What our books moved on the account at the other bank and no line tells of."""

    reference: str
    subject: str
    text: str
    on: date
    amount: Decimal


@dataclass(frozen=True)
class Behind:
    """The items behind a position, oldest first, so many of each at most."""

    lines: list[NostroLine]  # told, and not in our books by that day
    entries: list[Unmatched]  # in our books, and not told
    cash: list[CashDelivery]  # on its way between a vault and the other bank: it waits in transit
    payments: list[PaymentInstruction]  # sent, and not confirmed: they wait in clearing and explain nothing yet


def behind(position: Position) -> Behind:
    """List what a position's figures consist of."""
    told = NostroLine.objects.told().filter(currency=position.currency, booked_on__range=(position.first, position.on))
    late = told.filter(Q(effective_date=None) | Q(effective_date__gt=position.on)).select_related("statement")
    cash = CashDelivery.objects.told().filter(status=DeliveryStatus.ON_THE_WAY, vault__currency=position.currency)
    sent = PaymentInstruction.objects.told().filter(status=InstructionStatus.SENT)
    return Behind(
        lines=list(late.order_by("booked_on", "pk")[:MOST_LISTED]),
        entries=_unmatched(position) if position.without_line else [],
        cash=list(cash.order_by("pk")[:MOST_LISTED]),
        payments=list(sent.filter(settlement_account__currency=position.currency).order_by("pk")[:MOST_LISTED]),
    )


def _unmatched(position: Position) -> list[Unmatched]:
    """List the postings whose entry is about nothing that a line was matched with."""
    matched = NostroLine.objects.filter(currency=position.currency)
    postings = Posting.objects.filter(
        ledger_account=LedgerAccount.objects.named("nostro", position.currency),
        effective_date__range=(position.first, position.on),
    )
    for subject in (
        "reference",
        "instruction__reference",
        "file__reference",
        "suspense_item__reference",
        "delivery__reference",
    ):
        known = matched.exclude(**{subject: None}).values(subject)
        postings = postings.exclude(entry__subject__in=known)
    return [
        Unmatched(
            each.entry.reference,
            each.entry.subject,
            each.entry.text,
            each.effective_date,
            rounded(each.amount if each.direction == Direction.DEBIT else -each.amount, position.currency),
        )
        for each in postings.select_related("entry").order_by("effective_date", "pk")[:MOST_LISTED]
    ]


def payments_of_amount(item: SuspenseItem) -> QuerySet[PaymentInstruction]:
    """List the newest payments that money in suspense may be about, by its amount."""
    open_to = {InstructionStatus.SENT, InstructionStatus.SETTLED} if item.came_in else {InstructionStatus.SENT}
    payments = PaymentInstruction.objects.told().filter(amount=item.amount, status__in=open_to)
    return payments.filter(settlement_account__currency=item.line.currency).order_by("-pk")[:5]


def cash_that_may_fit(item: SuspenseItem) -> QuerySet[CashDelivery]:
    """List cash on its way that money in suspense may be about: of its amount or named by its line, then other."""
    line, way = item.line, DeliveryWay.BROUGHT if item.came_in else DeliveryWay.FETCHED
    cash = CashDelivery.objects.told().filter(status=DeliveryStatus.ON_THE_WAY, way=way, vault__currency=line.currency)
    named = matching.references(line.end_to_end, line.description, line.bank_reference)
    fits = Case(When(Q(amount=item.amount) | Q(reference__in=named), then=0), default=1)
    return cash.filter(cleared_with=None).order_by(fits, "-pk")[:8]


def confirmation_of(delivery: CashDelivery) -> tuple[list[NostroLine], list[CashDelivery]]:
    """List the lines by which the other bank confirmed cash, and the other cash that they confirmed with it."""
    if delivery.settled_entry is None:
        return [], []
    cash = CashDelivery.objects.filter(settled_entry=delivery.settled_entry).order_by("pk")
    lines = NostroLine.objects.filter(delivery__in=cash).select_related("statement").order_by("pk")
    return list(lines), list(cash.exclude(pk=delivery.pk))
