"""Slips that a field agent wrote away from the bank: entered later, each counts once."""

import unicodedata
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.ledger import queries as ledger
from accounts.ledger.operations import PeriodClosed
from accounts.settlement.drawer_states import DrawerKind
from accounts.settlement.models import CashDrawer, CashMovement, SettlementAccount
from accounts.settlement.operations import drawers
from accounts.settlement.operations.accounts import lock
from accounts.settlement.operations.cash import take
from accounts.settlement.operations.transfers import CurrencyDiffers
from accounts.settlement.states import CashStatus, CorrectionStatus, Way
from portal.core.idempotency import KeyReused
from portal.core.refusals import Refusal, register

register(
    {
        "slip_drawer": _("Slips are written by field agents, out of their bags."),
        "slip_number_missing": _("Enter the number that is printed on the slip."),
        "slip_reused": _("Slip %(number)s was entered already with other content. Look at %(reference)s."),
        "slip_date_to_come": _("The date on the slip is still to come."),
    }
)


class SlipDrawer(Refusal):
    """The drawer is no bag of a field agent."""

    code = "slip_drawer"


class SlipNumberMissing(Refusal):
    """The slip has no number."""

    code = "slip_number_missing"


class SlipReused(KeyReused):
    """The number belongs to a slip with another account, direction, amount or date."""

    code = "slip_reused"


class SlipDateToCome(Refusal):
    """The slip is dated after today."""

    code = "slip_date_to_come"


@transaction.atomic(durable=True)
def enter_slip(
    drawer: CashDrawer,
    account: SettlementAccount,
    way: str,
    amount: Decimal,
    *,
    slip_number: str,
    slip_date: date,
    text: str,
    on: date,
    at: datetime,
    by: str,
) -> CashMovement:
    """Enter what a numbered slip tells, dated as it is; the same slip again is the first, until someone declined it.

    What was paid out waits for a second person, whatever the amount: nobody else tells that the customer had it.

    :raises SlipDrawer: when the drawer is no field agent's.
    :raises SlipNumberMissing: when it has no number.
    :raises SlipDateToCome: when it is dated after today.
    :raises PeriodClosed: when it is dated in a closed month.
    :raises DrawerDayCounted: when the bag was counted and closed for its day.
    :raises SlipReused: when the number stands for other cash.
    :raises: as ``pay_in`` and ``pay_out``.
    """
    number = plain_number(slip_number)
    if drawer.kind != DrawerKind.CARRIED:
        raise SlipDrawer
    if not number:
        raise SlipNumberMissing
    lock(account)
    drawers.lock(drawer)
    if account.currency != drawer.currency:
        raise CurrencyDiffers
    first = entered(drawer, number)
    if first is None:
        _check_date(slip_date, on=on)
        return take(account, Way(way), amount, drawer=drawer, text=text, on=slip_date, at=at, by=by, slip_number=number)
    told = (first.settlement_account_id, first.way, first.amount, first.effective_date)
    if first.status == CashStatus.REVERSED or told != (account.pk, way, amount, slip_date):
        raise SlipReused(number=number, reference=first.reference)
    return first


def plain_number(written: str) -> str:
    """Read the number of a slip, however it was typed."""
    return "".join(unicodedata.normalize("NFKC", written).split()).upper()[:20]


def entered(drawer: CashDrawer, number: str) -> CashMovement | None:
    """Find the slip that a number stands for: what counts, or else what was reversed and has no other number."""
    found = CashMovement.objects.told().filter(drawer=drawer, slip_number=number).exclude(status=CashStatus.DECLINED)
    counting = found.exclude(status=CashStatus.REVERSED).first()
    return counting or found.filter(corrections__status=CorrectionStatus.BOOKED, corrections__slip_number="").first()


def _check_date(slip_date: date, *, on: date) -> None:
    if slip_date > on:
        raise SlipDateToCome
    closed = ledger.closed_up_to()
    if closed and slip_date <= closed:
        raise PeriodClosed(closed_up_to=closed)
