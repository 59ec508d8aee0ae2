"""From labeled rows to a table of points: bins, logistic points, honest probabilities, whole numbers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log
from typing import Any, Final

import numpy as np

from lending.credit import scorecards
from lending.credit.features import ALL_FEATURES, FEATURES, FEATURES_VERSION, Direction, Feature
from lending.credit.learning import bagging, binning, fitting
from lending.credit.learning.rows import LabeledRow, LearningRefused, check
from lending.credit.scorecards import FORM, IN_TRADE

Table = dict[str, Any]
Array = Any

# The link of the shipped cards: 600 points are 20 good ones to 1 bad one, 40 points double that.
LINK: Final = {"points": 600, "odds": "20", "points_to_double_odds": 40}
PER_UNIT: Final = 40 / log(2)  # points in a unit of log odds
MOST_CHARACTERISTICS: Final = 20
LEAST_SHOWN: Final = 0.4  # a feature that fewer of the enterprises show cannot carry a card
LEAST_SWING: Final = 3  # points between the best and the worst bin; less is not worth a line

_BY_CODE: Final = {feature.code: feature for feature in ALL_FEATURES}


@dataclass(frozen=True, slots=True)
class Options:
    """What may be left to the person who trains."""

    code: str = "learned"
    name_en: str = "Learned card"
    name_zh_hans: str = "学习评分卡"
    industries: tuple[str, ...] = ()
    without_size: bool = False
    without: frozenset[str] = frozenset()
    most_characteristics: int = MOST_CHARACTERISTICS
    seed: int = 1


AS_USUAL: Final = Options()


def learn(rows: Sequence[LabeledRow], options: Options = AS_USUAL) -> Table:
    """Learn a table from labeled rows; the same rows in the same order give the same table.

    :raises LearningRefused: when there are too few good or bad ones, or nothing was measured of them.
    """
    check(rows)
    codes = candidates(rows, options)
    columns = _columns(rows, codes)
    bagged = bagging.fit(columns, seed=options.seed)
    _shift, slope = fitting.line(bagged.outside, _labels(rows))
    characteristics = _characteristics(columns, bagged, per_unit=PER_UNIT * slope, most=options.most_characteristics)
    table = _table(rows, characteristics, options)
    scorecards.check(table, known=frozenset(_BY_CODE))
    return table


def candidates(rows: Sequence[LabeledRow], options: Options) -> list[str]:
    """Name the features that enough of the enterprises show, not all alike, in the order of their declaration.

    :raises LearningRefused: when there is none.
    """
    codes = []
    for code in [each + ending for each in _BY_CODE for ending in ("", IN_TRADE)]:
        feature = _BY_CODE[code.removesuffix(IN_TRADE)]
        if is_left_out(feature, options):
            continue
        shown = [row.features[code] for row in rows if row.features.get(code) is not None]
        if len(shown) >= LEAST_SHOWN * len(rows) and min(shown) < max(shown):
            codes.append(code)
    if not codes:
        raise LearningRefused("nothing_shown", share=f"{LEAST_SHOWN:.0%}")
    return codes


def is_left_out(feature: Feature, options: Options) -> bool:
    """Tell whether the person who trains left a feature out."""
    return (options.without_size and feature.is_size) or feature.code in options.without


def _labels(rows: Sequence[LabeledRow]) -> Array:
    return np.array([row.is_bad for row in rows], dtype=float)


def _columns(rows: Sequence[LabeledRow], codes: Sequence[str]) -> bagging.Columns:
    is_bad = _labels(rows)
    values = {code: np.array([row.features.get(code) for row in rows], dtype=float) for code in codes}
    rising = {code: _rising(code, values[code], is_bad) for code in codes}
    declared = frozenset(code for code in codes if declared_rising(code) is not None)
    return bagging.Columns(values, rising, declared, is_bad)


def _rising(code: str, values: Array, is_bad: Array) -> bool:
    """Tell which way is better: as declared, or as the data lean."""
    declared = declared_rising(code)
    return binning.leans_up(values, is_bad) if declared is None else declared


def declared_rising(code: str) -> bool | None:
    """Tell whether more of it is declared better; None where neither way is."""
    if code.endswith(IN_TRADE):
        return True
    direction = _BY_CODE[code].direction
    return None if direction == Direction.NEUTRAL else direction == Direction.HIGHER_IS_BETTER


def _characteristics(
    columns: bagging.Columns, bagged: bagging.Bagged, *, per_unit: float, most: int
) -> list[dict[str, Any]]:
    """Write the characteristics that move scores most as bins of whole points, in the order of their declaration."""
    moved = {code: float(np.std(curve)) for code, curve in bagged.curves.items()}
    strongest = sorted(moved, key=lambda code: -moved[code])[:most]
    written = [
        _characteristic(columns, code, bagged.curves[code] * per_unit, missing=bagged.missing[code] * per_unit)
        for code in bagged.curves
        if code in strongest
    ]
    return [each for each in written if _swing(each) >= LEAST_SWING] or [_nothing()]


def _characteristic(columns: bagging.Columns, code: str, curve: Array, *, missing: float) -> dict[str, Any]:
    """Cut a curve at quantiles, and give each bin its mean, in whole points."""
    values = columns.values[code]
    shown = ~np.isnan(values)
    order = np.argsort(values[shown], kind="stable")
    known, held = values[shown][order], curve[shown][order]
    cuts = binning.quantiles(known)
    points = [round(float(held[start:end].mean())) for start, end in cuts]
    bins: list[dict[str, Any]] = []
    for place, each in enumerate(points):
        if bins and bins[-1]["points"] == each:
            bins.pop()
        last = place == len(cuts) - 1
        end = cuts[place][1]
        bound = None if last else _plain(binning.between(float(known[end - 1]), float(known[end])))
        bins.append({"points": each} if last else {"below": bound, "points": each})
    lacking = min(round(missing), 0)
    good = np.where(shown, np.round(curve), lacking)[columns.is_bad == 0]
    return {"feature": code, "reference": int(np.median(good)), "missing": lacking, "bins": bins}


def _table(rows: Sequence[LabeledRow], characteristics: list[dict[str, Any]], options: Options) -> Table:
    days = sorted(row.as_of for row in rows if row.as_of)
    table = {
        "form": FORM,
        "code": options.code,
        "version": 1,
        "name_en": options.name_en,
        "name_zh_hans": options.name_zh_hans,
        "industries": list(options.industries),
        "base_points": 0,
        "characteristics": characteristics,
        "link": dict(LINK),
        "learned": {
            "features_version": FEATURES_VERSION,
            "rows": len(rows),
            "bad": sum(row.is_bad for row in rows),
            "first_day": days[0].isoformat() if days else None,
            "last_day": days[-1].isoformat() if days else None,
        },
    }
    return table | {"base_points": _base_points(table, rows)}


def _base_points(table: Table, rows: Sequence[LabeledRow]) -> int:
    """Find the base with which the table expects as many bad ones as there were."""
    added = Counter(scorecards.score(table, row.features).points for row in rows)
    bad = sum(row.is_bad for row in rows)
    low, high = -10_000, 10_000
    while high - low > 1:
        middle = (low + high) // 2
        expected = sum(
            float(scorecards.probability_of_default(table, middle + each)) * count for each, count in added.items()
        )
        low, high = (middle, high) if expected > bad else (low, middle)
    return high


def _swing(characteristic: Mapping[str, Any]) -> int:
    points: list[int] = [each["points"] for each in characteristic["bins"]]
    return max(points) - min(points)


def _nothing() -> dict[str, Any]:
    """Give a characteristic that moves nothing: where nothing tells good from bad, everyone gets the base."""
    return {"feature": FEATURES[0].code, "reference": 0, "missing": 0, "bins": [{"points": 0}]}


def _plain(bound: Decimal) -> int | float:
    return int(bound) if bound == bound.to_integral_value() else float(bound)
