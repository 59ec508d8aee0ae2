"""Whether judging treats segments alike: approvals, and errors where loans have ended."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from lending.portfolio import measures
from lending.portfolio.measures import Interval, Separation
from lending.portfolio.queries.labels import ENDED, watching
from lending.portfolio.queries.scope import CASE, IN_SCOPE, SETTING, Scope, rows

KINDS: Final = ("section", "setting", "age")
# Years from the founding to the decision.
AGES: Final = ("under_1", "1_to_3", "3_to_10", "over_10")
# Approved less than four fifths as often as the others: the usual bound from which a person looks why.
LEAST_RATIO: Final = 0.8
# A segment is judged from this many decisions on; fewer say nothing.
FEWEST: Final = 30

SEGMENTS: Final = """
    CROSS JOIN LATERAL (VALUES
        ('section', section), ('setting', setting),
        ('age', CASE WHEN months_in_business < 12 THEN 'under_1' WHEN months_in_business < 36 THEN '1_to_3'
                     WHEN months_in_business < 120 THEN '3_to_10'
                     WHEN months_in_business IS NOT NULL THEN 'over_10' END)
    ) AS segment (kind, value)
"""


@dataclass(frozen=True, slots=True)
class Segment:
    """How one segment fared, beside all others of its kind."""

    kind: str
    value: str
    decisions: int
    approved: Interval | None  # by the machine, at once
    approval_ratio: float | None  # its share beside that of all others; None where either is none
    loans: int
    bad: int
    expected: float | None
    observed: Interval | None
    calibration_gap: float | None  # observed less expected, beside the same of all others
    missed_gap: float | None  # of its bad loans, the part approved at once, less that of all others
    false_alarm_gap: float | None  # of its good loans, the part not approved at once, less that of all others
    separation: Separation | None

    @property
    def needs_look(self) -> bool:
        """Tell whether it is approved so much less often that a person should look why."""
        return self.decisions >= FEWEST and self.approval_ratio is not None and self.approval_ratio < LEAST_RATIO


@dataclass(frozen=True, slots=True)
class _Counts:
    """Sums over decisions and ended loans, which can be taken from each other."""

    decisions: int = 0
    approved: int = 0
    loans: int = 0
    bad: int = 0
    expected: float = 0.0
    missed: int = 0
    false_alarms: int = 0

    def __add__(self, other: "_Counts") -> "_Counts":
        return _Counts(*(mine + its for mine, its in zip(self._parts(), other._parts(), strict=True)))

    def __sub__(self, other: "_Counts") -> "_Counts":
        return _Counts(*(mine - its for mine, its in zip(self._parts(), other._parts(), strict=True)))

    def _parts(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)


def segments(scope: Scope, *, past: Scope) -> list[Segment]:
    """Judge every segment by the decisions of a scope and by the loans whose twelve months ended in its past part."""
    counts: dict[tuple[str, str], _Counts] = defaultdict(_Counts)
    for kind, value, decisions, approved in _decided(scope):
        counts[kind, value] += _Counts(decisions, approved)
    risks: dict[tuple[str, str], list[tuple[float, int, int]]] = defaultdict(list)
    for kind, value, risk, good, bad, missed, false_alarms in _ended(past):
        expected = float(risk) * (good + bad)
        counts[kind, value] += _Counts(0, 0, good + bad, bad, expected, missed, false_alarms)
        risks[kind, value].append((-float(risk), good, bad))
    wholes = {kind: sum((each for key, each in counts.items() if key[0] == kind), _Counts()) for kind in KINDS}
    return [
        _segment(kind, value, mine, wholes[kind] - mine, risks[kind, value])
        for (kind, value), mine in sorted(counts.items(), key=_order)
    ]


def _order(item: tuple[tuple[str, str], _Counts]) -> tuple[int, int, str]:
    kind, value = item[0]
    return KINDS.index(kind), AGES.index(value) if value in AGES else 0, value


def _decided(scope: Scope) -> Iterable[tuple[Any, ...]]:
    return rows(
        f"""WITH decided AS (
                SELECT decision.outcome, {SETTING} AS setting, seen.section,
                       (decision.facts ->> 'months_in_business')::int AS months_in_business
                  FROM lending_creditdecision decision
                  JOIN ({CASE}) ON application.id = decision.application_id
                  JOIN accounts_industry seen ON seen.code = coalesce(decision.facts ->> 'industry', industry.code)
                 WHERE decision.as_of BETWEEN %(first)s AND %(last)s AND {IN_SCOPE}
            )
            SELECT segment.kind, segment.value, count(*), count(*) FILTER (WHERE outcome = 'approved')
              FROM decided {SEGMENTS} WHERE segment.value IS NOT NULL GROUP BY 1, 2""",
        scope.parameters(),
    )


def _ended(scope: Scope) -> Iterable[tuple[Any, ...]]:
    return rows(
        f"""WITH {ENDED}
            SELECT segment.kind, segment.value, probability_of_default, count(*) FILTER (WHERE NOT is_bad),
                   count(*) FILTER (WHERE is_bad), count(*) FILTER (WHERE is_bad AND outcome = 'approved'),
                   count(*) FILTER (WHERE NOT is_bad AND outcome <> 'approved')
              FROM ended {SEGMENTS} WHERE segment.value IS NOT NULL GROUP BY 1, 2, 3""",
        watching(scope),
    )


def _segment(
    kind: str, value: str, mine: _Counts, others: _Counts, risks: list[tuple[float, int, int]]
) -> Segment:  # fmt: skip
    return Segment(
        kind=kind,
        value=value,
        decisions=mine.decisions,
        approved=measures.share_of(mine.approved, mine.decisions),
        approval_ratio=_ratio(_share(mine.approved, mine.decisions), _share(others.approved, others.decisions)),
        loans=mine.loans,
        bad=mine.bad,
        expected=_share(mine.expected, mine.loans),
        observed=measures.share_of(mine.bad, mine.loans),
        calibration_gap=_gap(
            _share(mine.bad - mine.expected, mine.loans), _share(others.bad - others.expected, others.loans)
        ),
        missed_gap=_gap(_share(mine.missed, mine.bad), _share(others.missed, others.bad)),
        false_alarm_gap=_gap(
            _share(mine.false_alarms, mine.loans - mine.bad), _share(others.false_alarms, others.loans - others.bad)
        ),
        separation=measures.separation(risks),
    )


def _share(part: float, whole: int) -> float | None:
    return part / whole if whole else None


def _ratio(mine: float | None, others: float | None) -> float | None:
    return None if mine is None or not others else mine / others


def _gap(mine: float | None, others: float | None) -> float | None:
    return None if mine is None or others is None else mine - others
