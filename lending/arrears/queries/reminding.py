"""Of which installments owners are to be reminded on a day, each once a moment."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import (
    Case,
    CharField,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable

from lending.arrears.models import Reminder
from lending.arrears.states import AHEAD, LATE_FROM, STALE_DAYS, Moment
from lending.loans.models import Installment, Loan
from lending.loans.queries import UNPAID, late_interest_of_all
from lending.loans.states import OWING, LoanStatus

MONEY: Final = DecimalField(max_digits=19, decimal_places=3)
OPEN: Final = (
    F("principal_amount")
    - F("principal_paid_amount")
    + F("interest_amount")
    - F("interest_saved_amount")
    - F("interest_paid_amount")
)
BALANCE: Final = "loan__settlement_account__ledger_account__kept_balance__"
AVAILABLE: Final = F(f"{BALANCE}amount") - F(f"{BALANCE}held_amount") + F(f"{BALANCE}overdraft_amount")


def _unpaid() -> QuerySet[Installment]:
    return Installment.objects.filter(UNPAID, loan__status=LoanStatus.ACTIVE)


def _not_yet(moment: object) -> Combinable:
    return ~Exists(Reminder.objects.filter(installment=OuterRef("pk"), moment=moment))


def soon_to_remind(on: date) -> QuerySet[Installment]:
    """List what is due soon and was not told of yet, whether or not the account holds it: nothing is worked out."""
    return _unpaid().filter(_not_yet(Moment.SHORT), due_date__range=(on, on + AHEAD))


def short_to_remind(on: date, loans: Sequence[int]) -> list[Any]:
    """List the next installment of each of some loans that is due soon and that the account does not hold.

    What the account must hold is all that falls due by then on every loan that is collected from it, and the late
    interest of today; each row tells how much of it is missing as ``missing_amount``, and the ``late_interest_amount``
    in it.
    """
    collected = Installment.objects.filter(UNPAID, loan__status__in=OWING)  # of a loan written off as well
    same_account = collected.filter(
        loan__settlement_account=OuterRef("loan__settlement_account"), due_date__lte=OuterRef("due_date")
    )
    needed = same_account.order_by().values("loan__settlement_account").annotate(sum=Sum(OPEN)).values("sum")
    missing = ExpressionWrapper(Subquery(needed, output_field=MONEY) - AVAILABLE, output_field=MONEY)
    late = same_account.filter(due_date__lt=on)
    soon = soon_to_remind(on).filter(loan__in=loans)
    found = soon.annotate(missing_amount=missing, is_late=Exists(late)).filter(
        Q(missing_amount__gt=0) | Q(is_late=True)
    )
    rows: list[Any] = list(
        found.select_related("loan__settlement_account").order_by("loan_id", "due_date").distinct("loan_id")
    )
    costs = _late_interest_by_account({row.loan.settlement_account_id for row in rows if row.is_late}, on)
    for row in rows:
        row.late_interest_amount = costs[row.loan.settlement_account_id]
        row.missing_amount += row.late_interest_amount
    return [row for row in rows if row.missing_amount > 0]


def _late_interest_by_account(accounts: set[int], on: date) -> dict[int, Decimal]:
    loans = {loan.pk: loan for loan in Loan.objects.filter(status__in=OWING, settlement_account__in=accounts)}
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for pk, cost in late_interest_of_all(loans.values(), on=on).items():
        sums[loans[pk].settlement_account_id] += cost.open_amount
    return sums


def late_to_remind(on: date) -> QuerySet[Installment]:
    """List the installments that are late by as much as owners are told of, and were not told: ``moment`` says which.

    Where days were missed, what they would have told is not told any more.
    """
    whens = [
        When(due_date__lte=on - timedelta(days=days), then=Value(moment.value)) for moment, days in LATE_FROM.items()
    ]
    late = _unpaid().filter(due_date__lt=on, due_date__gt=on - timedelta(days=STALE_DAYS))
    late = late.annotate(moment=Case(*whens, output_field=CharField()))
    return late.filter(_not_yet(OuterRef("moment"))).order_by("loan_id", "due_date")
