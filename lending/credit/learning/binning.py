"""Bins of one characteristic, whose bad rate only ever falls or only ever rises. Pure.

A figure is cut at quantiles, then neighboring bins are pooled until the bad rates run one way: the way the feature is
declared, or, where neither way is declared better, the way the data lean. What runs against its declaration ends as one
bin and says nothing. Each bin holds a few imagined rows, so that five lucky enterprises do not become certainty. They
are of the usual mix, or, where one way is declared better, lean that way: with few outcomes the declaration speaks
(Dawes 1979), and each real row speaks against it.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from itertools import pairwise
from math import exp, log
from typing import Any, Final

MOST_FIRST_BINS: Final = 10
SMALLEST_SHARE: Final = 0.07
SMALLEST_BIN: Final = 8
IMAGINED_ROWS: Final = 16.0
LEAN: Final = 2.0  # log odds of good between the worst and the best of the imagined rows
MOST_BINS: Final = 6
_DIGITS: Final = 17


@dataclass(frozen=True, slots=True)
class Bins:
    """Upper bounds (the last bin has none), and for each bin how much better than usual it is, in log odds."""

    bounds: tuple[float, ...]
    weights: tuple[float, ...]
    missing_weight: float

    def weight(self, value: float | None) -> float:
        """Give the weight of a figure's bin."""
        return self.missing_weight if value is None else self.weights[bisect_right(self.bounds, value)]


@dataclass(slots=True)
class _Bin:
    values: list[float]
    bad: float
    imagined_rate: float

    @property
    def rate(self) -> float:
        """The bad rate with the imagined rows: bins are pooled by what they will weigh, or the weights could turn."""
        return (self.bad + IMAGINED_ROWS * self.imagined_rate) / (len(self.values) + IMAGINED_ROWS)


def fit(
    values: Sequence[float | None], is_bad: Sequence[bool], *, rising: bool, is_declared: bool = False
) -> Bins | None:
    """Cut a characteristic into bins, or give nothing where it tells nothing.

    :param rising: whether more is better.
    :param is_declared: whether this is what the feature's declaration says, and not only what the data lean to.
    """
    known = sorted((value, bad) for value, bad in zip(values, is_bad, strict=True) if value is not None)
    base = sum(is_bad) / len(is_bad)
    if not known or known[0][0] == known[-1][0]:
        return None
    lean = (LEAN if rising else -LEAN) if is_declared else 0.0
    pooled = _pooled(_first(known, base=base, lean=lean), rising=rising)
    # Two that are joined hold one share of imagined rows, not two, and may pass their neighbors.
    pooled = _pooled(_limited(pooled), rising=rising)
    if len(pooled) < 2:
        return None
    bounds = tuple((low.values[-1] + high.values[0]) / 2 for low, high in pairwise(pooled))
    weights = tuple(_weight(each.rate, base) for each in pooled)
    lacking = [bad for value, bad in zip(values, is_bad, strict=True) if value is None]
    # What was not shown never counts for an enterprise: holding evidence back must not pay.
    missing = min(_weight(_Bin([0.0] * len(lacking), sum(lacking), base).rate, base), 0.0)
    return Bins(bounds, weights, missing)


def _first(known: Sequence[tuple[float, bool]], *, base: float, lean: float) -> list[_Bin]:
    """Cut at quantiles, and imagine of each bin the bad rate at its place between the lowest and the highest."""
    bins: list[_Bin] = []
    before = 0
    for cut in quantiles(known):
        place = (before + len(cut) / 2) / len(known)
        imagined_rate = 1 / (1 + exp(log((1 - base) / base) + lean * (place - 0.5)))
        bins.append(_Bin([value for value, _bad in cut], sum(bad for _value, bad in cut), imagined_rate))
        before += len(cut)
    return bins


def quantiles(known: Sequence[tuple[float, Any]]) -> list[list[tuple[float, Any]]]:
    """Cut figures, in order and each with something of its own, into about even bins; equal figures stay together."""
    smallest = max(SMALLEST_BIN, round(SMALLEST_SHARE * len(known)))
    number = max(1, min(MOST_FIRST_BINS, len(known) // smallest))
    size = len(known) / number
    bins: list[list[tuple[float, Any]]] = [[]]
    for place, each in enumerate(known):
        held = bins[-1]
        if held and each[0] != held[-1][0] and place >= size * len(bins) and len(held) >= smallest:
            bins.append([])
        bins[-1].append(each)
    if len(bins) > 1 and len(bins[-1]) < smallest:
        last = bins.pop()
        bins[-1] = bins[-1] + last
    return bins


def leans_up(values: Sequence[float | None], is_bad: Sequence[bool]) -> bool:
    """Tell whether bad ones stand lower: the sum of their mean ranks, against the middle."""
    known = sorted((value, bad) for value, bad in zip(values, is_bad, strict=True) if value is not None)
    ranks: dict[float, list[int]] = {}
    for place, (value, _bad) in enumerate(known):
        ranks.setdefault(value, []).append(place)
    mean = {value: (places[0] + places[-1]) / 2 for value, places in ranks.items()}
    bad = [mean[value] for value, is_bad in known if is_bad]
    return bool(bad) and sum(bad) / len(bad) < (len(known) - 1) / 2


def _joined(one: _Bin, two: _Bin) -> _Bin:
    total = len(one.values) + len(two.values)
    imagined = (one.imagined_rate * len(one.values) + two.imagined_rate * len(two.values)) / total
    return _Bin(one.values + two.values, one.bad + two.bad, imagined)


def _pooled(bins: Sequence[_Bin], *, rising: bool) -> list[_Bin]:
    """Pool neighbors that violate the direction, again and again (Ayer and others 1955)."""
    pooled: list[_Bin] = []
    for each in bins:
        pooled.append(each)
        while len(pooled) > 1 and _violates(pooled[-2].rate, pooled[-1].rate, rising=rising):
            last = pooled.pop()
            pooled[-1] = _joined(pooled[-1], last)
    return pooled


def _violates(low: float, high: float, *, rising: bool) -> bool:
    return low <= high if rising else low >= high


def _limited(bins: list[_Bin]) -> list[_Bin]:
    """Join the two most alike until few enough are left to be read."""
    while len(bins) > MOST_BINS:
        gaps = [abs(one.rate - two.rate) for one, two in pairwise(bins)]
        place = gaps.index(min(gaps))
        bins[place : place + 2] = [_joined(bins[place], bins[place + 1])]
    return bins


def _weight(rate: float, base: float) -> float:
    """How much better than usual a bad rate is, in log odds of good to bad."""
    return log((1 - rate) / rate * base / (1 - base))


def between(low: float, high: float) -> Decimal:
    """Find the shortest number above `low` and not above `high`: a bound that a person can read."""
    lower, upper = Decimal(str(low)), Decimal(str(high))
    assert lower < upper
    middle = (lower + upper) / 2
    for digits in range(1, _DIGITS):
        near = Context(prec=digits).create_decimal(middle)
        if lower < near <= upper:
            return Decimal(f"{near:f}")
    return upper
