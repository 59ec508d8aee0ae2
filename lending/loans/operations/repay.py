"""Repaying a loan, whoever asks for it."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import User
from accounts.ledger import events
from accounts.ledger.models import LedgerAccount
from accounts.settlement import operations as settlement
from accounts.settlement.models import Receipt
from lending.loans.allocation import Share, allocate
from lending.loans.models import Allocation, Installment, Loan, Repayment
from lending.loans.operations.binding import ZERO, bind
from lending.loans.prepaying import Owing
from lending.loans.queries import owing_of, repaying_scope, shown_of
from lending.loans.states import TRANSITIONS, LoanEvent, LoanStatus
from portal.core import audit, idempotency
from portal.core.money import is_exact
from portal.core.refusals import Refusal, register
from portal.core.seen import check_seen
from portal.core.transitions import target_of

events.register(
    {
        "loan_repaid": _("Loan repayment"),
        "loan_repaid_reversed": _("Loan repayment, reversed"),
    }
)

register(
    {
        "loan_repaid": _("This loan is already repaid in full."),
        "amount_not_positive": _("Enter an amount above zero, no finer than the currency."),
        "more_than_open": _("At most %(most)s can be repaid: that pays everything off today."),
    }
)


class RepaymentRefused(Refusal):
    """The repayment cannot be taken this way."""


@transaction.atomic(durable=True)
def repay(
    loan: Loan, amount: Decimal, *, key: str, by: User, at: datetime, on: date, seen: str | None = None
) -> Repayment:
    """Repay from the loan's settlement account, late interest first, then in the contract's order; a key repays once.

    What is more than the next installment comes back early and saves interest (`prepaying.py`).

    :param amount: above zero, at most what pays everything off that day.
    :param seen: `queries.shown_of` what was told that comes back early; none where nothing is told, as to programs.
    :raises RepaymentRefused: when the amount is not exact, not positive or more than that.
    :raises ChangedSince: when something else was told.
    :raises InsufficientFunds: when the account does not hold it.
    """
    loan.refresh_from_db(from_queryset=Loan.objects.locked())
    fingerprint = idempotency.fingerprint_of([loan.reference, amount])

    def make() -> str:
        return book_repayment(loan, amount, by=by.reference, at=at, on=on, seen=seen).reference

    reference = idempotency.answer_once(repaying_scope(loan), key, fingerprint=fingerprint, make=make)
    return Repayment.objects.get(reference=reference)


def book_repayment(
    loan: Loan,
    amount: Decimal,
    *,
    by: str,
    at: datetime,
    on: date,
    paid_on: date | None = None,
    receipt: Receipt | None = None,
    seen: str | None = None,
) -> Repayment:
    """Take a repayment from the account, lower what it pays, and end the loan where nothing is left; an inner step.

    What comes for a loan written off pays the same, and is booked to the income from recoveries.

    :param paid_on: the day it counts from, where the money was there before ``on``.
    :raises RepaymentRefused: when the amount is none, or more than pays everything off.
    :raises ChangedSince: when something else was told.
    """
    paid_on = paid_on or on
    owing = owing_of(loan, on=paid_on)
    _check_repayment(loan, amount, owing.payoff_amount)
    if seen is not None:
        check_seen(seen, shown=shown_of(owing.early(amount)))
    prepaid_amount, late_amount = owing.prepaid_of(amount), owing.late_part(amount)
    keep_saved(owing, prepaid_amount)
    order = loan.terms.allocation_order
    shares = allocate(amount - late_amount, owing.rows, order=order, on=paid_on, interest_now=owing.interest_now)
    repayment = Repayment(
        loan=loan,
        amount=amount,
        prepaid_amount=prepaid_amount,
        late_interest_amount=late_amount,
        is_recovery=loan.status == LoanStatus.WRITTEN_OFF,
        receipt=receipt,
        paid_on=paid_on,
        paid_at=at,
        by=by,
    )
    repayment.entry = settlement.debit_to(
        loan.settlement_account,
        _parts(loan, shares, late_amount),
        key=f"loans.repay:{repayment.reference}",
        event="loan_repaid",
        subject=loan.reference,
        on=on,
        at=at,
        by=by,
    )
    repayment.save(force_insert=True)
    _allocate(repayment, shares)
    if all(row.is_paid for row in owing.rows):
        end(loan, by=by, at=at)
    bind(loan, on=on, at=at)
    parts = {"prepaid": prepaid_amount, "late_interest": late_amount}
    details = {"amount": amount} | {name: part for name, part in parts.items() if part}
    audit.record("loans.repay", subject=loan.reference, by=by, at=at, details=details)
    return repayment


def if_it_can_pay(take: Callable[[], Repayment | None]) -> Repayment | None:
    """Take a repayment, or leave no trace where the account was frozen or emptied, or its receipt used otherwise."""
    try:
        with transaction.atomic():
            return take()
    except (settlement.AccountNotOpen, settlement.InsufficientFunds, settlement.ReceiptClaimed):
        return None


def keep_saved(owing: Owing[Installment], prepaid_amount: Decimal = ZERO) -> None:
    """Write at each installment what is saved of its interest once so much came back early, in all."""
    for row, saved in zip(owing.rows, owing.saved_after(prepaid_amount), strict=True):
        row.interest_saved_amount = saved
    Installment.objects.bulk_update(owing.rows, ["interest_saved_amount"])


def _check_repayment(loan: Loan, amount: Decimal, most: Decimal) -> None:
    if not loan.is_owed:
        raise RepaymentRefused("loan_repaid")
    if not is_exact(amount, loan.currency) or amount <= 0:
        raise RepaymentRefused("amount_not_positive")
    if amount > most:
        raise RepaymentRefused("more_than_open", most=most, currency=loan.currency)


def end(loan: Loan, *, by: str, at: datetime) -> None:
    """Mark a loan as repaid, or settled where it was written off, and its account as free of it."""
    event = LoanEvent.SETTLE if loan.status == LoanStatus.WRITTEN_OFF else LoanEvent.REPAY
    loan.status = target_of(TRANSITIONS, event, loan.status)
    loan.save(update_fields=["status"])
    settlement.end_mandate(purpose="loan", subject=loan.reference, by=by, at=at)


def _parts(loan: Loan, shares: list[Share[Installment]], late_amount: Decimal) -> list[tuple[LedgerAccount, Decimal]]:
    principal = sum((share.principal_amount for share in shares), ZERO)
    interest = sum((share.interest_amount for share in shares), ZERO)
    parts = [("loans_principal", principal), ("interest_income", interest), ("penalty_income", late_amount)]
    if loan.status == LoanStatus.WRITTEN_OFF:
        parts = [("recovery_income", principal + interest + late_amount)]
    return [(LedgerAccount.objects.named(name, loan.currency), part) for name, part in parts if part]


def _allocate(repayment: Repayment, shares: list[Share[Installment]]) -> None:
    for share in shares:
        share.installment.interest_paid_amount += share.interest_amount
        share.installment.principal_paid_amount += share.principal_amount
    changed = [share.installment for share in shares]
    Installment.objects.bulk_update(changed, ["interest_paid_amount", "principal_paid_amount"])
    Allocation.objects.bulk_create(
        Allocation(
            repayment=repayment,
            installment=share.installment,
            principal_amount=share.principal_amount,
            interest_amount=share.interest_amount,
        )
        for share in shares
    )
