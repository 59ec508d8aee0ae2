"""Booking the lines of nostro statements: to payments, to accounts, or into suspense, each line exactly once."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ledger import events
from accounts.ledger import operations as ledger
from accounts.ledger import queries as ledger_queries
from accounts.ledger.models import JournalEntry, LedgerAccount
from accounts.settlement import matching, queries
from accounts.settlement.drawer_states import DeliveryStatus
from accounts.settlement.models import (
    CashDelivery,
    NostroLine,
    PaymentFile,
    PaymentInstruction,
    PaymentRequest,
    SettlementAccount,
    SuspenseItem,
)
from accounts.settlement.nostro_states import Clearing, Doubt, LineKind, LineStatus, Rule
from accounts.settlement.operations import suspense
from accounts.settlement.operations.accounts import credit
from accounts.settlement.operations.deliveries import settle_delivery
from accounts.settlement.operations.payments import give_back, settle
from accounts.settlement.operations.receipts import mandate_named, note_receipt
from accounts.settlement.requesting import reference_in
from accounts.settlement.states import InstructionStatus
from portal.core import audit
from portal.core.refusals import Refusal

events.register(
    {
        "payment_received": _("Money received"),
        "payment_received_reversed": _("Money received, reversed"),
    }
)


@dataclass(frozen=True)
class Booking:
    """The line that is being booked, and when."""

    line: NostroLine
    on: date
    at: datetime
    by: str = "system"

    @property
    def told(self) -> tuple[str, ...]:
        """The references that the line names."""
        line = self.line
        return matching.references(line.end_to_end, line.description, line.bank_reference)


@transaction.atomic(durable=True)
def reconcile_line(line: NostroLine, *, at: datetime) -> None:
    """Book one line of a statement: what it fits, or suspense; booked before, there is nothing to do.

    A line is dated as the other bank booked it, or on the first day that our books are open for.
    """
    line.refresh_from_db(from_queryset=NostroLine.objects.locked())
    if line.status != LineStatus.NEW:
        return
    closed = ledger_queries.closed_up_to()
    on = max(line.booked_on, closed + timedelta(days=1)) if closed else line.booked_on
    booking = Booking(line, on=on, at=at)
    line.effective_date = on
    doubt, code = _tried(booking)
    if doubt:
        line.status = LineStatus.SUSPENSE
        suspense.put(line, doubt=doubt, refusal_code=code, on=on, at=at)
    else:
        line.status = LineStatus.MATCHED
    line.save()
    details = {"statement": line.statement.reference, "status": line.status, "kind": line.kind}
    audit.record("settlement.nostro_line", subject=line.reference, by=None, at=at, details=details)


def _tried(booking: Booking) -> tuple[Doubt | None, str]:
    """Book a line to what it fits, or tell why not; what is refused half way leaves no trace."""
    try:
        with transaction.atomic():
            return (_book_out(booking) if booking.line.amount < 0 else _book_in(booking)), ""
    except Refusal as refusal:
        line = booking.line
        line.kind, line.rule = "", ""
        line.instruction, line.file, line.receipt, line.delivery = None, None, None, None
        return Doubt.NOT_POSSIBLE, refusal.code


def _book_out(booking: Booking) -> Doubt | None:
    """Find what money went out for: a payment, a whole file of them, what was sent back out of suspense, or cash."""
    if _book_file(booking) or _book_sent_back(booking):
        return None
    named, unnamed = _candidates(booking)
    if not named and not unnamed and (cash := _cash(booking)):
        return _book_cash(booking, cash)
    found = matching.payment_that_left(_line(booking.line), named=named, unnamed=unnamed)
    if isinstance(found, Doubt):
        return found
    _keep(booking.line, LineKind.PAID, found)
    settle(_instruction(found), on=booking.on, at=booking.at, by=booking.by)
    return None


def _book_file(booking: Booking) -> bool:
    """Confirm every payment of a file that the other bank booked as one sum."""
    line = booking.line
    for file in PaymentFile.objects.filter(reference__in=booking.told, currency=line.currency):
        sent = file.instructions.filter(status=InstructionStatus.SENT)
        items = [item for item in file.suspense_items.select_related("line") if not _went_out(item)]
        instructions = list(sent.order_by("settlement_account__enterprise_id", "pk"))
        total: Decimal = sum((each.amount for each in instructions), Decimal(0))
        total += sum((each.amount for each in items), Decimal(0))
        if total != -line.amount:
            continue
        for instruction in instructions:
            settle(instruction, on=booking.on, at=booking.at, by=booking.by)
        for item in items:
            _post_sent_back(item, booking)
        line.kind, line.rule, line.file = LineKind.FILE, Rule.REFERENCE, file
        return True
    return False


def _went_out(item: SuspenseItem) -> bool:
    return JournalEntry.objects.filter(key=f"sent back {item.reference} {item.file_id}").exists()


def _book_sent_back(booking: Booking) -> bool:
    items = SuspenseItem.objects.filter(reference__in=booking.told, way=Clearing.SENDER, file__isnull=False)
    for item in items.select_related("line"):
        if item.amount == -booking.line.amount and not _went_out(item):
            _post_sent_back(item, booking)
            booking.line.kind, booking.line.rule = LineKind.SENT_BACK, Rule.REFERENCE
            return True
    return False


def _post_sent_back(item: SuspenseItem, booking: Booking) -> None:
    accounts, currency = LedgerAccount.objects, booking.line.currency
    ledger.post(
        key=f"sent back {item.reference} {item.file_id}",
        event="suspense_sent_back",
        subject=item.reference,
        lines=[
            ledger.debit(accounts.named("clearing", currency), item.amount),
            ledger.credit(accounts.named("nostro", currency), item.amount),
        ],
        effective_date=booking.on,
        at=booking.at,
        by=booking.by,
    )


def _book_in(booking: Booking) -> Doubt | None:
    """Find whom money that came in is for: the maker of a payment that came back, an account that is named, or us."""
    line = booking.line
    named, _unnamed = _candidates(booking)
    if not named:
        doubt = _book_receipt(booking)
        if doubt == Doubt.NO_MATCH and (cash := _cash(booking)):
            return _book_cash(booking, cash)
        return doubt
    found = matching.payment_that_came_back(_line(line), named=named)
    if isinstance(found, Doubt):
        return found
    _keep(line, LineKind.RETURNED, found)
    reason = f"{line.return_reason or 'MS03'} {line.description}".strip()
    give_back(_instruction(found), reason=reason, on=booking.on, at=booking.at, by=booking.by, through="nostro")
    return None


def _cash(booking: Booking) -> matching.Match | Doubt | None:
    """Find the cash between a vault and the other bank that a line tells of."""
    line = booking.line
    cash = CashDelivery.objects.filter(vault__currency=line.currency, effective_date__isnull=False)
    named = cash.filter(reference__in=booking.told)
    unnamed = cash.filter(status=DeliveryStatus.ON_THE_WAY, amount=abs(line.amount))
    return matching.cash_that_is_told(_line(line), named=_told_cash(named), unnamed=_told_cash(unnamed[:50]))


def _told_cash(cash: QuerySet[CashDelivery]) -> list[matching.Candidate]:
    return [
        matching.Candidate(
            reference=each.reference,
            amount=-each.signed_amount,  # what leaves the vault comes to our account there
            sent_on=each.effective_date or date.min,
            payee_name="",
            payee_number="",
            awaits_debit=each.status == DeliveryStatus.ON_THE_WAY,
            may_come_back=False,
        )
        for each in cash
    ]


def _book_cash(booking: Booking, found: matching.Match | Doubt) -> Doubt | None:
    if isinstance(found, Doubt):
        return found
    line = booking.line
    line.delivery = CashDelivery.objects.get(reference=found.reference)
    line.kind, line.rule = LineKind.CASH, found.rule
    settle_delivery(line.delivery, on=booking.on, at=booking.at, by=booking.by)
    return None


def _book_receipt(booking: Booking) -> Doubt | None:
    line = booking.line
    account, rule = _destination(booking)
    if isinstance(account, Doubt):
        return account
    text = line.description or line.end_to_end
    entry = credit(
        account,
        line.amount,
        from_account=LedgerAccount.objects.named("nostro", line.currency),
        key=f"received {line.reference}",
        event="payment_received",
        subject=line.reference,
        on=booking.on,
        at=booking.at,
        by=booking.by,
        text=text[:140],
    )
    line.receipt = note_receipt(
        account,
        line.amount,
        entry=entry,
        text=f"{line.description} {line.end_to_end}".strip(),
        payer_name=line.counterparty_name,
        payer_number=line.counterparty_number,
        on=booking.on,
        at=booking.at,
        by=booking.by,
    )
    line.kind, line.rule = LineKind.RECEIPT, rule
    return None


def _destination(booking: Booking) -> tuple[SettlementAccount | Doubt, Rule]:
    """Find the account that a line names: by its number, by an agreement on it, by a request for payment to it."""
    line = booking.line
    told = set(matching.account_numbers(line.end_to_end, line.description)) - {settings.NOSTRO_NUMBER}
    accounts = list(SettlementAccount.objects.filter(number__in=told, currency=line.currency)[:2])
    if len(accounts) == 1:
        return accounts[0], Rule.NUMBER
    if accounts:
        return Doubt.SEVERAL_FIT, Rule.NUMBER
    mandate = mandate_named(booking.told)
    if mandate and mandate.settlement_account.currency == line.currency:
        return mandate.settlement_account, Rule.AGREEMENT
    asked = PaymentRequest.objects.select_related("settlement_account").filter(
        reference=reference_in(f"{line.end_to_end} {line.description}"), settlement_account__currency=line.currency
    )
    if request := asked.first():
        return request.settlement_account, Rule.REQUEST
    return Doubt.NO_MATCH, Rule.NUMBER


def _candidates(booking: Booking) -> tuple[list[matching.Candidate], list[matching.Candidate]]:
    """Fetch the payments that a line names, or else those sent that have its amount, unless it names cash."""
    line = booking.line
    payments = PaymentInstruction.objects.select_related("payee", "settlement_account").filter(
        settlement_account__currency=line.currency, sent_at__isnull=False
    )
    named = payments.filter(reference__in=booking.told)
    unnamed = payments.filter(status=InstructionStatus.SENT, amount=-line.amount)
    names_cash = CashDelivery.objects.filter(reference__in=booking.told).exists()
    return _told_of(named), ([] if line.amount > 0 or names_cash else _told_of(unnamed[:50]))


def _told_of(payments: QuerySet[PaymentInstruction]) -> list[matching.Candidate]:
    return [
        matching.Candidate(
            reference=each.reference,
            amount=each.amount,
            sent_on=timezone.localtime(each.sent_at).date(),
            payee_name=each.payee.name,
            payee_number=each.payee.number,
            awaits_debit=each.status == InstructionStatus.SENT or queries.owes_debit(each),
            may_come_back=each.status in {InstructionStatus.SENT, InstructionStatus.SETTLED},
        )
        for each in payments
    ]


def _line(line: NostroLine) -> matching.Line:
    return matching.Line(line.booked_on, line.amount, line.counterparty_name, line.counterparty_number)


def _keep(line: NostroLine, kind: LineKind, found: matching.Match) -> None:
    line.kind, line.rule, line.instruction = kind, found.rule, _instruction(found)


def _instruction(found: matching.Match) -> PaymentInstruction:
    return PaymentInstruction.objects.get(reference=found.reference)
