"""Late interest: what an installment that is late costs by the day, worked out from what was paid of it when. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from portal.core import interest
from portal.core.interest import Terms

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Part:
    """What was paid of an installment on a day."""

    on: date
    principal_amount: Decimal
    interest_amount: Decimal


@dataclass(frozen=True, slots=True)
class Late:
    """An installment that was due: what bears late interest, what was paid of it, until when it was asked for."""

    due_date: date
    principal_amount: Decimal
    interest_amount: Decimal  # without what an earlier schedule carried over
    paid: Sequence[Part]
    superseded_on: date | None = None


@dataclass(frozen=True, slots=True)
class LateInterest:
    """The late interest of a loan on a day: what is open, and what would be a day later if nobody paid."""

    open_amount: Decimal = ZERO
    tomorrow_amount: Decimal = ZERO

    def __bool__(self) -> bool:
        return bool(self.open_amount or self.tomorrow_amount)


NONE: Final = LateInterest()


def accrued(rows: Iterable[Late], terms: Terms, *, on: date) -> Decimal:
    """Tell the late interest of a loan from its beginning through a day, whatever became of it since; rounded once.

    Each cent bears it from the end of the days of grace to the day on which it was paid. It bears none itself.
    """
    years = sum((_bearing(row, terms, on) for row in rows), Fraction(0))
    exact = years * Fraction(terms.annual_rate) * (1 + Fraction(terms.late_rate_markup))
    return interest.rounded(interest.decimal(exact), terms)


def _bearing(row: Late, terms: Terms, on: date) -> Fraction:
    """Sum up amounts, each times the years for which it was late beyond grace."""
    begins = row.due_date + timedelta(days=terms.late_grace_days)
    ends = min(on, row.superseded_on or on)

    def years(until: date) -> Fraction:
        until = min(until, ends)
        return interest.year_fraction(terms.day_count, begins, until) if until > begins else Fraction(0)

    paid = sorted(row.paid, key=lambda part: part.on)
    bearing = [(row.principal_amount, [(part.on, part.principal_amount) for part in paid])]
    if terms.late_on_interest:
        bearing.append((row.interest_amount, [(part.on, part.interest_amount) for part in paid]))
    total = Fraction(0)
    for amount, parts in bearing:
        left = amount
        for day, part in parts:
            taken = min(part, left)
            left -= taken
            total += Fraction(taken) * years(day)
        total += Fraction(left) * years(ends)
    return total
