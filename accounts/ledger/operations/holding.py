"""Keeping money back until it is captured, voided or expires."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.ledger.models import Hold, JournalEntry, LedgerAccount, LedgerBalance
from accounts.ledger.operations.posting import (
    KeyReused,
    check_amount,
    credit,
    debit,
    post,
    too_little,
)
from accounts.ledger.states import TRANSITIONS, HoldEvent, HoldStatus
from portal.core import audit, jobs
from portal.core.idempotency import fingerprint_of
from portal.core.money import rounded
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

EXPIRED_AT_ONCE: Final = 500

register(
    {
        "hold_expired": _("The money is no longer kept back: its time is over."),
        "capture_exceeds_hold": _("Only %(amount)s was kept back."),
    }
)


def hold(
    ledger_account: LedgerAccount,
    amount: Decimal,
    *,
    key: str,
    event: str,
    subject: str,
    expires_at: datetime,
    at: datetime,
    by: str,
    text: str = "",
) -> Hold:
    """Keep an amount back on a customer's account, booking nothing; an inner step.

    The same key with the same content (account, amount, event, subject, text) returns the first hold.

    :raises AmountRefused: when the amount is not a positive whole number of minor units.
    :raises KeyReused: when the key holds something else.
    :raises InsufficientFunds: when less than the amount is available, decided under lock.
    """
    assert connection.in_atomic_block, "a hold belongs to the transaction of what it is for"
    told = [ledger_account.pk, check_amount(amount, ledger_account.currency), event, subject, text]
    asked = Hold(
        key=key,
        fingerprint=fingerprint_of(told),
        ledger_account=ledger_account,
        event=event,
        subject=subject,
        text=text,
        amount=amount,
        placed_at=at,
        placed_by=by,
        expires_at=expires_at,
    )
    return _placed(asked)


def _placed(asked: Hold) -> Hold:
    balance = LedgerBalance.objects.locked().get(pk=asked.ledger_account_id)
    if not Hold.objects.filter(key=asked.key).exists() and balance.available_amount < asked.amount:
        raise too_little(asked.ledger_account)
    Hold.objects.bulk_create([asked], ignore_conflicts=True)
    kept = Hold.objects.select_related("ledger_account").get(key=asked.key)
    if kept.fingerprint != asked.fingerprint:
        raise KeyReused
    if kept.reference == asked.reference:
        LedgerBalance.objects.filter(pk=balance.pk).update(held_amount=F("held_amount") + asked.amount)
        details = {"account": kept.ledger_account.code, "amount": str(asked.amount)}
        audit.record(
            "ledger.hold_placed", subject=kept.reference, by=asked.placed_by, at=asked.placed_at, details=details
        )
    return kept


class HoldExpired(Refusal):
    """The hold's time is over, whether or not it was already released."""

    code = "hold_expired"


class CaptureExceedsHold(Refusal):
    """More is asked for than was kept back."""

    code = "capture_exceeds_hold"


def capture(
    hold: Hold, *, to_account: LedgerAccount, on: date, at: datetime, by: str, amount: Decimal | None = None
) -> JournalEntry:
    """Book what was kept back, or a part of it, to one account; see ``capture_to``."""
    return capture_to(hold, [(to_account, hold.amount if amount is None else amount)], on=on, at=at, by=by)


def capture_to(
    hold: Hold, shares: Sequence[tuple[LedgerAccount, Decimal]], *, on: date, at: datetime, by: str
) -> JournalEntry:
    """Book what was kept back to some accounts in one entry, once, and release the rest; an inner step.

    The same capture again returns the first one's entry.

    :raises TransitionRefused: when the hold was voided or has been released.
    :raises HoldExpired: when its time is over.
    :raises CaptureExceedsHold: when the shares sum to more than was kept back.
    :raises: what ``post`` raises; ``KeyReused`` when it was captured with other content.
    """
    assert connection.in_atomic_block, "a capture belongs to the transaction of what it pays"
    _lock(hold)
    total = sum((share for _to_account, share in shares), Decimal(0))
    is_replay = hold.status == HoldStatus.CAPTURED
    captured = hold.status if is_replay else target_of(TRANSITIONS, HoldEvent.CAPTURE, hold.status)
    if not is_replay:
        if at >= hold.expires_at:
            raise HoldExpired
        if total > hold.amount:
            currency = hold.ledger_account.currency
            raise CaptureExceedsHold(amount=rounded(hold.amount, currency), currency=currency)
        _lock_balances([hold.ledger_account, *(account for account, _share in shares)])
        _release(hold)
    entry = post(
        key=f"capture {hold.reference}",
        event=hold.event,
        subject=hold.subject,
        lines=[debit(hold.ledger_account, total), *(credit(*share) for share in shares)],
        effective_date=on,
        at=at,
        by=by,
        text=hold.text,
    )
    if not is_replay:
        hold.captured_entry = entry
        _end(hold, captured, at=at, by=by)
    return entry


def void(hold: Hold, *, at: datetime, by: str) -> None:
    """Release a hold whose purpose fell away; an inner step.

    :raises TransitionRefused: when it is no longer pending.
    """
    assert connection.in_atomic_block, "a void belongs to the transaction of what it cancels"
    _lock(hold)
    voided = target_of(TRANSITIONS, HoldEvent.VOID, hold.status)
    _release(hold)
    _end(hold, voided, at=at, by=by)


_TOLD: Final[dict[str, Callable[[Hold, datetime], None]]] = {}


def tell_of_expiry(event: str, tell: Callable[[Hold, datetime], None]) -> None:
    """Teach whom to tell, in the transaction of the expiry, that a hold for an event has ended by time."""
    _TOLD[event] = tell


def expire_holds(*, at: datetime) -> int:
    """Release the holds whose time is over, some hundreds at a time, and tell how many; one that fails, fails alone."""
    due = Hold.objects.filter(status=HoldStatus.PENDING, expires_at__lte=at).order_by("pk")
    released: list[int] = []
    jobs.some_at_once(
        list(due.values_list("reference", flat=True)),
        lambda some: released.append(_expire(some, at=at)),
        size=EXPIRED_AT_ONCE,
        failed="ledger.hold_not_expired",
    )
    return sum(released)


@transaction.atomic(durable=True)
def _expire(due: Sequence[str], *, at: datetime) -> int:
    pending = Hold.objects.filter(reference__in=due, status=HoldStatus.PENDING).select_related("ledger_account")
    holds = list(pending.locked())
    _lock_balances([each.ledger_account for each in holds])
    for each in holds:
        _release(each)
        _end(each, target_of(TRANSITIONS, HoldEvent.EXPIRE, each.status), at=at, by="system")
        if tell := _TOLD.get(each.event):
            tell(each, at)
    return len(holds)


def _lock(hold: Hold) -> None:
    hold.refresh_from_db(from_queryset=Hold.objects.locked().select_related("ledger_account"))


def _lock_balances(accounts: Sequence[LedgerAccount]) -> None:
    list(LedgerBalance.objects.filter(pk__in={account.pk for account in accounts}).locked())


def _release(hold: Hold) -> None:
    LedgerBalance.objects.filter(pk=hold.ledger_account_id).update(held_amount=F("held_amount") - hold.amount)


def _end(hold: Hold, status: str, *, at: datetime, by: str) -> None:
    hold.status, hold.ended_at, hold.ended_by = status, at, by
    hold.save(update_fields=["status", "ended_at", "ended_by", "captured_entry"])
    audit.record(f"ledger.hold_{status}", subject=hold.reference, by=by, at=at)
