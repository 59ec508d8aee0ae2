"""Undoing cash that was booked wrongly: one person asks and says why, another has it reversed and booked anew."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.ledger import operations as ledger
from accounts.ledger import queries as ledger_queries
from accounts.ledger.models import JournalEntry, LedgerAccount
from accounts.settlement.drawer_states import CountStatus
from accounts.settlement.models import CashCorrection, CashDrawer, CashMovement, Receipt, SettlementAccount
from accounts.settlement.operations import drawers, receiving
from accounts.settlement.operations.accounts import AccountNotOpen, check_not_own, lock, stated
from accounts.settlement.operations.cash import SamePerson, book
from accounts.settlement.operations.notices import tell_of_corrected_cash
from accounts.settlement.operations.receipts import GiveUp, claim_receipt, prepare_giving_up
from accounts.settlement.operations.slips import SlipDateToCome, SlipNumberMissing, SlipReused, entered, plain_number
from accounts.settlement.operations.transfers import CurrencyDiffers
from accounts.settlement.queries import drawers as queries
from accounts.settlement.queries.blocking import spent_since
from accounts.settlement.states import (
    CASH_TRANSITIONS,
    CORRECTION_TRANSITIONS,
    PAYS,
    RECEIVES,
    CashStatus,
    CheckEvent,
    CorrectionStatus,
    Way,
)
from portal.core import audit
from portal.core.formats import NOTHING
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

register(
    {
        "correction_exists": _("Somebody has asked to correct this cash already. Look at %(reference)s."),
        "correction_same": _("This is what is booked. Say what should have been booked instead."),
        "correction_spent": _(
            "The customer has already spent what would be taken back: the account can pay %(available)s now. Since"
            " then: %(spent)s. Ask the customer to pay the rest in first, or have what is kept back let go; then"
            " confirm again."
        ),
        "correction_count_waits": _(
            "Count %(count)s of this drawer, of %(day)s, waits for a second person. Have it confirmed or declined"
            " first."
        ),
        "correction_account_frozen": _("Account %(number)s is frozen. Have it released first, then confirm again."),
        "correction_account_closed": _(
            "Account %(number)s is closed. Decline this, and settle the difference with the customer."
        ),
    }
)


class CorrectionExists(Refusal):
    """Cash is corrected once; what was booked instead may be corrected in turn."""

    code = "correction_exists"


class CorrectionSame(Refusal):
    """What should have been booked is what is booked."""

    code = "correction_same"


class CorrectionSpent(Refusal):
    """The account no longer holds what would be taken back."""

    code = "correction_spent"


@dataclass(frozen=True)
class RightCash:
    """What should have been booked; number and date are a slip's."""

    account: SettlementAccount
    way: str
    amount: Decimal
    text: str = ""
    slip_number: str = ""
    slip_date: date | None = None


@transaction.atomic(durable=True)
def ask_correction(
    movement: CashMovement, right: RightCash | None, *, reason: str, key: str, on: date, at: datetime, by: str
) -> CashCorrection:
    """Ask to reverse booked cash, and to book the right one instead, if there is one; the same key asks once.

    :raises KeyMissing, KeyReused: see ``answer_once``.
    :raises ReasonMissing: when no reason is given.
    :raises TransitionRefused: when the cash is not booked, or was reversed.
    :raises OwnAccount: by a member of an enterprise whose account it touches.
    :raises CorrectionExists: when another correction of it waits.
    :raises CorrectionSame: when nothing would change.
    :raises AmountRefused, CurrencyDiffers: when it is no amount of money of the same currency.
    :raises SlipNumberMissing, SlipDateToCome, SlipReused: when the slip cannot be this one.
    """
    told = right and [right.account.reference, right.way, str(right.amount.normalize()), right.text]
    slip = right and [right.slip_number, right.slip_date]
    reference = answer_once(
        f"settlement.correction {by}",
        key,
        fingerprint=fingerprint_of([movement.reference, reason.strip(), told, slip]),
        make=lambda: _asked(movement, right, reason=stated(reason), on=on, at=at, by=by).reference,
    )
    return CashCorrection.objects.told().get(reference=reference)


