"""Industry standards counted from the book: how each feature is spread over the enterprises of a trade. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from lending.credit.features import FEATURES
from lending.credit.standards import FEWEST, STEPS, lineage

CODE: Final = "learned"


def counted(
    figures: Iterable[tuple[str, str, Mapping[str, Any]]], *, as_of: date, fewest: int = FEWEST
) -> dict[str, Any]:
    """Write a document of standards, as `standards.rows_of` reads it.

    A trade in which fewer than `fewest` enterprises show a feature gets no standard of it: its parent's holds then.

    :param figures: for each enterprise its industry's code, the section's letter, and its features.
    """
    values: dict[str, dict[str, list[float]]] = {}
    count = 0
    for industry, section, features in figures:
        count += 1
        for trade in lineage(industry, section):
            for feature in FEATURES:
                if features.get(feature.code) is not None:
                    values.setdefault(trade, {}).setdefault(feature.code, []).append(features[feature.code])
    standards = {
        trade: {code: _percentiles(held) for code, held in sorted(of_trade.items()) if len(held) >= fewest}
        for trade, of_trade in sorted(values.items())
    }
    return {
        "code": CODE,
        "name_en": "Standards learned from the book",
        "name_zh_hans": "由本行客户统计的行业标准",
        "as_of": as_of.isoformat(),
        "source": f"{count} enterprises of the bank's own book on {as_of.isoformat()}",
        "standards": {trade: of_trade for trade, of_trade in standards.items() if of_trade},
    }


def _percentiles(values: Sequence[float]) -> dict[str, Any]:
    """Take nearest ranks: every percentile is a figure that some enterprise has."""
    ordered = sorted(values)
    ranked = {str(step): ordered[max(0, -(-len(ordered) * step // 100) - 1)] for step in STEPS}
    return ranked | {"n": len(ordered)}
