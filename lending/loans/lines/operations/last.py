"""How a line begins and ends: signed, told of before its last day, ended by its day or given back."""

from datetime import date, datetime

from django.db import transaction

from accounts.identity.models import User
from accounts.settlement import operations as settlement
from accounts.settlement.models import SettlementAccount
from lending.applications.models import Application, Offer
from lending.loans.lines.binding import bind_line
from lending.loans.lines.models import CreditLine
from lending.loans.lines.operations.keep import record, tell
from lending.loans.lines.queries import NOTICE
from lending.loans.lines.states import TRANSITIONS, Event
from lending.loans.operations.binding import SYSTEM
from lending.loans.operations.sign import confirm
from portal.core import audit
from portal.core.dates import add_months
from portal.core.transitions import target_of


@transaction.atomic(durable=True)
def open_line(offer: Offer, *, account: SettlementAccount, code: str, by: User, at: datetime, on: date) -> CreditLine:
    """Sign the offer of a credit line: nothing is paid out; signed twice, one line is open.

    A line that the enterprise had before ends, and its draws go on.

    :raises: as ``lending.loans.operations.sign``.
    """
    application = Application.objects.locked().select_related("enterprise", "product").get(pk=offer.application_id)
    months = application.product.line_months
    assert months is not None, "only a credit line is opened"
    opened = CreditLine.objects.filter(offer=offer).first()
    if opened:
        return opened
    confirm(offer, application, account=account, code=code, by=by, at=at, on=on)
    line = CreditLine(
        offer=offer,
        enterprise=application.enterprise,
        settlement_account=account,
        limit_amount=offer.approved_amount,
        annual_rate=offer.annual_rate,
        currency=offer.terms.currency,
        opened_on=on,
        ends_on=add_months(on, months),
        signed_at=at,
        signed_by=by,
    )
    settlement.register_mandate(account, purpose="line", subject=line.reference, by=by.reference, at=at)
    for before in CreditLine.objects.locked().open().filter(enterprise=application.enterprise):
        _end(before, by=by.reference, at=at)
    line.save(force_insert=True)
    bind_line(line, at=at)
    details = {"offer": offer.reference, "limit": line.limit_amount}
    audit.record("loans.line_open", subject=line.reference, by=by.reference, at=at, details=details)
    return line


@transaction.atomic(durable=True)
def give_back(line: CreditLine, *, by: User, at: datetime) -> None:
    """End a line as an owner; what is drawn goes on.

    :raises TransitionRefused: when it has ended already.
    """
    line.refresh_from_db(from_queryset=CreditLine.objects.locked())
    _end(line, by=by.reference, at=at)


@transaction.atomic(durable=True)
def end_over(reference: str, *, at: datetime, on: date) -> None:
    """End a line whose last day is over, and tell its owners; any other stays."""
    line = CreditLine.objects.locked().get(reference=reference)
    if not line.is_open or line.ends_on >= on:
        return
    _end(line, by=SYSTEM, at=at)
    tell(line, "line_ended", at=at)


@transaction.atomic(durable=True)
def remind(reference: str, *, at: datetime, on: date) -> None:
    """Tell a line's owners, once, that it ends soon."""
    line = CreditLine.objects.locked().get(reference=reference)
    if not line.is_open or line.reminded_at or not on <= line.ends_on <= on + NOTICE:
        return
    line.reminded_at = at
    line.save(update_fields=["reminded_at"])
    tell(line, "line_ends_soon", at=at)


def _end(line: CreditLine, *, by: str, at: datetime) -> None:
    line.status, line.ended_at = target_of(TRANSITIONS, Event.END, line.status), at
    line.suspended_by, line.suspended_at, line.reason = None, None, ""
    settlement.end_mandate(purpose="line", subject=line.reference, by=by, at=at)
    record(line, Event.END, by=by, at=at)