def _asked(
    movement: CashMovement, right: RightCash | None, *, reason: str, on: date, at: datetime, by: str
) -> CashCorrection:
    movement.refresh_from_db(from_queryset=CashMovement.objects.locked().told())
    standing = movement.corrections.exclude(status=CorrectionStatus.DECLINED).first()
    if standing:
        raise CorrectionExists(reference=standing.reference)
    target_of(CASH_TRANSITIONS, CheckEvent.REVERSE, movement.status)
    correction = CashCorrection(
        movement=movement, reason=reason, status=CorrectionStatus.WAITING, made_at=at, made_by=by
    )
    if right:
        _tell_right(correction, right, on=on)
    _check_not_own(correction, by=by)
    correction.save(force_insert=True)
    details = {"cash": movement.reference, "reason": reason} | _told(correction)
    audit.record("settlement.cash_correction_ask", subject=correction.reference, by=by, at=at, details=details)
    return correction


def _tell_right(correction: CashCorrection, right: RightCash, *, on: date) -> None:
    movement = correction.movement
    if right.account.currency != movement.settlement_account.currency:
        raise CurrencyDiffers
    ledger.check_amount(right.amount, right.account.currency)
    correction.settlement_account, correction.way, correction.amount = right.account, Way(right.way), right.amount
    correction.text = right.text
    if movement.slip_number:
        correction.slip_number = plain_number(right.slip_number)
        correction.slip_date = right.slip_date or movement.effective_date
        if not correction.slip_number:
            raise SlipNumberMissing
        if correction.slip_date > on:
            raise SlipDateToCome
        _check_number(correction)
    booked = (movement.settlement_account_id, movement.way, movement.amount, movement.text, movement.slip_number)
    wanted = (right.account.pk, right.way, right.amount, right.text, correction.slip_number)
    if booked == wanted and (not movement.slip_number or correction.slip_date == movement.effective_date):
        raise CorrectionSame


def _check_number(correction: CashCorrection) -> None:
    drawer = correction.movement.drawer
    other = entered(drawer, correction.slip_number) if drawer and correction.slip_number else None
    if other and other.pk != correction.movement_id:
        raise SlipReused(number=correction.slip_number, reference=other.reference)


def _told(correction: CashCorrection) -> dict[str, str]:
    account = correction.settlement_account
    if account is None:
        return {}
    told = {"account": account.reference, "way": correction.way, "amount": str(correction.amount)}
    return told | ({"slip": correction.slip_number} if correction.slip_number else {})


@transaction.atomic(durable=True)
def confirm_correction(correction: CashCorrection, *, on: date, at: datetime, by: str) -> None:
    """Reverse the cash as the second person, and book the right one, both on the day on which the cash moved.

    Where the month of that day is closed they bear today, and count for interest from that day all the same. The
    drawer follows, unless it was counted or given up since: then it holds what was found, and the difference goes to
    cash over and short, where the count had put it.

    :raises TransitionRefused: when it does not wait.
    :raises SamePerson: when it is the person who asked, or who holds the drawer.
    :raises OwnAccount: by a member of an enterprise whose account it touches.
    :raises CorrectionSpent: when the customer has spent what would be taken back.
    :raises InsufficientFunds: when the account that should have paid does not hold enough.
    :raises ReceiptClaimed: when a department used it that does not undo what it did.
    :raises AccountNotOpen: when an account can no longer pay, or receive.
    :raises SlipReused: when the right number was entered meanwhile.
    :raises DrawerWaits: when a difference at counting waits.
    :raises DrawerShort: when the drawer holds less than would leave it.
    """
    status = _checked(correction, CheckEvent.CONFIRM)
    movement, drawer = correction.movement, correction.movement.drawer
    if by == correction.made_by or (drawer and drawer.is_held_by(by)):
        raise SamePerson
    _check_not_own(correction, by=by)
    receipt, give_up = _claimed(movement)
    _lock_accounts(correction)
    correction.given_up = give_up(partial(_open_day, on=on), at, by) if give_up else None
    if receipt:
        claim_receipt(receipt, purpose="correction", subject=correction.reference, at=at, by=by)
    if drawer:
        _lock_drawer(correction, drawer)
    is_settled = queries.is_settled(correction)
    movement.status = CashStatus(target_of(CASH_TRANSITIONS, CheckEvent.REVERSE, movement.status))
    movement.save(update_fields=["status"])
    assert movement.entry is not None, "what is booked has its entry"
    receiving.withdraw(movement.entry, at=at, by=by)
    right = _right_of(correction, at=at, by=by)
    _book_or_tell_what_is_spent(correction, right, on=on, at=at, by=by)
    if drawer and is_settled:
        correction.difference = _book_difference(correction, right, at=at, by=by)
    elif drawer:
        _move_drawer(correction, right, on=on, at=at, by=by)
    correction.status, correction.checked_at, correction.checked_by = status, at, by
    correction.replacement = right
    correction.save()
    tell_of_corrected_cash(correction, at=at)
    details = {"cash": movement.reference, "entry": correction.reversal and correction.reversal.reference}
    details |= {"instead": right.reference} if right else {}
    details |= {"given_up": correction.given_up.reference} if correction.given_up else {}
    audit.record("settlement.cash_correction_confirm", subject=correction.reference, by=by, at=at, details=details)


