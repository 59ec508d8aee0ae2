"""The book at a glance: what is at risk, how each quarter's loans age, how cases come through."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.conf import settings

from lending.portfolio.queries.scope import CASE, IN_SCOPE, Scope, rows
from portal.core.dates import add_months

AT_RISK_DAYS: Final = (1, 30, 90)
TREND_MONTHS: Final = 6
AGES: Final = (3, 6, 9, 12)
LATE_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class AtRisk:
    """What is lent on a day, and the open principal of loans with something 1, 30 or 90 days past due or more."""

    on: date
    loans: int
    open_amount: Decimal
    late_loans: int
    amounts: tuple[Decimal, ...]  # in the order of AT_RISK_DAYS

    @property
    def shares(self) -> tuple[Decimal | None, ...]:
        """Give each as a part of what is lent."""
        return tuple(amount / self.open_amount if self.open_amount else None for amount in self.amounts)


def at_risk(scope: Scope, days: Sequence[date]) -> list[AtRisk]:
    """Tell what was at risk at the end of each day, oldest first."""
    found = rows(
        f"""WITH asked AS (SELECT unnest(%(days)s::date[]) AS day), paid AS (
                SELECT allocation.installment_id, repayment.paid_on, sum(allocation.principal_amount) AS principal,
                       sum(allocation.principal_amount + allocation.interest_amount) AS total
                  FROM lending_allocation allocation
                  JOIN lending_repayment repayment ON repayment.id = allocation.repayment_id
                     AND repayment.id NOT IN (SELECT repayment_id FROM lending_undonerepayment)
                 GROUP BY allocation.installment_id, repayment.paid_on
            ), unpaid AS (
                SELECT asked.day, installment.loan_id, installment.due_date,
                       installment.principal_amount - coalesce(sum(paid.principal), 0) AS principal,
                       installment.principal_amount + installment.interest_amount - installment.interest_saved_amount
                           - coalesce(sum(paid.total), 0) AS total
                  FROM asked
                  JOIN lending_loan loan ON loan.disbursed_on <= asked.day
                  JOIN lending_offer offer ON offer.id = loan.offer_id
                  JOIN ({CASE}) ON application.id = offer.application_id
                  JOIN lending_installment installment ON installment.loan_id = loan.id
                  LEFT JOIN paid ON paid.installment_id = installment.id AND paid.paid_on <= asked.day
                 WHERE {IN_SCOPE}
                 GROUP BY asked.day, installment.id
            ), standing AS (
                SELECT day, sum(principal) AS open,
                       coalesce(day - min(due_date) FILTER (WHERE total > 0 AND due_date < day), 0) AS late
                  FROM unpaid GROUP BY day, loan_id HAVING sum(principal) > 0
            )
            SELECT asked.day, count(open), coalesce(sum(open), 0), count(open) FILTER (WHERE late >= 1),
                   {", ".join(f"coalesce(sum(open) FILTER (WHERE late >= {late}), 0)" for late in AT_RISK_DAYS)}
              FROM asked LEFT JOIN standing USING (day) GROUP BY asked.day ORDER BY asked.day""",
        scope.parameters() | {"days": list(days)},
    )
    return [AtRisk(day, loans, lent, late, tuple(amounts)) for day, loans, lent, late, *amounts in found]


def trend_days(on: date) -> list[date]:
    """Name the days of a trend: the same day of the months before, and the day itself."""
    return [add_months(on, -months) for months in range(TREND_MONTHS, -1, -1)]


@dataclass(frozen=True, slots=True)
class Vintage:
    """The loans paid out in a quarter: what part of them was ever 30 days late by each age, where all are that old."""

    quarter: date
    loans: int
    amount: Decimal
    late_shares: tuple[float | None, ...]  # in the order of AGES


def vintages(scope: Scope, *, on: date) -> list[Vintage]:
    """Tell how the loans of the two years up to the scope's last day have aged, by quarter of their payout."""
    found = rows(
        f"""WITH aged AS (
                SELECT loan.id, loan.disbursed_on, loan.principal_amount, age.months,
                       (loan.disbursed_on + make_interval(months => age.months))::date AS until
                  FROM lending_loan loan
                  JOIN lending_offer offer ON offer.id = loan.offer_id
                  JOIN ({CASE}) ON application.id = offer.application_id
                 CROSS JOIN (SELECT unnest(%(ages)s::int[]) AS months) AS age
                 WHERE loan.disbursed_on > %(since)s AND loan.disbursed_on <= %(last)s AND {IN_SCOPE}
            ), paid AS (
                SELECT installment.id, installment.loan_id, installment.due_date,
                       CASE WHEN installment.principal_paid_amount + installment.interest_paid_amount
                               = installment.principal_amount + installment.interest_amount
                                 - installment.interest_saved_amount
                            THEN coalesce(max(repayment.paid_on), installment.due_date) END AS paid_on
                  FROM aged
                  JOIN lending_installment installment ON installment.loan_id = aged.id AND aged.months = %(oldest)s
                  LEFT JOIN lending_allocation allocation ON allocation.installment_id = installment.id
                  LEFT JOIN lending_repayment repayment ON repayment.id = allocation.repayment_id
                     AND repayment.id NOT IN (SELECT repayment_id FROM lending_undonerepayment)
                 GROUP BY installment.id
            ), watched AS (
                SELECT aged.id, aged.disbursed_on, aged.principal_amount, aged.months, aged.until,
                       max(least(coalesce(paid.paid_on, aged.until), aged.until) - paid.due_date) >= %(late)s AS is_late
                  FROM aged JOIN paid ON paid.loan_id = aged.id
                 GROUP BY aged.id, aged.disbursed_on, aged.principal_amount, aged.months, aged.until
            )
            SELECT date_trunc('quarter', disbursed_on)::date AS quarter, months, count(*), sum(principal_amount),
                   CASE WHEN max(until) <= %(on)s THEN avg(is_late::int) END
              FROM watched GROUP BY quarter, months ORDER BY quarter, months""",
        scope.parameters()
        | {"ages": list(AGES), "oldest": AGES[-1], "late": LATE_DAYS, "on": on, "since": add_months(scope.last, -24)},
    )
    return _vintages(found)


