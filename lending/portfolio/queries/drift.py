"""What moved since the year before: scores, characteristics, reasons; and how often people decide otherwise."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from lending.portfolio import measures
from lending.portfolio.queries.scope import CASE, IN_SCOPE, Scope, rows

DECIDED: Final = f"""
decided AS (
    SELECT decision.id, decision.points, decision.features, decision.verdict, decision.scorecard_id, card.code,
           card.version, decision.as_of >= %(first)s AS is_now
      FROM lending_creditdecision decision
      JOIN lending_scorecard card ON card.id = decision.scorecard_id
      JOIN ({CASE}) ON application.id = decision.application_id
     WHERE decision.as_of BETWEEN %(reference_first)s AND %(last)s AND {IN_SCOPE}
)
"""
# A characteristic's bins are those of the newest version that decided in the period, for both periods.
BINNED: Final = """
cards AS (
    SELECT DISTINCT ON (code) code, scorecard_id FROM decided WHERE is_now ORDER BY code, version DESC
), characteristics AS MATERIALIZED (
    SELECT cards.code, characteristic.position, characteristic.value ->> 'feature' AS feature,
           ARRAY(SELECT (bin.value ->> 'below')::numeric
                   FROM jsonb_array_elements(characteristic.value -> 'bins') WITH ORDINALITY AS bin (value, position)
                  WHERE bin.value ->> 'below' IS NOT NULL ORDER BY bin.position) AS bounds
      FROM cards
      JOIN lending_scorecard card ON card.id = cards.scorecard_id
     CROSS JOIN LATERAL jsonb_array_elements(card."table" -> 'characteristics')
           WITH ORDINALITY AS characteristic (value, position)
), opened AS MATERIALIZED (
    SELECT code, is_now, features || '{}' AS features FROM decided  -- unpacked once, not for each characteristic anew
), binned AS (
    SELECT code, position, characteristics.feature, opened.is_now,
           width_bucket((opened.features ->> characteristics.feature)::numeric, bounds) AS bin
      FROM characteristics JOIN opened USING (code)
)
"""


@dataclass(frozen=True, slots=True)
class Band:
    """A range of points (the upper bound does not belong to it), and how many cases lay in it."""

    low: int | None
    high: int | None
    then: int
    now: int


@dataclass(frozen=True, slots=True)
class ScoreDrift:
    """How the scores moved: the cases of the year before, cut into tenths, and those of the period."""

    index: float | None
    then: int
    now: int
    bands: list[Band]


def score_drift(scope: Scope) -> ScoreDrift:
    """Compare the scores of the period with those of the year before."""
    counted = rows(
        f"""WITH {DECIDED} SELECT points, count(*) FILTER (WHERE NOT is_now), count(*) FILTER (WHERE is_now)
              FROM decided GROUP BY points""",
        scope.parameters(),
    )
    bounds = measures.deciles([(points, then) for points, then, _ in counted])
    then, now = [0] * (len(bounds) + 1), [0] * (len(bounds) + 1)
    for points, before, after in counted:
        band = measures.band_of(points, bounds)
        then[band] += before
        now[band] += after
    edges = [None, *bounds, None]
    bands = [Band(*each) for each in zip(edges[:-1], edges[1:], then, now, strict=True)]
    return ScoreDrift(measures.stability_index(then, now), sum(then), sum(now), bands)


@dataclass(frozen=True, slots=True)
class CharacteristicDrift:
    """How a scorecard's characteristic moved, counted in its own bins; the last bin is the missing."""

    scorecard: str
    feature: str
    index: float | None
    then: list[int]
    now: list[int]


def characteristic_drift(scope: Scope) -> list[CharacteristicDrift]:
    """Compare each characteristic of the cards that decided in the period, in the order of the cards."""
    counted = rows(
        f"""WITH {DECIDED}, {BINNED}
            SELECT code, position, feature, bin,
                   count(*) FILTER (WHERE NOT is_now), count(*) FILTER (WHERE is_now)
              FROM binned GROUP BY code, position, feature, bin ORDER BY code, position, bin NULLS LAST""",
        scope.parameters(),
    )
    grouped: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for code, _, feature, _, then, now in counted:
        grouped[code, feature].append((then, now))
    return [_characteristic(*key, counts) for key, counts in grouped.items()]


def _characteristic(scorecard: str, feature: str, counts: list[tuple[int, int]]) -> CharacteristicDrift:
    then, now = [each[0] for each in counts], [each[1] for each in counts]
    return CharacteristicDrift(scorecard, feature, measures.stability_index(then, now), then, now)


@dataclass(frozen=True, slots=True)
class ReasonShare:
    """How many decisions of either period named a reason."""

    code: str
    then: int
    now: int


@dataclass(frozen=True, slots=True)
class ReasonDrift:
    """How the reasons moved, the most frequent first."""

    index: float | None
    then: int  # decisions
    now: int
    reasons: list[ReasonShare]


def reason_drift(scope: Scope) -> ReasonDrift:
    """Compare what decisions named as their reasons."""
    counted = rows(
        f"""WITH {DECIDED}
            SELECT reason ->> 'code', count(*) FILTER (WHERE NOT is_now), count(*) FILTER (WHERE is_now)
              FROM decided CROSS JOIN LATERAL jsonb_array_elements(verdict -> 'reasons') AS reason GROUP BY 1
            UNION ALL SELECT NULL, count(*) FILTER (WHERE NOT is_now), count(*) FILTER (WHERE is_now) FROM decided""",
        scope.parameters(),
    )
    reasons = sorted((ReasonShare(*row) for row in counted if row[0]), key=lambda each: (-each.now, -each.then))
    _, then, now = next(row for row in counted if row[0] is None)
    index = measures.stability_index([each.then for each in reasons], [each.now for each in reasons])
    return ReasonDrift(index, then, now, reasons)


@dataclass(frozen=True, slots=True)
class Overrides:
    """How often a recommendation went against the machine.

    More: it approves what the grade declines, more than the limit, or at a lower rate. Less: it declines what the
    grade approves.
    """

    recommendations: int
    more: int
    less: int

    @property
    def rate(self) -> measures.Interval | None:
        """What part of the recommendations went against it."""
        return measures.share_of(self.more + self.less, self.recommendations)


def overrides(scope: Scope) -> Overrides:
    """Count the recommendations on the period's decisions that go against the machine; the last on a case counts."""
    found = rows(
        f"""WITH said AS (
                SELECT DISTINCT ON (review.application_id) review.outcome, review.amount, review.annual_rate,
                       decision.limit_amount, decision.annual_rate AS rate_by_policy,
                       (SELECT each.value ->> 'outcome'
                          FROM jsonb_array_elements(policy."table" -> 'grades') AS each (value)
                         WHERE each.value ->> 'grade' = decision.grade) AS by_grade
                  FROM lending_review review
                  JOIN lending_creditdecision decision ON decision.application_id = review.application_id
                  JOIN lending_policy policy ON policy.id = decision.policy_id
                  JOIN ({CASE}) ON application.id = review.application_id
                 WHERE review.kind = 'recommendation' AND decision.as_of BETWEEN %(first)s AND %(last)s AND {IN_SCOPE}
                 ORDER BY review.application_id, review.id DESC
            )
            SELECT count(*),
                   count(*) FILTER (WHERE outcome = 'approve' AND (
                       by_grade = 'declined' AND amount > coalesce(limit_amount, 0) OR amount > limit_amount
                       OR annual_rate < rate_by_policy)),
                   count(*) FILTER (WHERE outcome = 'decline' AND by_grade = 'approved')
              FROM said""",
        scope.parameters(),
    )
    return Overrides(*found[0])
