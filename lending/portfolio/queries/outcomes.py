"""How well judging did, measured by how loans ended."""

from dataclasses import dataclass

from lending.portfolio import measures
from lending.portfolio.measures import Interval, Separation
from lending.portfolio.queries.labels import EARLY_DAYS, EARLY_MONTHS, ENDED, watching
from lending.portfolio.queries.scope import Scope, rows


def separation(scope: Scope) -> Separation | None:
    """Tell how well the probability of default told good loans from bad ones."""
    counted = rows(
        f"""WITH {ENDED} SELECT probability_of_default, count(*) FILTER (WHERE NOT is_bad),
                   count(*) FILTER (WHERE is_bad) FROM ended GROUP BY probability_of_default""",
        watching(scope),
    )
    return measures.separation([(-float(risk), good, bad) for risk, good, bad in counted])


@dataclass(frozen=True, slots=True)
class GradeOutcome:
    """How many loans of a grade went bad, and how many were expected to."""

    grade: str
    loans: int
    bad: int
    expected: float  # rate
    observed: Interval

    @property
    def is_as_expected(self) -> bool:
        """Tell whether what was expected lies within the interval of what came."""
        return self.observed.holds(self.expected)


def grades(scope: Scope) -> list[GradeOutcome]:
    """Set the bad rate that each grade promised beside the one that came."""
    counted = rows(
        f"""WITH {ENDED} SELECT grade, count(*), count(*) FILTER (WHERE is_bad), avg(probability_of_default)
              FROM ended GROUP BY grade ORDER BY grade""",
        watching(scope),
    )
    return [
        GradeOutcome(grade, loans, bad, float(expected), observed)
        for grade, loans, bad, expected in counted
        if (observed := measures.share_of(bad, loans))
    ]


@dataclass(frozen=True, slots=True)
class EarlyDefault:
    """Loans of which an installment was 30 days late within six months of the payout."""

    loans: int
    late: int

    @property
    def rate(self) -> Interval | None:
        """What part of them."""
        return measures.share_of(self.late, self.loans)


def early_default(scope: Scope) -> EarlyDefault:
    """Count loans whose first six months ended in the scope, and those that were late."""
    found = rows(
        f"WITH {ENDED} SELECT count(*), count(*) FILTER (WHERE is_bad) FROM ended",
        watching(scope, days=EARLY_DAYS, months=EARLY_MONTHS),
    )
    return EarlyDefault(*found[0])
