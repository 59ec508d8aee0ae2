"""Money that the bank keeps back on an account: at once by one person, as a freeze; let go, or paid, by another.

Two people say to whom it is paid: one names the account, who keeps it back or another later, and who pays it agrees.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.identity import operations as identity
from accounts.identity.models import Role, StaffPost
from accounts.identity.operations.telling import tell_owners
from accounts.ledger import events
from accounts.ledger import operations as ledger
from accounts.ledger.models import Hold, LedgerAccount
from accounts.ledger.states import TRANSITIONS, HoldEvent
from accounts.settlement import banks, numbers, queries
from accounts.settlement.models import Payee, PaymentInstruction, SettlementAccount, Transfer
from accounts.settlement.operations.accounts import AccountNotOpen, ReasonMissing, check_not_own, lock, stated
from accounts.settlement.operations.cash import SamePerson
from accounts.settlement.operations.notices import tell_of_kept_ended
from accounts.settlement.operations.payees import LONGEST_NAME, check_outside, check_payable
from accounts.settlement.operations.receipts import note_receipt
from accounts.settlement.operations.transfers import CurrencyDiffers, PayeeUnknown, TransferToItself
from accounts.settlement.queries.holding import KEPT_BACK as EVENT
from accounts.settlement.states import RECEIVES, InstructionStatus, Status
from portal.core import audit
from portal.core.formats import day, money
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.refusals import Refusal, register
from portal.core.seen import check_seen
from portal.core.transitions import target_of

LONGEST: Final = timedelta(days=366)
A_WEEK: Final = timedelta(days=7)  # in which somebody decides on what came back
DAY: Final = timedelta(days=1)

register(
    {
        "keep_until_wrong": _("Choose a day after today, within a year."),
        "kept_for_nobody": _("Nobody is named to whom this may be paid. Name an account, then a colleague can pay it."),
    }
)
events.register(
    {
        EVENT: _("Paid out of money kept back"),
        f"{EVENT}_reversed": _("Paid out of money kept back, reversed"),
    }
)


ledger.tell_of_expiry(EVENT, tell_of_kept_ended)


class KeepUntilWrong(Refusal):
    """The last day is not after today, or more than a year away."""

    code = "keep_until_wrong"


class KeptForNobody(Refusal):
    """Nobody named an account to which it may be paid."""

    code = "kept_for_nobody"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An account at another bank, to which what is kept back may be paid; ``bank`` is a name, CNAPS code or BIC."""

    name: str
    number: str
    bank: str


def _as_payee(to: SettlementAccount | Elsewhere, *, at: datetime, by: str) -> Payee:
    """Write an account as a payee that needs no cooling-off, because two of the bank agree on it; not saved."""
    if isinstance(to, Elsewhere):
        name, number, bank = " ".join(to.name.split()), numbers.compact(to.number), banks.code_of(to.bank)
    else:
        name, number, bank = to.enterprise.legal_name[:LONGEST_NAME], to.number, ""
    return Payee(name=name, number=number, bank_code=bank, added_at=at, added_by=by, usable_at=at)


@transaction.atomic(durable=True)
def keep_back(
    account: SettlementAccount,
    amount: Decimal,
    *,
    to: SettlementAccount | Elsewhere | None = None,
    reason: str,
    until: date,
    key: str,
    at: datetime,
    by: str,
) -> Hold:
    """Keep an amount back through a day, and tell the owners; the same key again keeps it once.

    :param to: the account, here or elsewhere, to which a colleague may pay it; none where it is only kept back.
    :raises KeyMissing, KeyReused: see ``answer_once``.
    :raises ReasonMissing: when no reason is given.
    :raises KeepUntilWrong: when the day is not after today, or more than a year away.
    :raises AccountNotOpen: when the account is closed.
    :raises TransferToItself, CurrencyDiffers, PayeeUnknown: when it cannot be paid there.
    :raises PayeeNumberWrong, BankCodeWrong, BankOfAnotherCountry: when there can be no such account elsewhere.
    :raises OwnAccount: when it would be paid to the person's own enterprise.
    :raises AmountRefused, InsufficientFunds: see ``ledger.hold``.
    """
    reason = reason.strip()[:140]
    payee = to and _as_payee(to, at=at, by=by)

    def kept() -> str:
        if not reason:
            raise ReasonMissing
        if not timezone.localtime(at).date() < until <= timezone.localtime(at).date() + LONGEST:
            raise KeepUntilWrong
        if to and payee:
            _check_payee(account, to, payee, by=by)
        lock(account)
        if account.status == Status.CLOSED:
            raise AccountNotOpen
        made = _held(account, amount, key=fingerprint_of([by, key]), reason=reason, until=until, at=at, by=by)
        if payee:
            payee.hold = made
            payee.save(force_insert=True)
        return made.reference

    told = [account.reference, str(amount.normalize()), reason, until, *(_told(payee) if payee else ())]
    reference = answer_once(f"settlement.keep_back {by}", key, fingerprint=fingerprint_of(told), make=kept)
    return queries.with_payees(Hold.objects.all()).get(reference=reference)


