"""Which part of the book is looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from accounts.identity.models import Branch, User
from lending.credit.models import RuleStatus, Scorecard
from portal.core.dates import add_months
from portal.core.language import localized


@dataclass(frozen=True, slots=True)
class Scope:
    """Days, branches and a product; `branches` None are all, `product` empty are all."""

    first: date
    last: date
    branches: tuple[int, ...] | None = None
    product: str = ""

    @property
    def reference_last(self) -> date:
        """The day before the first: a period is compared with the year that ended then."""
        return self.first - timedelta(days=1)

    @property
    def reference_first(self) -> date:
        """The first day of the year that ended the day before."""
        return add_months(self.first, -12)

    def parameters(self) -> dict[str, Any]:
        """Give the statements what they ask for."""
        return {
            "first": self.first,
            "last": self.last,
            "reference_first": self.reference_first,
            "reference_last": self.reference_last,
            "branches": None if self.branches is None else list(self.branches),
            "product": self.product,
        }


# Every statement names the case's application, its enterprise and its product so, and is cut to the scope by this.
CASE = """
    lending_application application
    JOIN accounts_enterprise enterprise ON enterprise.id = application.enterprise_id
    JOIN accounts_industry industry ON industry.code = enterprise.industry_id
    JOIN lending_loanproduct product ON product.id = application.product_id
"""
# Town or village as the decision saw it; what decisions of before that was kept saw is not known.
SETTING = "coalesce(decision.facts ->> 'setting', enterprise.setting)"
# Each installment with the day on which it was paid in full, or superseded; whoever reads it groups by installment.id.
PAID = """
    SELECT installment.loan_id, installment.due_date,
           CASE WHEN installment.principal_paid_amount + installment.interest_paid_amount
                   = installment.principal_amount + installment.interest_amount
                     - installment.interest_saved_amount
                THEN coalesce(max(repayment.paid_on), installment.due_date)
                ELSE installment.superseded_on END AS paid_on
      FROM lending_installment installment
      LEFT JOIN lending_allocation allocation ON allocation.installment_id = installment.id
      LEFT JOIN lending_repayment repayment ON repayment.id = allocation.repayment_id
         AND repayment.id NOT IN (SELECT repayment_id FROM lending_undonerepayment)
"""
IN_SCOPE = """
    (%(branches)s::bigint[] IS NULL OR enterprise.branch_id = ANY(%(branches)s::bigint[]))
    AND (%(product)s = '' OR product.code = %(product)s)
"""


def branches_of(user: User) -> list[Branch]:
    """List the branches whose book a member of staff may look at."""
    branches = Branch.objects.order_by("code")
    return list(branches if user.sees_all_branches else branches.filter(pk__in=user.branches()))


def card_names() -> dict[str, str]:
    """Name the scorecards in the reader's language, each by its newest version."""
    kept = Scorecard.objects.exclude(status=RuleStatus.DISCARDED).defer("table")
    newest = kept.order_by("code", "-version").distinct("code")
    return {each.code: localized(each, "name") for each in newest}


def rows(statement: str, parameters: dict[str, Any]) -> Sequence[tuple[Any, ...]]:
    """Ask the database one question."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return found
