"""How one weekly sum may turn out: quantiles of the enterprise's own past weeks, weighted by likeness. Pure.

A coming week is like past ones: recent weeks count more, weeks at the same time of the month more still, and weeks at
the same time of the year where the enterprise's own past shows that it helps. The quantiles are those of the weighted
past. The weeks after Spring Festival stand apart: trade nearly stops and comes back, on another date each year.
"""

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from typing import Final

DAYS: Final = 7
LEVELS: Final = (0.10, 0.25, 0.50, 0.75, 0.90)
LONGEST_PAST: Final = 160  # weeks; what is older says nothing that three years do not
RECENCY: Final = ((0.5, 13.0), (0.5, 104.0))  # shares and half-lives in weeks: this season's pace, and the usual one
# What is left of a usual week in the weeks after Spring Festival, and how many festivals of its own outweigh that.
AFTER_FESTIVAL: Final[Mapping[int, float]] = {0: 0.05, 1: 0.30, 2: 0.60}
MOST_OF_USUAL: Final = 2.0
USUAL_WEEKS: Final = 60
DAYS_IN_MONTH: Final = 30.4
DAYS_IN_YEAR: Final = 365.25
TRIAL_WEEKS: Final = 13
SHORTEST_TRIAL: Final = 26
A_YEAR_AND_MORE: Final = 60


@dataclass(frozen=True)
class Likeness:
    """How past weeks are weighted beyond their age: days of the month, and weeks of the year.

    Widths are standard deviations; ``aside`` is what a week at another time of the month still counts. It is chosen
    where its loss on the last weeks, divided by ``better_by``, is the smallest.
    """

    month_days: float | None
    aside: float = 0.05
    year_share: float = 0.0
    year_weeks: float = 4.0
    better_by: float = 0.97


USUAL: Final = Likeness(month_days=4.0, better_by=1.0)
CHOICES: Final = (
    USUAL,
    Likeness(month_days=2.0, aside=0.02),  # wages and rents that come on their day
    Likeness(month_days=None),  # no rhythm in the month
    Likeness(month_days=4.0, year_share=8.0),
    Likeness(month_days=None, year_share=8.0),
    Likeness(month_days=None, year_share=60.0, better_by=0.85),  # harvests, holidays: other seasons say next to nothing
)


@dataclass(frozen=True)
class Past:
    """Weekly sums, oldest first; the last week ends on ``last``. A week that no evidence covers is None."""

    sums: Sequence[float | None]
    last: date
    festivals: Sequence[date] = ()

    def until(self, weeks_back: int) -> "Past":
        """Forget the last weeks."""
        kept = self.sums[: len(self.sums) - weeks_back]
        return Past(kept, self.last - timedelta(days=DAYS * weeks_back), self.festivals)

    def middle(self, index: int) -> date:
        """Give the middle day of a week; indexes past the end are weeks to come."""
        return self.last + timedelta(days=DAYS * (index - len(self.sums) + 1) - 3)


@dataclass(frozen=True)
class Week:
    """What a coming week may bring, as the past weeks in ascending order with their weights."""

    values: Sequence[float]
    weights: Sequence[float]
    share: float  # of a usual week; under 1 only after a festival

    def quantiles(self, levels: Sequence[float] = LEVELS) -> list[float]:
        """Read the quantiles, between two past weeks in proportion."""
        return [self.share * each for each in _quantiles(self.values, self.weights, levels)]

    @property
    def mean(self) -> float:
        """Give the average."""
        total = math.fsum(self.weights)
        return self.share * math.fsum(v * w for v, w in zip(self.values, self.weights, strict=True)) / total

    def draws(self, chances: Sequence[float]) -> list[float]:
        """Turn evenly spread chances (0 to 1) into weeks of the past."""
        reached = list(accumulate(self.weights))
        last = len(reached) - 1
        return [self.share * self.values[min(bisect_left(reached, each * reached[-1]), last)] for each in chances]


def coming(past: Past, *, weeks: int) -> list[Week]:
    """Tell what each of the coming weeks may bring, by the likeness that served this series best."""
    recent = Past(past.sums[-LONGEST_PAST:], past.last, past.festivals)
    return _coming(recent, _best(recent), weeks)


def _best(past: Past) -> Likeness:
    """Try the choices on the last weeks of the past; another one than the usual must be clearly better."""
    if not any(past.sums):
        return USUAL
    lost = [0.0] * len(CHOICES)
    for back in (TRIAL_WEEKS, 2 * TRIAL_WEEKS):
        known = past.until(back)
        if len(known.sums) < SHORTEST_TRIAL or all(each is None for each in known.sums):
            continue
        truth = past.sums[len(known.sums) :][:TRIAL_WEEKS]
        for number, choice in enumerate(CHOICES):
            told = _coming(known, choice, TRIAL_WEEKS)
            lost[number] += sum(pinball(week.quantiles(), true) for week, true in zip(told, truth, strict=True))
    return min(zip(lost, CHOICES, strict=True), key=lambda pair: pair[0] / pair[1].better_by)[1]


