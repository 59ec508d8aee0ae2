"""How a way of learning does on enterprises it has not seen: folds, repeated, everything fitted inside the fold.

What is judged is what would be exported: the table scored by the production scorer, the challenger by its own.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from random import Random
from statistics import mean, pstdev
from typing import Any, Final

from lending.credit import challenger, scorecards
from lending.credit.features import ALL_FEATURES, Direction
from lending.credit.learning import boosting, figures, tables
from lending.credit.learning.figures import GradeLine, Interval
from lending.credit.learning.rows import LabeledRow, check, fewest_to_split, folds

FOLDS: Final = 5
REPEATS: Final = 5
RESAMPLES: Final = 1000
MANY: Final = 3000  # rows, beyond which fewer resamplings do, and several processes are worth their while
SMALLEST_SEGMENT: Final = 5  # good and bad ones each, below which a figure would be noise

Grades = Sequence[Mapping[str, Any]]
Probabilities = list[float]


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of one way of judging."""

    name: str
    auc_mean: float
    auc_sd: float  # over the repeats
    auc_by_fold: float  # the mean of each fold's own AUC: no fold's cases are ranked beside those of another table
    auc: Interval  # over enterprises
    ks: Interval
    gini: Interval
    brier: Interval


@dataclass(frozen=True, slots=True)
class SegmentLine:
    """The card's figures in one segment."""

    name: str
    value: str
    count: int
    bad: int
    auc: Interval | None
    expected: float


@dataclass(frozen=True, slots=True)
class Validation:
    """All that the report tells."""

    rows: int
    bad: int
    repeats: int
    folds: int
    card: Measured
    challenger: Measured
    unfitted: Measured
    grades: list[GradeLine]
    segments: list[SegmentLine]
    psi_over_time: float | None
    is_bad: list[bool] = field(repr=False)
    of_card: list[Probabilities] = field(repr=False)  # by repeat
    of_challenger: list[Probabilities] = field(repr=False)


def validate(
    rows: Sequence[LabeledRow],
    options: tables.Options = tables.AS_USUAL,
    *,
    grades: Grades,
    repeats: int = REPEATS,
    processes: int = 0,
    say: Callable[[int, int], None] = lambda _done, _all: None,
) -> Validation:
    """Learn and judge again and again.

    :param processes: that learn beside each other; as many as there are processors where rows are many.
    :param say: hears how many folds of how many are done.
    :raises LearningRefused: when there are too few good or bad ones.
    """
    check(rows, fewest=fewest_to_split(FOLDS))
    is_bad = [row.is_bad for row in rows]
    dealt = [folds(rows, number=FOLDS, seed=options.seed + repeat) for repeat in range(repeats)]
    of_card, of_challenger = ([[0.0] * len(rows) for _ in dealt] for _ in range(2))
    work = [(repeat, held_out) for repeat, each in enumerate(dealt) for held_out in each]
    judged = _judged(_Task(rows, options), [held_out for _repeat, held_out in work], processes or _usual(len(rows)))
    for number, ((repeat, held_out), said) in enumerate(zip(work, judged, strict=True), start=1):
        for place, (card, other) in zip(held_out, said, strict=True):
            of_card[repeat][place], of_challenger[repeat][place] = card, other
        say(number, len(work))
    typical = [mean(each) for each in zip(*of_card, strict=True)]
    return Validation(
        rows=len(rows),
        bad=sum(is_bad),
        repeats=repeats,
        folds=FOLDS,
        card=_measured("card", of_card, is_bad, dealt),
        challenger=_measured("challenger", of_challenger, is_bad, dealt),
        unfitted=_measured("unfitted", [unfitted(rows, options)] * repeats, is_bad, dealt),
        grades=figures.calibration(typical, is_bad, grades=grades),
        segments=_segments(rows, of_card, typical),
        psi_over_time=_psi_over_time(rows, typical),
        is_bad=is_bad,
        of_card=of_card,
        of_challenger=of_challenger,
    )


def _usual(rows: int) -> int:
    return len(os.sched_getaffinity(0)) if rows >= MANY else 1


@dataclass(frozen=True, slots=True)
class _Task:
    """What is the same for every fold."""

    rows: Sequence[LabeledRow]
    options: tables.Options

    def judge(self, held_out: Sequence[int]) -> list[tuple[float, float]]:
        """Learn from the rows outside a fold, and judge those in it: by the card, and by the challenger."""
        out = set(held_out)
        learned = [row for place, row in enumerate(self.rows) if place not in out]
        table, trees = tables.learn(learned, self.options), boosting.learn(learned, self.options)
        return [(_by_card(table, self.rows[place]), _by_trees(trees, self.rows[place])) for place in held_out]


def _by_card(table: tables.Table, row: LabeledRow) -> float:
    return float(scorecards.score(table, row.features).probability_of_default)


def _by_trees(trees: Mapping[str, Any], row: LabeledRow) -> float:
    return float(challenger.probability_of_default(trees, row.features))


def _judged(task: _Task, dealt: Sequence[Sequence[int]], processes: int) -> Iterator[list[tuple[float, float]]]:
    if processes < 2:
        yield from map(task.judge, dealt)
        return
    forked = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, forked, _begin, (task,)) as pool:
        yield from pool.map(_judge, dealt)


