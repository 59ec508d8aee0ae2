"""The book by risk class, and what was written off of it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lending.loans.losses.queries import ClassTotal, classified, totals
from lending.portfolio.queries.scope import CASE, IN_SCOPE, Scope, rows

OF_SCOPE = f"""
    SELECT loan.id FROM lending_loan loan
      JOIN lending_offer offer ON offer.id = loan.offer_id
      JOIN ({CASE}) ON application.id = offer.application_id
     WHERE {IN_SCOPE}
"""


@dataclass(frozen=True, slots=True)
class Losses:
    """The loans in the books by class at the end of a day, and those written off until then."""

    on: date
    classes: list[ClassTotal]
    written_off_loans: int
    written_off_amount: Decimal
    recovered_amount: Decimal  # principal and interest, late interest as well


def losses(scope: Scope, *, on: date) -> Losses:
    """Classify the book as it stood at the end of a day."""
    chosen = [pk for (pk,) in rows(OF_SCOPE, scope.parameters())]
    [(loans, amount, recovered)] = rows(
        """SELECT count(*), coalesce(sum(write_off.principal_amount), 0), coalesce(sum(came.amount), 0)
             FROM lending_writeoff write_off
             LEFT JOIN (SELECT loan_id, sum(amount) AS amount FROM lending_repayment
                         WHERE is_recovery AND paid_on <= %(on)s
                           AND id NOT IN (SELECT repayment_id FROM lending_undonerepayment)
                           AND id NOT IN (SELECT repayment_id FROM lending_rebookedrecovery rebooked
                                            JOIN lending_writeoffreversal reversal ON reversal.id = rebooked.reversal_id
                                            JOIN lending_writeoff reversed ON reversed.id = reversal.write_off_id
                                           WHERE reversed.reversed_on <= %(on)s)
                         GROUP BY loan_id) AS came ON came.loan_id = write_off.loan_id
            WHERE write_off.written_off_on <= %(on)s AND coalesce(write_off.reversed_on > %(on)s, true)
              AND write_off.loan_id = ANY(%(loans)s)""",
        {"on": on, "loans": chosen},
    )
    return Losses(on, totals(classified(on, loans=chosen)), loans, amount, recovered)
