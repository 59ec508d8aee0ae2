"""Reminding owners of installments: some hundreds at once, each moment of each installment once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Min, QuerySet, Sum

from accounts.settlement.happenings import Happening
from accounts.settlement.operations.notices import News, tell
from lending.arrears import queries
from lending.arrears.models import Reminder
from lending.arrears.queries.reminding import OPEN
from lending.arrears.states import Moment
from lending.loans.late_interest import NONE, LateInterest
from lending.loans.models import Installment, Loan
from lending.loans.queries import UNPAID, late_interest_of_all
from portal.core import formats, jobs

REMINDING_LOCK: Final = 7_203_017  # one at a time: two would both find what is not told yet
BATCH: Final = 500


def remind_short(*, on: date, at: datetime) -> int:
    """Tell the owners of loans that an installment is due soon and money is missing; say of how many.

    Some hundreds at a time; one that fails through a fault of ours, fails alone.
    """
    return _remind(queries.soon_to_remind(on), partial(_tell_of_short, on=on, at=at))


def remind_late(*, on: date, at: datetime) -> int:
    """Tell the owners of loans that something is late, one message for a loan; say of how many. As ``remind_short``."""
    return _remind(queries.late_to_remind(on), partial(_tell_of_late, on=on, at=at))


def _remind(rows: QuerySet[Installment], tell_of: Callable[[Sequence[int]], int]) -> int:
    told: list[int] = []
    jobs.some_at_once(
        list(rows.order_by("loan_id").values_list("loan_id", flat=True).distinct()),
        lambda some: told.append(tell_of(some)),
        size=BATCH,
        failed="lending.not_reminded",
        name_of=lambda loan: Loan.objects.get(pk=loan).reference,
    )
    return sum(told)


@transaction.atomic(durable=True)
def _tell_of_short(loans: Sequence[int], *, on: date, at: datetime) -> int:
    _wait_for_the_turn()
    short = queries.short_to_remind(on, loans)
    _keep(((row, Moment.SHORT) for row in short), at=at)
    news = [News(row.loan.settlement_account, partial(_short, row)) for row in short]
    tell(Happening.INSTALLMENT_SHORT, news, at=at)
    return len(short)


@transaction.atomic(durable=True)
def _tell_of_late(loans: Sequence[int], *, on: date, at: datetime) -> int:
    _wait_for_the_turn()
    rows: list[Any] = list(queries.late_to_remind(on).filter(loan__in=loans))
    _keep(((row, row.moment) for row in rows), at=at)
    chosen = sorted({row.loan_id for row in rows})
    news = [News(each.loan.settlement_account, partial(_in_words, each)) for each in _late(chosen, on)]
    tell(Happening.INSTALLMENT_LATE, news, at=at)
    return len(chosen)


def _wait_for_the_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [REMINDING_LOCK])


def _keep(told: Iterable[tuple[Installment, str]], *, at: datetime) -> None:
    Reminder.objects.bulk_create(Reminder(installment=row, moment=moment, reminded_at=at) for row, moment in told)


@dataclass(frozen=True)
class _Late:
    """What is late of a loan, and since when."""

    loan: Loan
    amount: Decimal
    since: date
    days: int
    late_interest: LateInterest


def _late(chosen: list[int], on: date) -> list[_Late]:
    loans = Loan.objects.select_related("settlement_account", "enterprise__branch").in_bulk(chosen)
    rows = Installment.objects.filter(UNPAID, loan__in=chosen, due_date__lt=on).values_list("loan")
    late = rows.annotate(amount=Sum(OPEN), since=Min("due_date")).order_by("loan")
    costs = late_interest_of_all(loans.values(), on=on)
    return [_Late(loans[pk], amount, since, (on - since).days, costs.get(pk, NONE)) for pk, amount, since in late]


def _in_words(late: _Late) -> dict[str, Any]:
    branch, costs, currency = late.loan.enterprise.branch, late.late_interest, late.loan.currency
    return {
        "amount": formats.money(late.amount, currency),
        "late_interest": formats.money(costs.open_amount, currency) if costs.open_amount else "",
        "tomorrow": formats.money(costs.tomorrow_amount, currency),
        "day": formats.day(late.since),
        "days": late.days,
        "loan": late.loan.reference,
        "branch": str(branch),
        "phone": branch.phone,
    }


def _short(row: Any) -> dict[str, Any]:
    currency = row.loan.currency
    return {
        "amount": formats.money(row.open_amount, currency),
        "missing": formats.money(row.missing_amount, currency),
        "late_interest": formats.money(row.late_interest_amount, currency) if row.late_interest_amount else "",
        "day": formats.day(row.due_date),
        "loan": row.loan.reference,
    }
