"""Every decision, reached again: from what was stored with it, or from the evidence as it was recorded then."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from random import Random
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet

from accounts.identity.models import Industry
from lending.applications.judgment import asked_for, inputs_fingerprint
from lending.applications.models import CreditDecision
from lending.credit import policy as credit_policy
from lending.credit import queries as credit
from lending.credit import scorecards
from lending.credit.features import FEATURES_VERSION
from lending.credit.models import Policy, Scorecard, StandardEdition
from lending.credit.standards import Standard
from portal.core.models import AuditEvent

BATCH: Final = 200
# What the audit trail tells of a night in which all decisions were repeated, and under which subject it is found.
REPEATED, DIFFER, SUBJECT = "portfolio.decisions_repeated", "portfolio.decisions_differ", "decisions"
# The verdict's parts that stand in columns of their own, where queries count them.
COLUMNS: Final = ("outcome", "grade", "points", "probability_of_default", "limit_amount", "annual_rate")


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a decision, repeated, is not what was kept."""

    application: str
    part: str
    kept: str
    repeated: str


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of repeating decisions."""

    decisions: int
    differing: int
    first: Difference | None
    not_comparable: int  # measured by an earlier version of the features, so that evidence cannot show them again


def replay(decisions: QuerySet[CreditDecision] | None = None, *, evidence: bool = False) -> Replay:
    """Repeat decisions, all unless some are given, and compare to the last digit.

    :param evidence: measure again what was recorded and not superseded when each was taken, instead of judging
        the figures that were stored.
    """
    chosen = CreditDecision.objects.all() if decisions is None else decisions
    rows = chosen.select_related("application").order_by("pk").iterator(chunk_size=BATCH)
    shelf = _Shelf.filled()
    count = differing = not_comparable = 0
    first = None
    for batch in _batches(rows):
        measured = _measured_again(batch, shelf) if evidence else {}
        for decision in batch:
            count += 1
            not_comparable += evidence and decision.pk not in measured
            found = _difference(decision, shelf, measured.get(decision.pk))
            differing += found is not None
            first = first or found
    return Replay(count, differing, first, not_comparable)


@dataclass(frozen=True, slots=True)
class Night:
    """When all decisions were last repeated, and what came of it."""

    at: datetime
    decisions: int
    differing: int


def last_night() -> Night | None:
    """Look up in the trail what came of repeating all decisions; none where that was never done."""
    told = AuditEvent.objects.filter(subject=SUBJECT, verb__in=(REPEATED, DIFFER)).order_by("-pk").first()
    return Night(told.at, told.details["decisions"], told.details["differing"]) if told else None


def sample(size: int, *, chance: Random) -> QuerySet[CreditDecision]:
    """Draw so many decisions by chance, or take all where there are fewer."""
    keys = list(CreditDecision.objects.order_by("pk").values_list("pk", flat=True))
    return CreditDecision.objects.filter(pk__in=chance.sample(keys, min(size, len(keys))))


@dataclass
class _Shelf:
    """All rules that ever decided: a handful, read once."""

    scorecards: dict[int, Scorecard]
    policies: dict[int, Policy]
    editions: dict[int, StandardEdition]
    industries: dict[str, Industry]
    changed: dict[tuple[str, int], Difference] = field(default_factory=dict)
    standards: dict[tuple[str, int | None], dict[str, Standard]] = field(default_factory=dict)

    @classmethod
    def filled(cls) -> "_Shelf":
        shelf = cls(
            Scorecard.objects.in_bulk(),
            Policy.objects.in_bulk(),
            StandardEdition.objects.in_bulk(),
            Industry.objects.in_bulk(),
        )
        tables: list[Scorecard | Policy] = [*shelf.scorecards.values(), *shelf.policies.values()]
        for rules in tables:
            if found := _changed(rules):
                shelf.changed[rules.word, rules.pk] = found
        return shelf

    def rules_of(self, decision: CreditDecision) -> credit.Rules:
        edition = None if decision.standards_id is None else self.editions[decision.standards_id]
        return credit.Rules(self.scorecards[decision.scorecard_id], self.policies[decision.policy_id], edition)

    def standards_of(self, industry: str, edition: StandardEdition | None) -> dict[str, Standard]:
        key = (industry, edition.pk if edition else None)
        if key not in self.standards:
            self.standards[key] = credit.standards_of(self.industries[industry], edition=edition)
        return self.standards[key]


def _changed(rules: Scorecard | Policy) -> Difference | None:
    """Tell whether a table is no longer the one whose fingerprint was approved."""
    found = scorecards.fingerprint(rules.table)
    return None if found == rules.fingerprint else Difference("", rules.reference, rules.fingerprint, found)


def _batches(rows: Iterable[CreditDecision]) -> Iterator[list[CreditDecision]]:
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        yield batch


def _measured_again(batch: list[CreditDecision], shelf: _Shelf) -> dict[int, dict[str, Any]]:
    """Measure the enterprises of a batch as they were known then, set beside the standards of then."""
    asked = [
        credit.Case(each.pk, each.application.enterprise_id, each.as_of, each.decided_at)
        for each in batch
        if each.features_version == FEATURES_VERSION
    ]
    figures = credit.features_of_cases(asked) if asked else {}
    return {each.pk: _with_places(each, figures[each.pk], shelf) for each in batch if each.pk in figures}


def _with_places(decision: CreditDecision, measured: Mapping[str, Any], shelf: _Shelf) -> dict[str, Any]:
    chosen = shelf.standards_of(decision.facts["industry"], shelf.rules_of(decision).standards)
    places = credit.places_among(measured, chosen)
    return credit.with_places(measured, places) | asked_for(measured, decision.facts)


def _difference(decision: CreditDecision, shelf: _Shelf, measured: Mapping[str, Any] | None) -> Difference | None:
    """Find the first part of a decision that is not what it was: its rules, its inputs, its verdict, its columns."""
    reference = decision.application.reference
    rules = shelf.rules_of(decision)
    decisive: tuple[Scorecard | Policy, ...] = (rules.scorecard, rules.policy)
    for each in decisive:
        if found := shelf.changed.get((each.word, each.pk)):
            return Difference(reference, found.part, found.kept, found.repeated)
    digest = inputs_fingerprint(
        decision.features, decision.facts, decision.product_terms, rules, features_version=decision.features_version
    )
    if digest != decision.inputs_fingerprint:
        return Difference(reference, "inputs", decision.inputs_fingerprint, digest)
    features = decision.features
    if measured is not None:
        features = _plain(measured)
        if found := _unlike(reference, decision.features, features, named="feature"):
            return found
    verdict = credit_policy.judge(
        features, decision.facts, rules.scorecard.table, rules.policy.table, decision.product_terms
    )
    if found := _unlike(reference, decision.verdict, _plain(verdict.as_data()), named="verdict"):
        return found
    columns = {name: getattr(decision, name) for name in COLUMNS}
    repeated = {name: getattr(verdict, name) for name in COLUMNS} | {"outcome": verdict.outcome.value}
    explained = {"points": _explained(rules.scorecard, features)}
    return _unlike(reference, columns, repeated, named="column") or _unlike(
        reference, {"points": decision.points}, explained, named="explained"
    )


def _explained(scorecard: Scorecard, features: Mapping[str, Any]) -> int:
    """Add up what an explanation shows: the base points and the points of each characteristic."""
    score = scorecards.score(scorecard.table, features)
    return score.base_points + sum(each.points for each in score.contributions)


def _unlike(
    reference: str, kept: Mapping[str, Any], repeated: Mapping[str, Any], *, named: str
) -> Difference | None:  # fmt: skip
    for name in (*kept, *(each for each in repeated if each not in kept)):
        if kept.get(name) != repeated.get(name) or (name in kept) != (name in repeated):
            return Difference(reference, f"{named} {name}", _shown(kept.get(name)), _shown(repeated.get(name)))
    return None


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(values, cls=DjangoJSONEncoder))
    return plain
