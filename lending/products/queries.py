"""Questions about products."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from django.conf import settings
from django.db.models import Q, QuerySet

from accounts.identity.models import Role
from lending.products.contradictions import terms_of
from lending.products.models import LoanProduct
from portal.core import interest

APPROVERS: Final = (Role.RISK_ANALYST, Role.APPROVER, Role.ADMINISTRATOR)
USUAL_MONTHS: Final = 12


def offered(on: date, *, section: str = "") -> QuerySet[LoanProduct]:
    """List what the bank offers on a day, smallest first; with an industry section, only what suits it.

    What came out while the bank's currency was another is offered to nobody.
    """
    products = LoanProduct.objects.out(on).filter(currency=settings.BANK_CURRENCY).order_by("max_amount", "code")
    return products.filter(Q(sections=[]) | Q(sections__contains=section)) if section else products


def versions() -> QuerySet[LoanProduct]:
    """List every version there ever was: what waits for approval, then by code, the newest first."""
    return LoanProduct.objects.listed()


def in_another_currency(on: date) -> list[LoanProduct]:
    """List what is or will be out, and offered to nobody because the bank's currency is another by now."""
    return [each for each in versions().exclude(currency=settings.BANK_CURRENCY) if each.may_end(on)]


def draft_of(code: str) -> LoanProduct | None:
    """Find the version of a product that waits for approval."""
    return LoanProduct.objects.filter(code=code).drafts().first()


@dataclass(frozen=True)
class HeaviestMonth:
    """The month in which the most falls due, the first of them if there are several."""

    first_day: date
    amount: Decimal
    share: Decimal  # of all that is paid back in installments


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
    def first_due_date(self) -> date:
        """Tell when the first installment falls due."""
        return self.schedule.installments[0].due_date

    @property
    def last_installment(self) -> interest.Installment:
        """Find the one that ends the loan."""
        return self.schedule.installments[-1]

    @property
    def is_falling(self) -> bool:
        """Tell whether there are several, and none takes more than the one before."""
        amounts = [row.total_amount for row in self.schedule.installments]
        return len(amounts) > 1 and amounts == sorted(amounts, reverse=True)

    @property
    def heaviest_month(self) -> HeaviestMonth:
        """Find the month in which the most falls due."""
        months: dict[date, Decimal] = defaultdict(Decimal)
        for row in self.schedule.installments:
            months[row.due_date.replace(day=1)] += row.total_amount
        first_day = max(months, key=lambda month: (months[month], -month.toordinal()))
        return HeaviestMonth(first_day, months[first_day], months[first_day] / sum(months.values()))

    @property
    def total_amount(self) -> Decimal:
        """Tell what is paid back in all, fees included."""
        return self.schedule.principal_amount + self.schedule.cost_amount


def cost_of(principal: Decimal, terms: interest.Terms, *, start: date) -> Cost:
    """Work out schedule and APR of a loan paid out on ``start``."""
    schedule = interest.schedule(principal, terms, start)
    waits = terms.principal_grace or terms.principal_months or terms.interest_grace or terms.interest_free
    is_level = terms.is_level and not (waits or terms.balloon_rate)
    return Cost(schedule=schedule, apr=interest.apr(schedule.flows()), is_level=is_level)


@dataclass(frozen=True)
class Example:
    """What a loan of a product would cost if it were paid out on a day."""

    amount: Decimal
    term_months: int
    annual_rate: Decimal
    cost: Cost

    @property
    def is_level_by_month(self) -> bool:
        """Tell whether every month takes the same."""
        return self.cost.is_level and len(self.cost.schedule.installments) == self.term_months


def example_of(
    product: LoanProduct, *, on: date, annual_rate: Decimal, amount: Decimal | None = None, term_months: int = 0
) -> Example:
    """Work out an example; without an amount and a term, of what is usual.

    :raises InterestRefused: when nothing can be worked out.
    """
    amount = amount or usual_amount(product)
    months = term_months or usual_term(product)
    terms = product.terms(annual_rate=annual_rate, term_months=months)
    return Example(amount, months, annual_rate, cost_of(amount, terms, start=on))


def usual_amount(product: LoanProduct) -> Decimal:
    """Choose a round amount about the middle of a product's range."""
    middle = (product.min_amount + product.max_amount) / 2
    step = Decimal(10) ** (len(str(int(middle))) - 1)
    rounded = (middle / step).to_integral_value(ROUND_FLOOR) * step
    return min(max(rounded, product.min_amount), product.max_amount)


def usual_term(product: LoanProduct) -> int:
    """Choose a year, or the nearest term that a product allows."""
    return min(terms_of(product), key=lambda months: (abs(months - USUAL_MONTHS), months))
