"""Payments to saved payees: made, confirmed by a second person, sent, settled, returned, voided."""

from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Enterprise
from accounts.ledger import events
from accounts.ledger import operations as ledger
from accounts.ledger.models import JournalEntry, LedgerAccount
from accounts.settlement import queries
from accounts.settlement.models import Payee, PaymentInstruction, SettlementAccount
from accounts.settlement.operations import limits
from accounts.settlement.operations.accounts import check_not_own, credit, debit, stated
from accounts.settlement.operations.agreeing import check_payee, check_second, needs_second
from accounts.settlement.operations.cash import SamePerson
from accounts.settlement.operations.confirming import confirm_by_code
from accounts.settlement.operations.keeping import keep_again
from accounts.settlement.operations.reviewing import check_payment, leaving_to, paying_scope
from accounts.settlement.operations.transfers import move
from accounts.settlement.states import INSTRUCTION_TRANSITIONS, InstructionEvent, InstructionStatus
from portal.core import audit
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

register(
    {
        "payment_of_bank": _("The bank makes this payment, out of money that it kept back. You cannot cancel it."),
        "void_not_asked": _("Nobody asks to cancel this payment any more."),
    }
)
events.register(
    {
        "payment_out": _("Payment"),
        "payment_out_reversed": _("Payment canceled"),
        "payment_settled": _("Payment settled"),
        "payment_settled_reversed": _("Payment settled, reversed"),
        "payment_returned": _("Payment came back"),
        "payment_returned_reversed": _("Payment came back, reversed"),
    }
)


@transaction.atomic(durable=True)
def pay(
    account: SettlementAccount,
    payee: Payee,
    amount: Decimal,
    *,
    text: str,
    key: str,
    on: date,
    at: datetime,
    by: str,
    code: str | None = None,
) -> PaymentInstruction:
    """Pay a saved payee; the same key again returns the first payment.

    What a manager prepares waits for an owner; what an owner pays from the enterprise's own threshold on waits for any
    other of its people. Otherwise the money leaves the account at once.

    :param code: the one-time code that was typed; none where the channel asks for none, as a program with its token.
    :raises KeyMissing, KeyReused: see ``answer_once``.
    :raises SigningCodeWrong: and its kin, when such a payment needs a code and this does not confirm it.
    :raises: as ``instruct``.
    """

    def made() -> str:
        confirm_by_code(leaving_to(account, payee, amount, text=text, key=key), code, at=at, by=by)
        return instruct(account, payee, amount, text=text, on=on, at=at, by=by).reference

    digest = fingerprint_of([account.reference, payee.reference, str(amount.normalize()), text])
    reference = answer_once(paying_scope(by), key, fingerprint=digest, make=made)
    return PaymentInstruction.objects.told().get(reference=reference)


def instruct(
    account: SettlementAccount,
    payee: Payee,
    amount: Decimal,
    *,
    text: str,
    on: date,
    at: datetime,
    by: str,
    agreed: bool = False,
) -> PaymentInstruction:
    """Make a payment, booked unless a second person must agree first; an inner step.

    :param agreed: whoever had to agree did so before, as to a standing order.
    :raises: as ``check_payment``.
    :raises InsufficientFunds: when the account does not hold it.
    """
    assert connection.in_atomic_block, "a payment belongs to the caller's transaction"
    rules = check_payment(account, payee, amount, on=on, at=at)
    instruction = PaymentInstruction(
        settlement_account=account,
        payee=payee,
        amount=amount,
        text=text,
        status=InstructionStatus.WAITING,
        effective_date=on,
        made_at=at,
        made_by=by,
    )
    if agreed or not needs_second(account.enterprise, amount, rules=rules, by=by):
        _book(instruction, at=at, by=by)
    instruction.save(force_insert=True)
    details = {"account": account.reference, "payee": payee.reference, "amount": str(amount)}
    audit.record("settlement.payment_made", subject=instruction.reference, by=by, at=at, details=details)
    return instruction


def _book(instruction: PaymentInstruction, *, at: datetime, by: str) -> None:
    """Take the money out of the account: to the payee's at once if it is here, otherwise into clearing."""
    account, payee, on = instruction.settlement_account, instruction.payee, instruction.effective_date
    if payee.is_inside:
        destination = SettlementAccount.objects.select_related("enterprise").get(number=payee.number)
        moved = move(account, destination, instruction.amount, text=instruction.text, on=on, at=at, by=by)
        instruction.entry, instruction.status, instruction.settled_on = moved.entry, InstructionStatus.SETTLED, on
        return
    instruction.entry = debit(
        account,
        instruction.amount,
        to_account=LedgerAccount.objects.named("clearing", account.currency),
        key=f"payment {instruction.reference}",
        event="payment_out",
        subject=instruction.reference,
        on=on,
        at=at,
        by=by,
        text=instruction.text,
    )
    instruction.status = InstructionStatus.PENDING


