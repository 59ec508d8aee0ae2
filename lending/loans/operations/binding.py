"""What a loan binds: the mandate on its account, what it will ask for, what it weighs in the next judgment."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from accounts.cashflow import planning
from accounts.settlement import operations as settlement
from lending.credit import operations as credit
from lending.loans.lines.binding import bind_line
from lending.loans.models import Installment, Loan
from lending.loans.proposals.lapsing import lapse_ended
from portal.core.money import rounded

SYSTEM: Final = "system"
ZERO: Final = Decimal(0)


def register_mandate(loan: Loan, *, by: str, at: datetime) -> None:
    """Let what falls due be collected from the loan's account, and money that names the loan be claimed."""
    settlement.register_mandate(
        loan.settlement_account,
        purpose="loan",
        subject=loan.reference,
        claim_job="lending.claim_receipt",
        by=by,
        at=at,
    )


def bind(loan: Loan, *, on: date, at: datetime) -> None:
    """Write below what the loan binds now (principal still open, days past due), and what it will ask for when.

    What is proposed for the loan and rested on other figures lapses.
    """
    unpaid = weigh(loan, on=on, at=at)
    if loan.line:
        bind_line(loan.line, at=at)
    dues = [(row.due_date, row.open_amount) for row in unpaid]
    planning.fall_due(loan.enterprise, dues, source=loan.reference, by=SYSTEM, at=at)
    lapse_ended(loan, on=on, at=at)


def weigh(loan: Loan, *, on: date, at: datetime) -> list[Installment]:
    """Write below what the loan weighs in the next judgment, and give what is unpaid of it; an inner step.

    How late it is grows while nothing of it moves.
    """
    unpaid = [row for row in loan.installments.current() if not row.is_paid]
    binding = credit.Binding(
        drawn_amount=sum((row.principal_amount - row.principal_paid_amount for row in unpaid), ZERO),
        monthly_payment_amount=_monthly(loan, unpaid),
        days_past_due=max((row.days_past_due(on=on) for row in unpaid), default=0),
    )
    credit.keep_exposure(loan.enterprise, subject=loan.reference, binding=binding, at=at)
    return unpaid


def _monthly(loan: Loan, unpaid: list[Installment]) -> Decimal:
    if not unpaid:
        return ZERO
    months = loan.terms.months_between * len(unpaid)
    still_open = sum((row.open_amount for row in unpaid), ZERO)
    return rounded(still_open * months.denominator / months.numerator, loan.currency)
