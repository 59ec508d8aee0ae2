"""What the bank's people do about a line: suspend it, let it be drawn again, lower its limit."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity import operations as identity
from accounts.identity.models import Enterprise, Role, StaffPost, User
from accounts.identity.operations.telling import tell_owners
from accounts.identity.queries import ever_acted_for
from lending.applications.operations import FourEyesRefused, approval_limit
from lending.loans.lines.binding import bind_line, drawn_amount
from lending.loans.lines.models import CreditLine
from lending.loans.lines.states import TRANSITIONS, Event, LineStatus
from portal.core import audit, formats
from portal.core.money import is_exact
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

KEEPERS: Final = (Role.OFFICER, Role.UNDERWRITER, Role.APPROVER)

register(
    {
        "line_reason_missing": _("Say why, in a sentence."),
        "limit_not_lower": _("A limit is only lowered: below %(limit)s. For a higher one the owner applies anew."),
        "limit_below_drawn": _("%(drawn)s is drawn. The limit can be lowered to that, not further."),
    }
)


class LineRefused(Refusal):
    """This cannot be done to the line."""


@transaction.atomic(durable=True)
def suspend(line: CreditLine, *, reason: str, by: User, at: datetime) -> None:
    """Let nothing be drawn from a line; its draws go on. The owners are told, but not why.

    :raises FourEyesRefused: by who is, or ever was, a member of the enterprise.
    :raises LineRefused: without a reason.
    :raises TransitionRefused: when it is suspended already, or has ended.
    """
    _begin(line, by=by, reason=reason)
    _suspend(line, reason=reason, by=by, at=at)


def suspend_of(enterprise: Enterprise, *, reason: str, by: User, at: datetime) -> None:
    """Let nothing more be drawn from an enterprise's line, where it has one that is not suspended; an inner step."""
    for line in CreditLine.objects.locked().filter(enterprise=enterprise, status=LineStatus.ACTIVE):
        _suspend(line, reason=reason, by=by, at=at)


def _suspend(line: CreditLine, *, reason: str, by: User, at: datetime) -> None:
    line.status = target_of(TRANSITIONS, Event.SUSPEND, line.status)
    line.suspended_by, line.suspended_at, line.reason = by, at, reason.strip()
    record(line, Event.SUSPEND, by=by.reference, at=at, reason=reason.strip())
    tell(line, "line_suspended", at=at)


@transaction.atomic(durable=True)
def resume(line: CreditLine, *, reason: str, by: User, at: datetime) -> None:
    """Let a suspended line be drawn again, as another person and within one's limit; owners and its suspender are told.

    :raises FourEyesRefused: by who suspended it, by a member of the enterprise, or above the limit.
    :raises LineRefused: without a reason.
    :raises TransitionRefused: when it is not suspended.
    """
    _begin(line, by=by, reason=reason)
    status = target_of(TRANSITIONS, Event.RESUME, line.status)
    if by.pk == line.suspended_by_id:
        raise FourEyesRefused("same_person_twice")
    limit = approval_limit(by, line.offer.application)
    if line.limit_amount > limit:
        raise FourEyesRefused("above_approval_limit", amount=line.limit_amount, limit=limit)
    posts = StaffPost.objects.filter(user=line.suspended_by, ended_at=None)
    line.status, line.suspended_by, line.suspended_at, line.reason = status, None, None, ""
    record(line, Event.RESUME, by=by.reference, at=at, reason=reason.strip())
    tell(line, "line_resumed", at=at)
    told = {"line": line.reference, "enterprise": line.enterprise.legal_name, "person": str(by)}
    identity.tell_staff(posts, "line_resumed_by", params=told, at=at)


@transaction.atomic(durable=True)
def lower(line: CreditLine, limit_amount: Decimal, *, reason: str, by: User, at: datetime) -> None:
    """Lower a line's limit, to what is drawn at the least; the owners are told.

    :raises FourEyesRefused: by who is, or ever was, a member of the enterprise.
    :raises LineRefused: without a reason; to a limit that is not lower, not exact, or below what is drawn.
    :raises TransitionRefused: when it has ended.
    """
    _begin(line, by=by, reason=reason)
    target_of(TRANSITIONS, Event.END, line.status)
    before, drawn = line.limit_amount, drawn_amount(line)
    if not 0 < limit_amount < before or not is_exact(limit_amount, line.currency):
        raise LineRefused("limit_not_lower", limit=before, currency=line.currency)
    if limit_amount < drawn:
        raise LineRefused("limit_below_drawn", drawn=drawn, currency=line.currency)
    line.limit_amount = limit_amount
    record(line, "lower", by=by.reference, at=at, reason=reason.strip(), limit=limit_amount)
    tell(line, "line_lowered", at=at)


def _begin(line: CreditLine, *, by: User, reason: str) -> None:
    """Lock a line, and let nobody act on their own enterprise's, nor without a reason."""
    line.refresh_from_db(from_queryset=CreditLine.objects.locked())
    if ever_acted_for(line.enterprise, person=by.reference):
        raise FourEyesRefused("own_enterprise")
    if not reason.strip():
        raise LineRefused("line_reason_missing")


def record(line: CreditLine, verb: str, *, by: str, at: datetime, **details: object) -> None:
    """Keep what became of a line, count anew what it binds, and trace it; an inner step."""
    line.save(update_fields=["status", "limit_amount", "suspended_by", "suspended_at", "reason", "ended_at"])
    bind_line(line, at=at)
    audit.record(f"loans.line_{verb}", subject=line.reference, by=by, at=at, details=details)


def tell(line: CreditLine, code: str, *, at: datetime) -> None:
    """Send the line's owners a message; an inner step."""
    tell_owners(
        line.enterprise,
        code,
        params=lambda: {
            "line": line.reference,
            "limit": formats.money(line.limit_amount, line.currency),
            "day": formats.day(line.ends_on),
        },
        at=at,
    )