_task: _Task  # of a process that judges for another one


def _begin(task: _Task) -> None:
    global _task  # noqa: PLW0603  each process works for one validation
    _task = task


def _judge(held_out: Sequence[int]) -> list[tuple[float, float]]:
    return _task.judge(held_out)


def unfitted(rows: Sequence[LabeledRow], options: tables.Options) -> Probabilities:
    """Judge without outcomes: the mean rank over every feature of which one way is declared better, worst 1."""
    total, count = [0.0] * len(rows), [0] * len(rows)
    for feature in ALL_FEATURES:
        if feature.direction == Direction.NEUTRAL or tables.is_left_out(feature, options):
            continue
        known = sorted(
            {float(row.features[feature.code]) for row in rows if row.features.get(feature.code) is not None}
        )
        rank = {value: place / max(len(known) - 1, 1) for place, value in enumerate(known)}
        for place, row in enumerate(rows):
            value = row.features.get(feature.code)
            if value is not None:
                share = rank[float(value)]
                total[place] += 1 - share if feature.direction == Direction.HIGHER_IS_BETTER else share
                count[place] += 1
    return [each / number if number else 0.5 for each, number in zip(total, count, strict=True)]


def _measured(
    name: str, repeats: Sequence[Probabilities], is_bad: Sequence[bool], dealt: Sequence[Sequence[Sequence[int]]]
) -> Measured:
    aucs = [figures.auc(_scores(each), is_bad) for each in repeats]
    measures = {
        "auc": _intervals(lambda p, bad: figures.auc(_scores(p), bad), repeats, is_bad),
        "ks": _intervals(lambda p, bad: figures.ks(_scores(p), bad), repeats, is_bad),
        "brier": _intervals(figures.brier, repeats, is_bad),
    }
    auc = measures["auc"]
    gini = Interval(2 * auc.value - 1, 2 * auc.low - 1, 2 * auc.high - 1)
    by_fold = mean(
        figures.auc(_scores([each[place] for place in held]), [is_bad[place] for place in held])
        for each, held_out in zip(repeats, dealt, strict=True)
        for held in held_out
    )
    return Measured(name, mean(aucs), pstdev(aucs), by_fold, auc, measures["ks"], gini, measures["brier"])


def _scores(probabilities: Sequence[float]) -> list[float]:
    return [-each for each in probabilities]


def _intervals(
    measure: Callable[[Sequence[float], Sequence[bool]], float],
    repeats: Sequence[Probabilities],
    is_bad: Sequence[bool],
) -> Interval:
    """Measure on each repeat, and again on enterprises drawn with replacement, the mean over repeats each time."""
    dice = Random(1)  # noqa: S311  repeatable, not secret
    kinds = [[place for place, bad in enumerate(is_bad) if bad == kind] for kind in (True, False)]
    resamples = RESAMPLES if len(is_bad) < MANY else RESAMPLES // 10

    def of(places: Sequence[int]) -> float:
        labels = [is_bad[place] for place in places]
        return mean(measure([each[place] for place in places], labels) for each in repeats)

    found = sorted(of([p for kind in kinds for p in dice.choices(kind, k=len(kind))]) for _ in range(resamples))
    return Interval(
        of(range(len(is_bad))), found[round(0.025 * (resamples - 1))], found[round(0.975 * (resamples - 1))]
    )


def _segments(
    rows: Sequence[LabeledRow], repeats: Sequence[Probabilities], typical: Sequence[float]
) -> list[SegmentLine]:
    places: dict[tuple[str, str], list[int]] = {}
    for place, row in enumerate(rows):
        for name, value in row.segments.items():
            places.setdefault((name, value), []).append(place)
    return [_segment(key, rows, held, repeats, typical) for key, held in sorted(places.items())]


def _segment(
    key: tuple[str, str],
    rows: Sequence[LabeledRow],
    held: Sequence[int],
    repeats: Sequence[Probabilities],
    typical: Sequence[float],
) -> SegmentLine:
    labels = [rows[place].is_bad for place in held]
    auc = None
    if min(sum(labels), len(labels) - sum(labels)) >= SMALLEST_SEGMENT:
        own = [[each[place] for place in held] for each in repeats]
        auc = _intervals(lambda p, bad: figures.auc(_scores(p), bad), own, labels)
    return SegmentLine(*key, len(held), sum(labels), auc, mean(typical[place] for place in held))


def _psi_over_time(rows: Sequence[LabeledRow], typical: Sequence[float]) -> float | None:
    """Compare the scores of the older half of the cases with the newer half; nothing where all are of one day."""
    days = sorted(row.as_of for row in rows if row.as_of)
    if not days or days[0] == days[-1]:
        return None
    middle = days[len(days) // 2]
    older = [p for p, row in zip(typical, rows, strict=True) if row.as_of and row.as_of < middle]
    newer = [p for p, row in zip(typical, rows, strict=True) if row.as_of and row.as_of >= middle]
    return figures.psi(older, newer) if older and newer else None