def _vintages(found: Sequence[tuple[Any, ...]]) -> list[Vintage]:
    grouped: dict[date, list[tuple[Any, ...]]] = defaultdict(list)
    for quarter, _, loans, amount, share in found:
        grouped[quarter].append((loans, amount, None if share is None else float(share)))
    return [
        Vintage(quarter, ages[0][0], ages[0][1], tuple(share for *_, share in ages))
        for quarter, ages in grouped.items()
    ]


@dataclass(frozen=True, slots=True)
class Funnel:
    """How far the applications begun in a scope have come: each step counts those that reached it."""

    begun: int
    submitted: int
    decided: int
    offered: int
    signed: int
    approved_at_once: int
    referred: int
    declined_at_once: int
    median_seconds: float | None  # from sending to the machine's decision


def funnel(scope: Scope) -> Funnel:
    """Count the applications begun on the scope's days, by what they reached."""
    found = rows(
        f"""SELECT count(*), count(application.submitted_at), count(decision.id), count(offer.id), count(loan.id),
                   count(*) FILTER (WHERE decision.outcome = 'approved'),
                   count(*) FILTER (WHERE decision.outcome = 'referred'),
                   count(*) FILTER (WHERE decision.outcome = 'declined'),
                   percentile_cont(0.5) WITHIN GROUP (
                       ORDER BY extract(epoch FROM decision.decided_at - application.submitted_at)::float8)
              FROM ({CASE})
              LEFT JOIN lending_creditdecision decision ON decision.application_id = application.id
              LEFT JOIN lending_offer offer ON offer.application_id = application.id
              LEFT JOIN lending_loan loan ON loan.offer_id = offer.id
             WHERE (application.begun_at AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s AND {IN_SCOPE}""",
        scope.parameters() | {"zone": settings.TIME_ZONE},
    )
    return Funnel(*found[0])


@dataclass(frozen=True, slots=True)
class Glance:
    """The book at a glance."""

    scope: Scope
    at_risk: list[AtRisk]  # a trend, the scope's last day at its end
    vintages: list[Vintage]
    funnel: Funnel


def glance(scope: Scope, *, on: date) -> Glance:
    """Look at the book as it stood on the scope's last day, or stands now if that has not come."""
    last = min(scope.last, on)
    return Glance(scope, at_risk(scope, trend_days(last)), vintages(scope, on=on), funnel(scope))
