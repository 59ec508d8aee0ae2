"""Rules as the documents they came as, and what one version changes against another."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from lending.credit.models import Challenger, Policy, RuleSet, Scorecard, StandardEdition

_NAMING: Final = ("grade", "code", "fact", "feature")
_UNLIKE: Final = frozenset({"version", "source"})  # every version has its own


@dataclass(frozen=True, slots=True)
class Change:
    """A part of a document, as it was and as it would be, both as JSON; empty where it is not there."""

    place: str
    before: str
    after: str


def document_of(rules: RuleSet) -> dict[str, Any]:
    """Write rules as the document that would propose them again."""
    if isinstance(rules, StandardEdition):
        return _standards(rules)
    assert isinstance(rules, Scorecard | Policy | Challenger)
    return dict(rules.table) | ({"card": rules.card} if isinstance(rules, Scorecard) and rules.card else {})


def _standards(edition: StandardEdition) -> dict[str, Any]:
    standards: dict[str, dict[str, Any]] = {}
    for row in edition.standards.order_by("pk"):
        standards.setdefault(row.industry, {})[row.feature] = dict(row.percentiles) | {"n": row.n}
    return {
        "code": edition.code,
        "version": edition.version,
        "name_en": edition.name_en,
        "name_zh_hans": edition.name_zh_hans,
        "as_of": edition.as_of.isoformat(),
        "source": edition.source,
        "standards": standards,
    }


def changes(before: RuleSet, after: RuleSet) -> list[Change]:
    """List what a version changes, in the order of its document."""
    old, new = dict(_leaves(document_of(before))), dict(_leaves(document_of(after)))
    return [
        Change(" / ".join(place), old.get(place, ""), new.get(place, ""))
        for place in dict.fromkeys((*new, *old))
        if old.get(place) != new.get(place)
    ]


def _leaves(part: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(part, Mapping) and part:
        for name, value in part.items():
            if place or name not in _UNLIKE:
                yield from _leaves(value, (*place, name))
    elif isinstance(part, list) and part:
        for name, value in zip(_names(part), part, strict=True):
            yield from _leaves(value, (*place, name))
    else:
        yield place, json.dumps(part, ensure_ascii=False)


def _names(parts: list[Any]) -> list[str]:
    """Name the entries of a list: grades, rules and characteristics by what they are, others by their place."""
    names = [
        " ".join(str(part[name]) for name in _NAMING if name in part) for part in parts if isinstance(part, Mapping)
    ]
    are_unlike = len(set(names)) == len(parts) and all(names)
    return names if are_unlike else [str(place) for place, _part in enumerate(parts, start=1)]
