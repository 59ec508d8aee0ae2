"""Counting a drawer piece by piece; a difference is booked when two people stand by it."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.ledger import events
from accounts.ledger import operations as ledger
from accounts.ledger.models import JournalEntry, LedgerAccount
from accounts.settlement import denominations
from accounts.settlement.drawer_states import COUNT_TRANSITIONS, CountStatus
from accounts.settlement.models import CashCount, CashDrawer
from accounts.settlement.operations import drawers
from accounts.settlement.operations.accounts import stated
from accounts.settlement.operations.cash import SamePerson
from accounts.settlement.queries import drawers as queries
from accounts.settlement.states import CheckEvent
from portal.core import audit
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

register(
    {
        "count_pieces": _("Say for each note and coin how many there are."),
        # It does not tell by how much: whoever counts again should count, not add up to a figure.
        "count_differs": _("This is not what should lie in the drawer. Count again; if it stays so, say why."),
    }
)
events.register(
    {
        "cash_difference": _("Cash over or short"),
        "cash_difference_reversed": _("Cash over or short, reversed"),
    }
)


class PiecesRefused(Refusal):
    """A number of pieces is negative, or a piece is none of the currency's."""

    code = "count_pieces"


class CountDiffers(Refusal):
    """The count differs from the lines, and nobody said why."""

    code = "count_differs"


@transaction.atomic(durable=True)
def count_drawer(
    drawer: CashDrawer,
    pieces: Mapping[str, int],
    *,
    reason: str,
    closes_date: date | None,
    key: str,
    on: date,
    at: datetime,
    by: str,
) -> CashCount:
    """Record what was found in a drawer; a difference waits for a second person; the same key counts once.

    :param pieces: face value to number, such as ``{"100": 12, "0.50": 3}``.
    :param closes_date: the last day on which no more cash moves through the drawer: today, one before, or none.
    :raises KeyMissing: when the key is empty.
    :raises KeyReused: when the key counted something else.
    :raises PiecesRefused: when they are no pieces of the drawer's currency.
    :raises DrawerClosed: when the drawer was given up.
    :raises DrawerDayCounted: when the day is closed already.
    :raises DrawerWaits: when another person's word is missing on something that lies in it.
    :raises CountDiffers: when it differs and no reason is given.
    """
    content = [drawer.reference, dict(pieces), reason.strip(), closes_date]
    reference = answer_once(
        f"settlement.count {by}",
        key,
        fingerprint=fingerprint_of(content),
        make=lambda: (
            _counted(
                drawer, pieces, reason=reason.strip()[:200], closes_date=closes_date, on=on, at=at, by=by
            ).reference
        ),
    )
    return CashCount.objects.told().get(reference=reference)


def _counted(
    drawer: CashDrawer,
    pieces: Mapping[str, int],
    *,
    reason: str,
    closes_date: date | None,
    on: date,
    at: datetime,
    by: str,
) -> CashCount:
    try:
        counted = denominations.total(pieces, drawer.currency)
    except ValueError as wrong:
        raise PiecesRefused from wrong
    drawers.lock(drawer)
    drawers.check(drawer, Decimal(0), on=closes_date or on)
    if queries.waits(drawer):
        raise drawers.DrawerWaits
    agrees = counted == drawer.held_amount
    if not agrees and not reason:
        raise CountDiffers
    count = CashCount.objects.create(
        drawer=drawer,
        on=on,
        closes_date=closes_date,
        pieces={face: number for face, number in pieces.items() if number},
        counted_amount=counted,
        expected_amount=drawer.held_amount,
        last_line=drawer.lines.order_by("-pk").first(),
        reason="" if agrees else reason,
        status=CountStatus.AGREED if agrees else CountStatus.WAITING,
        made_at=at,
        made_by=by,
    )
    details = {"drawer": drawer.reference, "counted": str(counted), "difference": str(count.difference_amount)}
    audit.record("settlement.cash_count", subject=count.reference, by=by, at=at, details=details)
    return count


@transaction.atomic(durable=True)
def confirm_count(count: CashCount, *, on: date, at: datetime, by: str) -> None:
    """Stand by a difference as the second person: it is booked, and the drawer holds what was found.

    :raises TransitionRefused: when no difference waits.
    :raises SamePerson: when it is the person who counted, or who holds the drawer.
    :raises DrawerShort: when less is left in the drawer than is missing.
    :raises PeriodClosed: when the date lies in a closed month.
    """
    status = _checked(count, CheckEvent.CONFIRM, by=by)
    drawer, amount = count.drawer, count.difference_amount
    drawers.lock(drawer)
    if drawer.held_amount + amount < 0:
        raise drawers.DrawerShort(held=drawer.held_amount, currency=drawer.currency)
    count.entry = _book(count, on=on, at=at, by=by)
    count.status, count.checked_at, count.checked_by = status, at, by
    count.save(update_fields=["status", "entry", "checked_at", "checked_by"])
    drawers.move(drawer, amount, on=on, at=at, by=by, count=count)
    audit.record("settlement.cash_count_confirm", subject=count.reference, by=by, at=at)


def _book(count: CashCount, *, on: date, at: datetime, by: str) -> JournalEntry:
    amount, currency = abs(count.difference_amount), count.drawer.currency
    cash, difference = (LedgerAccount.objects.named(purpose, currency) for purpose in ("cash", "cash_difference"))
    more, less = (cash, difference) if count.difference_amount > 0 else (difference, cash)
    return ledger.post(
        key=f"count {count.reference}",
        event="cash_difference",
        subject=count.reference,
        lines=[ledger.debit(more, amount), ledger.credit(less, amount)],
        effective_date=on,
        at=at,
        by=by,
        text=count.reason[:140],
    )


@transaction.atomic(durable=True)
def decline_count(count: CashCount, *, reason: str, at: datetime, by: str) -> None:
    """Do not stand by a difference: the drawer must be counted again, and a day that it closed is open again.

    :raises ReasonMissing: when no reason is given.
    :raises TransitionRefused: when no difference waits.
    :raises SamePerson: when it is the person who counted, or who holds the drawer.
    """
    reason = stated(reason)
    count.status = _checked(count, CheckEvent.DECLINE, by=by)
    count.check_reason, count.checked_at, count.checked_by = reason, at, by
    count.save(update_fields=["status", "check_reason", "checked_at", "checked_by"])
    details = {"reason": count.check_reason}
    audit.record("settlement.cash_count_decline", subject=count.reference, by=by, at=at, details=details)


def _checked(count: CashCount, event: CheckEvent, *, by: str) -> CountStatus:
    count.refresh_from_db(from_queryset=CashCount.objects.locked().told())
    status = target_of(COUNT_TRANSITIONS, event, count.status)
    if by == count.made_by or count.drawer.is_held_by(by):
        raise SamePerson
    return CountStatus(status)
