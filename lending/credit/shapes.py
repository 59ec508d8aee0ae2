"""The shapes of the documents that decide, as JSON Schema; what they mean, their readers check. Pure."""

import json
from collections.abc import Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from lending.credit.model_card import MEASURES
from lending.credit.standards import STEPS
from portal.core.coded import Coded

_SHOWN: Final = 60
_TEXT: Final = {"type": "string"}
_NAME: Final = {"type": "string", "minLength": 1, "maxLength": 120}
_DAY: Final = {"type": "string", "format": "date"}
_FLAG: Final = {"type": "boolean"}
_COUNT: Final = {"type": "integer", "minimum": 0, "maximum": 10_000}
_ROWS: Final = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}
_POINTS: Final = {"type": "integer", "minimum": -10_000, "maximum": 10_000}
_NUMBER: Final = {"type": "number", "minimum": -1e15, "maximum": 1e15}


def _figure(written: str, **bounds: float) -> dict[str, Any]:
    """A decimal, as a number or as its text, which keeps every digit."""
    return {"anyOf": [{**_NUMBER, **bounds}, {"type": "string", "pattern": rf"\A{written}\Z"}]}


_FIGURE: Final = _figure(r"-?\d{1,15}(\.\d{1,15})?")
_POSITIVE: Final = _figure(r"(?=.*[1-9])\d{1,15}(\.\d{1,15})?", exclusiveMinimum=0)
_SHARE: Final = _figure(r"(0(\.\d{1,15})?|1(\.0{1,15})?)", minimum=0, maximum=1)
_FROM_ONE: Final = _figure(r"[1-9]\d{0,3}(\.\d{1,15})?", minimum=1, maximum=10_000)
_NAMED: Final = {
    "form": {"const": 1},
    "version": _COUNT,
    "code": {"type": "string", "pattern": r"\A[a-z0-9]+(-[a-z0-9]+)*\Z", "maxLength": 40},
    "name_en": _NAME,
    "name_zh_hans": _NAME,
    "source": _TEXT,
    "learned": {"type": "object"},
}


def _object(properties: Mapping[str, Any], *needed: str) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(needed), "additionalProperties": False}


def _list(of: Mapping[str, Any], least: int = 0, most: int = 10_000) -> dict[str, Any]:
    return {"type": "array", "items": of, "minItems": least, "maxItems": most}


def _each(of: Mapping[str, Any], names: str = "") -> dict[str, Any]:
    return {"type": "object", "additionalProperties": of, "propertyNames": {"pattern": names}}


_BIN: Final = _object({"below": _FIGURE, "points": _POINTS}, "points")
_CHARACTERISTIC: Final = _object(
    {"feature": _TEXT, "reference": _POINTS, "missing": _POINTS, "bins": _list(_BIN, 1)},
    "feature", "reference", "missing", "bins",
)  # fmt: skip
_LINK: Final = _object(
    {"points": _POINTS, "odds": _POSITIVE, "points_to_double_odds": _FROM_ONE},
    "points",
    "odds",
    "points_to_double_odds",
)
_MEASURE: Final = {"anyOf": [_NUMBER, {"type": "null"}, _list(_NUMBER, 1, 3)]}
_CARD: Final = {
    "type": "object",
    "properties": {
        "period": {"type": "object", "properties": {"first": _DAY, "last": _DAY}},
        "expires_on": _DAY,
        "good_months": {"type": "integer", "minimum": 1, "maximum": 120},
        "figures": _list(
            {
                "type": "object",
                "properties": {"kind": _TEXT, "rows": _ROWS, "bad": _ROWS, **dict.fromkeys(MEASURES, _MEASURE)},
                "required": ["rows", "bad"],
            }
        ),
    },
}
SCORECARD: Final = _object(
    {
        **_NAMED,
        "base_points": _POINTS,
        "link": _LINK,
        "characteristics": _list(_CHARACTERISTIC, 1),
        "industries": _list(_TEXT),
        "card": _CARD,
    },
    "code", "base_points", "link", "characteristics",
)  # fmt: skip
CHALLENGER: Final = _object(
    {**_NAMED, "features": _list(_TEXT, 1), "share": _NUMBER, "trees": _list({}), "line": _list(_NUMBER, 2, 2)},
    "code", "features", "share", "trees", "line",
)  # fmt: skip
_RULE: Final = _object(
    {
        "code": {"type": "string", "pattern": r"\A[a-z0-9_]+\Z", "maxLength": 40},
        "fact": _TEXT,
        "feature": _TEXT,
        "at_least": _FIGURE,
        "at_most": _FIGURE,
        "is": _FLAG,
        "includes": _TEXT,
        "silent": _FLAG,
        "unseen": _TEXT,
        "topic": _TEXT,
    },
    "code",
)
_GRADE: Final = _object(
    {
        "grade": {"type": "string", "minLength": 1, "maxLength": 2},
        "pd_below": _SHARE,
        "outcome": {"enum": ["approved", "referred", "declined"]},
        "inflow_months": _FIGURE,
        "coverage": _POSITIVE,
        "price": _SHARE,
    },
    "grade",
    "outcome",
)
POLICY: Final = _object(
    {
        **_NAMED,
        "knock_outs": _list(_RULE),
        "referrals": _list(_RULE),
        "most_missing": _COUNT,
        "grades": _list(_GRADE, 1),
        "largest_exposure_amount": _FIGURE,
        "round_amount_to": _POSITIVE,
        "register_good_days": _COUNT,
        "late_months": {"type": "integer", "minimum": 1, "maximum": 120},
        "harvest": _object({"usable_share": _SHARE, "least_share_due": _SHARE}),
    },
    "code", "knock_outs", "referrals", "most_missing", "grades", "largest_exposure_amount",
)  # fmt: skip
_PERCENTILES: Final = _object({**{str(step): _FIGURE for step in STEPS}, "n": _ROWS}, *map(str, STEPS))
STANDARDS: Final = _object(
    {
        **_NAMED,
        "as_of": _DAY,
        "source": {"type": "string", "minLength": 1},
        "standards": _each(_each(_PERCENTILES), r"\A(\*|[A-Z]|\d{2,4})\Z"),
    },
    "code", "as_of", "source", "standards",
)  # fmt: skip


class ShapeRefused(Coded):
    """A document with a part that is missing or of another kind; `part` or `place` says where, as JSONPath."""


def check(document: Any, shape: Mapping[str, Any]) -> None:
    """Make sure that a document has a shape.

    :raises ShapeRefused: at the place that is most likely wrong.
    """
    validator = Draft202012Validator(shape, format_checker=Draft202012Validator.FORMAT_CHECKER)
    found = best_match(validator.iter_errors(document))
    if found is None:
        return
    if found.validator == "required":
        missing = next(name for name in found.validator_value if name not in found.instance)
        raise ShapeRefused("part_missing", part=f"{found.json_path}.{missing}")
    raise ShapeRefused("shape_unknown", place=found.json_path, found=json.dumps(found.instance)[:_SHOWN])
