"""Cash paid in and out through a drawer, and above a limit confirmed by a second person."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.ledger import events
from accounts.ledger import operations as ledger
from accounts.ledger.models import JournalEntry, LedgerAccount
from accounts.settlement.models import CashDrawer, CashMovement, SettlementAccount
from accounts.settlement.operations import drawers
from accounts.settlement.operations.accounts import AccountNotOpen, check_not_own, credit, debit, lock, stated
from accounts.settlement.operations.fetching import (
    Fetcher,
    LeavingCash,
    cash_scope,
    check_owns,
    confirm_fetcher,
    needs_second,
    noted,
    plain_ending,
)
from accounts.settlement.operations.notices import tell_of_fetched_cash
from accounts.settlement.operations.receipts import note_receipt
from accounts.settlement.states import CASH_TRANSITIONS, PAYS, RECEIVES, CashStatus, CheckEvent, KnownBy, Way
from portal.core import audit
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

register({"same_person": _("Whoever entered this cannot confirm it. Ask a colleague.")})
events.register(
    {
        "deposit": _("Money paid in"),
        "deposit_reversed": _("Money paid in, reversed"),
        "withdrawal": _("Money paid out"),
        "withdrawal_reversed": _("Money paid out, reversed"),
    }
)


@transaction.atomic(durable=True)
def pay_in(
    account: SettlementAccount, amount: Decimal, *, text: str, key: str, on: date, at: datetime, by: str
) -> CashMovement:
    """Take cash at the counter for an account; the same key takes it once.

    Above the bank's limit nothing is booked until a second person has confirmed it. It goes into the drawer of whoever
    takes it.

    :raises KeyMissing: when the key is empty.
    :raises KeyReused: when the key moved other cash.
    :raises OwnAccount: by a member of the enterprise.
    :raises AccountNotOpen: when the account is closed.
    :raises DrawerMissing, DrawerFull, DrawerDayCounted: when no drawer can take it.
    :raises ledger refusals: see ``ledger.operations.post``.
    """
    return _once(
        account, amount, text=text, key=key, by=by, make=lambda: _taken(account, amount, text=text, on=on, at=at, by=by)
    )


def pay_out(
    account: SettlementAccount,
    amount: Decimal,
    *,
    fetcher: Fetcher,
    code: str = "",
    text: str,
    key: str,
    on: date,
    at: datetime,
    by: str,
) -> CashMovement:
    """Give cash at the counter to an owner of an account; the same key gives it once.

    Above the bank's limit, or where the owner is known by a document, nothing is booked, and nothing handed out, until
    a second person has confirmed it.

    :param code: what was sent to the owner for exactly this cash, where they are known by it.

    :raises KeyMissing: when the key is empty.
    :raises KeyReused: when the key moved other cash.
    :raises OwnAccount: by a member of the enterprise.
    :raises FetcherRefused: when the person is no owner, or not known by what they show.
    :raises SigningCodeWrong: and its kin, when the code does not confirm exactly this cash.
    :raises AccountNotOpen: when the account is frozen or closed.
    :raises InsufficientFunds: when the account does not hold enough.
    :raises DrawerMissing, DrawerShort, DrawerDayCounted: when no drawer can give it.
    :raises ledger refusals: see ``ledger.operations.post``.
    """
    leaving = LeavingCash(account, amount, text, key)

    def make() -> CashMovement:
        check_not_own(account, by=by)
        confirm_fetcher(leaving, fetcher, code=code, at=at)
        return _taken(account, amount, fetcher=fetcher, text=text, on=on, at=at, by=by)

    with noted(leaving, fetcher, at=at, by=by), transaction.atomic(durable=True):
        return _once(account, amount, fetcher=fetcher, text=text, key=key, by=by, make=make)


def _once(
    account: SettlementAccount,
    amount: Decimal,
    *,
    fetcher: Fetcher | None = None,
    text: str,
    key: str,
    by: str,
    make: Callable[[], CashMovement],
) -> CashMovement:
    told = [account.reference, Way.OUT if fetcher else Way.IN, str(amount.normalize()), text]
    told += [fetcher.person.reference, fetcher.known_by] if fetcher else []
    reference = answer_once(cash_scope(by), key, fingerprint=fingerprint_of(told), make=lambda: make().reference)
    return CashMovement.objects.told().get(reference=reference)


def _taken(
    account: SettlementAccount,
    amount: Decimal,
    *,
    fetcher: Fetcher | None = None,
    text: str,
    on: date,
    at: datetime,
    by: str,
) -> CashMovement:
    lock(account)
    drawer = drawers.drawer_of(by, branch=account.enterprise.branch, currency=account.currency)
    way = Way.OUT if fetcher else Way.IN
    return take(account, way, amount, drawer=drawer, fetcher=fetcher, text=text, on=on, at=at, by=by)


def take(
    account: SettlementAccount,
    way: Way,
    amount: Decimal,
    *,
    drawer: CashDrawer | None,
    fetcher: Fetcher | None = None,
    text: str,
    on: date,
    at: datetime,
    by: str,
    slip_number: str = "",
) -> CashMovement:
    """Record cash that crossed a drawer, the account and the drawer being locked; an inner step.

    :raises: as ``pay_in`` and ``pay_out``.
    """
    ledger.check_amount(amount, account.currency)  # what waits would be refused only when it is confirmed
    check_not_own(account, by=by)
    if account.status not in (RECEIVES if way == Way.IN else PAYS):
        raise AccountNotOpen
    movement = CashMovement(
        settlement_account=account,
        branch=drawer.branch if drawer else account.enterprise.branch,
        drawer=drawer,
        slip_number=slip_number,
        way=way,
        amount=amount,
        text=text,
        fetched_by=fetcher.person if fetcher else None,
        known_by=fetcher.known_by if fetcher else "",
        document_ending=plain_ending(fetcher.ending) if fetcher and fetcher.known_by != KnownBy.CODE else "",
        status=CashStatus.WAITING if needs_second(way, amount, fetcher) else CashStatus.BOOKED,
        effective_date=on,
        made_at=at,
        made_by=by,
    )
    if movement.status == CashStatus.BOOKED:
        movement.entry = book(movement, on=on, at=at, by=by)
    _check_drawer(movement)
    movement.save(force_insert=True)
    if movement.status == CashStatus.BOOKED:
        _done(movement, at=at, by=by)
    details = {"account": account.reference, "amount": str(amount), "status": movement.status}
    details |= {"drawer": drawer.reference} if drawer else {}
    details |= {"slip": slip_number} if slip_number else {}
    details |= {"to": fetcher.person.reference, "known_by": fetcher.known_by} if fetcher else {}
    audit.record(f"settlement.cash_{way}", subject=movement.reference, by=by, at=at, details=details)
    return movement


def _check_drawer(movement: CashMovement) -> None:
    if movement.drawer:
        # What a slip tells has happened: cash above the bag's limit lies in it already.
        is_limited = not movement.slip_number
        drawers.check(movement.drawer, movement.signed_amount, on=movement.effective_date, is_limited=is_limited)


def _done(movement: CashMovement, *, at: datetime, by: str) -> None:
    """Move the drawer's cash with what was booked, and tell the owners what was handed out."""
    if movement.way == Way.OUT:
        tell_of_fetched_cash(movement, at=at)
    if movement.drawer:
        on = movement.effective_date
        drawers.move(movement.drawer, movement.signed_amount, on=on, at=at, by=by, movement=movement)