def _told(payee: Payee) -> tuple[str, str, str]:
    return payee.name, payee.number, payee.bank_code


def _held(
    account: SettlementAccount,
    amount: Decimal,
    *,
    key: str,
    reason: str,
    until: date,
    at: datetime,
    by: str,
) -> Hold:
    """Hold an amount and tell the owners."""
    made = ledger.hold(
        account.ledger_account,
        amount,
        key=f"{EVENT} {key}",
        event=EVENT,
        subject=account.reference,
        text=reason,
        expires_at=timezone.make_aware(datetime.combine(until + DAY, time.min)),
        at=at,
        by=by,
    )
    _tell(account, made, "money_kept_back", until=until, at=at)
    return made


def keep_again(instruction: PaymentInstruction, *, at: datetime) -> None:
    """Keep back, in the same name and through the same day, what was paid elsewhere and came back, or was not sent.

    For a week at least. To nobody: what is wrong with the account that was named is for a person to find out, so
    operations are told. An inner step.
    """
    account, before = instruction.settlement_account, instruction.payee.hold
    assert before, "the bank paid it out of money that it kept back"
    until = max(timezone.localtime(before.expires_at).date() - DAY, timezone.localtime(at).date() + A_WEEK)
    told: dict[str, Any] = {"reason": before.text, "until": until, "at": at, "by": before.placed_by}
    made = _held(account, instruction.amount, key=instruction.reference, **told)
    operations = StaffPost.objects.filter(role=Role.OPERATIONS, ended_at=None)
    details = {"account": account.reference, "payment": instruction.reference, "valid_until": until}
    identity.tell_staff(operations, "kept_again", params=details | {"valid_until": lazy(day, str)(until)}, at=at)
    audit.record("settlement.kept_again", subject=made.reference, by="system", at=at, details=details)


def _check_payee(account: SettlementAccount, to: SettlementAccount | Elsewhere, payee: Payee, *, by: str) -> None:
    if isinstance(to, Elsewhere):
        check_outside(payee.number, payee.bank_code)
    else:
        check_not_own(to, by=by)
        if to.pk == account.pk:
            raise TransferToItself
        if to.currency != account.currency:
            raise CurrencyDiffers
        if to.status not in RECEIVES:
            raise PayeeUnknown


@transaction.atomic(durable=True)
def name_payee(
    account: SettlementAccount, hold: Hold, *, to: SettlementAccount | Elsewhere, at: datetime, by: str
) -> None:
    """Name the account to which what is kept back may be paid, in place of the one that was; a colleague pays it there.

    Whoever kept it back or anybody else of operations may. The account that is named already stays in the name of who
    named it.

    :raises OwnAccount: by a member of either enterprise.
    :raises: else as ``keep_back``, of the account.
    :raises TransitionRefused, HoldExpired: when it is not kept back any more.
    """
    payee = _as_payee(to, at=at, by=by)
    check_not_own(account, by=by)
    _check_payee(account, to, payee, by=by)
    lock(account)
    hold.refresh_from_db(fields=["status"])
    target_of(TRANSITIONS, HoldEvent.CAPTURE, hold.status)
    if at >= hold.expires_at:
        raise ledger.HoldExpired
    before = Payee.objects.standing().filter(hold=hold)
    if any(_told(each) == _told(payee) for each in before):
        return
    before.update(removed_at=at, removed_by=by)
    payee.hold = hold
    payee.save(force_insert=True)
    details = {"account": account.reference, "to": payee.reference}
    audit.record("settlement.kept_payee_named", subject=hold.reference, by=by, at=at, details=details)


