"""Closing months: what is dated into a closed one is refused, by the database as well."""

from calendar import monthrange
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.ledger import queries
from accounts.ledger.models import AccountingPeriod
from accounts.ledger.operations.snapshots import ARRIVAL_LOCK
from portal.core import audit
from portal.core.refusals import Refusal, register

register(
    {
        "month_not_over": _("This month is not over yet. Close it from the first day of the next one."),
        "month_already_closed": _("This month is already closed."),
    }
)


class MonthNotOver(Refusal):
    """A month is closed only after its last day."""

    code = "month_not_over"


class MonthAlreadyClosed(Refusal):
    """The month, or a later one, was closed before."""

    code = "month_already_closed"


@transaction.atomic(durable=True)
def close_month(month: date, *, on: date, at: datetime, by: str) -> AccountingPeriod:
    """Close the books of the month that a day lies in, and of everything before it, for good.

    Whoever is in the middle of posting is waited for, so that nothing slips into the month after it was closed.

    :raises MonthNotOver: when the month's last day is not past.
    :raises MonthAlreadyClosed: when it, or a later month, is closed.
    """
    last_date = month.replace(day=monthrange(month.year, month.month)[1])
    if last_date >= on:
        raise MonthNotOver
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ARRIVAL_LOCK])
    closed_up_to = queries.closed_up_to()
    if closed_up_to and last_date <= closed_up_to:
        raise MonthAlreadyClosed
    period = AccountingPeriod.objects.create(last_date=last_date, closed_at=at, closed_by=by)
    audit.record("ledger.month_closed", subject=f"{last_date:%Y-%m}", by=by, at=at)
    return period