def book(movement: CashMovement, *, on: date, at: datetime, by: str) -> JournalEntry:
    """Book cash between the account and the books' cash; an inner step."""
    account = movement.settlement_account
    cash = LedgerAccount.objects.named("cash", account.currency)
    key, text = f"cash {movement.reference}", movement.text
    told: dict[str, Any] = {"key": key, "subject": account.reference, "text": text, "on": on, "at": at, "by": by}
    if movement.way == Way.IN:
        entry = credit(account, movement.amount, from_account=cash, event="deposit", **told)
        if text.strip():
            note_receipt(account, movement.amount, entry=entry, text=text, on=on, at=at, by=by)
        return entry
    return debit(account, movement.amount, to_account=cash, event="withdrawal", **told)


class SamePerson(Refusal):
    """The second pair of eyes belongs to the first."""

    code = "same_person"


@transaction.atomic(durable=True)
def confirm_cash(movement: CashMovement, *, on: date, at: datetime, by: str) -> None:
    """Confirm, as a second person, cash above the limit: it is booked on the day of the confirmation.

    A slip is booked on the day that stands on it.

    :raises SamePerson: when it is the person who entered it, or who holds the drawer.
    :raises OwnAccount: by a member of the enterprise.
    :raises TransitionRefused: when it does not wait.
    :raises FetcherRefused: when who fetches it is no owner any more.
    :raises AccountNotOpen: when the account can no longer receive, or pay.
    :raises InsufficientFunds: when the account no longer holds enough.
    :raises DrawerClosed, DrawerFull, DrawerShort, DrawerDayCounted: when the drawer can no longer take it, or give it.
    """
    status = _checked(movement, CheckEvent.CONFIRM, by=by)
    if movement.fetched_by:
        check_owns(movement.fetched_by, movement.settlement_account)
    movement.effective_date = movement.effective_date if movement.slip_number else on
    movement.entry = book(movement, on=movement.effective_date, at=at, by=by)
    if movement.drawer:
        drawers.lock(movement.drawer)
    _check_drawer(movement)
    movement.status, movement.checked_at, movement.checked_by = status, at, by
    movement.save(update_fields=["status", "effective_date", "entry", "checked_at", "checked_by"])
    _done(movement, at=at, by=by)
    audit.record("settlement.cash_confirm", subject=movement.reference, by=by, at=at)


@transaction.atomic(durable=True)
def decline_cash(movement: CashMovement, *, reason: str, at: datetime, by: str) -> None:
    """Refuse to confirm cash above the limit; nothing is booked.

    :raises ReasonMissing: when no reason is given.
    :raises SamePerson: when it is the person who entered it, or who holds the drawer.
    :raises OwnAccount: by a member of the enterprise.
    :raises TransitionRefused: when it does not wait.
    """
    reason = stated(reason)
    movement.status = _checked(movement, CheckEvent.DECLINE, by=by)
    movement.reason, movement.checked_at, movement.checked_by = reason, at, by
    movement.save(update_fields=["status", "reason", "checked_at", "checked_by"])
    audit.record("settlement.cash_decline", subject=movement.reference, by=by, at=at, details={"reason": reason})


def _checked(movement: CashMovement, event: CheckEvent, *, by: str) -> CashStatus:
    rows = CashMovement.objects.locked().select_related("settlement_account", "drawer__holder")
    movement.refresh_from_db(from_queryset=rows)
    target = target_of(CASH_TRANSITIONS, event, movement.status)
    if by == movement.made_by or (movement.drawer and movement.drawer.is_held_by(by)):
        raise SamePerson
    check_not_own(movement.settlement_account, by=by)
    return CashStatus(target)
