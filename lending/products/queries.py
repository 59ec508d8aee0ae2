"""Questions about products."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from lending.products.models import LoanProduct
from portal.core import interest


def offered() -> QuerySet[LoanProduct]:
    """List what the bank offers now, smallest first."""
    return LoanProduct.objects.filter(is_offered=True).order_by("max_amount", "code")


@dataclass(frozen=True)
class Cost:
    """What a loan would cost, shown before anyone signs."""

    schedule: interest.Schedule
    apr: Decimal
    is_level: bool  # every installment is meant to take the same

    @property
    def first_installment_amount(self) -> Decimal:
        """Tell what the first installment takes."""
        return self.schedule.installments[0].total_amount

    @property
    def largest_installment_amount(self) -> Decimal:
        """Tell the most that falls due at once."""
        return max(row.total_amount for row in self.schedule.installments)

    @property
    def total_amount(self) -> Decimal:
        """Tell what is paid back in all, fees included."""
        return self.schedule.principal_amount + self.schedule.cost_amount


def cost_of(principal: Decimal, terms: interest.Terms, *, start: date) -> Cost:
    """Work out schedule and APR of a loan paid out on ``start``."""
    schedule = interest.schedule(principal, terms, start)
    is_level = terms.is_level and not (terms.principal_grace or terms.principal_months)
    return Cost(schedule=schedule, apr=interest.apr(schedule.flows()), is_level=is_level)
