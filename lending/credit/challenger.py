"""A second opinion that never decides: boosted trees, scored beside the card by plain Python. Pure.

A table (JSON):

    {"form": 1, "code": "challenger", "version": 1, "features": ["buffer_days", ...], "share": 0.125,
     "trees": [{"of": 0, "at": 12.5, "low": -0.2, "high": {...}, "missing": "low"}, ...], "line": [0.1, 0.9]}

A node sends figures up to and including `at` to `low`, others to `high`, and missing ones to the side it names; a leaf
is a number. The sum of all trees times `share` is the log odds of a default; `line` (shift, slope) makes them honest.
"""

from collections.abc import Mapping, Sequence
from decimal import Context, Decimal, localcontext
from typing import Any, Final

from lending.credit.scorecards import Figure, TableRefused

FORM: Final = 1
_EXACT: Final = Context(prec=40)
_PROBABILITY: Final = Decimal("0.000001")
_FURTHEST: Final = 30.0
_DEEPEST: Final = 64
_LARGEST: Final = 1e15
_PARTS: Final = ("code", "version", "features", "share", "trees", "line")


def probability_of_default(table: Mapping[str, Any], features: Mapping[str, Figure]) -> Decimal:
    """Give the challenger's probability of default, six digits, by a table that `check` has passed."""
    figures = [_figure(features.get(code)) for code in table["features"]]
    shift, slope = table["line"]
    odds = shift + slope * table["share"] * sum(_walked(tree, figures) for tree in table["trees"])
    odds = min(max(odds, -_FURTHEST), _FURTHEST)
    with localcontext(_EXACT):
        return (1 / (1 + Decimal(repr(-odds)).exp())).quantize(_PROBABILITY)


def _figure(value: Figure) -> float | None:
    return None if value is None else float(value)


def _walked(node: Any, figures: Sequence[float | None]) -> float:
    while isinstance(node, dict):  # asked thousands of times for a case, and slow to ask of an abstract class
        figure = figures[node["of"]]
        side = node["missing"] if figure is None else ("low" if figure <= node["at"] else "high")
        node = node[side]
    return float(node)


def check(table: Mapping[str, Any], *, known: frozenset[str]) -> None:
    """Make sure that the table can score anything; `known` are the codes of features.

    :raises TableRefused: when it cannot, naming the place.
    """
    if table.get("form") != FORM:
        raise TableRefused("unknown_form", form=table.get("form"))
    for part in _PARTS:
        if part not in table:
            raise TableRefused("part_missing", part=part)
    for code in table["features"]:
        if code not in known:
            raise TableRefused("feature_unknown", feature=code)
    for number, tree in enumerate(table["trees"]):
        if not _is_sound(tree, len(table["features"]), _DEEPEST):
            raise TableRefused("tree_unsound", tree=number)


def _is_sound(node: Any, features: int, depth: int) -> bool:
    if not isinstance(node, Mapping):
        return _is_number(node)
    if depth == 0 or not {"of", "at", "low", "high", "missing"} <= node.keys():
        return False
    if not (isinstance(node["of"], int) and node["of"] in range(features) and _is_number(node["at"])):
        return False
    if node["missing"] not in ("low", "high"):
        return False
    return all(_is_sound(node[side], features, depth - 1) for side in ("low", "high"))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and -_LARGEST <= value <= _LARGEST
