"""A scorecard is a table: this scores it, to the last digit the same everywhere. Pure.

A table (JSON):

    {"form": 1, "code": "expert-trade", "version": 1, "base_points": 500,
     "characteristics": [{"feature": "buffer_days", "reference": 30, "missing": 5,
                          "bins": [{"below": 3, "points": -20}, {"below": 14, "points": 10}, {"points": 30}]}, ...],
     "link": {"points": 600, "odds": "20", "points_to_double_odds": 40}}

`below` is an upper bound that does not belong to its bin; the last bin has none. `reference` is what the characteristic
gives a sound enterprise: points lost are counted against it. The link says that at `points` there are `odds` good
borrowers to one bad one, and that the odds double with each further `points_to_double_odds`. Points are whole
numbers, so an explanation adds up exactly; bounds and figures are compared as decimals.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from itertools import pairwise
from typing import Any, Final

from lending.credit.features.declared import OF_REQUEST
from lending.credit.features.vocabulary import Direction
from portal.core.coded import Coded

FORM: Final = 1
_LN_2: Final = Decimal("0.6931471805599453094172321214581765680755")
_EXACT: Final = Context(prec=40)
_PROBABILITY: Final = Decimal("0.000001")
# A characteristic may read a figure's place in its own trade (0 to 100) by this ending.
IN_TRADE: Final = "@trade"
_UNKNOWN_IN_TRADE: Final = frozenset(f"{each}{IN_TRADE}" for each in OF_REQUEST)  # no standard tells what is asked for

Figure = Decimal | int | float | str | None
Table = Mapping[str, Any]


class TableRefused(Coded):
    """A table that cannot score; `code` says why, `params` name the place."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one characteristic gave, beside what it gives a sound enterprise."""

    feature: str
    value: Figure
    points: int
    reference: int
    better: Figure  # the bound that the figure would have to pass to reach the reference; None when it is there
    worst: int  # the fewest points that the characteristic gives

    @property
    def lost(self) -> int:
        """Points missing to the reference; negative when above it."""
        return self.reference - self.points

    @property
    def is_missing(self) -> bool:
        """Tell whether there was too little evidence for the figure."""
        return self.value is None


@dataclass(frozen=True, slots=True)
class Score:
    """Points, what they mean, and where they come from: base points and contributions add up to `points`."""

    points: int
    probability_of_default: Decimal
    base_points: int
    contributions: tuple[Contribution, ...]


def score(table: Table, features: Mapping[str, Figure]) -> Score:
    """Score the features by a table that `check` has passed."""
    contributions = tuple(_contribution(each, features.get(each["feature"])) for each in table["characteristics"])
    points = table["base_points"] + sum(each.points for each in contributions)
    return Score(points, probability_of_default(table, points), table["base_points"], contributions)


def probability_of_default(table: Table, points: int) -> Decimal:
    """Turn points into a probability: 1 / (1 + odds), six digits, correctly rounded on every machine."""
    link = table["link"]
    with localcontext(_EXACT):
        doublings = Decimal(points - link["points"]) / Decimal(str(link["points_to_double_odds"]))
        odds = Decimal(str(link["odds"])) * (doublings * _LN_2).exp()
        return (1 / (1 + odds)).quantize(_PROBABILITY)


def place_of(characteristic: Mapping[str, Any], value: Figure) -> int | None:
    """Tell in which bin of a characteristic a figure lies, counted from 0; None where it is missing."""
    return None if value is None else _place(characteristic["bins"], _number(value))


def fingerprint(data: Any) -> str:
    """Tell whether two tables are the same: SHA-256 of canonical JSON."""
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def check(table: Table, *, known: frozenset[str]) -> None:
    """Make sure that the table can score anything; `known` are the codes of features.

    :raises TableRefused: when it cannot, naming the place.
    """
    if table.get("form") != FORM:
        raise TableRefused("unknown_form", form=table.get("form"))
    for name in ("code", "version", "base_points", "link"):
        if name not in table:
            raise TableRefused("part_missing", part=name)
    if not isinstance(table["base_points"], int):
        raise TableRefused("points_not_whole", feature="base_points")
    _check_link(table["link"])
    characteristics = table.get("characteristics") or []
    codes = [each.get("feature") for each in characteristics]
    if not codes or len(codes) != len(set(codes)):
        raise TableRefused("characteristics_repeat" if codes else "characteristics_missing")
    for each in characteristics:
        _check_characteristic(each, known)


def _check_link(link: Mapping[str, Any]) -> None:
    try:
        odds, doubling = Decimal(str(link["odds"])), Decimal(str(link["points_to_double_odds"]))
        sound = isinstance(link["points"], int) and odds > 0 and doubling > 0
    except (KeyError, ArithmeticError):
        sound = False
    if not sound:
        raise TableRefused("link_unusable")


def _check_characteristic(characteristic: Mapping[str, Any], known: frozenset[str]) -> None:
    code = characteristic["feature"]
    if code.removesuffix(IN_TRADE) not in known or code in _UNKNOWN_IN_TRADE:
        raise TableRefused("feature_unknown", feature=code)
    bins = characteristic.get("bins") or []
    bounds = [each.get("below") for each in bins]
    if not bins or bounds[-1] is not None or None in bounds[:-1]:
        raise TableRefused("bins_open", feature=code)
    if any(_number(low) >= _number(high) for low, high in pairwise(bounds[:-1])):
        raise TableRefused("bins_unordered", feature=code)
    points = [characteristic.get("reference"), characteristic.get("missing"), *(each.get("points") for each in bins)]
    if not all(isinstance(each, int) and not isinstance(each, bool) for each in points):
        raise TableRefused("points_not_whole", feature=code)
    given = [each["points"] for each in bins]
    if code in OF_REQUEST and given != sorted(given, reverse=OF_REQUEST[code] == Direction.LOWER_IS_BETTER):
        raise TableRefused("asking_for_more_earns_points", feature=code)


def _contribution(characteristic: Mapping[str, Any], value: Figure) -> Contribution:
    bins, reference = characteristic["bins"], characteristic["reference"]
    worst = min(each["points"] for each in bins)
    code = characteristic["feature"]
    if value is None:
        return Contribution(code, None, characteristic["missing"], reference, None, worst)
    place = _place(bins, _number(value))
    points = bins[place]["points"]
    return Contribution(code, value, points, reference, _better(bins, place, reference), worst)


def _place(bins: list[Mapping[str, Any]], value: Decimal) -> int:
    for place, each in enumerate(bins[:-1]):
        if value < _number(each["below"]):
            return place
    return len(bins) - 1


def _better(bins: list[Mapping[str, Any]], place: int, reference: int) -> Figure:
    """Find the nearest bound beyond which the reference's points are given, looking both ways from a figure's bin."""
    if bins[place]["points"] >= reference:
        return None
    good = [other for other, each in enumerate(bins) if each["points"] >= reference]
    if not good:
        return None
    nearest = min(good, key=lambda other: abs(other - place))
    bound: Figure = bins[nearest - 1]["below"] if nearest > place else bins[nearest]["below"]
    return bound


def _number(value: Figure) -> Decimal:
    return Decimal(str(value))
