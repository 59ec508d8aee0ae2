"""Where a figure stands in its own trade. Pure.

A document (JSON): {"code": "defaults", "as_of": "2026-01-01", "source": "...", "standards":
{"*": {"buffer_days": {"10": 1, "25": 4, "50": 10, "75": 22, "90": 45}}, "G": {...}, "4711": {...}}}, each optionally
with "n", the number of enterprises it was counted from. A trade without a standard of its own takes its parent's, and
the last parent is "*", all trades.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import Any, Final

from portal.core.coded import Coded

ALL: Final = "*"
STEPS: Final = (10, 25, 50, 75, 90)
# A standard counted from fewer enterprises than these tells more about them than about the trade.
FEWEST: Final = 20


class StandardRefused(Coded):
    """A standard that cannot be used; `code` says why, `params` name the place."""


@dataclass(frozen=True, slots=True)
class Standard:
    """How a feature is spread over a trade."""

    industry: str
    feature: str
    percentiles: dict[str, Any]
    n: int


def rows_of(document: Mapping[str, Any], *, known: frozenset[str]) -> list[Standard]:
    """Read the standards of a document.

    :raises StandardRefused: when one names no known feature, lacks a percentile or falls.
    """
    rows = []
    for industry, of_features in document["standards"].items():
        for feature, given in of_features.items():
            percentiles = {str(step): given.get(str(step)) for step in STEPS}
            _check(industry, feature, percentiles, known)
            rows.append(Standard(industry, feature, percentiles, int(given.get("n", 0))))
    return rows


def _check(industry: str, feature: str, percentiles: Mapping[str, Any], known: frozenset[str]) -> None:
    if feature not in known:
        raise StandardRefused("feature_unknown", industry=industry, feature=feature)
    values = list(percentiles.values())
    if None in values or any(Decimal(str(low)) > Decimal(str(high)) for low, high in pairwise(values)):
        raise StandardRefused("percentiles_fall", industry=industry, feature=feature)


def lineage(industry: str, section: str) -> list[str]:
    """Name a trade's code and its parents', the nearest first: 4711, 471, 47, G, *."""
    own = [industry[:length] for length in range(len(industry), 1, -1)] if industry != section else []
    return [*own, section, ALL]


def nearest(standards: Iterable[Standard], lineage_codes: list[str]) -> dict[str, Standard]:
    """Choose for each feature the standard of the nearest trade."""
    rank = {code: place for place, code in enumerate(lineage_codes)}
    chosen: dict[str, Standard] = {}
    for each in standards:
        held = chosen.get(each.feature)
        if each.industry in rank and (held is None or rank[each.industry] < rank[held.industry]):
            chosen[each.feature] = each
    return chosen


def place(standard: Standard, value: Any) -> int:
    """Tell what part of the trade lies below a figure, 0 to 100, straight between the known percentiles.

    Below the 10th and above the 90th percentile it goes on as steeply as the nearest two, to 0 and 100 at most.
    """
    figure = Decimal(str(value))
    marks = [(Decimal(step), Decimal(str(standard.percentiles[str(step)]))) for step in STEPS]
    for (low, at_low), (high, at_high) in pairwise(marks):
        if figure <= at_high or high == STEPS[-1]:
            if at_high == at_low:
                return int(low if figure < at_low else high)
            share = low + (high - low) * (figure - at_low) / (at_high - at_low)
            return int(min(max(share, Decimal(0)), Decimal(100)).to_integral_value(ROUND_FLOOR))
    raise AssertionError("the last step always answers")
