"""Cash handed from one drawer to another: it counts when the other side has taken it over."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.ledger import operations as ledger
from accounts.settlement.drawer_states import HANDOVER_TRANSITIONS, HandoverStatus
from accounts.settlement.models import CashDrawer, CashHandover
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
        "handover_between": _("Cash goes between the drawers of one branch, or from vault to vault."),
        "handover_side": _("Only the side whose cash it is can do this."),
        "handover_uncounted": _(
            "A colleague's drawer is handed over whole, after somebody else than its holder counted it as a look in "
            "between. Count it first."
        ),
    }
)


class HandoverRefused(Refusal):
    """Cash does not go between these two drawers."""

    code = "handover_between"


class NotTheirSide(Refusal):
    """The person does not speak for the drawer."""

    code = "handover_side"


class HandoverUncounted(Refusal):
    """A colleague's drawer would be handed over in part, or otherwise than as it was counted."""

    code = "handover_uncounted"


@transaction.atomic(durable=True)
def hand_over(
    giver: CashDrawer,
    taker: CashDrawer,
    amount: Decimal,
    *,
    key: str,
    on: date,
    at: datetime,
    by: str,
    reason: str = "",
) -> CashHandover:
    """Hand cash out of a drawer: nothing moves until the other side has taken it over; the same key hands over once.

    :param reason: why somebody else than its holder does it; kept then only.
    :raises KeyMissing: when the key is empty.
    :raises KeyReused: when the key handed over something else.
    :raises NotTheirSide: when the person does not speak for the giving drawer.
    :raises ReasonMissing: when it is a colleague's drawer, and nobody says why.
    :raises HandoverUncounted: when it is a colleague's drawer, and not handed over whole and as it was counted.
    :raises AmountRefused: when it is no amount of money.
    :raises HandoverRefused: when the two belong to different branches, and are no vaults, or to different currencies.
    :raises DrawerClosed, DrawerShort, DrawerFull, DrawerDayCounted: when one of them cannot give it or take it.
    """
    reference = answer_once(
        f"settlement.handover {by}",
        key,
        fingerprint=fingerprint_of([giver.reference, taker.reference, str(amount.normalize())]),
        make=lambda: _handed(giver, taker, amount, reason=reason, on=on, at=at, by=by).reference,
    )
    return CashHandover.objects.told().get(reference=reference)


def _handed(
    giver: CashDrawer, taker: CashDrawer, amount: Decimal, *, reason: str, on: date, at: datetime, by: str
) -> CashHandover:
    _lock_both(giver, taker)
    is_colleagues = giver.holder is not None and not giver.is_held_by(by)
    if taker.is_held_by(by) and not giver.is_held_by(by):
        raise NotTheirSide
    reason = stated(reason) if is_colleagues else ""
    ledger.check_amount(amount, giver.currency)
    if is_colleagues and (amount != giver.held_amount or not queries.is_counted_by_another(giver)):
        raise HandoverUncounted
    if giver.pk == taker.pk or not queries.takers_of(giver).filter(pk=taker.pk).exists():
        raise HandoverRefused
    drawers.check(giver, -amount - queries.given_and_not_taken(giver), on=on)
    drawers.check(taker, amount, on=on)
    handover = CashHandover.objects.create(
        giver=giver, taker=taker, amount=amount, status=HandoverStatus.WAITING, reason=reason, made_at=at, made_by=by
    )
    details = {"from": giver.reference, "to": taker.reference, "amount": str(amount)}
    if is_colleagues:
        details |= {"reason": reason}
    audit.record("settlement.cash_hand_over", subject=handover.reference, by=by, at=at, details=details)
    return handover


def _lock_both(giver: CashDrawer, taker: CashDrawer) -> None:
    for drawer in sorted((giver, taker), key=lambda each: each.pk):
        drawers.lock(drawer)


def _speaks_for(drawer: CashDrawer, *, by: str, other: CashDrawer) -> bool:
    """Tell whether a person may give or take for a drawer: its holder; for a vault anyone but the other side's."""
    return drawer.is_held_by(by) if drawer.holder else not other.is_held_by(by)


@transaction.atomic(durable=True)
def take_over(handover: CashHandover, *, on: date, at: datetime, by: str) -> None:
    """Take over, as the other side, the cash that was handed out: now it lies in the other drawer.

    :raises TransitionRefused: when it does not wait.
    :raises SamePerson: when it is the person who handed it out.
    :raises NotTheirSide: when the person does not speak for the taking drawer.
    :raises DrawerClosed, DrawerShort, DrawerFull, DrawerDayCounted: when one of them cannot give it or take it.
    """
    status = _checked(handover, CheckEvent.CONFIRM)
    giver, taker = handover.giver, handover.taker
    _lock_both(giver, taker)
    if by == handover.made_by:
        raise SamePerson
    if not _speaks_for(taker, by=by, other=giver):
        raise NotTheirSide
    drawers.check(giver, -handover.amount, on=on)
    drawers.check(taker, handover.amount, on=on)
    handover.status, handover.checked_at, handover.checked_by = status, at, by
    handover.save(update_fields=["status", "checked_at", "checked_by"])
    drawers.move(giver, -handover.amount, on=on, at=at, by=by, handover=handover)
    drawers.move(taker, handover.amount, on=on, at=at, by=by, handover=handover)
    audit.record("settlement.cash_take_over", subject=handover.reference, by=by, at=at)


@transaction.atomic(durable=True)
def decline_handover(handover: CashHandover, *, reason: str, at: datetime, by: str) -> None:
    """Do not take over, or take back, what was handed out: the cash stays where it was.

    :raises ReasonMissing: when no reason is given.
    :raises TransitionRefused: when it does not wait.
    :raises NotTheirSide: when the person neither handed it out nor speaks for the other side.
    """
    reason = stated(reason)
    status = _checked(handover, CheckEvent.DECLINE)
    if by != handover.made_by and not _speaks_for(handover.taker, by=by, other=handover.giver):
        raise NotTheirSide
    handover.status, handover.reason = status, reason
    handover.checked_at, handover.checked_by = at, by
    handover.save(update_fields=["status", "reason", "checked_at", "checked_by"])
    details = {"reason": handover.reason}
    audit.record("settlement.cash_handover_decline", subject=handover.reference, by=by, at=at, details=details)


def _checked(handover: CashHandover, event: CheckEvent) -> HandoverStatus:
    handover.refresh_from_db(from_queryset=CashHandover.objects.locked().told())
    return HandoverStatus(target_of(HANDOVER_TRANSITIONS, event, handover.status))
