"""Questions about loans."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.identity.models import User
from lending.loans.models import Installment, Loan
from lending.loans.states import DUE, LATE, LATER, PAID
from portal.core.badges import Badge

UNPAID = Q(principal_paid_amount__lt=F("principal_amount")) | Q(interest_paid_amount__lt=F("interest_amount"))
OPEN_PRINCIPAL = F("installments__principal_amount") - F("installments__principal_paid_amount")
NEXT_DUE = Q(installments__principal_paid_amount__lt=F("installments__principal_amount")) | Q(
    installments__interest_paid_amount__lt=F("installments__interest_amount")
)


def listed(user: User) -> QuerySet[Loan]:
    """List the loans one may see with what is open of each and the day it is next due, newest first."""
    seen = Loan.objects.visible_to(user).select_related("enterprise", "offer__application__product")
    return seen.annotate(
        open_principal_amount=Coalesce(Sum(OPEN_PRINCIPAL), Decimal(0)),
        next_due_date=Min("installments__due_date", filter=NEXT_DUE),
    ).order_by("-pk")


@dataclass(frozen=True)
class Row:
    """An installment and how it is shown."""

    installment: Installment
    badge: Badge


@dataclass(frozen=True)
class Standing:
    """A loan on a day: its schedule, what is open, what is late."""

    rows: list[Row]
    open_principal_amount: Decimal
    open_amount: Decimal
    late_amount: Decimal
    days_past_due: int
    next_installment: Installment | None

    @property
    def suggested_amount(self) -> Decimal:
        """What is late, or else the next installment."""
        following = self.next_installment.open_amount if self.next_installment else Decimal(0)
        return self.late_amount or following


def standing_of(loan: Loan, *, on: date) -> Standing:
    """Tell how a loan stands on a day."""
    installments = list(loan.installments.order_by("number"))
    unpaid = [row for row in installments if not row.is_paid]
    late = [row for row in unpaid if row.due_date < on]
    return Standing(
        rows=[Row(row, _badge(row, unpaid, on)) for row in installments],
        open_principal_amount=_sum(row.principal_amount - row.principal_paid_amount for row in installments),
        open_amount=_sum(row.open_amount for row in unpaid),
        late_amount=_sum(row.open_amount for row in late),
        days_past_due=max((row.days_past_due(on=on) for row in late), default=0),
        next_installment=unpaid[0] if unpaid else None,
    )


def _badge(row: Installment, unpaid: list[Installment], on: date) -> Badge:
    if row.is_paid:
        return PAID
    if row.due_date < on:
        return LATE
    return DUE if row == unpaid[0] else LATER


def _sum(amounts: Any) -> Decimal:
    return sum(amounts, Decimal(0))