@transaction.atomic(durable=True)
def confirm_payment(instruction: PaymentInstruction, *, on: date, at: datetime, by: str) -> None:
    """Agree to a payment as the second person: the money leaves the account, and the day's limit is asked again.

    :raises TransitionRefused: when it does not wait.
    :raises SamePerson: when it is the person who made it.
    :raises OwnerConfirms: when a manager made it and another manager would confirm.
    :raises: as ``instruct``.
    """
    target_of(INSTRUCTION_TRANSITIONS, InstructionEvent.CONFIRM, _locked(instruction))
    account = instruction.settlement_account
    check_second(account.enterprise, made_by=instruction.made_by, by=by)
    limits.claim(account, instruction.amount, on=on, at=at)
    check_payee(account, instruction.payee, at=at)
    instruction.effective_date = on
    _book(instruction, at=at, by=by)
    instruction.checked_at, instruction.checked_by = at, by
    instruction.save()
    audit.record("settlement.payment_confirm", subject=instruction.reference, by=by, at=at)


@transaction.atomic(durable=True)
def decline_payment(instruction: PaymentInstruction, *, reason: str, at: datetime, by: str) -> None:
    """Refuse to agree to a payment; nothing was booked.

    :raises ReasonMissing: when no reason is given.
    :raises TransitionRefused: when it does not wait.
    :raises SamePerson: when it is the person who made it.
    """
    reason = stated(reason)
    status = target_of(INSTRUCTION_TRANSITIONS, InstructionEvent.DECLINE, _locked(instruction))
    if by == instruction.made_by:
        raise SamePerson
    instruction.checked_at, instruction.checked_by = at, by
    _end(instruction, status, reason=reason, at=at, by=by)


class PaymentOfBank(Refusal):
    """The bank itself pays, so the enterprise cannot cancel it."""

    code = "payment_of_bank"


@transaction.atomic(durable=True)
def void_payment(instruction: PaymentInstruction, *, on: date, at: datetime, by: str) -> None:
    """Cancel a payment that was not sent yet; what was booked is reversed and the money is back.

    :raises TransitionRefused: when it was sent, or ended otherwise.
    :raises PaymentOfBank: when the bank pays it out of money that it kept back.
    """
    status = _target(InstructionEvent.VOID, _locked(instruction))
    if instruction.is_of_bank:
        raise PaymentOfBank
    _void(instruction, status, on=on, at=at, by=by)


def _void(instruction: PaymentInstruction, status: str, *, on: date, at: datetime, by: str) -> None:
    if instruction.entry:
        ledger.reverse(instruction.entry, key=f"void {instruction.reference}", at=at, by=by, on=on)
    _end(instruction, status, reason=instruction.reason, at=at, by=by)


@transaction.atomic(durable=True)
def ask_to_void(instruction: PaymentInstruction, *, reason: str, at: datetime, by: str) -> None:
    """Ask a colleague to cancel what the bank pays out of money that it kept back; until one decides it is not sent.

    :raises ReasonMissing: when no reason is given.
    :raises OwnAccount: by a member of the enterprise.
    :raises TransitionRefused: when it was sent, or ended otherwise.
    """
    assert instruction.is_of_bank, "what an enterprise pays, it cancels itself"
    reason = stated(reason)
    _target(InstructionEvent.VOID, _locked(instruction))
    check_not_own(instruction.settlement_account, by=by)
    if instruction.void_asked_by:
        return
    instruction.void_asked_by, instruction.reason = by, reason
    instruction.save(update_fields=["void_asked_by", "reason"])
    details = {"reason": instruction.reason}
    audit.record("settlement.payment_void_asked", subject=instruction.reference, by=by, at=at, details=details)


class VoidNotAsked(Refusal):
    """Nobody asks to cancel the payment, or not any more."""

    code = "void_not_asked"


@transaction.atomic(durable=True)
def confirm_void(instruction: PaymentInstruction, *, on: date, at: datetime, by: str) -> None:
    """Cancel what a colleague asked to cancel; the money is kept back again, as after a return.

    :raises TransitionRefused: when it ended otherwise.
    :raises VoidNotAsked: when nobody asks for it any more.
    :raises SamePerson: when it is the person who asked.
    :raises OwnAccount: by a member of the enterprise.
    """
    status = _to_void(instruction)
    if by == instruction.void_asked_by:
        raise SamePerson
    check_not_own(instruction.settlement_account, by=by)
    _void(instruction, status, on=on, at=at, by=by)
    keep_again(instruction, at=at)


