"""Cash between a vault and the other bank: on its way when two people stand by it, there when a statement tells."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.ledger import events
from accounts.ledger import operations as ledger
from accounts.ledger.models import JournalEntry, LedgerAccount
from accounts.settlement.drawer_states import (
    DELIVERY_TRANSITIONS,
    DeliveryEvent,
    DeliveryStatus,
    DeliveryWay,
    DrawerKind,
)
from accounts.settlement.models import CashDelivery, CashDrawer
from accounts.settlement.operations import drawers
from accounts.settlement.operations.accounts import stated
from accounts.settlement.operations.cash import SamePerson
from accounts.settlement.queries import drawers as queries
from portal.core import audit
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

register({"delivery_vault": _("Cash goes to the other bank, and comes from there, through a vault.")})
events.register(
    {
        "cash_delivery": _("Cash to or from the other bank"),
        "cash_delivery_reversed": _("Cash to or from the other bank, reversed"),
        "cash_delivery_settled": _("Cash confirmed by the other bank"),
        "cash_delivery_settled_reversed": _("Cash confirmed by the other bank, reversed"),
    }
)


class DeliveryThroughVault(Refusal):
    """The drawer is no vault."""

    code = "delivery_vault"


@transaction.atomic(durable=True)
def prepare_delivery(
    vault: CashDrawer, way: str, amount: Decimal, *, key: str, on: date, at: datetime, by: str
) -> CashDelivery:
    """Say what is brought to the other bank or was fetched there; it waits for a second person; a key says it once.

    :raises KeyMissing, KeyReused: see ``answer_once``.
    :raises DeliveryThroughVault: when the drawer is no vault.
    :raises AmountRefused: when it is no amount of money.
    :raises DrawerClosed, DrawerShort, DrawerDayCounted: when the vault cannot give it or take it.
    """
    reference = answer_once(
        f"settlement.delivery {by}",
        key,
        fingerprint=fingerprint_of([vault.reference, way, str(amount.normalize())]),
        make=lambda: _prepared(vault, DeliveryWay(way), amount, on=on, at=at, by=by).reference,
    )
    return CashDelivery.objects.told().get(reference=reference)


def _prepared(vault: CashDrawer, way: DeliveryWay, amount: Decimal, *, on: date, at: datetime, by: str) -> CashDelivery:
    drawers.lock(vault)
    if vault.kind != DrawerKind.VAULT:
        raise DeliveryThroughVault
    ledger.check_amount(amount, vault.currency)
    delivery = CashDelivery(vault=vault, way=way, amount=amount, status=DeliveryStatus.WAITING, made_at=at, made_by=by)
    leaving = queries.given_and_not_taken(vault) if way == DeliveryWay.BROUGHT else Decimal(0)
    drawers.check(vault, delivery.signed_amount - leaving, on=on)
    delivery.save(force_insert=True)
    details = {"drawer": vault.reference, "way": way, "amount": str(amount)}
    audit.record("settlement.cash_delivery", subject=delivery.reference, by=by, at=at, details=details)
    return delivery


@transaction.atomic(durable=True)
def confirm_delivery(delivery: CashDelivery, *, on: date, at: datetime, by: str) -> None:
    """Stand by it as the second person: the cash is booked in transit, and left the vault or came to it.

    :raises TransitionRefused: when it does not wait.
    :raises SamePerson: when it is the person who prepared it.
    :raises DrawerClosed, DrawerShort, DrawerDayCounted: when the vault can no longer give it or take it.
    """
    status = _checked(delivery, DeliveryEvent.CONFIRM)
    vault = delivery.vault
    drawers.lock(vault)
    if by == delivery.made_by:
        raise SamePerson
    drawers.check(vault, delivery.signed_amount, on=on)
    purposes = ("cash_in_transit", "cash") if delivery.way == DeliveryWay.BROUGHT else ("cash", "cash_in_transit")
    delivery.entry = _post(delivery, "cash_delivery", *purposes, on=on, at=at, by=by)
    delivery.status, delivery.effective_date, delivery.checked_at, delivery.checked_by = status, on, at, by
    delivery.save(update_fields=["status", "effective_date", "entry", "checked_at", "checked_by"])
    drawers.move(vault, delivery.signed_amount, on=on, at=at, by=by, delivery=delivery)
    audit.record("settlement.cash_delivery_confirm", subject=delivery.reference, by=by, at=at)


@transaction.atomic(durable=True)
def decline_delivery(delivery: CashDelivery, *, reason: str, at: datetime, by: str) -> None:
    """Do not stand by it, or take it back: nothing is booked.

    :raises ReasonMissing: when no reason is given.
    :raises TransitionRefused: when it does not wait.
    """
    reason = stated(reason)
    delivery.status = _checked(delivery, DeliveryEvent.DECLINE)
    delivery.reason, delivery.checked_at, delivery.checked_by = reason, at, by
    delivery.save(update_fields=["status", "reason", "checked_at", "checked_by"])
    details = {"reason": delivery.reason}
    audit.record("settlement.cash_delivery_decline", subject=delivery.reference, by=by, at=at, details=details)


def settle_delivery(
    delivery: CashDelivery,
    *,
    on: date,
    at: datetime,
    by: str,
    through: str = "nostro",
    told_amount: Decimal | None = None,
    further: Sequence[CashDelivery] = (),
) -> JournalEntry:
    """Book that the other bank confirmed it, on our account there or out of suspense; an inner step.

    :param told_amount: what the other bank booked where it may differ; the rest is cash over or short.
    :param further: other cash of the same way that it confirmed in the same sum.
    :raises TransitionRefused: when some of it is not on its way.
    """
    every = sorted([delivery, *further], key=lambda each: each.pk)
    statuses = [_checked(each, DeliveryEvent.SETTLE) for each in every]
    amount = sum((each.amount for each in every), Decimal(0))
    brought, told = delivery.way == DeliveryWay.BROUGHT, told_amount or amount
    purposes = (through, "cash_in_transit") if brought else ("cash_in_transit", through)
    amounts = (told, amount) if brought else (amount, told)
    entry = _post(delivery, "cash_delivery_settled", *purposes, amounts=amounts, on=on, at=at, by=by)
    for each, status in zip(every, statuses, strict=True):
        each.settled_entry, each.status = entry, status
        each.save(update_fields=["status", "settled_entry"])
        audit.record("settlement.cash_delivery_settle", subject=each.reference, by=by, at=at)
    return entry


def _checked(delivery: CashDelivery, event: DeliveryEvent) -> DeliveryStatus:
    delivery.refresh_from_db(from_queryset=CashDelivery.objects.locked().told())
    return DeliveryStatus(target_of(DELIVERY_TRANSITIONS, event, delivery.status))


def _post(
    delivery: CashDelivery,
    event: str,
    debited: str,
    credited: str,
    *,
    on: date,
    at: datetime,
    by: str,
    amounts: tuple[Decimal, Decimal] | None = None,
) -> JournalEntry:
    named, currency = LedgerAccount.objects.named, delivery.vault.currency
    came, went = amounts or (delivery.amount, delivery.amount)
    lines = [ledger.debit(named(debited, currency), came), ledger.credit(named(credited, currency), went)]
    if came != went:
        book = ledger.debit if came < went else ledger.credit
        lines.append(book(named("cash_difference", currency), abs(came - went)))
    return ledger.post(
        key=f"{event} {delivery.reference}",
        event=event,
        subject=delivery.reference,
        lines=lines,
        effective_date=on,
        at=at,
        by=by,
    )
