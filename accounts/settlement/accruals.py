"""What a balance earns and owes day by day: pure.

A day's interest is the balance at its end, times the rate, times that day's part of the year. Only sums are rounded: a
day's amount is what the rounded sum grew by on it, so that the days add up to what is paid, to the cent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

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
    before = rounded(earned, currency), rounded(owed, currency)
    known: tuple[Decimal, DayTerms] | None = None
    yearly = Fraction(0), Fraction(0)
    told = []
    for day, balance, terms in days:
        if (balance, terms) != known:  # most days leave a balance as it was
            known, yearly = (balance, terms), _yearly(balance, terms)
        years = _one_day(terms.day_count, day)
        earned, owed = earned + yearly[0] * years, owed + yearly[1] * years
        now = rounded(earned, currency), rounded(owed, currency)
        told.append(AccruedDay(day, balance, now[0] - before[0], now[1] - before[1]))
        before = now
    return told


def _yearly(balance: Decimal, terms: DayTerms) -> tuple[Fraction, Fraction]:
    """Work out what a balance earns, and what it owes, in a year."""
    return yearly_interest(balance, terms.tiers), Fraction(max(-balance, ZERO)) * Fraction(terms.overdraft_rate)


@lru_cache(maxsize=1024)
def _one_day(day_count: DayCount, day: date) -> Fraction:
    return year_fraction(day_count, day, day + timedelta(days=1))


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
    doubled = 2 * exact.denominator
    units = (2 * exact.numerator * 10 ** money.digits(currency) + exact.denominator) // doubled
    return money.from_minor(units, currency)
