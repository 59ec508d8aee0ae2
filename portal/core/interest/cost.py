"""Cost: the annual percentage rate of flows of money, as the law wants it shown."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from portal.core.dates import add_months
from portal.core.interest.terms import InterestRefused

# Rates are told to this many digits; the law shows two decimals of a percent at most.
RATE_DIGITS: Final = 10
# e to this power is still a float.
_LARGEST_POWER: Final = 600.0
_MOST_STEPS: Final = 200


class FlowsImpossible(InterestRefused):
    """No annual rate explains the flows; ``code`` names why: one_sided, before_the_first_advance, or no_rate."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Money that moves, as the borrower sees it: received above zero, paid below.

    ``at`` is the date, or the time in years since the first advance as an exact fraction.
    """

    at: date | Fraction
    amount: Decimal


def apr(flows: Iterable[Flow]) -> Decimal:
    """Work out the effective annual percentage rate, a fraction to ten digits (0.1490000000 is 14.9 %).

    The rate X solves sum(C_k (1 + X)^-t_k) = sum(D_l (1 + X)^-s_l), drawdowns C against payments D, times in years from
    the first drawdown. Source: Directive 2008/48/EC Annex I part I (the same equation as 2014/17/EU Annex I); dates
    become years as ``directive_years`` says. Where weeks fit all dates and months do not, a week is 1/52 of a year.

    Solved in binary floating point, good to about 1e-12: it is a rate to be shown, not money to be booked.

    :raises FlowsImpossible: when nothing is received or nothing is paid, when money moves before the first advance,
        or when no rate above -100 % brings the two sides together.
    """
    known = list(flows)
    years = _years(known)
    _check_sides([flow.amount for flow in known], years)
    amounts = [float(flow.amount) for flow in known]
    times = [float(year) for year in years]

    def value(force: float) -> tuple[float, float]:
        terms = [amount * math.exp(-force * time) for amount, time in zip(amounts, times, strict=True)]
        return math.fsum(terms), -math.fsum(term * time for term, time in zip(terms, times, strict=True))

    return _rate(math.expm1(_root(value, longest=max(times))))


def directive_years(start: date, end: date) -> Fraction:
    """Measure the time between two dates in years as Annex I, remark (c), of Directive 2014/17/EU says.

    Whole months of 1/12 year are counted backwards from ``end``; the days that are left, the first excluded and the
    last included, are divided by 365 or 366, the length of the year that ends on the last of them. From a month's
    end to a shorter month's end is a whole month.
    """
    months = (end.year - start.year) * 12 + end.month - start.month
    if add_months(start, months) == end:
        return Fraction(months, 12)
    if add_months(end, -months) < start:
        months -= 1
    last = add_months(end, -months)
    return Fraction(months, 12) + Fraction((last - start).days, (last - add_months(last, -12)).days)


def _years(flows: Sequence[Flow]) -> list[Fraction]:
    days = [flow.at for flow in flows if isinstance(flow.at, date)]
    if len(days) != len(flows):
        return [flow.at for flow in flows if isinstance(flow.at, Fraction)]
    start = _first_advance(flows)
    by_months = [directive_years(start, day) for day in days]
    weekly = all((day - start).days % 7 == 0 for day in days)
    if weekly and any((years * 12).denominator != 1 for years in by_months):
        return [Fraction((day - start).days, 7 * 52) for day in days]
    return by_months


def _first_advance(flows: Sequence[Flow]) -> date:
    advances = [flow.at for flow in flows if isinstance(flow.at, date) and flow.amount > 0]
    if not advances:
        raise FlowsImpossible("one_sided")
    start = min(advances)
    if any(isinstance(flow.at, date) and flow.at < start for flow in flows):
        raise FlowsImpossible("before_the_first_advance")
    return start


def _check_sides(amounts: Sequence[Decimal], times: Sequence[Fraction]) -> None:
    assert len(amounts) == len(times), "flows are told in dates or in years, not in both"
    received = [time for amount, time in zip(amounts, times, strict=True) if amount > 0]
    paid = [time for amount, time in zip(amounts, times, strict=True) if amount < 0]
    if not received or not paid:
        raise FlowsImpossible("one_sided")
    if min(times) < min(received):
        raise FlowsImpossible("before_the_first_advance")
    if max(times) <= min(received):
        raise FlowsImpossible("no_rate")


def _root(value: Callable[[float], tuple[float, float]], *, longest: float) -> float:
    """Find the force of interest ln(1 + X) nearest to zero at which the flows balance.

    A bracket grows from zero to both sides. Newton's steps within it are taken while they at least halve the step
    before them; otherwise the bracket is halved, so that the worst case is a bisection.
    """
    low, high = _bracket(value, longest)
    rises = value(high)[0] > 0
    force, last_step = (low + high) / 2, high - low
    for _step in range(_MOST_STEPS):
        balance, slope = value(force)
        if (balance > 0) == rises:
            high = force
        else:
            low = force
        following = force - balance / slope if slope else math.inf
        if not (low <= following <= high and abs(following - force) <= last_step / 2):
            following = (low + high) / 2
        force, last_step = following, abs(following - force)
        if last_step <= 1e-14 * max(1.0, abs(force)):
            break
    return force


def _bracket(value: Callable[[float], tuple[float, float]], longest: float) -> tuple[float, float]:
    """Widen from zero to both sides until the balance changes its sign, no further than floats reach."""
    at_zero = value(0.0)[0] > 0
    inner, outer = 0.0, 0.05 / max(longest, 1.0)
    floor = -_LARGEST_POWER / max(longest, 1.0)
    while inner < _LARGEST_POWER:
        for near, far in ((inner, min(outer, _LARGEST_POWER)), (-inner, max(-outer, floor))):
            if (value(far)[0] > 0) != at_zero:
                return min(near, far), max(near, far)
        inner, outer = outer, outer * 2
    raise FlowsImpossible("no_rate")


def _rate(rate: float) -> Decimal:
    if not math.isfinite(rate):
        raise FlowsImpossible("no_rate")
    return Decimal(f"{rate:.{RATE_DIGITS}f}")
