"""Questions about reschedulings."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet

from accounts.identity.models import Enterprise, User
from lending.loans.allocation import INTEREST, PRINCIPAL, open_part
from lending.loans.models import Installment, Loan
from lending.loans.prepaying import Owing
from lending.loans.proposals.queries import waiting_for
from lending.loans.queries import owing_of
from lending.loans.rescheduling.models import Rescheduling
from lending.loans.rescheduling.states import Status
from lending.loans.rescheduling.terms import carried_parts, unpaid_parts
from lending.loans.states import LoanStatus
from portal.core import interest
from portal.core.idempotency import fingerprint_of
from portal.core.interest import InterestRefused, Terms

ZERO: Final = Decimal(0)


@dataclass(frozen=True)
class Comparison:
    """What is open of a loan as its schedule stands, and the schedule that takes its place, both in order."""

    before: list[Installment]
    after: list[Installment]
    late_interest_amount: Decimal

    @property
    def principal_amount(self) -> Decimal:
        """Tell the principal that is scheduled anew."""
        return _sum(row.principal_amount for row in self.after)

    @property
    def carried_amount(self) -> Decimal:
        """Tell the interest that the earlier schedule asked for until then, late interest included."""
        return _sum(row.interest_carried_amount for row in self.after)

    @property
    def interest_before_amount(self) -> Decimal:
        """Tell the interest that the earlier schedule would still have asked for, late interest included."""
        return _sum(open_part(row, INTEREST) for row in self.before) + self.late_interest_amount

    @property
    def interest_after_amount(self) -> Decimal:
        """Tell the interest of the new schedule, what is carried over included."""
        return _sum(row.interest_amount for row in self.after)

    @property
    def more_amount(self) -> Decimal:
        """Tell what the new schedule costs more; below zero, less."""
        return self.interest_after_amount - self.interest_before_amount

    @property
    def less_amount(self) -> Decimal:
        """Tell what the new schedule costs less."""
        return -self.more_amount

    @property
    def last_due_before(self) -> date:
        """Tell when the last open installment would have been due."""
        return self.before[-1].due_date

    @property
    def last_due_after(self) -> date:
        """Tell when the last one is due now."""
        return self.after[-1].due_date

    @property
    def shown(self) -> str:
        """Name it: whoever agrees says that this is what they saw."""
        return fingerprint_of([[row.due_date, row.principal_amount, row.interest_amount] for row in self.after])


def compare(loan: Loan, terms: Terms, *, on: date) -> Comparison:
    """Work out what would take the place of a loan's open installments on a day; nothing is written.

    All open principal is scheduled anew from the day on. The interest owed up to the day, late interest included, as if
    the loan were paid off on it, is carried over; what the earlier schedule would have asked for after it, is not, and
    what was paid of that counts toward the first interest of the new one.

    :raises InterestRefused: when the terms cannot be scheduled, or nothing of the principal is open.
    """
    owing = owing_of(loan, on=on)
    before = [row for row in owing.rows if not row.is_paid]
    return Comparison(before, rescheduled(owing, terms), owing.late_interest_amount)


def rescheduled(owing: Owing[Installment], terms: Terms) -> list[Installment]:
    """Give the installments that take the place of what is open; see `compare`."""
    principal = _sum(open_part(row, PRINCIPAL) for row in owing.rows)
    made = interest.schedule(principal, terms, owing.on)
    owed = owing.payoff_amount - principal - owing.ahead_amount
    carried = carried_parts(made, max(owed, ZERO))
    asked = unpaid_parts(made, max(-owed, ZERO))
    first = owing.rows[0]
    return [
        Installment(
            loan_id=first.loan_id,
            version=first.version + 1,
            number=row.number,
            due_date=row.due_date,
            principal_amount=row.principal_amount,
            interest_amount=interest_amount + part,
            interest_carried_amount=part,
            balance_after_amount=row.balance_after,
        )
        for row, interest_amount, part in zip(made.installments, asked, carried, strict=True)
    ]


def comparison_of(rescheduling: Rescheduling, *, on: date) -> Comparison | None:
    """Tell what a rescheduling changed, or would change on a day; nothing where it changes nothing any more."""
    if rescheduling.is_open and rescheduling.expires_on >= on:
        if rescheduling.loan.status != LoanStatus.ACTIVE:
            return None
        try:
            found = compare(rescheduling.loan, rescheduling.terms, on=on)
        except InterestRefused:  # repaid meanwhile
            return None
        return found if found.principal_amount == rescheduling.principal_amount else None
    if rescheduling.version is None:
        return None
    rows = Installment.objects.filter(loan=rescheduling.loan_id).order_by("number")
    before = [row for row in rows.filter(version=rescheduling.version - 1) if not row.is_paid]
    after = list(rows.filter(version=rescheduling.version))
    return Comparison(before, after, rescheduling.late_interest_amount)


def earlier_schedules(loan: Loan) -> list[list[Installment]]:
    """List the schedules that were superseded, newest first."""
    rows = list(loan.installments.exclude(superseded_on=None).order_by("-version", "number"))
    return [[row for row in rows if row.version == version] for version in dict.fromkeys(row.version for row in rows)]


def waiting_on(user: User, *, on: date) -> QuerySet[Rescheduling]:
    """List what waits for an approver's word on a day."""
    rows: QuerySet[Rescheduling] = waiting_for(user, Rescheduling, on=on)
    return rows.filter(pk__in=Rescheduling.objects.standing(on=on).values("pk"))


def offered_to(user: User, *, on: date) -> QuerySet[Rescheduling]:
    """List what an owner may agree to on a day."""
    mine = Rescheduling.objects.filter(loan__enterprise__in=Enterprise.objects.of_owner(user))
    return mine.standing(on=on).filter(status=Status.APPROVED).order_by("expires_on")


def _sum(amounts: Any) -> Decimal:
    return sum(amounts, ZERO)
