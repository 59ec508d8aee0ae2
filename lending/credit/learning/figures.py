"""How well a score tells good from bad, and how honest its probabilities are. Pure.

Scores are oriented so that more is better, as points are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Final

RESAMPLES: Final = 1000
BANDS: Final = 10


def auc(scores: Sequence[float], is_bad: Sequence[bool]) -> float:
    """Area under the curve: how often a good one stands above a bad one, ties counted half (Mann and Whitney 1947)."""
    order = sorted(range(len(scores)), key=scores.__getitem__)
    bad, good = sum(is_bad), len(is_bad) - sum(is_bad)
    if not bad or not good:
        return float("nan")
    ranks, place = 0.0, 0
    while place < len(order):
        end = place
        while end + 1 < len(order) and scores[order[end + 1]] == scores[order[place]]:
            end += 1
        ranks += (place + end + 2) / 2 * sum(not is_bad[order[each]] for each in range(place, end + 1))
        place = end + 1
    return (ranks - good * (good + 1) / 2) / (good * bad)


def ks(scores: Sequence[float], is_bad: Sequence[bool]) -> float:
    """Kolmogorov and Smirnov: the widest gap between the shares of bad and of good up to a score."""
    bad, good = sum(is_bad), len(is_bad) - sum(is_bad)
    if not bad or not good:
        return float("nan")
    widest = seen_bad = seen_good = 0.0
    pairs = sorted(zip(scores, is_bad, strict=True))
    for place, (score, is_one_bad) in enumerate(pairs):
        seen_bad += is_one_bad / bad
        seen_good += (not is_one_bad) / good
        if place + 1 == len(pairs) or pairs[place + 1][0] != score:
            widest = max(widest, abs(seen_bad - seen_good))
    return widest


def brier(probabilities: Sequence[float], is_bad: Sequence[bool]) -> float:
    """Mean squared distance of the probability of default from what happened."""
    return sum((p - bad) ** 2 for p, bad in zip(probabilities, is_bad, strict=True)) / len(is_bad)


def psi(before: Sequence[float], after: Sequence[float]) -> float:
    """Population stability index over bands of equal size before; under 0.1 still, over 0.25 another population."""
    edges = sorted(before)
    cuts = sorted({edges[len(edges) * each // BANDS] for each in range(1, BANDS)})
    shares = [_shares(values, cuts) for values in (before, after)]
    return float(sum((new - old) * log(new / old) for old, new in zip(*shares, strict=True)))


def _shares(values: Sequence[float], cuts: Sequence[float]) -> list[float]:
    counts = [0.5] * (len(cuts) + 1)  # half a row in each band, so that an empty one stays finite
    for value in values:
        counts[sum(value >= cut for cut in cuts)] += 1
    return [count / sum(counts) for count in counts]


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and where it lies in 95 of 100 resamplings of the enterprises."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


@dataclass(frozen=True, slots=True)
class GradeLine:
    """What a grade promised and what it kept."""

    grade: str
    count: int
    bad: int
    expected: float  # mean probability of default
    observed: float


def calibration(
    probabilities: Sequence[float], is_bad: Sequence[bool], *, grades: Sequence[Mapping[str, object]]
) -> list[GradeLine]:
    """Compare expected with observed bad rates by grade; a grade is for probabilities below its bound.

    :param grades: as a policy has them, best first: {"grade": "A", "pd_below": "0.02"}; the last without a bound.
    """
    lines = []
    low = 0.0
    for each in grades:
        high = float(str(each.get("pd_below", 2)))
        held = [(p, bad) for p, bad in zip(probabilities, is_bad, strict=True) if low <= p < high]
        if held:
            bad = sum(bad for _p, bad in held)
            mean = sum(p for p, _bad in held) / len(held)
            lines.append(GradeLine(str(each["grade"]), len(held), bad, mean, bad / len(held)))
        low = high
    return lines
