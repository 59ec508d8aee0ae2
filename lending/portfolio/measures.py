"""How well a score separates, how far a distribution moved, how sure a share is. Pure.

Counts in, figures out: `None` where there is too little to say anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import log, sqrt
from typing import Final

Z: Final = 1.959963984540054  # 95 % of a normal distribution lies within so many standard deviations
# An empty bin would make the index infinite: it counts as half a case.
LEAST: Final = 0.5
# The usual reading of a population stability index (Siddiqi, Credit Risk Scorecards, 2006).
WATCH: Final = 0.10
MOVED: Final = 0.25


@dataclass(frozen=True, slots=True)
class Interval:
    """A share with its 95 % interval."""

    value: float
    low: float
    high: float

    def holds(self, share: float) -> bool:
        """Tell whether a share is no contradiction."""
        return self.low <= share <= self.high


@dataclass(frozen=True, slots=True)
class Separation:
    """How well a score tells bad from good: area under the ROC curve with its interval, Gini, Kolmogorov-Smirnov."""

    good: int
    bad: int
    auc: Interval
    gini: float
    ks: float


def share_of(part: int, whole: int) -> Interval | None:
    """Give a share and Wilson's score interval (Wilson 1927)."""
    if not whole:
        return None
    share = part / whole
    spread = 1 + Z**2 / whole
    middle = (share + Z**2 / (2 * whole)) / spread
    reach = Z * sqrt(share * (1 - share) / whole + Z**2 / (4 * whole**2)) / spread
    return Interval(share, max(middle - reach, 0.0), min(middle + reach, 1.0))


def stability_index(then: Sequence[int], now: Sequence[int]) -> float | None:
    """Tell how far a distribution moved: the sum of (now - then) * ln(now / then) over the shares of its bins."""
    if not sum(then) or not sum(now):
        return None
    index = 0.0
    for before, after in zip(then, now, strict=True):
        if before or after:
            old, new = max(before, LEAST) / sum(then), max(after, LEAST) / sum(now)
            index += (new - old) * log(new / old)
    return index


def deciles(counts: Sequence[tuple[int, int]]) -> list[int]:
    """Find upper bounds (not included) that cut a distribution, given as value and count, into ten or fewer parts."""
    ordered = sorted(counts)
    whole = sum(count for _, count in ordered)
    bounds: list[int] = []
    running = accumulate(count for _, count in ordered)
    for (value, _), below in zip(ordered, running, strict=True):
        if whole and below < whole and below * 10 >= whole * (len(bounds) + 1):
            bounds.append(value + 1)
    return bounds[:9]


def band_of(value: int, bounds: Sequence[int]) -> int:
    """Tell in which band a value lies, counted from 0."""
    return sum(value >= bound for bound in bounds)


def separation(groups: Sequence[tuple[float, int, int]]) -> Separation | None:
    """Judge a score by groups of equal score: the score (more is better), how many were good, how many bad.

    The area is the part of all pairs of a good and a bad one in which the good one scored better; ties count half.
    The interval of the area is Hanley and McNeil's (Radiology 143, 1982).
    """
    good, bad = sum(each[1] for each in groups), sum(each[2] for each in groups)
    if not good or not bad:
        return None
    passed_good = passed_bad = 0
    pairs = ks = 0.0
    for _, goods, bads in sorted(groups):
        pairs += bads * (good - passed_good - goods / 2)
        passed_good, passed_bad = passed_good + goods, passed_bad + bads
        ks = max(ks, abs(passed_good / good - passed_bad / bad))
    auc = pairs / (good * bad)
    return Separation(good, bad, _area(auc, good, bad), 2 * auc - 1, ks)


def _area(auc: float, good: int, bad: int) -> Interval:
    both_bad, both_good = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = auc * (1 - auc) + (bad - 1) * (both_bad - auc**2) + (good - 1) * (both_good - auc**2)
    reach = Z * sqrt(max(variance, 0.0) / (good * bad))
    return Interval(auc, max(auc - reach, 0.0), min(auc + reach, 1.0))
