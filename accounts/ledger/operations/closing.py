"""Closing months, by two people: what is dated into a closed one is refused, by the database as well."""

from calendar import monthrange
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.ledger import queries
from accounts.ledger.models import AccountingPeriod, MonthClosing
from accounts.ledger.operations.snapshots import ARRIVAL_LOCK
from accounts.ledger.states import CLOSING_TRANSITIONS, ClosingEvent, ClosingStatus
from portal.core import audit
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

register(
    {
        "month_not_over": _("This month is not over yet. Close it from the first day of the next one."),
        "month_already_closed": _("This month is already closed."),
        "closing_waits": _("Somebody has asked to close a month already. Decide on that first."),
        "closing_same_person": _("You asked for this closing. A colleague closes the month."),
        "closing_reason_missing": _("Say why the month is not closed."),
        "books_unbalanced": _("Debits and credits differ at the end of %(day)s. Call the administrator first."),
    }
)


class MonthNotOver(Refusal):
    """A month is closed only after its last day."""

    code = "month_not_over"


class MonthAlreadyClosed(Refusal):
    """The month, or a later one, was closed before."""

    code = "month_already_closed"


class ClosingWaits(Refusal):
    """One closing waits at a time."""

    code = "closing_waits"


class ClosedAlone(Refusal):
    """Whoever asked for the closing cannot confirm it."""

    code = "closing_same_person"


class ClosingReasonMissing(Refusal):
    """A closing is declined with a reason."""

    code = "closing_reason_missing"


class BooksUnbalanced(Refusal):
    """Books that do not balance are not closed."""

    code = "books_unbalanced"


@transaction.atomic(durable=True)
def ask_to_close_month(month: date, *, on: date, at: datetime, by: str) -> MonthClosing:
    """Ask to close the books of the month that a day lies in, and of everything before it; asked twice, it is one.

    :raises MonthNotOver: when the month's last day is not past.
    :raises MonthAlreadyClosed: when it, or a later month, is closed.
    :raises ClosingWaits: when another month's closing waits.
    """
    last_date = month.replace(day=monthrange(month.year, month.month)[1])
    if last_date >= on:
        raise MonthNotOver
    asked = MonthClosing(last_date=last_date, asked_at=at, asked_by=by)
    # whoever asks or closes at this moment is waited for
    MonthClosing.objects.bulk_create([asked], ignore_conflicts=True)
    _check_open(last_date)
    waiting = MonthClosing.objects.filter(status=ClosingStatus.WAITING).first()
    if waiting is None or waiting.last_date != last_date:  # none where a colleague decided on it this moment
        raise ClosingWaits
    if (waiting.asked_by, waiting.asked_at) == (by, at):
        audit.record("ledger.month_closing_asked", subject=str(waiting), by=by, at=at)
    return waiting


@transaction.atomic(durable=True)
def close_month(closing: MonthClosing, *, at: datetime, by: str) -> AccountingPeriod:
    """Close the month that somebody else asked to close, for good.

    Whoever is in the middle of posting is waited for, so that nothing slips into the month after it was closed.

    :raises TransitionRefused: when it was decided on.
    :raises ClosedAlone: when it is the person who asked.
    :raises MonthAlreadyClosed: when it, or a later month, is closed.
    :raises BooksUnbalanced: when debits and credits differ on its last day.
    """
    closing.refresh_from_db(from_queryset=MonthClosing.objects.locked())
    status = target_of(CLOSING_TRANSITIONS, ClosingEvent.CLOSE, closing.status)
    if by == closing.asked_by:
        raise ClosedAlone
    if not all(trial.balances for trial in queries.trial_balances(closing.last_date)):
        raise BooksUnbalanced(day=closing.last_date)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ARRIVAL_LOCK])
    _check_open(closing.last_date)
    closing.period = AccountingPeriod.objects.create(last_date=closing.last_date, closed_at=at, closed_by=by)
    closing.status, closing.decided_at, closing.decided_by = status, at, by
    closing.save(update_fields=["status", "period", "decided_at", "decided_by"])
    audit.record("ledger.month_closed", subject=str(closing), by=by, at=at)
    return closing.period


def _check_open(last_date: date) -> None:
    closed_up_to = queries.closed_up_to()
    if closed_up_to and last_date <= closed_up_to:
        raise MonthAlreadyClosed


@transaction.atomic(durable=True)
def decline_closing(closing: MonthClosing, *, reason: str, at: datetime, by: str) -> None:
    """Leave the month open that somebody asked to close; whoever asked may take it back.

    :raises ClosingReasonMissing: when no reason is given.
    :raises TransitionRefused: when it was decided on.
    """
    if not reason.strip():
        raise ClosingReasonMissing
    closing.refresh_from_db(from_queryset=MonthClosing.objects.locked())
    closing.status = target_of(CLOSING_TRANSITIONS, ClosingEvent.DECLINE, closing.status)
    closing.reason, closing.decided_at, closing.decided_by = reason.strip()[:200], at, by
    closing.save(update_fields=["status", "reason", "decided_at", "decided_by"])
    audit.record(
        "ledger.month_closing_declined", subject=str(closing), by=by, at=at, details={"reason": closing.reason}
    )
