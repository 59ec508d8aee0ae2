"""How loans ended: the labels that judging is measured by and learns from.

A loan is *bad* when an installment of it was 90 days past due, or more, or the loan was written off, within twelve
months of its payout. It counts
once these twelve months have passed, good or bad: counting the bad ones as soon as they show, and the good ones only
later, would paint young loans black. An *early default* is the same with 30 days within six months.

A credit line is one case: its draws are watched together, from the first of them on.

How late an installment was follows from when it was paid in full, or else from when a rescheduling superseded it, or
else from the end of the months watched.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from lending.portfolio.queries.scope import CASE, IN_SCOPE, PAID, SETTING, Scope, rows

BAD_DAYS: Final = 90
BAD_MONTHS: Final = 12
EARLY_DAYS: Final = 30
EARLY_MONTHS: Final = 6

# One row for each loan whose months watched ended within the scope: its decision, its worst lateness, bad or not.
ENDED: Final = f"""
paid AS (
    {PAID}
     GROUP BY installment.id
), watched AS (
    SELECT loan.id, loan.offer_id, loan.disbursed_on,
           (loan.disbursed_on + make_interval(months => %(months)s))::date AS until
      FROM (SELECT id, offer_id, min(disbursed_on) OVER (PARTITION BY offer_id) AS disbursed_on
              FROM lending_loan) loan
), ended AS (
    SELECT decision.id AS decision_id, application.id AS application_id, application.reference,
           enterprise.id AS enterprise_id, {SETTING} AS setting, seen.section, watched.disbursed_on,
           (decision.facts ->> 'months_in_business')::int AS months_in_business,
           decision.as_of, decision.grade, decision.outcome, decision.probability_of_default,
           greatest(max(least(coalesce(paid.paid_on, watched.until), watched.until) - paid.due_date), 0) AS worst_days,
           greatest(max(least(coalesce(paid.paid_on, watched.until), watched.until) - paid.due_date), 0)
               >= %(days)s OR coalesce(bool_or(lost.written_off_on <= watched.until), false) AS is_bad
      FROM watched
      JOIN paid ON paid.loan_id = watched.id
      LEFT JOIN lending_writeoff lost ON lost.loan_id = watched.id AND lost.status = 'approved'
      JOIN lending_offer offer ON offer.id = watched.offer_id
      JOIN ({CASE}) ON application.id = offer.application_id
      JOIN lending_creditdecision decision ON decision.application_id = application.id
      JOIN accounts_industry seen ON seen.code = coalesce(decision.facts ->> 'industry', industry.code)
     WHERE watched.until BETWEEN %(first)s AND %(last)s AND {IN_SCOPE}
     GROUP BY decision.id, application.id, enterprise.id, seen.section, watched.disbursed_on
)
"""


def watching(scope: Scope, *, days: int = BAD_DAYS, months: int = BAD_MONTHS) -> dict[str, Any]:
    """Give a statement over `ended` its parameters; a scope that ends in the future sees what has ended by then."""
    return scope.parameters() | {"days": days, "months": months}


@dataclass(frozen=True, slots=True)
class LabeledRow:
    """A decided case, the figures it was judged by, and how its loan ended."""

    application: str
    enterprise_id: int
    as_of: date
    features: dict[str, Any]  # by code, as stored with the decision; None where there was too little evidence
    section: str  # of the industry, as it was at the decision
    setting: str  # likewise
    months_in_business: int
    grade: str
    probability_of_default: float
    worst_days: int
    is_bad: bool

    @property
    def case(self) -> str:
        """What learning calls the case."""
        return self.application

    @property
    def segments(self) -> dict[str, str]:
        """Where learning reports its figures apart."""
        months = self.months_in_business
        age = "under_1" if months < 12 else "1_to_3" if months < 36 else "3_to_10" if months < 120 else "over_10"
        return {"section": self.section, "setting": self.setting, "age": age}


def labeled_rows(scope: Scope, *, on: date, days: int = BAD_DAYS, months: int = BAD_MONTHS) -> Iterator[LabeledRow]:
    """Take from the book what can be learned from: loans whose months watched ended within the scope and before a day.

    In the order of the decisions, so that a split by time is a split of the list.
    """
    statement = f"""WITH {ENDED}
        SELECT ended.reference, ended.enterprise_id, ended.as_of, decision.features::text, ended.section, ended.setting,
               coalesce(ended.months_in_business, 0), ended.grade, ended.probability_of_default, ended.worst_days,
               ended.is_bad
          FROM ended JOIN lending_creditdecision decision ON decision.id = ended.decision_id
         ORDER BY ended.as_of, ended.decision_id"""
    for row in rows(statement, watching(until(scope, on=on), days=days, months=months)):
        told: list[Any] = [*row[:3], json.loads(row[3]), *row[4:8], float(row[8]), *row[9:]]
        yield LabeledRow(*told)


def until(scope: Scope, *, on: date) -> Scope:
    """Leave the days out that have not passed by then: nobody knows how they end."""
    return replace(scope, last=min(scope.last, on - timedelta(days=1)))
