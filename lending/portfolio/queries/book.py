"""The book at a glance: what is at risk, how each quarter's loans age, how cases come through."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.conf import settings

from lending.loans.lines.models import CreditLine
from lending.loans.lines.queries import undrawn_of
from lending.portfolio.queries.losses import Losses, losses
from lending.portfolio.queries.scope import CASE, IN_SCOPE, PAID, Scope, rows
from portal.core.dates import add_months

AT_RISK_DAYS: Final = (1, 30, 90)
TREND_MONTHS: Final = 6
AGES: Final = (3, 6, 9, 12)
LATE_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class AtRisk:
    """What is lent on a day, and the open principal of loans with something 1, 30 or 90 days past due or more.

    What was written off until then is lent no more.
    """

    on: date
    loans: int
    open_amount: Decimal
    late_loans: int
    rescheduled_loans: int  # late or not: what is asked of them is no longer what was signed
    rescheduled_amount: Decimal
    amounts: tuple[Decimal, ...]  # in the order of AT_RISK_DAYS

    @property
    def shares(self) -> tuple[Decimal | None, ...]:
        """Give each as a part of what is lent."""
        return tuple(amount / self.open_amount if self.open_amount else None for amount in self.amounts)


_AT_RISK: Final = f"""\
WITH asked AS (
    SELECT day, place FROM unnest(%(days)s::date[]) WITH ORDINALITY AS each (day, place)
), lent AS (
    SELECT loan.id, loan.disbursed_on
      FROM lending_loan loan
      JOIN lending_offer offer ON offer.id = loan.offer_id
      JOIN ({CASE}) ON application.id = offer.application_id
     WHERE {IN_SCOPE}
), paid AS (
    SELECT installment.id AS installment_id, installment.loan_id, repayment.paid_on,
           allocation.principal_amount AS principal,
           sum(allocation.principal_amount + allocation.interest_amount)
               OVER (PARTITION BY installment.id ORDER BY repayment.paid_on)
               >= installment.principal_amount + installment.interest_amount
                  - installment.interest_saved_amount AS is_settled
      FROM lending_allocation allocation
      JOIN lending_repayment repayment ON repayment.id = allocation.repayment_id
         AND repayment.id NOT IN (SELECT repayment_id FROM lending_undonerepayment)
      JOIN lending_installment installment ON installment.id = allocation.installment_id
), planned AS (
    SELECT loan_id, sum(principal_amount) AS principal FROM lending_installment
     WHERE version = 1 GROUP BY loan_id
), rescheduled AS (
    SELECT loan_id, min(agreed_on) AS since FROM lending_rescheduling GROUP BY loan_id
), repaid AS (
    SELECT asked.day, paid.loan_id, sum(paid.principal) AS principal
      FROM (SELECT loan_id, width_bucket(paid_on - 1, %(days)s::date[]) AS days_before,
                   sum(principal) AS principal
              FROM paid GROUP BY loan_id, days_before) AS paid
      JOIN asked ON asked.place > paid.days_before
     GROUP BY asked.day, paid.loan_id
), settled AS (
    SELECT installment_id, min(paid_on) AS settled_on FROM paid WHERE is_settled GROUP BY installment_id
), overdue AS (
    SELECT asked.day, installment.loan_id, asked.day - min(installment.due_date) AS days
      FROM lending_installment installment
      LEFT JOIN settled ON settled.installment_id = installment.id
      JOIN asked ON installment.due_date < asked.day AND coalesce(settled_on > asked.day, true)
     WHERE installment.principal_amount + installment.interest_amount
           - installment.interest_saved_amount > 0
       AND coalesce(settled_on > installment.due_date, true)
       AND coalesce(installment.superseded_on > asked.day, true)
     GROUP BY asked.day, installment.loan_id
), standing AS (
    SELECT asked.day, planned.principal - coalesce(repaid.principal, 0) AS open,
           coalesce(overdue.days, 0) AS late,
           coalesce(rescheduled.since <= asked.day, false) AS is_rescheduled
      FROM asked
      JOIN lent ON lent.disbursed_on <= asked.day
      JOIN planned ON planned.loan_id = lent.id
      LEFT JOIN repaid ON repaid.day = asked.day AND repaid.loan_id = lent.id
      LEFT JOIN overdue ON overdue.day = asked.day AND overdue.loan_id = lent.id
      LEFT JOIN rescheduled ON rescheduled.loan_id = lent.id
      LEFT JOIN lending_writeoff lost ON lost.loan_id = lent.id AND lost.written_off_on <= asked.day
           AND coalesce(lost.reversed_on > asked.day, true)
     WHERE lost.id IS NULL AND planned.principal > coalesce(repaid.principal, 0)
)
SELECT asked.day, count(open), coalesce(sum(open), 0), count(open) FILTER (WHERE late >= 1),
       count(open) FILTER (WHERE is_rescheduled), coalesce(sum(open) FILTER (WHERE is_rescheduled), 0),
       {", ".join(f"coalesce(sum(open) FILTER (WHERE late >= {late}), 0)" for late in AT_RISK_DAYS)}
  FROM asked LEFT JOIN standing USING (day) GROUP BY asked.day ORDER BY asked.day"""


def at_risk(scope: Scope, days: Sequence[date]) -> list[AtRisk]:
    """Tell what was at risk at the end of each day, oldest first."""
    found = rows(_AT_RISK, scope.parameters() | {"days": sorted(days)})
    return [
        AtRisk(day, loans, lent, late, rescheduled, rescheduled_amount, tuple(amounts))
        for day, loans, lent, late, rescheduled, rescheduled_amount, *amounts in found
    ]


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
        f"""WITH lent AS (
                SELECT loan.id, loan.disbursed_on, loan.principal_amount
                  FROM lending_loan loan
                  JOIN lending_offer offer ON offer.id = loan.offer_id
                  JOIN ({CASE}) ON application.id = offer.application_id
                 WHERE loan.disbursed_on > %(since)s AND loan.disbursed_on <= %(last)s AND {IN_SCOPE}
            ), paid AS (
                {PAID}
                 WHERE installment.loan_id IN (SELECT id FROM lent)
                 GROUP BY installment.id
            ), late AS (
                SELECT paid.loan_id, least(min(lost.written_off_on), min(due_date + %(late)s) FILTER (
                           WHERE coalesce(paid_on - due_date >= %(late)s, true))) AS since
                  FROM paid LEFT JOIN lending_writeoff lost ON lost.loan_id = paid.loan_id AND lost.status = 'approved'
                 GROUP BY paid.loan_id
            ), watched AS (
                SELECT lent.disbursed_on, lent.principal_amount, age.months, ended.until,
                       coalesce(late.since <= ended.until, false) AS is_late
                  FROM lent JOIN late ON late.loan_id = lent.id
                 CROSS JOIN (SELECT unnest(%(ages)s::int[]) AS months) AS age
                 CROSS JOIN LATERAL (
                     SELECT (lent.disbursed_on + make_interval(months => age.months))::date AS until
                 ) AS ended
            )
            SELECT date_trunc('quarter', disbursed_on)::date AS quarter, months, count(*), sum(principal_amount),
                   CASE WHEN max(until) <= %(on)s THEN avg(is_late::int) END
              FROM watched GROUP BY quarter, months ORDER BY quarter, months""",
        scope.parameters() | {"ages": list(AGES), "late": LATE_DAYS, "on": on, "since": add_months(scope.last, -24)},
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
        f"""SELECT count(*), count(application.submitted_at), count(decision.id), count(offer.id),
                   count(*) FILTER (WHERE offer.id IN (SELECT offer_id FROM lending_loan)
                                    OR offer.id IN (SELECT offer_id FROM lending_creditline)),
                   count(*) FILTER (WHERE decision.outcome = 'approved'),
                   count(*) FILTER (WHERE decision.outcome = 'referred'),
                   count(*) FILTER (WHERE decision.outcome = 'declined'),
                   percentile_cont(0.5) WITHIN GROUP (
                       ORDER BY extract(epoch FROM decision.decided_at - application.submitted_at)::float8)
              FROM ({CASE})
              LEFT JOIN lending_creditdecision decision ON decision.application_id = application.id
              LEFT JOIN lending_offer offer ON offer.application_id = application.id
             WHERE (application.begun_at AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s AND {IN_SCOPE}""",
        scope.parameters() | {"zone": settings.TIME_ZONE},
    )
    return Funnel(*found[0])


@dataclass(frozen=True, slots=True)
class Glance:
    """The book at a glance."""

    scope: Scope
    at_risk: list[AtRisk]  # a trend, the scope's last day at its end
    losses: Losses
    vintages: list[Vintage]
    funnel: Funnel
    undrawn_amount: Decimal  # of the credit lines, now


def glance(scope: Scope, *, on: date) -> Glance:
    """Look at the book as it stood on the scope's last day, or stands now if that has not come."""
    last = min(scope.last, on)
    at_risk_then, lost = at_risk(scope, trend_days(last)), losses(scope, on=last)
    return Glance(scope, at_risk_then, lost, vintages(scope, on=on), funnel(scope), undrawn(scope))


def undrawn(scope: Scope) -> Decimal:
    """Sum what could still be drawn now of the scope's credit lines: the bank has promised it."""
    lines = CreditLine.objects.all()
    if scope.branches is not None:
        lines = lines.filter(enterprise__branch__in=scope.branches)
    if scope.product:
        lines = lines.filter(offer__application__product__code=scope.product)
    return undrawn_of(lines)