@transaction.atomic(durable=True)
def decline_void(instruction: PaymentInstruction, *, at: datetime, by: str) -> None:
    """Let a payment be sent that somebody asked to cancel: a colleague, or whoever asked.

    :raises TransitionRefused, VoidNotAsked, OwnAccount: as ``confirm_void``.
    """
    _to_void(instruction)
    check_not_own(instruction.settlement_account, by=by)
    instruction.void_asked_by = instruction.reason = ""
    instruction.save(update_fields=["void_asked_by", "reason"])
    audit.record("settlement.payment_void_declined", subject=instruction.reference, by=by, at=at)


def _to_void(instruction: PaymentInstruction) -> str:
    """Lock a payment that somebody asks to cancel, and tell what it becomes."""
    status = _target(InstructionEvent.VOID, _locked(instruction))
    if not instruction.void_asked_by:
        raise VoidNotAsked
    return status


def _end(instruction: PaymentInstruction, status: str, *, reason: str, at: datetime, by: str) -> None:
    instruction.status, instruction.reason, instruction.ended_at = status, reason.strip()[:200], at
    instruction.save()
    details = {"reason": instruction.reason} if reason else {}
    audit.record(f"settlement.payment_{status}", subject=instruction.reference, by=by, at=at, details=details)


def _locked(instruction: PaymentInstruction) -> str:
    """Lock the payment, its enterprise first as whoever pays does, and tell where it stands."""
    Enterprise.objects.locked().get(settlement_accounts=instruction.settlement_account_id)
    rows = PaymentInstruction.objects.locked().select_related("settlement_account__enterprise", "payee", "entry")
    instruction.refresh_from_db(from_queryset=rows)
    return instruction.status


def settle(
    instruction: PaymentInstruction, *, on: date, at: datetime, by: str, through: str = "nostro"
) -> JournalEntry:
    """Book that the other bank took the money: out of clearing, off our account there; an inner step.

    Where its return was told before, it stays returned.

    :param through: the purpose of the bank's own account that paid it, suspense where it was booked there first.
    :raises TransitionRefused: when it is not underway.
    """
    before = _locked(instruction)
    status = before if queries.owes_debit(instruction) else _target(InstructionEvent.SETTLE, before)
    currency = instruction.settlement_account.currency
    accounts = LedgerAccount.objects
    entry = ledger.post(
        key=f"settled {instruction.reference}",
        event="payment_settled",
        subject=instruction.reference,
        lines=[
            ledger.debit(accounts.named("clearing", currency), instruction.amount),
            ledger.credit(accounts.named(through, currency), instruction.amount),
        ],
        effective_date=on,
        at=at,
        by=by,
    )
    instruction.status, instruction.settled_on = status, on
    instruction.save(update_fields=["status", "settled_on"])
    audit.record("settlement.payment_settled", subject=instruction.reference, by=by, at=at)
    return entry


def give_back(
    instruction: PaymentInstruction, *, reason: str, on: date, at: datetime, by: str, through: str = ""
) -> JournalEntry:
    """Book that a payment came back: to the account that paid it, whose maker is told; an inner step.

    Before it was settled the money still stood in clearing; afterwards it comes from our account at the other bank.
    What the bank paid out of money that it kept back is kept back again.

    :param through: the purpose of the bank's own account that the money came to, where a statement told it.
    :raises TransitionRefused: when it was not sent, or came back before.
    :raises AccountNotOpen: when the account was closed meanwhile.
    """
    before = _locked(instruction)
    status = _target(InstructionEvent.RETURN, before)
    account = instruction.settlement_account
    source = through or ("nostro" if before == InstructionStatus.SETTLED else "clearing")
    entry = credit(
        account,
        instruction.amount,
        from_account=LedgerAccount.objects.named(source, account.currency),
        key=f"returned {instruction.reference}",
        event="payment_returned",
        subject=instruction.reference,
        on=on,
        at=at,
        by=by,
        text=reason[:140],
    )
    _end(instruction, status, reason=reason, at=at, by=by)
    if instruction.is_of_bank:
        keep_again(instruction, at=at)
    return entry


def _target(event: InstructionEvent, status: str) -> str:
    return target_of(INSTRUCTION_TRANSITIONS, event, status)


@transaction.atomic(durable=True)
def reject_payment(reference: str, *, file: str, reason: str, on: date, at: datetime, by: str) -> bool:
    """Take back a payment that the other bank refused before it moved any money; tell whether anything was done.

    Only one that was sent in that file and not yet confirmed is taken back: after that, money has to come back first.
    """
    rows = PaymentInstruction.objects.filter(reference=reference, file__reference=file)
    found = rows.filter(status=InstructionStatus.SENT).select_related("settlement_account").first()
    if found is None or _locked(found) != InstructionStatus.SENT:
        return False
    give_back(found, reason=reason, on=on, at=at, by=by)
    return True
