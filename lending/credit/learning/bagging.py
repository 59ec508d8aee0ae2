"""Many fits on rows drawn with replacement, averaged into one curve for each characteristic.

A single fit on a hundred enterprises leans on which of them it saw. The average of many leans less, and is still a sum
of curves of one characteristic each, every one running one way: it can be written as a table. Each fit is judged by the
rows it did not draw; they choose the penalty and make the probabilities honest (Breiman 1996).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

import numpy as np

from lending.credit.learning import binning, fitting

Array = Any

PENALTIES: Final = (1.0, 4.0, 16.0, 64.0)
BAGS: Final = 24
FEWEST_BAGS: Final = 8
ENOUGH_BAD: Final = 1000  # with so many bad rows, few bags do
_LOWEST, _HIGHEST = 1e-6, 1 - 1e-6


@dataclass(frozen=True, slots=True)
class Columns:
    """Figures by characteristic (NaN is missing), and which way each may run."""

    values: Mapping[str, Array]
    rising: Mapping[str, bool]
    declared: frozenset[str]  # those whose way is declared; of the others it is what the data lean to
    is_bad: Array  # 1 or 0

    def __len__(self) -> int:
        return len(self.is_bad)

    def drawn(self, places: Sequence[int]) -> "Columns":
        """Take some rows, in this order."""
        values = {code: column[places] for code, column in self.values.items()}
        return Columns(values, self.rising, self.declared, self.is_bad[places])


@dataclass(frozen=True, slots=True)
class Bagged:
    """What the fits say on average: for each characteristic each row's log odds, and what a missing figure adds."""

    curves: dict[str, Array]
    missing: dict[str, float]
    outside: Array  # each row's log odds by the fits that did not draw it


def fit(columns: Columns, *, seed: int) -> Bagged:
    """Fit on drawn rows again and again, and keep the penalty that speaks best of rows not drawn."""
    dice = Random(seed)  # noqa: S311  repeatable, not secret
    labels = columns.is_bad
    number = FEWEST_BAGS if labels.sum() >= ENOUGH_BAD else BAGS
    bags = [_Bag(columns, places) for places in _draws(labels, number, dice)]
    outside = {penalty: _outside(bags, penalty, len(columns)) for penalty in PENALTIES}
    loss = {penalty: _loss(odds, labels) for penalty, odds in outside.items()}
    best = min(PENALTIES, key=lambda penalty: (loss[penalty], -penalty))
    codes = sorted({code for bag in bags for code in bag.codes}, key=list(columns.values).index)
    curves = {code: sum(bag.curve(code, best) for bag in bags) / number for code in codes}
    missing = {code: sum(bag.missing(code, best) for bag in bags) / number for code in codes}
    return Bagged(curves, missing, outside[best])


def _draws(is_bad: Array, number: int, dice: Random) -> list[list[int]]:
    kinds = [[place for place, bad in enumerate(is_bad) if bad == kind] for kind in (True, False)]
    return [[place for kind in kinds for place in dice.choices(kind, k=len(kind))] for _ in range(number)]


class _Bag:
    """One draw: its bins, and the shares of its characteristics under each penalty."""

    def __init__(self, columns: Columns, places: Sequence[int]) -> None:
        drawn = columns.drawn(places)
        self.bins: dict[str, binning.Bins] = {}
        for code, values in drawn.values.items():
            is_declared = code in columns.declared
            bins = binning.fit(values, drawn.is_bad, rising=columns.rising[code], is_declared=is_declared)
            if bins is not None:
                self.bins[code] = bins
        self.codes = list(self.bins)
        self.weights = self._weights(columns)
        self.not_drawn: Any = np.ones(len(columns), dtype=bool)
        self.not_drawn[list(places)] = False
        labels = drawn.is_bad
        inside = self.weights[list(places)]
        self.fits = {penalty: fitting.fit(inside, labels, penalty=penalty) for penalty in PENALTIES}

    def _weights(self, columns: Columns) -> Array:
        if not self.codes:
            return np.zeros((len(columns), 0))
        return np.stack([self.bins[code].of(columns.values[code]) for code in self.codes], axis=1)

    def odds(self, penalty: float) -> Array:
        """Give all rows' log odds of good."""
        intercept, shares = self.fits[penalty]
        return intercept + self.weights @ shares

    def curve(self, code: str, penalty: float) -> Array:
        """Give what a characteristic adds to each row."""
        if code not in self.bins:
            return np.zeros(len(self.weights))
        place = self.codes.index(code)
        return self.fits[penalty][1][place] * self.weights[:, place]

    def missing(self, code: str, penalty: float) -> float:
        """Give what a missing figure adds."""
        if code not in self.bins:
            return 0.0
        return float(self.fits[penalty][1][self.codes.index(code)]) * self.bins[code].missing_weight


def _outside(bags: Sequence[_Bag], penalty: float, rows: int) -> Array:
    total, count = np.zeros(rows), np.zeros(rows)
    for bag in bags:
        total += np.where(bag.not_drawn, bag.odds(penalty), 0.0)
        count += bag.not_drawn
    everywhere = np.mean([bag.odds(penalty) for bag in bags], axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), everywhere)


def _loss(odds: Array, labels: Array) -> float:
    """Tell how badly the log odds foretell, after the line that makes them honest."""
    shift, slope = fitting.line(odds, labels)
    said = np.clip(1 / (1 + np.exp(shift + slope * odds)), _LOWEST, _HIGHEST)
    return float(-(labels * np.log(said) + (1 - labels) * np.log(1 - said)).sum())