def _checked(correction: CashCorrection, event: CheckEvent) -> CorrectionStatus:
    correction.refresh_from_db(from_queryset=CashCorrection.objects.locked().told())
    status = CorrectionStatus(target_of(CORRECTION_TRANSITIONS, event, correction.status))
    correction.movement.refresh_from_db(from_queryset=CashMovement.objects.locked().told())
    return status


def _claimed(movement: CashMovement) -> tuple[Receipt | None, GiveUp | None]:
    """Lock, before the accounts like everyone, what the cash was noted as; give it, and what undoes what it was for."""
    receipt = Receipt.objects.filter(entry=movement.entry).first()
    return receipt, prepare_giving_up(receipt) if receipt else None


def _lock_accounts(correction: CashCorrection) -> None:
    for account in sorted(_accounts(correction), key=lambda account: account.pk):
        lock(account)


def _check_not_own(correction: CashCorrection, *, by: str) -> None:
    for account in _accounts(correction):
        check_not_own(account, by=by)


def _accounts(correction: CashCorrection) -> list[SettlementAccount]:
    """Name the accounts that it touches, each once."""
    wrong, right = correction.movement.settlement_account, correction.settlement_account
    return [wrong] if right is None or right.pk == wrong.pk else [wrong, right]


def _lock_drawer(correction: CashCorrection, drawer: CashDrawer) -> None:
    """Take the row of the drawer, in use or not, and refuse what it decides."""
    drawer.refresh_from_db(from_queryset=CashDrawer.objects.locked().told())
    waiting = drawer.counts.filter(status=CountStatus.WAITING).first()
    if waiting:
        raise drawers.DrawerWaits("correction_count_waits", count=waiting.reference, day=waiting.on)
    _check_number(correction)


def _book_or_tell_what_is_spent(
    correction: CashCorrection, right: CashMovement | None, *, on: date, at: datetime, by: str
) -> None:
    movement, account = correction.movement, correction.movement.settlement_account
    assert movement.entry is not None, "what is booked has its entry"
    available = ledger_queries.available_balance(account.ledger_account)
    try:
        _book(correction, right, on=on, at=at, by=by)
    except ledger.InsufficientFunds as short:
        is_elsewhere = movement.way == Way.OUT or (right and right.settlement_account_id != account.pk)
        if correction.reversal and is_elsewhere:  # nothing more is taken back: the right cash is what cannot be paid
            raise
        left, spent = max(available, Decimal(0)), spent_since(account, movement.entry)
        words = "; ".join(spent) or NOTHING
        raise CorrectionSpent(available=left, currency=account.currency, spent=words) from short


def _book(correction: CashCorrection, right: CashMovement | None, *, on: date, at: datetime, by: str) -> None:
    """Reverse the wrong cash and book the right one; what is credited first, so that only the difference is needed."""
    credited, debited = (right, None) if right and right.way == Way.IN else (None, right)
    if credited:
        _book_right(credited, on=on, at=at, by=by)
    _reverse(correction, on=on, at=at, by=by)
    if debited:
        _book_right(debited, on=on, at=at, by=by)


def _open_day(day: date, *, on: date) -> date:
    """Tell the day on which cash moved, or today where its month is closed."""
    closed_up_to = ledger_queries.closed_up_to()
    return on if closed_up_to and day <= closed_up_to else day