def pinball(quantiles: Sequence[float], true: float | None) -> float:
    """Measure how far quantiles were off: the mean of the pinball losses; nothing where the truth is not known."""
    if true is None:
        return 0.0
    losses = (
        max(level * (true - told), (level - 1) * (true - told)) for level, told in zip(LEVELS, quantiles, strict=True)
    )
    return sum(losses) / len(LEVELS)


def _coming(past: Past, likeness: Likeness, weeks: int) -> list[Week]:
    count = len(past.sums)
    middles = [past.middle(index) for index in range(count + weeks)]
    after = [_weeks_after_festival(day, past.festivals) for day in middles]
    known = [index for index in range(count) if past.sums[index] is not None]
    usual = [index for index in known if after[index] is None] or known
    usual.sort(key=lambda index: past.sums[index] or 0.0)
    values = [past.sums[index] or 0.0 for index in usual]
    ages = [_recency(count - 1 - index) for index in usual]
    days = [middles[index].day for index in usual]
    days_of_year = [middles[index].timetuple().tm_yday for index in usual]
    shares = _shares(past, known, after)
    told = []
    for week in range(count, count + weeks):
        in_month = _month_row(likeness, middles[week].day)
        weights = [age * in_month[day] for age, day in zip(ages, days, strict=True)]
        if likeness.year_share and count >= A_YEAR_AND_MORE:
            in_year = _year_row(likeness, middles[week].timetuple().tm_yday)
            weights = [weight * in_year[day] for weight, day in zip(weights, days_of_year, strict=True)]
        told.append(Week(values, weights, shares.get(after[week], 1.0)))
    return told


@cache
def _recency(age: int) -> float:
    return math.fsum(share * math.pow(0.5, age / half_life) / half_life for share, half_life in RECENCY)


@cache
def _month_row(likeness: Likeness, day: int) -> tuple[float, ...]:
    """Give the weight of a past week by the day of the month in its middle."""
    if likeness.month_days is None:
        return (1.0,) * 32
    apart = (_around(abs(past - day), DAYS_IN_MONTH) / likeness.month_days for past in range(32))
    return tuple(likeness.aside + math.exp(-0.5 * each**2) for each in apart)


@cache
def _year_row(likeness: Likeness, day_of_year: int) -> tuple[float, ...]:
    """Give the weight of a past week by the day of the year in its middle."""
    apart = (_around(abs(past - day_of_year), DAYS_IN_YEAR) / DAYS / likeness.year_weeks for past in range(367))
    return tuple(1 + likeness.year_share * math.exp(-0.5 * each**2) for each in apart)


def _around(apart: float, circle: float) -> float:
    return min(apart, abs(circle - apart))


def _weeks_after_festival(middle: date, festivals: Sequence[date]) -> int | None:
    for festival in festivals:
        weeks = round((middle - festival).days / DAYS)
        if weeks in AFTER_FESTIVAL:
            return weeks
    return None


def _shares(past: Past, known: Sequence[int], after: Sequence[int | None]) -> dict[int | None, float]:
    """Tell what is left of a usual week after a festival: the usual shares, corrected by the own festivals."""
    lately = [abs(past.sums[index] or 0.0) for index in known[-USUAL_WEEKS:]]
    usual = sum(lately) / len(lately) if lately else 0.0
    shares: dict[int | None, float] = {}
    for weeks, share in AFTER_FESTIVAL.items():
        own = [(past.sums[index] or 0.0) / usual for index in known if after[index] == weeks] if usual else []
        shares[weeks] = (share + sum(min(max(each, 0.0), MOST_OF_USUAL) for each in own)) / (1 + len(own))
    return shares


def _quantiles(values: Sequence[float], weights: Sequence[float], levels: Sequence[float]) -> list[float]:
    """Read quantiles where each value stands in the middle of its weight, in proportion between two of them."""
    reached = list(accumulate(weights))
    return [_quantile(values, weights, reached, level * reached[-1]) for level in levels]


def _quantile(values: Sequence[float], weights: Sequence[float], reached: Sequence[float], wanted: float) -> float:
    right = min(bisect_left(reached, wanted), len(values) - 1)
    if reached[right] - weights[right] / 2 < wanted:
        right += 1
    if right == 0:
        return values[0]
    if right == len(values):
        return values[-1]
    left_at, right_at = (reached[index] - weights[index] / 2 for index in (right - 1, right))
    if right_at <= left_at:
        return values[right]
    return values[right - 1] + (values[right] - values[right - 1]) * (wanted - left_at) / (right_at - left_at)
