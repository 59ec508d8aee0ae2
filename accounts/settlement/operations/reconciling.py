"""Booking the lines of nostro statements: to payments, to accounts, or into suspense, each line exactly once."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.ledger import events
from accounts.ledger import operations as ledger
from accounts.ledger import queries as ledger_queries
from accounts.ledger.models import LedgerAccount
from accounts.settlement.models import (
    CashDelivery,
    NostroLine,
    PaymentFile,
    PaymentInstruction,
    SettlementAccount,
    SuspenseItem,
)
from accounts.settlement.nostro_states import Doubt, Foreseen, LineStatus, StatementStatus
from accounts.settlement.operations import suspense
from accounts.settlement.operations.accounts import credit
from accounts.settlement.operations.deliveries import settle_delivery
from accounts.settlement.operations.payments import give_back, settle
from accounts.settlement.operations.receipts import note_receipt
from accounts.settlement.queries import fitting
from accounts.settlement.queries.around import sent_back_key
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


@transaction.atomic(durable=True)
def reconcile_line(line: NostroLine, *, at: datetime) -> None:
    """Book one line of a statement that was agreed to: what it fits, or suspense; booked before, nothing is to do.

    A line is dated as the other bank booked it, or on the first day that our books are open for.
    """
    line.refresh_from_db(from_queryset=NostroLine.objects.locked().select_related("statement"))
    if line.status != LineStatus.NEW or line.statement.status != StatementStatus.AGREED:
        return
    closed = ledger_queries.closed_up_to()
    on = max(line.booked_on, closed + timedelta(days=1)) if closed else line.booked_on
    line.effective_date = on
    doubt, code = _tried(Booking(line, on=on, at=at))
    if doubt:
        line.status = LineStatus.SUSPENSE
        suspense.put(line, doubt=doubt, refusal_code=code, on=on, at=at)
    else:
        line.status = LineStatus.MATCHED
    line.save()
    details = {"statement": line.statement.reference, "status": line.status, "kind": line.kind}
    audit.record("settlement.nostro_line", subject=line.reference, by=None, at=at, details=details)


def _tried(booking: Booking) -> tuple[Doubt | None, str]:
    """Book a line to what it fits, or tell why not; what is refused half way leaves no trace.

    What it did not fit when its statement was agreed to, nobody has seen: it waits in suspense.
    """
    line, fit = booking.line, fitting.what_fits(booking.line)
    if fit.doubt:
        return fit.doubt, ""
    if line.foreseen and fit.told != (line.foreseen, line.foreseen_goal):
        return Doubt.NOT_AGREED, ""
    try:
        with transaction.atomic():
            _book(booking, fit)
    except Refusal as refusal:
        line.instruction, line.file, line.receipt, line.delivery = None, None, None, None
        return Doubt.NOT_POSSIBLE, refusal.code
    line.kind, line.rule = fit.kind, fit.rule
    return None, ""


def _book(booking: Booking, fit: fitting.Fit) -> None:
    """Book a line to what it fits."""
    line = booking.line
    when: dict[str, Any] = {"on": booking.on, "at": booking.at, "by": booking.by}
    match fit.goal:
        case PaymentInstruction() as payment:
            line.instruction = payment
            if fit.foreseen == Foreseen.PAID:
                settle(payment, **when)
            else:
                reason = f"{line.return_reason or 'MS03'} {line.description}".strip()
                give_back(payment, reason=reason, through="nostro", **when)
        case PaymentFile() as file:
            line.file = file
            for part in fit.parts:
                _post_sent_back(booking, part) if isinstance(part, SuspenseItem) else settle(part, **when)
        case SuspenseItem() as item:
            _post_sent_back(booking, item)
        case CashDelivery() as delivery:
            line.delivery = delivery
            settle_delivery(delivery, **when)
        case SettlementAccount() as account:
            _receive(booking, account)


def _post_sent_back(booking: Booking, item: SuspenseItem) -> None:
    accounts, currency = LedgerAccount.objects, booking.line.currency
    ledger.post(
        key=sent_back_key(item),
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


def _receive(booking: Booking, account: SettlementAccount) -> None:
    line = booking.line
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
