"""Batches of payments from a file: checked line by line, confirmed, and paid all or none."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Enterprise
from accounts.identity.operations.telling import tell_owners
from accounts.ledger import operations as ledger
from accounts.ledger import queries as books
from accounts.ledger.models import LedgerAccount
from accounts.settlement import batching
from accounts.settlement.batching import BATCH_TRANSITIONS, GONE, BatchEvent, BatchStatus
from accounts.settlement.models import (
    Payee,
    PaymentBatch,
    PaymentBatchLine,
    PaymentInstruction,
    SettlementAccount,
    Transfer,
)
from accounts.settlement.operations import limits, transfers
from accounts.settlement.operations.accounts import AccountNotOpen, lock, stated
from accounts.settlement.operations.agreeing import check_payee, check_second, needs_second
from accounts.settlement.operations.batch_lines import judge
from accounts.settlement.operations.confirming import PaymentReview, confirm_by_code, review
from accounts.settlement.operations.payees import PayeeGone
from accounts.settlement.queries import Destination
from accounts.settlement.states import PAYS, RECEIVES, InstructionStatus
from accounts.statements.confined import MOST_SECONDS_TO_OPEN, confined
from portal.core import audit, files, formats, jobs
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.money import is_exact
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

PAY_BATCH: Final = "settlement.pay_batch"

register(
    {
        "batch_has_problems": _("%(count)s lines cannot be paid. Mend the file and send it again; nothing was paid."),
    }
)


@transaction.atomic(durable=True)
def check_batch(
    account: SettlementAccount, *, title: str, name: str, content: bytes, key: str, at: datetime, by: str
) -> PaymentBatch:
    """Take a file of payments and judge every line of it; nothing is paid.

    The same key, or the same file under the same title, gives the first batch, unless that was canceled or declined.

    :raises KeyMissing, KeyReused: see ``answer_once``.
    :raises StatementRefused: when the file as a whole cannot be read.
    """
    digest = hashlib.sha256(content).hexdigest()
    title = " ".join(title.split())[:60]
    reference = answer_once(
        f"settlement.batch {by}",
        key,
        fingerprint=fingerprint_of([account.reference, title, digest]),
        make=lambda: _taken(account, title, name, content, digest=digest, at=at, by=by).reference,
    )
    return PaymentBatch.objects.select_related("settlement_account__enterprise").get(reference=reference)


def _taken(
    account: SettlementAccount, title: str, name: str, content: bytes, *, digest: str, at: datetime, by: str
) -> PaymentBatch:
    Enterprise.objects.locked().get(pk=account.enterprise_id)
    same = PaymentBatch.objects.filter(settlement_account=account, digest=digest, title=title).exclude(status__in=GONE)
    if standing := same.first():
        return standing
    found = confined(lambda: batching.read(content), seconds=MOST_SECONDS_TO_OPEN, waiting=1.5 * MOST_SECONDS_TO_OPEN)
    batch = PaymentBatch.objects.create(
        settlement_account=account,
        title=title,
        file=files.keep_bytes(content, name=name, media_type="application/octet-stream", by=by, at=at),
        digest=digest,
        line_count=len(found),
        total_amount=_sum_of(found, account.currency),
        made_at=at,
        made_by=by,
    )
    lines = [_row(batch, each) for each in found]
    judge(batch, lines, at=at)
    PaymentBatchLine.objects.bulk_create(lines)
    details = {"account": account.reference, "lines": len(lines), "total": str(batch.total_amount)}
    audit.record("settlement.batch_checked", subject=batch.reference, by=by, at=at, details=details)
    return batch


def _sum_of(lines: Sequence[batching.Line], currency: str) -> Decimal:
    amounts = (line.amount for line in lines if line.amount is not None)
    return sum((amount for amount in amounts if amount > 0 and is_exact(amount, currency)), Decimal(0))


def _row(batch: PaymentBatch, line: batching.Line) -> PaymentBatchLine:
    return PaymentBatchLine(
        batch=batch,
        line=line.line,
        name=line.name,
        number=line.number,
        bank_code=line.bank_code,
        amount=line.amount,
        written_amount=line.written_amount,
        text=line.text,
    )


class BatchHasProblems(Refusal):
    """Not every line can be paid, so none is."""

    code = "batch_has_problems"


@dataclass(frozen=True)
class LeavingBatch:
    """A batch about to be paid, when the last new payee's cooling-off is over; its file and lines never change.

    :param waits: a second person must agree first.
    """

    notice: ClassVar[str] = "batch_code"

    batch: PaymentBatch
    lines: Sequence[PaymentBatchLine]
    pay_at: datetime
    waits: bool

    @property
    def account(self) -> SettlementAccount:
        """Where it leaves."""
        return self.batch.settlement_account

    @property
    def amount(self) -> Decimal:
        """The sum of its lines."""
        return self.batch.total_amount

    @property
    def to(self) -> Collection[Destination]:
        """Every account that it goes to, once."""
        return {(line.number, line.bank_code) for line in self.lines}

    @property
    def subject(self) -> str:
        """This batch: what it pays to whom stands since it was checked."""
        return self.batch.reference

    def told(self) -> dict[str, str]:
        """How much it pays in how many payments."""
        amount = formats.money(self.amount, self.account.currency)
        return {"amount": amount, "count": formats.number(self.batch.line_count)}


@transaction.atomic(durable=True)
def review_batch(batch: PaymentBatch, *, on: date, at: datetime, by: str) -> PaymentReview[LeavingBatch]:
    """Ask everything that sending a batch would ask, and change nothing.

    :raises: as ``submit_batch``, all but the code.
    """
    leaving = _ready(batch, on=on, at=at, by=by)
    return review(leaving, at=at, needs_second=leaving.waits)


@transaction.atomic(durable=True)
def submit_batch(batch: PaymentBatch, *, on: date, at: datetime, by: str, code: str | None = None) -> None:
    """Ask for a checked batch to be paid: its new payees are saved, and it is paid when their cooling-off is over.

    What a manager sends, and a sum from the enterprise's threshold on, waits for a second person.

    :param code: the one-time code that was typed; none where the channel asks for none, as a program with its token.
    :raises TransitionRefused: when it was sent before.
    :raises BatchHasProblems: when a line cannot be paid; what is wrong is noted on the lines.
    :raises AccountNotOpen, DailyLimit, InsufficientFunds: when the account could not pay the sum now.
    :raises SigningCodeWrong: and its kin, when the batch needs a code and this does not confirm it.
    """
    leaving = _ready(batch, on=on, at=at, by=by)
    confirm_by_code(leaving, code, at=at, by=by)
    _save_payees(batch.settlement_account.enterprise, leaving.lines, at=at, by=by)
    batch.pay_at = leaving.pay_at
    batch.submitted_at, batch.submitted_by = at, by
    batch.checked_at, batch.checked_by, batch.reason_code = None, "", ""
    _move(batch, BatchEvent.WAIT if leaving.waits else BatchEvent.SUBMIT, at=at, by=by)


def _ready(batch: PaymentBatch, *, on: date, at: datetime, by: str) -> LeavingBatch:
    """Lock a batch and check that it can be paid."""
    target_of(BATCH_TRANSITIONS, BatchEvent.SUBMIT, _locked(batch))
    account = batch.settlement_account
    lines = _judged(batch, at=at)
    rules = limits.claim(account, batch.total_amount, on=on, at=at)
    _check_funds(account, batch.total_amount)
    usable_at = (line.payee.usable_at if line.payee else _cooled_off(at) for line in lines)
    waits = needs_second(account.enterprise, batch.total_amount, rules=rules, by=by)
    return LeavingBatch(batch, lines, max([at, *usable_at]), waits)


def _cooled_off(at: datetime) -> datetime:
    return at + timedelta(hours=settings.COOLING_OFF_HOURS)


def _judged(batch: PaymentBatch, *, at: datetime) -> list[PaymentBatchLine]:
    lines = list(batch.lines.order_by("line"))
    if wrong := judge(batch, lines, at=at):
        raise BatchHasProblems(count=wrong)
    return lines


def _check_funds(account: SettlementAccount, total: Decimal) -> None:
    lock(account)
    if account.status not in PAYS:
        raise AccountNotOpen
    if books.available_balance(account.ledger_account) < total:
        raise ledger.too_little(account.ledger_account)


def _save_payees(enterprise: Enterprise, lines: Sequence[PaymentBatchLine], *, at: datetime, by: str) -> None:
    """Save those who are new, each once, and remember every line's payee."""
    new = {(line.number, line.bank_code): line.name for line in lines if line.payee is None}
    made = Payee.objects.bulk_create(
        Payee(
            enterprise=enterprise,
            name=name,
            number=number,
            bank_code=bank_code,
            added_at=at,
            added_by=by,
            usable_at=_cooled_off(at),
        )
        for (number, bank_code), name in new.items()
    )
    saved = {(payee.number, payee.bank_code): payee for payee in made}
    for line in lines:
        line.payee = line.payee or saved[line.number, line.bank_code]
    known = dict(PaymentBatchLine.objects.filter(pk__in=[line.pk for line in lines]).values_list("pk", "payee_id"))
    changed = [line for line in lines if line.payee_id != known[line.pk]]
    PaymentBatchLine.objects.bulk_update(changed, ["payee"])
    for payee in made:
        details = {"enterprise": enterprise.reference, "bank_code": payee.bank_code}
        audit.record("settlement.payee_added", subject=payee.reference, by=by, at=at, details=details)


