"""Money that fits nothing: put aside under its own name, and cleared by a person, or by two where one is too few."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from stdnum import iban

from accounts.ledger import events
from accounts.ledger import operations as ledger
from accounts.ledger.models import JournalEntry, LedgerAccount
from accounts.settlement import banks, numbers, queries
from accounts.settlement.models import NostroLine, PaymentInstruction, SettlementAccount, SuspenseItem
from accounts.settlement.nostro_states import (
    SUSPENSE_TRANSITIONS,
    Clearing,
    Doubt,
    LineKind,
    LineStatus,
    SuspenseEvent,
    SuspenseStatus,
)
from accounts.settlement.operations import cash_together
from accounts.settlement.operations.accounts import AccountNotOpen, check_not_own, credit, debit, stated
from accounts.settlement.operations.cash import SamePerson
from accounts.settlement.operations.cash_together import NO_CASH, ClearingDiffers, NamedCash
from accounts.settlement.operations.payees import check_outside
from accounts.settlement.operations.payments import give_back, settle
from accounts.settlement.operations.receipts import note_receipt
from accounts.settlement.states import PAYS, RECEIVES
from portal.core import audit
from portal.core.refusals import Refusal, register
from portal.core.seen import check_seen
from portal.core.transitions import TransitionRefused, target_of

register(
    {
        "clearing_target": _("Say to which account or payment, or to whom it goes back."),
        "clearing_spent": _("%(reference)s: “%(status)s”. No money is expected for it, so it cannot be this payment."),
        "clearing_way": _("Money that went out cannot go back to a sender, and money that came in is no charge."),
    }
)
events.register(
    {
        "suspense": _("Put into suspense"),
        "suspense_reversed": _("Put into suspense, reversed"),
        "suspense_cleared": _("Cleared out of suspense"),
        "suspense_cleared_reversed": _("Cleared out of suspense, reversed"),
        "suspense_sent_back": _("Sent back to the sender"),
        "suspense_sent_back_reversed": _("Sent back to the sender, reversed"),
        "bank_charge": _("Charge of another bank"),
        "bank_charge_reversed": _("Charge of another bank, reversed"),
    }
)


def put(line: NostroLine, *, doubt: Doubt, refusal_code: str, on: date, at: datetime) -> SuspenseItem:
    """Book a line that fits nothing into suspense; an inner step."""
    accounts = LedgerAccount.objects
    nostro, aside = accounts.named("nostro", line.currency), accounts.named("suspense", line.currency)
    came, went = (nostro, aside) if line.amount > 0 else (aside, nostro)
    ledger.post(
        key=f"suspense {line.reference}",
        event="suspense",
        subject=line.reference,
        lines=[ledger.debit(came, abs(line.amount)), ledger.credit(went, abs(line.amount))],
        effective_date=on,
        at=at,
        by="system",
        text=line.description[:140],
    )
    return SuspenseItem.objects.create(line=line, doubt=doubt, refusal_code=refusal_code)


class ClearingTarget(Refusal):
    """It is not said where the money goes."""

    code = "clearing_target"


class ClearingSpent(Refusal):
    """The payment named is past the point at which money could come or go for it."""

    code = "clearing_spent"


class ClearingWay(Refusal):
    """This way does not exist for money that went in this direction."""

    code = "clearing_way"


@transaction.atomic(durable=True)
def propose_clearing(
    item: SuspenseItem,
    *,
    way: str,
    note: str,
    on: date,
    at: datetime,
    by: str,
    account: SettlementAccount | None = None,
    instruction: PaymentInstruction | None = None,
    cash: NamedCash = NO_CASH,
    sender: tuple[str, str, str] = ("", "", ""),
) -> None:
    """Say what money in suspense is; above the bank's limit, and where money would be lost, a second person must agree.

    :param cash: the cash that it is, where it is cash: several deposits where the other bank credited them as one, and
        other money in suspense where it credited one deposit in several lines.
    :param sender: for money that goes back: name, account number or IBAN, and bank, by name, CNAPS code or BIC; beside
        an IBAN it may be empty.
    :raises TransitionRefused: when it does not wait for a decision, or the cash is not on its way.
    :raises ReasonMissing: when no note says why.
    :raises ClearingTarget, ClearingWay, ClearingDiffers, ClearingSpent: when it cannot go there.
    :raises ClearingSums: when several lines or several deposits do not come to the same.
    :raises OwnAccount: when it would go to an account of the person's own enterprise.
    :raises PayeeNumberWrong, BankCodeWrong: when the sender's account cannot be one.
    :raises AccountNotOpen, InsufficientFunds: when the account cannot receive it, or pay it.
    """
    list(SuspenseItem.objects.locked().filter(pk__in=[item.pk, *(each.pk for each in cash.beside)]))
    _lock(item)
    item.status = target_of(SUSPENSE_TRANSITIONS, SuspenseEvent.PROPOSE, item.status)
    item.way, item.note = way, stated(note)
    item.settlement_account = account if way == Clearing.ACCOUNT else None
    item.instruction = instruction if way == Clearing.INSTRUCTION else None
    item.delivery = cash.deliveries[0] if cash.deliveries and way == Clearing.CASH else None
    item.sender_name, item.sender_number, item.sender_bank_code = (
        _sender(sender) if way == Clearing.SENDER else ("",) * 3
    )
    _check(item, by=by)
    item.proposed_at, item.proposed_by, item.checked_at, item.checked_by = at, by, None, ""
    if item.delivery:
        cash_together.propose(item, cash)
    if not _needs_second(item):
        _clear(item, on=on, at=at, by=by)
    item.save()
    details = {"way": item.way, "status": item.status, "note": item.note, "to": _goal(item)}
    audit.record("settlement.suspense_propose", subject=item.reference, by=by, at=at, details=details)


def _needs_second(item: SuspenseItem) -> bool:
    """Tell whether one person's word is too little.

    Above the limit, to a stranger, with cash over or short, or where what was decided first was taken back.
    """
    if JournalEntry.objects.filter(subject=item.line.reference, event="suspense_cleared_reversed").exists():
        return True
    theirs = numbers.bare(item.line.counterparty_number)
    to_stranger = item.way == Clearing.SENDER and numbers.bare(item.sender_number) != theirs
    is_joint = len(item.together) > 1 or len(item.cash) > 1
    return item.amount > settings.SUSPENSE_LIMIT_AMOUNT or to_stranger or is_joint or bool(item.difference_amount)


def _goal(item: SuspenseItem) -> str:
    named = item.settlement_account or item.instruction or item.delivery
    return named.reference if named else item.sender_number


def _sender(sender: tuple[str, str, str]) -> tuple[str, str, str]:
    name, number, bank_code = " ".join(sender[0].split()), numbers.compact(sender[1]), banks.code_of(sender[2])
    if not name:
        raise ClearingTarget
    if bank_code or not iban.is_valid(number):  # an IBAN names the bank as well
        check_outside(number, bank_code)
    return name[:70], number, bank_code


def _check(item: SuspenseItem, *, by: str) -> None:
    _check_not_own(item, by=by)
    if item.way not in Clearing.values or (item.way == Clearing.ACCOUNT and item.settlement_account is None):
        raise ClearingTarget
    if item.way == (Clearing.CHARGE if item.came_in else Clearing.SENDER):
        raise ClearingWay
    if item.settlement_account and item.settlement_account.currency != item.line.currency:
        raise ClearingDiffers
    if item.way == Clearing.INSTRUCTION:
        _check_payment(item)
    if item.way == Clearing.CASH and item.delivery is None:
        raise ClearingTarget
    account, allowed = _account(item), RECEIVES if item.came_in else PAYS
    if account and (item.came_in or not item.instruction) and account.status not in allowed:
        raise AccountNotOpen


def _account(item: SuspenseItem) -> SettlementAccount | None:
    return item.instruction.settlement_account if item.instruction else item.settlement_account


def _check_not_own(item: SuspenseItem, *, by: str) -> None:
    if account := _account(item):
        check_not_own(account, by=by)


def _check_payment(item: SuspenseItem) -> None:
    if item.instruction is None:
        raise ClearingTarget
    told = item.instruction.amount, item.instruction.settlement_account.currency
    if told != (item.amount, item.line.currency):
        raise ClearingDiffers
    item.instruction.refresh_from_db(fields=["status", "settled_on"])
    if not (queries.may_come_back(item.instruction) if item.came_in else queries.awaits_debit(item.instruction)):
        raise ClearingSpent(reference=item.instruction.reference, status=str(item.instruction.state.label))


@transaction.atomic(durable=True)
def confirm_clearing(item: SuspenseItem, *, seen: str, on: date, at: datetime, by: str) -> None:
    """Agree, as the second person, to what money in suspense is; it is booked.

    :param seen: the ``shown`` of what the person looked at.
    :raises TransitionRefused: when nothing is proposed.
    :raises ChangedSince: when something else was proposed since.
    :raises SamePerson: when it is the person who proposed it, or who prepared the cash that is over or short.
    :raises: as ``propose_clearing``.
    """
    _lock_proposed(item)
    target_of(SUSPENSE_TRANSITIONS, SuspenseEvent.CONFIRM, item.status)
    if item.is_own_of(by):
        raise SamePerson
    check_seen(seen, shown=item.shown)
    _check_not_own(item, by=by)
    item.checked_at, item.checked_by = at, by
    _clear(item, on=on, at=at, by=by)
    item.save()
    audit.record("settlement.suspense_confirm", subject=item.reference, by=by, at=at)


@transaction.atomic(durable=True)
def decline_clearing(item: SuspenseItem, *, reason: str, at: datetime, by: str) -> None:
    """Do not agree to what was proposed; the money waits again.

    :raises ReasonMissing: when no reason is given.
    :raises TransitionRefused: when nothing is proposed.
    :raises SamePerson: when it is the person who proposed it.
    """
    reason = stated(reason)
    _lock_proposed(item)
    status = target_of(SUSPENSE_TRANSITIONS, SuspenseEvent.DECLINE, item.status)
    if by == item.proposed_by:
        raise SamePerson
    cash_together.part(item, note=reason)
    _wait_again(item, status, note=reason)
    audit.record("settlement.suspense_decline", subject=item.reference, by=by, at=at, details={"reason": reason})


@transaction.atomic(durable=True)
def take_back(item: SuspenseItem, *, reason: str, on: date, at: datetime, by: str) -> None:
    """Put back into suspense what was to go to its sender and was not sent; to whom it goes then, two people say.

    :raises ReasonMissing: when no reason is given.
    :raises TransitionRefused: when it does not wait to be sent.
    """
    reason = stated(reason)
    _lock(item)
    status = target_of(SUSPENSE_TRANSITIONS, SuspenseEvent.TAKE_BACK, item.status)
    if not (item.is_to_send and item.entry):
        raise TransitionRefused(event=SuspenseEvent.TAKE_BACK, status=item.status)
    ledger.reverse(item.entry, key=f"taken back {item.entry.key}", on=on, at=at, by=by)
    item.line.status = LineStatus.SUSPENSE
    item.line.save(update_fields=["status"])
    _wait_again(item, status, note=reason)
    audit.record("settlement.suspense_take_back", subject=item.reference, by=by, at=at, details={"reason": reason})


@transaction.atomic(durable=True)
def bounce(reference: str, *, file: str, reason: str, on: date, at: datetime, by: str) -> bool:
    """Put back into suspense what the other bank refused to send back; tell whether anything was done."""
    found = SuspenseItem.objects.filter(reference=reference, file__reference=file).first()
    if found is None:
        return False
    _lock(found)
    if found.file is None or found.file.reference != file:
        return False
    status = target_of(SUSPENSE_TRANSITIONS, SuspenseEvent.BOUNCE, found.status)
    _post(found, f"bounced {found.reference} {found.file_id}", "clearing", "suspense", on=on, at=at, by=by)
    found.line.status = LineStatus.SUSPENSE
    found.line.save(update_fields=["status"])
    found.file = None
    _wait_again(found, status, note=reason)
    audit.record("settlement.suspense_bounce", subject=reference, by=by, at=at, details={"reason": reason})
    return True


def _wait_again(item: SuspenseItem, status: str, *, note: str) -> None:
    item.status, item.entry, item.note = status, None, note.strip()[:200]
    item.way, item.settlement_account, item.instruction, item.delivery = "", None, None, None
    item.proposed_at, item.proposed_by, item.checked_at, item.checked_by = None, "", None, ""
    item.save()


def _lock(item: SuspenseItem) -> None:
    related = ("line", "settlement_account", "instruction__settlement_account", "delivery__vault", "file", "entry")
    item.refresh_from_db(from_queryset=SuspenseItem.objects.locked().select_related(*related))


def _lock_proposed(item: SuspenseItem) -> None:
    """Lock money of which something is proposed, and what is cleared with it, which has no word of its own.

    :raises TransitionRefused: when it is cleared with other money.
    """
    list(SuspenseItem.objects.locked().filter(Q(pk=item.pk) | Q(cleared_with=item.pk)))
    _lock(item)
    if item.cleared_with_id:
        raise TransitionRefused(event="decide", status=item.status)


def _clear(item: SuspenseItem, **when: Any) -> None:
    """Book what was decided, and mark item and line cleared."""
    ways = {
        Clearing.ACCOUNT: _to_account,
        Clearing.INSTRUCTION: _to_instruction,
        Clearing.SENDER: _to_sender,
        Clearing.CHARGE: _to_charge,
        Clearing.CASH: cash_together.settle,
    }
    item.entry = ways[Clearing(item.way)](item, **when)
    item.status, item.line.status = SuspenseStatus.CLEARED, LineStatus.CLEARED
    item.line.save(update_fields=["status", "kind", "receipt", "instruction", "delivery"])


def _to_account(item: SuspenseItem, *, on: date, at: datetime, by: str) -> JournalEntry:
    account, line = item.settlement_account, item.line
    assert account is not None
    aside = LedgerAccount.objects.named("suspense", line.currency)
    told: dict[str, Any] = {
        "key": f"cleared {item.reference}",
        "event": "payment_received" if item.came_in else "payment_out",
        "subject": line.reference,
        "on": on,
        "at": at,
        "by": by,
        "text": line.description[:140],
    }
    if not item.came_in:
        return debit(account, item.amount, to_account=aside, **told)
    entry = credit(account, item.amount, from_account=aside, **told)
    line.receipt = note_receipt(
        account,
        item.amount,
        entry=entry,
        text=f"{line.description} {line.end_to_end} {item.note}".strip(),
        payer_name=line.counterparty_name,
        payer_number=line.counterparty_number,
        on=on,
        at=at,
        by=by,
    )
    return entry


def _to_instruction(item: SuspenseItem, *, on: date, at: datetime, by: str) -> JournalEntry:
    instruction, line = item.instruction, item.line
    assert instruction is not None
    line.instruction, line.kind = instruction, LineKind.RETURNED if item.came_in else LineKind.PAID
    if not item.came_in:
        return settle(instruction, on=on, at=at, by=by, through="suspense")
    reason = f"{line.return_reason or 'MS03'} {line.description}".strip()
    return give_back(instruction, reason=reason, on=on, at=at, by=by, through="suspense")


def _to_sender(item: SuspenseItem, *, on: date, at: datetime, by: str) -> JournalEntry:
    tries = JournalEntry.objects.filter(subject=item.line.reference, event="suspense_cleared").count()  # and bounces
    return _post(item, f"cleared {item.reference} {tries}", "suspense", "clearing", on=on, at=at, by=by)


def _to_charge(item: SuspenseItem, *, on: date, at: datetime, by: str) -> JournalEntry:
    return _post(
        item, f"cleared {item.reference}", "bank_charges", "suspense", on=on, at=at, by=by, event="bank_charge"
    )


def _post(
    item: SuspenseItem,
    key: str,
    debited: str,
    credited: str,
    *,
    on: date,
    at: datetime,
    by: str,
    event: str = "suspense_cleared",
) -> JournalEntry:
    accounts, currency = LedgerAccount.objects, item.line.currency
    lines = [
        ledger.debit(accounts.named(debited, currency), item.amount),
        ledger.credit(accounts.named(credited, currency), item.amount),
    ]
    return ledger.post(key=key, event=event, subject=item.line.reference, lines=lines, effective_date=on, at=at, by=by)
