"""What learning starts from: the figures of an enterprise on a day, and how its loan ended. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from random import Random
from typing import Any

from portal.core.coded import Coded


class LearningRefused(Coded):
    """Nothing can be learned from this; `code` says why, `params` name the place."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Let a refusal cross from the process that found it."""
        return partial(LearningRefused, self.code, **self.params), ()


@dataclass(frozen=True, slots=True)
class LabeledRow:
    """One enterprise, what was known of it then, and whether it defaulted afterwards."""

    case: str
    features: Mapping[str, Any]  # by code; None is missing
    is_bad: bool
    as_of: date | None = None
    segments: Mapping[str, str] = field(default_factory=dict)  # such as {"setting": "village"}


FEWEST_OF_EITHER = 10


def check(rows: Sequence[LabeledRow], *, fewest: int = FEWEST_OF_EITHER) -> None:
    """Make sure that there is something to learn.

    :raises LearningRefused: when there are fewer good or bad rows.
    """
    bad = sum(row.is_bad for row in rows)
    if min(bad, len(rows) - bad) < fewest:
        raise LearningRefused("too_few_rows", bad=bad, good=len(rows) - bad, fewest=fewest)


def fewest_to_split(number: int) -> int:
    """Tell how many of either kind leave enough to learn from when any one of so many folds is held out."""
    return -(-FEWEST_OF_EITHER * number // (number - 1))


def too_telling(rows: Sequence[LabeledRow]) -> list[str]:
    """Name the features that part good from bad without an exception, as only what the outcome made does."""
    bad, good = [row for row in rows if row.is_bad], [row for row in rows if not row.is_bad]
    codes = dict.fromkeys(code for row in rows for code in row.features)
    return [code for code in codes if _parts(_known(bad, code), _known(good, code))]


def _known(rows: Sequence[LabeledRow], code: str) -> list[float]:
    return [float(row.features[code]) for row in rows if row.features.get(code) is not None]


def _parts(some: Sequence[float], others: Sequence[float]) -> bool:
    if min(len(some), len(others)) < FEWEST_OF_EITHER:
        return False
    return max(some) < min(others) or max(others) < min(some)


def folds(rows: Sequence[LabeledRow], *, number: int, seed: int) -> list[list[int]]:
    """Deal the rows into so many folds, the bad ones evenly; the same seed deals the same."""
    dice = Random(seed)  # noqa: S311  repeatable, not secret
    dealt: list[list[int]] = [[] for _ in range(number)]
    place = 0
    for is_bad in (True, False):
        of_kind = [index for index, row in enumerate(rows) if row.is_bad == is_bad]
        dice.shuffle(of_kind)
        for index in of_kind:
            dealt[place % number].append(index)
            place += 1
    return dealt


def splits(rows: Sequence[LabeledRow], *, number: int, seed: int) -> Iterator[tuple[list[int], list[int]]]:
    """Give for each fold the rows outside it, to learn from, and the rows in it, to be judged on."""
    dealt = folds(rows, number=number, seed=seed)
    for held_out in dealt:
        out = set(held_out)
        yield [index for index in range(len(rows)) if index not in out], held_out
