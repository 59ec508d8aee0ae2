"""What a rescheduling asks of a loan: new terms, what is carried over or paid ahead, how long it may last. Pure."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from portal.core import interest
from portal.core.dates import add_months
from portal.core.interest import InterestMethod, Schedule, Terms
from portal.core.money import contracted

SHORT_TERM_MONTHS: Final = 12
MEDIUM_TERM_MONTHS: Final = 60
LONGEST_MONTHS: Final = 36


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the bank proposes: when the first installment falls due, how many follow, and how they share principal.

    The first ``interest_only`` of them ask for no principal. The rate and every other convention stay as signed.
    """

    first_due_date: date
    installments: int
    interest_only: int
    interest_method: InterestMethod

    def terms(self, signed: Terms) -> Terms:
        """Put what is proposed in the place of what was signed; what a product left free at the start is over.

        :raises TermsRefused: when it contradicts itself.
        """
        is_level = self.interest_method == InterestMethod.EQUAL_INSTALLMENTS
        return replace(
            signed,
            first_due_date=self.first_due_date,
            due_day=None,
            installments=self.installments,
            interest_method=self.interest_method,
            principal_grace=self.interest_only,
            interest_grace=0,
            interest_free=0,
            balloon_rate=Decimal(0),
            upfront_fee_rate=Decimal(0),
            installment_multiple=signed.installment_multiple if is_level else None,
        )


def carried_parts(made: Schedule, carried_amount: Decimal) -> list[Decimal]:
    """Share the interest that the earlier schedule still asks for out, in equal parts over what asks for anything.

    It bears no interest itself.
    """
    asks = [bool(row.total_amount) for row in made.installments]
    part = contracted(carried_amount / sum(asks), made.terms.currency)
    return interest.spread(carried_amount, [part if is_asked else Decimal(0) for is_asked in asks])


def unpaid_parts(made: Schedule, ahead_amount: Decimal) -> list[Decimal]:
    """Give the interest that each installment asks for, once what was paid ahead is taken off the first of it."""
    asked = []
    for row in made.installments:
        covered = min(ahead_amount, row.interest_amount)
        ahead_amount -= covered
        asked.append(row.interest_amount - covered)
    return asked


def latest_end(disbursed_on: date, signed_end: date) -> date:
    """Tell until when a loan may be extended, all times together (General Rules on Loans of 1996, article 12).

    A loan of a year may last as long again, one of five years half as long, a longer one three years more.
    """
    term = max((signed_end.year - disbursed_on.year) * 12 + signed_end.month - disbursed_on.month, 1)
    if term <= SHORT_TERM_MONTHS:
        return add_months(signed_end, term)
    return add_months(signed_end, term // 2 if term <= MEDIUM_TERM_MONTHS else LONGEST_MONTHS)
