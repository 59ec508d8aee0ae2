"""Bins of one characteristic, whose bad rate only ever falls or only ever rises. Pure.

A figure is cut at quantiles, then neighboring bins are pooled until the bad rates run one way: the way the feature is
declared, or, where neither way is declared better, the way the data lean. What runs against its declaration ends as one
bin and says nothing. Each bin holds a few imagined rows, so that five lucky enterprises do not become certainty. They
are of the usual mix, or, where one way is declared better, lean that way: with few outcomes the declaration speaks
(Dawes 1979), and each real row speaks against it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from itertools import pairwise
from math import exp, log
from typing import Any, Final

import numpy as np

Array = Any  # a numpy array of floats

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

    def of(self, values: Array) -> Array:
        """Give the weight of each figure's bin."""
        held = np.array(self.weights)[np.searchsorted(self.bounds, values, side="right").clip(max=len(self.bounds))]
        return np.where(np.isnan(values), self.missing_weight, held)


@dataclass(slots=True)
class _Bin:
    lowest: float
    highest: float
    count: int
    bad: float
    imagined_rate: float

    @property
    def rate(self) -> float:
        """The bad rate with the imagined rows: bins are pooled by what they will weigh, or the weights could turn."""
        return (self.bad + IMAGINED_ROWS * self.imagined_rate) / (self.count + IMAGINED_ROWS)


def fit(values: Array, is_bad: Array, *, rising: bool, is_declared: bool = False) -> Bins | None:
    """Cut a characteristic into bins, or give nothing where it tells nothing.

    :param values: figures, NaN where one is missing.
    :param rising: whether more is better.
    :param is_declared: whether this is what the feature's declaration says, and not only what the data lean to.
    """
    shown = ~np.isnan(values)
    order = np.argsort(values[shown], kind="stable")
    known, bad = values[shown][order], is_bad[shown][order]
    base = float(is_bad.mean())
    if not len(known) or known[0] == known[-1]:
        return None
    lean = (LEAN if rising else -LEAN) if is_declared else 0.0
    pooled = _pooled(_first(known, bad, base=base, lean=lean), rising=rising)
    # Two that are joined hold one share of imagined rows, not two, and may pass their neighbors.
    pooled = _pooled(_limited(pooled), rising=rising)
    if len(pooled) < 2:
        return None
    bounds = tuple((low.highest + high.lowest) / 2 for low, high in pairwise(pooled))
    weights = tuple(_weight(each.rate, base) for each in pooled)
    lacking = is_bad[~shown]
    # What was not shown never counts for an enterprise: holding evidence back must not pay.
    missing = min(_weight(_Bin(0.0, 0.0, len(lacking), float(lacking.sum()), base).rate, base), 0.0)
    return Bins(bounds, weights, missing)


def _first(known: Array, bad: Array, *, base: float, lean: float) -> list[_Bin]:
    """Cut at quantiles, and imagine of each bin the bad rate at its place between the lowest and the highest."""
    bins: list[_Bin] = []
    for start, end in quantiles(known):
        place = (start + end) / 2 / len(known)
        imagined_rate = 1 / (1 + exp(log((1 - base) / base) + lean * (place - 0.5)))
        held = float(bad[start:end].sum())
        bins.append(_Bin(float(known[start]), float(known[end - 1]), end - start, held, imagined_rate))
    return bins


def quantiles(known: Array) -> list[tuple[int, int]]:
    """Cut figures, in order, into about even bins, each from a place up to another; equal figures stay together."""
    smallest = max(SMALLEST_BIN, round(SMALLEST_SHARE * len(known)))
    number = max(1, min(MOST_FIRST_BINS, len(known) // smallest))
    size = len(known) / number
    changes = np.flatnonzero(known[1:] != known[:-1]) + 1
    starts = [0]
    while True:
        place = np.searchsorted(changes, max(size * len(starts), starts[-1] + smallest))
        if place == len(changes):
            break
        starts.append(int(changes[place]))
    if len(starts) > 1 and len(known) - starts[-1] < smallest:
        starts.pop()
    return list(pairwise([*starts, len(known)]))


def leans_up(values: Array, is_bad: Array) -> bool:
    """Tell whether bad ones stand lower: the sum of their mean ranks, against the middle."""
    shown = ~np.isnan(values)
    known = np.sort(values[shown])
    bad = values[shown & (is_bad > 0)]
    ranks = (np.searchsorted(known, bad) + np.searchsorted(known, bad, side="right") - 1) / 2
    return bool(len(bad)) and float(ranks.mean()) < (len(known) - 1) / 2


def _joined(one: _Bin, two: _Bin) -> _Bin:
    total = one.count + two.count
    imagined = (one.imagined_rate * one.count + two.imagined_rate * two.count) / total
    return _Bin(one.lowest, two.highest, total, one.bad + two.bad, imagined)


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
