"""Opening a credit line: its offer is signed, nothing is paid out yet."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import User
from accounts.settlement import operations as settlement
from accounts.settlement.models import SettlementAccount
from lending.applications import operations as applications
from lending.applications.models import Application, Offer
from lending.loans.lines.binding import bind_line
from lending.loans.lines.models import CreditLine
from lending.loans.lines.operations.end import end
from lending.loans.lines.states import LineStatus
from lending.loans.operations.sign import confirm
from portal.core import audit
from portal.core.dates import add_months
from portal.core.refusals import Refusal, register

register(
    {
        "offer_while_suspended": _(
            "The bank has suspended your credit line. You can sign this offer once that line can be drawn again. Ask"
            " your branch."
        ),
    }
)


class LineSuspended(Refusal):
    """A new line would undo that the bank suspended the one before."""

    code = "offer_while_suspended"


@transaction.atomic(durable=True)
def open_line(offer: Offer, *, account: SettlementAccount, code: str, by: User, at: datetime, on: date) -> CreditLine:
    """Sign the offer of a credit line: nothing is paid out; signed twice, one line is open.

    A line that the enterprise had before ends, and its draws go on.

    :raises LineSuspended: while that line is suspended.
    :raises: as ``lending.loans.operations.sign``.
    """
    application = Application.objects.get(pk=offer.application_id)
    applications.lock(application)
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
        if before.status == LineStatus.SUSPENDED:
            raise LineSuspended
        end(before, by=by.reference, at=at)
    line.save(force_insert=True)
    bind_line(line, at=at)
    details = {"offer": offer.reference, "limit": line.limit_amount}
    audit.record("loans.line_open", subject=line.reference, by=by.reference, at=at, details=details)
    return line
