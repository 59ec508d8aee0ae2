"""Money in suspense that is cash: one line or several of the other bank, one deposit or several, whose sums match."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts.ledger.models import JournalEntry
from accounts.settlement.drawer_states import DELIVERY_TRANSITIONS, DeliveryEvent, DeliveryWay
from accounts.settlement.models import CashDelivery, SuspenseItem
from accounts.settlement.nostro_states import (
    SUSPENSE_TRANSITIONS,
    Clearing,
    LineStatus,
    SuspenseEvent,
    SuspenseStatus,
)
from accounts.settlement.operations.deliveries import settle_delivery
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

register(
    {
        "clearing_differs": _("What you name is of another amount or currency, or goes the other way."),
        "clearing_sums": _("The lines come to %(lines)s and the cash to %(cash)s. Several must come to the same."),
    }
)


class ClearingDiffers(Refusal):
    """What is named is of another amount or currency, or goes the other way."""

    code = "clearing_differs"


class ClearingSums(Refusal):
    """Several lines, or several deposits, do not come to the same."""

    code = "clearing_sums"


@dataclass(frozen=True)
class NamedCash:
    """What a person says money in suspense is: these deposits, and this other money in suspense is of them as well."""

    deliveries: Sequence[CashDelivery] = ()
    beside: Sequence[SuspenseItem] = ()


NO_CASH: Final = NamedCash()


def propose(item: SuspenseItem, named: NamedCash) -> None:
    """Join to an item that is cash what else is the same cash; an inner step, all items being locked.

    One line may differ from its one deposit; the rest is then over or short.

    :raises ClearingDiffers: when something is of another currency, goes the other way, or is named twice.
    :raises ClearingSums: when several do not come to the same.
    :raises TransitionRefused: when cash is not on its way, or other money does not wait for a decision.
    """
    lines, every = [item, *named.beside], sorted(named.deliveries, key=lambda each: each.pk)
    if len({each.pk for each in lines}) < len(lines) or len({each.pk for each in every}) < len(every):
        raise ClearingDiffers
    for delivery in every:
        delivery.refresh_from_db(from_queryset=CashDelivery.objects.locked().told())
        _check_cash(item, delivery)
    for other in named.beside:
        other.refresh_from_db(from_queryset=SuspenseItem.objects.select_related("line"))
        if (other.came_in, other.line.currency) != (item.came_in, item.line.currency):
            raise ClearingDiffers
    told, brought = (sum((each.amount for each in some), Decimal(0)) for some in (lines, every))
    if told != brought and len(lines) + len(every) > 2:
        raise ClearingSums(lines=told, cash=brought, currency=item.line.currency)
    _join(item, named)


def _check_cash(item: SuspenseItem, delivery: CashDelivery) -> None:
    target_of(DELIVERY_TRANSITIONS, DeliveryEvent.SETTLE, delivery.status)
    came = delivery.way == DeliveryWay.BROUGHT
    if came != item.came_in or delivery.vault.currency != item.line.currency or delivery.cleared_with_id:
        raise ClearingDiffers


def _join(item: SuspenseItem, named: NamedCash) -> None:
    for delivery in named.deliveries[1:]:
        delivery.cleared_with = item
        delivery.save(update_fields=["cleared_with"])
    for other in named.beside:
        other.status = target_of(SUSPENSE_TRANSITIONS, SuspenseEvent.PROPOSE, other.status)
        other.way, other.delivery, other.note = Clearing.CASH, item.delivery, item.note
        other.proposed_at, other.proposed_by, other.cleared_with = item.proposed_at, item.proposed_by, item
        other.save()


def part(item: SuspenseItem, *, note: str) -> None:
    """Let everything that was joined to an item wait on its own again; an inner step."""
    item.further_cash.update(cleared_with=None)
    item.parts.update(
        status=SuspenseStatus.WAITING,
        way="",
        delivery=None,
        note=note.strip()[:200],
        proposed_at=None,
        proposed_by="",
        cleared_with=None,
    )


def settle(item: SuspenseItem, *, on: date, at: datetime, by: str) -> JournalEntry:
    """Book that the cash is there, in one entry out of suspense, and clear what was joined to the item; an inner step.

    :raises TransitionRefused: when some of the cash is not on its way any more.
    """
    first, *further = item.cash
    _item, *parts = item.together
    told = sum((each.amount for each in parts), item.amount)
    entry = settle_delivery(first, told_amount=told, further=further, on=on, at=at, by=by, through="suspense")
    item.line.delivery = first
    for each in parts:
        each.line.delivery, each.line.status = first, LineStatus.CLEARED
        each.line.save(update_fields=["status", "delivery"])
        each.status, each.entry, each.checked_at, each.checked_by = SuspenseStatus.CLEARED, entry, at, by
        each.save(update_fields=["status", "entry", "checked_at", "checked_by"])
    return entry
