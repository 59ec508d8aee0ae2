"""How judging does, in one answer: what pages, commands and the API show."""

from dataclasses import dataclass
from datetime import date

from lending.portfolio.measures import Separation
from lending.portfolio.queries import drift, outcomes, segments
from lending.portfolio.queries.labels import until
from lending.portfolio.queries.scope import Scope


@dataclass(frozen=True, slots=True)
class Monitoring:
    """All figures of one scope."""

    scope: Scope
    scores: drift.ScoreDrift
    characteristics: list[drift.CharacteristicDrift]
    reasons: drift.ReasonDrift
    overrides: drift.Overrides
    separation: Separation | None
    grades: list[outcomes.GradeOutcome]
    early_default: outcomes.EarlyDefault
    segments: list[segments.Segment]


def monitoring(scope: Scope, *, on: date) -> Monitoring:
    """Watch how judging does; outcomes are those of loans whose months watched ended in the scope, before a day."""
    past = until(scope, on=on)
    return Monitoring(
        scope=scope,
        scores=drift.score_drift(scope),
        characteristics=drift.characteristic_drift(scope),
        reasons=drift.reason_drift(scope),
        overrides=drift.overrides(scope),
        separation=outcomes.separation(past),
        grades=outcomes.grades(past),
        early_default=outcomes.early_default(past),
        segments=segments.segments(scope, past=past),
    )