def _move(batch: PaymentBatch, event: BatchEvent, *, at: datetime, by: str) -> None:
    batch.status = target_of(BATCH_TRANSITIONS, event, batch.status)
    batch.save()
    if batch.status == BatchStatus.APPROVED and batch.pay_at and batch.pay_at <= at:
        jobs.ask(PAY_BATCH, batch.reference, at=at)
    details = {"total": str(batch.total_amount), "reason": batch.reason_code or batch.reason_text}
    audit.record(f"settlement.batch_{event}", subject=batch.reference, by=by, at=at, details=details)


def _locked(batch: PaymentBatch) -> str:
    """Lock the batch, its enterprise first, and tell where it stands."""
    Enterprise.objects.locked().get(settlement_accounts=batch.settlement_account_id)
    batch.refresh_from_db(from_queryset=PaymentBatch.objects.locked().select_related("settlement_account__enterprise"))
    return batch.status


@transaction.atomic(durable=True)
def confirm_batch(batch: PaymentBatch, *, at: datetime, by: str) -> None:
    """Agree to a batch as the second person.

    :raises TransitionRefused: when it does not wait.
    :raises SamePerson, OwnerConfirms: see ``payments.check_second``.
    """
    target_of(BATCH_TRANSITIONS, BatchEvent.CONFIRM, _locked(batch))
    check_second(batch.settlement_account.enterprise, made_by=batch.submitted_by, by=by)
    batch.checked_at, batch.checked_by = at, by
    _move(batch, BatchEvent.CONFIRM, at=at, by=by)


