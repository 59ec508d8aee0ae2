"""What readers should know of a scorecard before they trust it. Pure.

A model card (JSON, kept beside the table; it decides nothing). Everything may be missing, and is then shown as not
stated. Texts stand in both languages:

    {"purpose_en": "...", "purpose_zh_hans": "...", "data_en": "...", "target_en": "...", "exclusions_en": "...",
     "limits_en": "...", "owner_en": "...", "period": {"first": "2024-01-01", "last": "2025-12-31"},
     "expires_on": "2027-06-30", "good_months": 12,
     "figures": [{"rows": 1200, "bad": 60, "auc": [0.81, 0.77, 0.85], "gini": [0.62, 0.54, 0.70], "ks": [0.5, 0.4, 0.6],
                  "brier": [0.05, 0.04, 0.06]},
                 {"kind": "setting", "value": "village", "rows": 400, ...}]}

A figure is a value, or a value with the two ends of its interval. The line without a kind is the whole. Where no day is
named to look at it again, it is so many months after it was put in force.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from portal.core.dates import add_months

TEXTS: Final = ("purpose", "data", "target", "exclusions", "limits", "owner")
MEASURES: Final = ("auc", "gini", "ks", "brier")


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure, with its interval where it has one."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """How well the scorecard did on a segment; on everything where there is no kind."""

    kind: str
    value: str
    rows: int
    bad: int
    measures: Mapping[str, Measure]


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model card as it was written."""

    texts: Mapping[str, str]  # by the names in TEXTS, in one language; empty where not stated
    first: date | None
    last: date | None
    expires_on: date | None
    lines: Sequence[Line]

    def has_expired(self, on: date) -> bool:
        """Tell whether it should have been looked at again by a day."""
        return self.expires_on is not None and self.expires_on < on


def read(card: Mapping[str, Any], *, language: str, in_force_from: date | None = None) -> ModelCard:
    """Read a card in a language, English where it has no other.

    :param language: the ending of the fields: "en" or "zh_hans".
    :param in_force_from: the day from which its scorecard decides.
    """
    period = card.get("period") or {}
    return ModelCard(
        texts={name: str(card.get(f"{name}_{language}") or card.get(f"{name}_en") or "") for name in TEXTS},
        first=_day(period.get("first")),
        last=_day(period.get("last")),
        expires_on=_day(card.get("expires_on")) or _after(in_force_from, card.get("good_months")),
        lines=[_line(each) for each in card.get("figures", [])],
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _after(day: date | None, months: int | None) -> date | None:
    return None if day is None or months is None else add_months(day, months)


def _line(given: Mapping[str, Any]) -> Line:
    return Line(
        kind=given.get("kind", ""),
        value=str(given.get("value", "")),
        rows=int(given["rows"]),
        bad=int(given["bad"]),
        measures={name: _measure(given[name]) for name in MEASURES if given.get(name) is not None},
    )


def _measure(given: Any) -> Measure:
    value, *interval = given if isinstance(given, list) else [given]
    return Measure(float(value), *(float(each) for each in interval))
