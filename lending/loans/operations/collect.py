"""Collecting what is due, by the mandate."""

from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal

from django.db import transaction
from django.db.models import Max

from accounts.settlement import operations as settlement
from accounts.settlement import queries as settlement_queries
from lending.loans.models import Loan, Repayment
from lending.loans.operations.binding import SYSTEM, ZERO, weigh
from lending.loans.operations.repay import book_repayment, if_it_can_pay
from lending.loans.queries import UNPAID, has_held, late_interest_of
from lending.loans.states import LoanStatus
from portal.core import idempotency
from portal.core.money import contracted


@transaction.atomic(durable=True)
def collect_due(loan: Loan, *, at: datetime, on: date) -> Repayment | None:
    """Collect by mandate what is due up to a day, or as much of it as the account holds; the rest another day.

    A day collects once: asked again it gives the same repayment. Where there is nothing to take, or the account may not
    pay, nothing is taken. How late the loan has become is kept for the next judgment: of who stays silent nothing else
    moves. Who wants to know is told of what is missing, once for each due date; of a loan written off nobody is. What
    nobody tried to collect on its day, though the account held it ever since, counts from that day: an evening that the
    bank missed costs its customers nothing, and makes nobody late.
    """
    loan.refresh_from_db(from_queryset=Loan.objects.locked().select_related("settlement_account"))
    if not loan.is_owed:
        return None
    is_collected = settlement_queries.has_mandate("loan", loan.reference)
    paid_on = _paid_on(loan, on=on) if is_collected else on
    weigh(loan, on=paid_on, at=at)
    if not is_collected:
        return None
    available = settlement_queries.available_balance(loan.settlement_account)
    amount = min(_asked(loan, on=paid_on), contracted(available, loan.currency, rounding=ROUND_DOWN))
    key, fingerprint = on.isoformat(), idempotency.fingerprint_of([loan.reference, on])

    def take() -> Repayment | None:
        def make() -> str:
            return book_repayment(loan, amount, by=SYSTEM, at=at, on=on, paid_on=paid_on).reference

        made = idempotency.answer_once(f"loans.collect:{loan.reference}", key, fingerprint=fingerprint, make=make)
        return Repayment.objects.get(reference=made)

    taken = if_it_can_pay(take) if amount > 0 else None
    if taken is None and paid_on < on:
        weigh(loan, on=on, at=at)  # what was there ever since, is not to be had today
    if loan.status == LoanStatus.ACTIVE:
        _tell_if_short(loan, at=at, on=on)
    return taken


def _paid_on(loan: Loan, *, on: date) -> date:
    """Tell from which day on what is collected counts: from the newest due date, where nobody tried since."""
    unpaid = loan.installments.current().filter(UNPAID, due_date__lte=on)
    newest: date | None = unpaid.aggregate(on=Max("due_date"))["on"]
    if newest is None or newest == on or loan.is_written_off:
        return on
    if idempotency.is_answered(_missed(loan), newest.isoformat()):
        return on
    wanted = _asked(loan, on=newest)
    return newest if has_held(loan.settlement_account, wanted, since=newest, on=on) else on


def _missed(loan: Loan) -> str:
    """Name what is kept of due dates on which something was missing."""
    return f"loans.missed:{loan.reference}"


def _asked(loan: Loan, *, on: date) -> Decimal:
    """Tell what is due up to a day, with the late interest of what is late."""
    due = sum((row.open_amount for row in loan.installments.current().filter(due_date__lte=on)), ZERO)
    return due + late_interest_of(loan, on=on).open_amount


def _tell_if_short(loan: Loan, *, at: datetime, on: date) -> None:
    """Tell once for each due date that it could not be collected; what is missing then is all that is due."""
    due = [row for row in loan.installments.current().filter(due_date__lte=on) if row.open_amount]
    if not due:
        return
    latest = max(row.due_date for row in due).isoformat()

    def tell() -> str:
        settlement.tell_of_failed_collection(loan.settlement_account, _asked(loan, on=on), at=at)
        return latest

    idempotency.answer_once(_missed(loan), latest, fingerprint=latest, make=tell)