@transaction.atomic(durable=True)
def decline_batch(batch: PaymentBatch, *, reason: str, at: datetime, by: str) -> None:
    """Refuse to agree to a batch; nothing is paid.

    :raises ReasonMissing: when no reason is given.
    :raises TransitionRefused: when it does not wait.
    :raises SamePerson, OwnerConfirms: see ``payments.check_second``.
    """
    reason = stated(reason)
    target_of(BATCH_TRANSITIONS, BatchEvent.DECLINE, _locked(batch))
    check_second(batch.settlement_account.enterprise, made_by=batch.submitted_by, by=by)
    batch.checked_at, batch.checked_by, batch.reason_text = at, by, reason
    _move(batch, BatchEvent.DECLINE, at=at, by=by)


@transaction.atomic(durable=True)
def cancel_batch(batch: PaymentBatch, *, at: datetime, by: str) -> None:
    """Take a batch back before it is paid.

    :raises TransitionRefused: when it was paid, or is over otherwise.
    """
    _locked(batch)
    _move(batch, BatchEvent.CANCEL, at=at, by=by)


@transaction.atomic(durable=True)
def pay_batch(batch: PaymentBatch, *, on: date, at: datetime) -> None:
    """Pay an approved batch whose time has come: every line, or none, and owners are told why; done before, nothing.

    Payments inside the bank arrive at once, others go into clearing and out with the next file.
    """
    if _locked(batch) != BatchStatus.APPROVED or batch.pay_at is None or batch.pay_at > at:
        return
    try:
        with transaction.atomic():
            _pay_all(batch, on=on, at=at)
    except Refusal as refusal:
        batch.reason_code, batch.reason_params = refusal.code, refusal.params
        _move(batch, BatchEvent.FAIL, at=at, by="system")
        tell_owners(batch.settlement_account.enterprise, "batch_not_paid", params=lambda: _words(batch), at=at)
    else:
        batch.paid_at = at
        _move(batch, BatchEvent.PAY, at=at, by="system")


