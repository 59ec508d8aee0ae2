"""How a credit line ends: by its day, of which its owners are told before, or given back."""

from datetime import date, datetime

from django.db import transaction

from accounts.identity.models import User
from accounts.settlement import operations as settlement
from lending.applications import operations as applications
from lending.applications.models import Application
from lending.loans.lines.models import CreditLine
from lending.loans.lines.operations.keep import record, tell
from lending.loans.lines.states import TRANSITIONS, Event, LineStatus
from lending.loans.operations.binding import SYSTEM
from portal.core.transitions import target_of


@transaction.atomic(durable=True)
def give_back(line: CreditLine, *, by: User, at: datetime) -> None:
    """End a line as an owner; what is drawn goes on.

    :raises TransitionRefused: when it has ended already.
    """
    offers = applications.lock_offers_of_lines(line.enterprise)
    line.refresh_from_db(from_queryset=CreditLine.objects.locked())
    _end_with(offers, line, by=by.reference, at=at)


@transaction.atomic(durable=True)
def end_over(reference: str, *, at: datetime, on: date) -> None:
    """End a line whose last day is over, and tell its owners; any other stays."""
    line = CreditLine.objects.get(reference=reference)
    offers = applications.lock_offers_of_lines(line.enterprise)
    line.refresh_from_db(from_queryset=CreditLine.objects.locked())
    if not line.is_open or line.ends_on >= on:
        return
    _end_with(offers, line, by=SYSTEM, at=at)
    tell(line, "line_ended", at=at)


@transaction.atomic(durable=True)
def remind(reference: str, *, at: datetime, on: date) -> None:
    """Tell a line's owners, once, that it can be drawn for some weeks yet; of one that is suspended nothing."""
    line = CreditLine.objects.locked().get(reference=reference)
    if not line.may_be_drawn(on=on) or line.reminded_at or line.ends_soon_from > on:
        return
    line.reminded_at = at
    line.save(update_fields=["reminded_at"])
    tell(line, "line_ends_soon", at=at)


def _end_with(offers: list[Application], line: CreditLine, *, by: str, at: datetime) -> None:
    """End a locked line; while it is suspended, the unsigned offers of another go with it."""
    if line.status == LineStatus.SUSPENDED:
        for application in offers:
            applications.lapse(application, at=at)
    end(line, by=by, at=at)


def end(line: CreditLine, *, by: str, at: datetime) -> None:
    """End a locked line, its mandate and what it binds undrawn; an inner step.

    :raises TransitionRefused: when it has ended already.
    """
    line.status, line.ended_at = target_of(TRANSITIONS, Event.END, line.status), at
    line.suspended_by, line.suspended_at, line.reason = None, None, ""
    settlement.end_mandate(purpose="line", subject=line.reference, by=by, at=at)
    record(line, Event.END, by=by, at=at)