@transaction.atomic(durable=True)
def pay_kept(
    account: SettlementAccount, hold: Hold, amount: Decimal | None = None, *, seen: str, on: date, at: datetime, by: str
) -> Transfer | PaymentInstruction:
    """Pay what the bank kept back, or a part of it, to the account that was named; the rest is let go.

    To another bank it leaves with the next payments. A frozen account pays as well: the bank does it, by another person
    than who named the account; the owners are told.

    :param seen: the reference of the payee that the person looked at.
    :raises KeptForNobody: when no account was named.
    :raises SamePerson: when it is the person who named it.
    :raises OwnAccount: by a member of either enterprise.
    :raises ChangedSince: when another account was named since the person looked.
    :raises PayeeUnknown, PayeeUnpayable: when that account can no longer receive, or cannot be one.
    :raises TransitionRefused, HoldExpired, CaptureExceedsHold, AmountRefused: see ``ledger.capture``.
    """
    payee = Payee.objects.standing().filter(hold=hold).first()
    if payee is None:
        raise KeptForNobody
    if by == payee.added_by:
        raise SamePerson
    check_payable(payee)
    here = _inside(payee)
    sides = [account, here] if here else [account]
    for each in sides:
        check_not_own(each, by=by)
    list(SettlementAccount.objects.locked().filter(pk__in=[each.pk for each in sides]))
    hold.refresh_from_db(fields=["status"])
    target_of(TRANSITIONS, HoldEvent.CAPTURE, hold.status)  # a capture that came before is not told twice
    payee.refresh_from_db(fields=["removed_at"])
    check_seen((seen, None), shown=(payee.reference, payee.removed_at))
    paid = hold.amount if amount is None else amount
    made: Transfer | PaymentInstruction
    if here:
        made = _transfer(account, hold, here, paid, on=on, at=at, by=by)
    else:
        made = _instruct(account, hold, payee, paid, on=on, at=at, by=by)
    _tell(account, hold, "kept_money_paid", paid=paid, payee=payee.name, at=at)
    details = {"account": account.reference, "to": payee.reference, "amount": str(paid), "payment": made.reference}
    audit.record("settlement.pay_kept", subject=hold.reference, by=by, at=at, details=details)
    return made


def _inside(payee: Payee) -> SettlementAccount | None:
    found = SettlementAccount.objects.select_related("enterprise", "ledger_account")
    return found.get(number=payee.number) if payee.is_inside else None


def _transfer(
    account: SettlementAccount, hold: Hold, to: SettlementAccount, paid: Decimal, *, on: date, at: datetime, by: str
) -> Transfer:
    to.refresh_from_db(fields=["status"])
    if to.status not in RECEIVES:
        raise PayeeUnknown
    entry = ledger.capture(hold, to_account=to.ledger_account, amount=paid, on=on, at=at, by=by)
    name = account.enterprise.legal_name
    note_receipt(to, paid, entry=entry, text=hold.text, payer_name=name, on=on, at=at, by=by)
    return Transfer.objects.create(
        source=account, destination=to, amount=paid, text=hold.text, entry=entry, made_at=at, made_by=by
    )


def _instruct(
    account: SettlementAccount, hold: Hold, payee: Payee, paid: Decimal, *, on: date, at: datetime, by: str
) -> PaymentInstruction:
    """Book it into clearing, and make a payment of it that two made: who named the account, and who agrees."""
    clearing = LedgerAccount.objects.named("clearing", account.currency)
    return PaymentInstruction.objects.create(
        settlement_account=account,
        payee=payee,
        amount=paid,
        text=hold.text,
        status=InstructionStatus.PENDING,
        effective_date=on,
        made_at=at,
        made_by=payee.added_by,
        checked_at=at,
        checked_by=by,
        entry=ledger.capture(hold, to_account=clearing, amount=paid, on=on, at=at, by=by),
    )


@transaction.atomic(durable=True)
def let_go(account: SettlementAccount, hold: Hold, *, reason: str, at: datetime, by: str) -> None:
    """Let go of what the bank kept back, as another person than who kept it; the owners are told.

    :raises ReasonMissing: when no reason is given.
    :raises SamePerson: when it is the person who kept it back.
    :raises OwnAccount: by a member of the enterprise.
    :raises TransitionRefused: when it is not kept back any more.
    """
    reason = stated(reason)
    if by == hold.placed_by:
        raise SamePerson
    check_not_own(account, by=by)
    lock(account)
    ledger.void(hold, at=at, by=by)
    _tell(account, hold, "money_let_go", at=at)
    details = {"account": account.reference, "reason": reason}
    audit.record("settlement.let_go", subject=hold.reference, by=by, at=at, details=details)


def _tell(account: SettlementAccount, hold: Hold, code: str, *, at: datetime, **more: Any) -> None:
    def params() -> dict[str, str]:
        paid, until = more.get("paid", hold.amount), more.get("until")
        told = {"amount": money(paid, account.currency), "number": account.number[-4:], "reason": hold.text}
        return told | {"until": day(until) if until else "", "payee": more.get("payee", "")}

    tell_owners(account.enterprise, code, params=params, at=at)