def _words(batch: PaymentBatch) -> dict[str, str]:
    amount = formats.money(batch.total_amount, batch.settlement_account.currency)
    return {"title": batch.title, "amount": amount, "reason": batch.reason, "reference": batch.reference}


def _pay_all(batch: PaymentBatch, *, on: date, at: datetime) -> None:
    """Check the whole once, lock every account once, then book line by line and keep the rows together."""
    account, by = batch.settlement_account, batch.submitted_by
    lines = _judged(batch, at=at)
    for line in lines:
        if line.payee is None:
            raise PayeeGone
        check_payee(account, line.payee, at=at)
    limits.claim(account, batch.total_amount, on=on, at=at)
    inside = {line.number for line in lines if not line.bank_code}
    rows = SettlementAccount.objects.locked().select_related("ledger_account", "enterprise")
    accounts = {each.number: each for each in rows.filter(number__in=inside | {account.number})}
    _check_funds(account, batch.total_amount)
    clearing = LedgerAccount.objects.named("clearing", account.currency)
    instructions, moved = [], []
    for line in lines:
        instruction = _instruction(batch, line, on=on, at=at)
        if line.bank_code:
            _book_outside(instruction, clearing, at=at, by=by)
        else:
            destination = accounts[line.number]
            if destination.status not in RECEIVES:
                raise BatchHasProblems(count=1)
            moved.append(_book_inside(instruction, destination, at=at, by=by))
        instructions.append(instruction)
    Transfer.objects.bulk_create(moved)
    PaymentInstruction.objects.bulk_create(instructions)
    for line, instruction in zip(lines, instructions, strict=True):
        line.instruction = instruction
    PaymentBatchLine.objects.bulk_update(lines, ["instruction"])


def _instruction(batch: PaymentBatch, line: PaymentBatchLine, *, on: date, at: datetime) -> PaymentInstruction:
    return PaymentInstruction(
        settlement_account=batch.settlement_account,
        payee=line.payee,
        amount=line.due,
        text=line.text or batch.title,
        effective_date=on,
        made_at=at,
        made_by=batch.submitted_by,
        checked_at=batch.checked_at,
        checked_by=batch.checked_by,
    )


def _book_outside(instruction: PaymentInstruction, clearing: LedgerAccount, *, at: datetime, by: str) -> None:
    lines = [
        ledger.debit(instruction.settlement_account.ledger_account, instruction.amount),
        ledger.credit(clearing, instruction.amount),
    ]
    instruction.entry = ledger.post(
        key=f"payment {instruction.reference}",
        event="payment_out",
        subject=instruction.reference,
        lines=lines,
        effective_date=instruction.effective_date,
        at=at,
        by=by,
        text=instruction.text,
    )
    instruction.status = InstructionStatus.PENDING


def _book_inside(instruction: PaymentInstruction, destination: SettlementAccount, *, at: datetime, by: str) -> Transfer:
    source, amount, on = instruction.settlement_account, instruction.amount, instruction.effective_date
    moved = transfers.book(source, destination, amount, text=instruction.text, on=on, at=at, by=by)
    instruction.entry, instruction.status, instruction.settled_on = moved.entry, InstructionStatus.SETTLED, on
    return moved
