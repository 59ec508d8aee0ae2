"""Rules as the documents they came as, and what one version changes against another."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from lending.credit.models import Challenger, Policy, RuleSet, Scorecard, StandardEdition

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
        Change(place, old.get(place, ""), new.get(place, ""))
        for place in dict.fromkeys((*new, *old))
        if old.get(place) != new.get(place)
    ]


def _leaves(part: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(part, Mapping):
        for name, value in part.items():
            if place or name not in _UNLIKE:
                yield from _leaves(value, f"{place} {name}".lstrip())
    elif isinstance(part, list) and part and all(isinstance(each, Mapping) and _name(each) for each in part):
        for each in part:
            yield from _leaves(each, f"{place} {_name(each)}")
    else:
        yield place, json.dumps(part, ensure_ascii=False)


def _name(part: Mapping[str, Any]) -> str:
    """Name an entry of a list: a characteristic, a rule, a grade; bins have no name and count as a whole."""
    names = [str(part[name]) for name in ("grade", "code", "fact", "feature") if name in part]
    return " ".join(names)
