"""Drawers: opened for a person by another, within a limit, and given up empty; what each line of them obeys."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Branch, Role, User
from accounts.ledger import queries as ledger
from accounts.ledger.models import LedgerAccount
from accounts.ledger.operations import AmountRefused
from accounts.settlement.drawer_states import DrawerKind, DrawerStatus, HandoverStatus
from accounts.settlement.models import CashDrawer, DrawerLine
from accounts.settlement.queries import drawers as queries
from portal.core import audit
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.money import is_exact, rounded
from portal.core.refusals import Refusal, register

HOLDERS: Final = {
    DrawerKind.COUNTER: frozenset({Role.OPERATIONS.value}),
    DrawerKind.CARRIED: frozenset({Role.OPERATIONS.value, Role.OFFICER.value}),
}
register(
    {
        "drawer_closed": _("This drawer was given up. Ask your branch for another."),
        "drawer_day_counted": _("The drawer was counted and closed for %(day)s. Book it on a later day."),
        "drawer_short": _("The drawer holds %(held)s only. Take over cash first."),
        "drawer_full": _("The drawer may hold %(limit)s at most. Hand cash over first."),
        "drawer_missing": _("You have no drawer in use. Ask a colleague to open one for you."),
        "drawer_waits": _("Something of this drawer still waits for another person. Settle that first."),
        "drawer_not_empty": _("The drawer still holds %(held)s. Hand it over first."),
        "drawer_exists": _("There is one in use already."),
        "drawer_holder": _("This person has no post there that handles cash."),
        "drawer_own": _("A colleague does this for your drawer, not you."),
        "drawer_begins": _("Only %(free)s of the cash in the books lies in no other drawer."),
    }
)


class DrawerClosed(Refusal):
    """The drawer is not in use any more."""

    code = "drawer_closed"


class DrawerDayCounted(Refusal):
    """A closing count stands for the day."""

    code = "drawer_day_counted"


class DrawerShort(Refusal):
    """More would leave the drawer than it holds."""

    code = "drawer_short"


class DrawerFull(Refusal):
    """More would lie in the drawer than its limit allows."""

    code = "drawer_full"


class DrawerMissing(Refusal):
    """At a branch with a vault cash moves through drawers only, and the person has none."""

    code = "drawer_missing"


class DrawerWaits(Refusal):
    """What lies in the drawer is not what its lines say, because another person's word is missing."""

    code = "drawer_waits"


class DrawerNotEmpty(Refusal):
    """A drawer with cash in it is not given up."""

    code = "drawer_not_empty"


class DrawerExists(Refusal):
    """The person holds one already, or the branch has its vault."""

    code = "drawer_exists"


class HolderUnfit(Refusal):
    """Who is to hold the drawer has no post at the branch that handles cash."""

    code = "drawer_holder"


class OwnDrawer(Refusal):
    """Whoever holds the drawer cannot decide on it."""

    code = "drawer_own"


class DrawerBeginsTooFull(Refusal):
    """A vault would begin with cash that the books do not have, or that lies elsewhere."""

    code = "drawer_begins"


@transaction.atomic(durable=True)
def open_drawer(
    branch: Branch,
    *,
    kind: str,
    key: str,
    on: date,
    at: datetime,
    by: str,
    holder: User | None = None,
    limit_amount: Decimal | None = None,
    begin_amount: Decimal = Decimal(0),
    currency: str = "",
) -> CashDrawer:
    """Open a drawer for a person, or a branch's vault with what already lies in it; the same key opens it once.

    :param begin_amount: what a vault begins with, out of the cash in the books that lies in no drawer.
    :raises OwnDrawer: when the person would open it for themselves.
    :raises HolderUnfit: when the holder has no post at the branch, or at head office, that handles cash.
    :raises AmountRefused: when limit or beginning is no amount of money.
    :raises DrawerExists: when the holder has one in use, or the branch its vault.
    :raises DrawerBeginsTooFull: when less cash than that lies in no drawer.
    """
    content = [branch.code, kind, holder and holder.reference, limit_amount, begin_amount, currency]
    reference = answer_once(
        f"settlement.drawer {by}",
        key,
        fingerprint=fingerprint_of(content),
        make=lambda: (
            _opened(
                CashDrawer(
                    branch=branch,
                    kind=kind,
                    holder=holder,
                    limit_amount=limit_amount,
                    currency=currency or settings.BANK_CURRENCY,
                    opened_at=at,
                    opened_by=by,
                ),
                begin_amount,
                on=on,
            ).reference
        ),
    )
    return CashDrawer.objects.told().get(reference=reference)


def _opened(drawer: CashDrawer, begin_amount: Decimal, *, on: date) -> CashDrawer:
    _check_holder(drawer)
    _check_amounts(drawer, begin_amount)
    cash = LedgerAccount.objects.locked().get(purpose="cash", currency=drawer.currency)  # who opens waits for who opens
    others = list(CashDrawer.objects.locked().in_use().filter(currency=drawer.currency))  # and what moves, for both
    if any(_is_twin(drawer, other) for other in others):
        raise DrawerExists
    free = ledger.balance(cash) - sum((each.held_amount for each in others), Decimal(0))
    if begin_amount and begin_amount > free:
        raise DrawerBeginsTooFull(free=max(free, Decimal(0)), currency=drawer.currency)
    at, by = drawer.opened_at, drawer.opened_by
    drawer.save(force_insert=True)
    if begin_amount:
        move(drawer, begin_amount, on=on, at=at, by=by)
    details = {"kind": drawer.kind, "branch": drawer.branch.code, "begins_with": str(begin_amount)}
    if drawer.holder:
        details |= {"holder": drawer.holder.reference, "limit": str(drawer.limit_amount)}
    audit.record("settlement.drawer_open", subject=drawer.reference, by=by, at=at, details=details)
    return drawer