def _reverse(correction: CashCorrection, *, on: date, at: datetime, by: str) -> None:
    movement, account = correction.movement, correction.movement.settlement_account
    assert movement.entry is not None, "what is booked has its entry"
    if account.status not in (PAYS if movement.way == Way.IN else RECEIVES):
        raise AccountNotOpen(f"correction_account_{account.status}", number=account.grouped_number)
    dated = _open_day(movement.effective_date, on=on)
    correction.reversal = ledger.reverse(movement.entry, key=f"reverse {correction.reference}", at=at, by=by, on=dated)


def _right_of(correction: CashCorrection, *, at: datetime, by: str) -> CashMovement | None:
    """Make what is booked instead; two people stand by it already, whatever its amount."""
    account, wrong = correction.settlement_account, correction.movement
    if account is None or correction.amount is None:
        return None
    is_same = (account.pk, correction.way) == (wrong.settlement_account_id, wrong.way)
    return CashMovement(
        settlement_account=account,
        fetched_by=wrong.fetched_by if is_same else None,
        known_by=wrong.known_by if is_same else "",
        document_ending=wrong.document_ending if is_same else "",
        branch=wrong.branch,
        drawer=wrong.drawer,
        slip_number=correction.slip_number,
        way=correction.way,
        amount=correction.amount,
        text=correction.text,
        status=CashStatus.BOOKED,
        effective_date=correction.slip_date or wrong.effective_date,
        made_at=correction.made_at,
        made_by=correction.made_by,
        checked_at=at,
        checked_by=by,
    )


def _book_right(right: CashMovement, *, on: date, at: datetime, by: str) -> None:
    right.entry = book(right, on=_open_day(right.effective_date, on=on), at=at, by=by)
    right.save(force_insert=True)


def _net(correction: CashCorrection, right: CashMovement | None) -> Decimal:
    return (right.signed_amount if right else Decimal(0)) - correction.movement.signed_amount


def _move_drawer(correction: CashCorrection, right: CashMovement | None, *, on: date, at: datetime, by: str) -> None:
    drawer = correction.movement.drawer
    assert drawer is not None
    drawers.check(drawer, _net(correction, right), on=on, is_limited=False)
    lines: list[tuple[Decimal, dict[str, CashCorrection | CashMovement]]]
    lines = [(-correction.movement.signed_amount, {"correction": correction})]
    lines += [(right.signed_amount, {"movement": right})] if right else []
    for amount, cause in sorted(lines, key=lambda line: -line[0]):  # what comes first, so that nothing falls below zero
        drawers.move(drawer, amount, on=on, at=at, by=by, **cause)


def _book_difference(
    correction: CashCorrection, right: CashMovement | None, *, at: datetime, by: str
) -> JournalEntry | None:
    """Let the drawer hold what was found: the books' cash that reversal and right cash moved goes to over and short."""
    net, currency = _net(correction, right), correction.movement.settlement_account.currency
    if not net or correction.reversal is None:
        return None
    cash, difference = (LedgerAccount.objects.named(purpose, currency) for purpose in ("cash", "cash_difference"))
    more, less = (cash, difference) if net < 0 else (difference, cash)
    return ledger.post(
        key=f"difference {correction.reference}",
        event="cash_difference",
        subject=correction.reference,
        lines=[ledger.debit(more, abs(net)), ledger.credit(less, abs(net))],
        effective_date=correction.reversal.effective_date,
        at=at,
        by=by,
        text=correction.reason[:140],
    )


@transaction.atomic(durable=True)
def decline_correction(correction: CashCorrection, *, reason: str, at: datetime, by: str) -> None:
    """Do not correct, or take back what one asked for oneself: what is booked stays.

    :raises ReasonMissing: when no reason is given.
    :raises TransitionRefused: when it does not wait.
    :raises OwnAccount: by a member of an enterprise whose account it touches.
    """
    reason = stated(reason)
    correction.status = _checked(correction, CheckEvent.DECLINE)
    _check_not_own(correction, by=by)
    correction.check_reason, correction.checked_at, correction.checked_by = reason, at, by
    correction.save(update_fields=["status", "check_reason", "checked_at", "checked_by"])
    details = {"cash": correction.movement.reference, "reason": correction.check_reason}
    audit.record("settlement.cash_correction_decline", subject=correction.reference, by=by, at=at, details=details)
