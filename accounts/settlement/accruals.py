"""What a balance earns and owes day by day: pure.

A day's interest is the balance at its end, times the rate, times that day's part of the year. Only sums are rounded: a
day's amount is what the rounded sum grew by on it, so that the days add up to what is paid, to the cent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from portal.core import money
from portal.core.interest import DayCount, year_fraction

Tiers = Sequence[tuple[Decimal, Decimal]]
ZERO = Decimal(0)


@dataclass(frozen=True)
class DayTerms:
    """The terms of one day: tiers as (from which balance, annual rate), and the rate below zero."""

    tiers: Tiers
    overdraft_rate: Decimal
    day_count: DayCount


@dataclass(frozen=True)
class AccruedDay:
    """A day's closing balance, and by how much rounded interest and overdraft interest grew on it."""

    day: date
    balance: Decimal
    interest: Decimal
    overdraft_interest: Decimal


def accrue(days: Iterable[tuple[date, Decimal, DayTerms]], *, currency: str) -> list[AccruedDay]:
    """Work out day by day what closing balances earn under each day's terms."""
    earned, owed = Fraction(0), Fraction(0)
    told = []
    for day, balance, terms in days:
        years = year_fraction(terms.day_count, day, day + timedelta(days=1))
        before = rounded(earned, currency), rounded(owed, currency)
        earned += yearly_interest(balance, terms.tiers) * years
        owed += Fraction(max(-balance, ZERO)) * Fraction(terms.overdraft_rate) * years
        grown = rounded(earned, currency) - before[0], rounded(owed, currency) - before[1]
        told.append(AccruedDay(day, balance, *grown))
    return told


def yearly_interest(balance: Decimal, tiers: Tiers) -> Fraction:
    """Work out a year's interest on a balance, each slice at its tier's rate; below the first, nothing."""
    total = Fraction(0)
    for place, (begins, rate) in enumerate(tiers):
        ends = tiers[place + 1][0] if place + 1 < len(tiers) else balance
        part = min(balance, ends) - begins
        if part > 0:
            total += Fraction(part) * Fraction(rate)
    return total


def rounded(exact: Fraction, currency: str) -> Decimal:
    """Round what is not negative to the currency's minor unit, halves up."""
    units = (exact * 10 ** money.digits(currency) + Fraction(1, 2)) // 1
    return money.from_minor(int(units), currency)