def _is_twin(drawer: CashDrawer, other: CashDrawer) -> bool:
    if drawer.holder_id is None:
        return other.holder_id is None and other.branch_id == drawer.branch_id
    return other.holder_id == drawer.holder_id


def _check_holder(drawer: CashDrawer) -> None:
    holder = drawer.holder
    if (holder is None) != (drawer.kind == DrawerKind.VAULT):
        raise HolderUnfit
    if holder is None:
        return
    if holder.reference == drawer.opened_by:
        raise OwnDrawer
    fit = HOLDERS[DrawerKind(drawer.kind)]
    if not any(
        post.role in fit and (post.branch_id == drawer.branch_id or post.branch.is_head_office) for post in holder.posts
    ):
        raise HolderUnfit


def _check_amounts(drawer: CashDrawer, begin_amount: Decimal) -> None:
    is_vault = drawer.kind == DrawerKind.VAULT
    if (drawer.limit_amount is None) != is_vault or (begin_amount and not is_vault):
        raise AmountRefused
    for amount in (drawer.limit_amount or Decimal(0), begin_amount):
        if amount < 0 or not is_exact(amount, drawer.currency):
            raise AmountRefused


@transaction.atomic(durable=True)
def change_limit(drawer: CashDrawer, limit_amount: Decimal, *, at: datetime, by: str) -> None:
    """Let a drawer hold more or less from now on; what lies in it already stays.

    :raises DrawerClosed: when it was given up.
    :raises OwnDrawer: when it is the holder who asks.
    :raises AmountRefused: when it is no amount of money, or the drawer is a vault.
    """
    lock(drawer)
    if drawer.is_held_by(by):
        raise OwnDrawer
    before, drawer.limit_amount = drawer.limit_amount, limit_amount
    _check_amounts(drawer, Decimal(0))
    drawer.save(update_fields=["limit_amount"])
    details = {"from": before, "to": limit_amount}
    audit.record("settlement.drawer_limit", subject=drawer.reference, by=by, at=at, details=details)


@transaction.atomic(durable=True)
def close_drawer(drawer: CashDrawer, *, at: datetime, by: str) -> None:
    """Give up an empty drawer in which nothing waits.

    :raises DrawerClosed: when it was given up.
    :raises OwnDrawer: when it is the holder who asks.
    :raises DrawerNotEmpty: when it still holds cash.
    :raises DrawerWaits: when another person's word is still missing.
    """
    lock(drawer)
    if drawer.is_held_by(by):
        raise OwnDrawer
    if drawer.held_amount:
        raise DrawerNotEmpty(held=drawer.held_amount, currency=drawer.currency)
    if queries.waits(drawer) or drawer.taken.filter(status=HandoverStatus.WAITING).exists():
        raise DrawerWaits
    drawer.status, drawer.closed_at = DrawerStatus.CLOSED, at
    drawer.save(update_fields=["status", "closed_at"])
    audit.record("settlement.drawer_close", subject=drawer.reference, by=by, at=at)


def lock(drawer: CashDrawer) -> None:
    """Take the row of a drawer in use until the transaction ends, always after a settlement account; an inner step.

    :raises DrawerClosed: when it was given up.
    """
    drawer.refresh_from_db(from_queryset=CashDrawer.objects.locked().told())
    if drawer.status != DrawerStatus.OPEN:
        raise DrawerClosed


def drawer_of(by: str, *, branch: Branch, currency: str) -> CashDrawer | None:
    """Take the row of the drawer through which a person moves cash; none at a branch without a vault; an inner step.

    :raises DrawerMissing: when the branch has a vault and the person no drawer.
    """
    drawer = queries.own_drawer(by, currency)
    if drawer is None:
        if CashDrawer.objects.in_use().filter(branch=branch, holder=None, currency=currency).exists():
            raise DrawerMissing
        return None
    lock(drawer)
    return drawer


def check(drawer: CashDrawer, amount: Decimal, *, on: date, is_limited: bool = True) -> None:
    """Refuse what cannot pass through a locked drawer on a day; an inner step.

    :param amount: negative when it goes out.
    :raises DrawerDayCounted: when the drawer was counted and closed for the day.
    :raises DrawerShort: when it holds less.
    :raises DrawerFull: when it may not hold as much.
    """
    closed = queries.closed_on(drawer)
    if closed and on <= closed:
        raise DrawerDayCounted(day=closed)
    held = drawer.held_amount + amount
    if held < 0:
        raise DrawerShort(held=drawer.held_amount, currency=drawer.currency)
    limit = drawer.limit_amount
    if is_limited and amount > 0 and limit is not None and held > limit:
        raise DrawerFull(limit=limit, currency=drawer.currency)


def move(drawer: CashDrawer, amount: Decimal, *, on: date, at: datetime, by: str, **cause: Any) -> None:
    """Write a line of a locked drawer, with its cause, and keep what it holds; an inner step.

    :param cause: the ``movement``, ``handover`` or ``count``; none is what a vault begins with.
    """
    assert connection.in_atomic_block, "a line belongs to the transaction of its cause"
    drawer.held_amount = rounded(drawer.held_amount + amount, drawer.currency)
    DrawerLine.objects.create(
        drawer=drawer, amount=amount, held_after_amount=drawer.held_amount, on=on, made_at=at, made_by=by, **cause
    )
    drawer.save(update_fields=["held_amount"])
