"""What a loan binds: the mandate on its account, what it will ask for, what it weighs in the next judgment."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import dropwhile
from typing import Final

from accounts.cashflow import planning
from accounts.settlement import operations as settlement
from lending.credit import operations as credit
from lending.loans.lines.binding import bind_line
from lending.loans.models import Installment, Loan
from lending.loans.proposals.lapsing import lapse_ended
from lending.loans.queries import schedule_of
from portal.core.interest import Terms
from portal.core.money import contracted

SYSTEM: Final = "system"
ZERO: Final = Decimal(0)
YEAR: Final = Fraction(12)  # months
LUMP: Final = 2  # times the average principal of an installment; the last one of a level loan has less


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
    rows = list(loan.installments.current())
    unpaid = _unpaid(rows)
    binding = binding_of(loan, rows)
    exposure = credit.keep_exposure(loan.enterprise, subject=loan.reference, binding=binding, at=at)
    credit.keep_lateness(exposure, max((row.days_past_due(on=on) for row in unpaid), default=0), on=on)
    return unpaid


def binding_of(loan: Loan, rows: list[Installment]) -> credit.Binding:
    """Tell what a loan binds; `rows` are all its installments in order."""
    unpaid = _unpaid(rows)
    return credit.Binding(drawn_amount=_open_principal(unpaid), monthly_payment_amount=_monthly(loan, rows, unpaid))


def _unpaid(rows: list[Installment]) -> list[Installment]:
    return [row for row in rows if not row.is_paid]


def _open_principal(unpaid: list[Installment]) -> Decimal:
    return sum((row.principal_amount - row.principal_paid_amount for row in unpaid), ZERO)


def _monthly(loan: Loan, rows: list[Installment], unpaid: list[Installment]) -> Decimal:
    """Tell what the loan asks for in the average month that is left.

    Principal that falls due at the end or in a season is no installment of a month: it is earned over a year, or over
    the term where that is shorter, however near its day is.
    """
    if not unpaid:
        return ZERO
    terms = schedule_of(loan, rows).terms
    each = terms.months_between * (terms.installments if terms.is_bullet else 1)  # what a row is for
    left, whole = each * len(unpaid), each * len(rows)
    earned_over = max(left, min(YEAR, whole)) if _asks_in_lumps(rows, terms) else left
    principal = _open_principal(unpaid)
    interest = sum((row.open_amount for row in unpaid), ZERO) - principal
    return contracted(_over(principal, earned_over) + _over(interest, left), loan.currency)


def _asks_in_lumps(rows: list[Installment], terms: Terms) -> bool:
    """Tell whether some installments ask for far more principal than the average one.

    Those of a grace are left out: level installments may follow it. Where only one does, it asks for all at the end.
    """
    principals = [row.principal_amount for row in rows]
    after = list(dropwhile(lambda amount: not amount, principals))
    if not terms.principal_months and len(after) > 1:
        principals = after
    return max(principals) * len(principals) > LUMP * sum(principals, ZERO)


def _over(amount: Decimal, months: Fraction) -> Decimal:
    return amount * months.denominator / months.numerator
