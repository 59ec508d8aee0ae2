"""How late loans were before it was kept by the month: told by the migration from what had been kept of them."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.utils import timezone

from accounts.settlement.tests.builders import make_deposit
from lending.credit.models import Exposure, LateMonth
from lending.loans.queries import owing_of
from lending.loans.tests.builders import repay
from lending.loans.tests.rescheduling import LATE, reschedule

BEFORE, KEPT = "0023_loss_rules", "0024_late_months"


@pytest.fixture
def told(migrate):
    """Let an exposure say what was kept of it before, and give the months that come of it."""

    def of(loan, worst, *, changed_at=datetime(2026, 5, 16, tzinfo=UTC)):
        LateMonth.objects.all().delete()
        migrate("lending", BEFORE)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE lending_exposure SET worst_days_past_due = %s, changed_at = %s WHERE subject = %s",
                [worst, changed_at, loan.reference],
            )
        migrate("lending", KEPT)
        months = LateMonth.objects.filter(exposure__subject=loan.reference).order_by("month")
        return {f"{each.month:%Y-%m}": each.worst_days_past_due for each in months}

    return of


@pytest.fixture
def paid_late(loan, owner):
    """The loan, of which two installments were late when all of it was paid off: since 2 April and since 2 May."""
    return pay_off(loan, by=owner)


def pay_off(loan, *, by):
    make_deposit(loan.settlement_account, "20000.00")
    repay(loan, owing_of(loan, on=LATE).payoff_amount, by=by, on=LATE)
    return loan


class TestTold:
    def test_counts_each_month_to_its_last_day_or_the_day_of_payment(self, paid_late, told):
        assert date(2026, 5, 16) == LATE
        assert told(paid_late, 44) == {"2026-04": 28, "2026-05": 44}

    def test_tells_no_month_worse_than_what_was_kept(self, paid_late, told):
        assert told(paid_late, 30) == {"2026-04": 28, "2026-05": 30}

    def test_leaves_out_what_was_never_late(self, paid_late, told):
        assert told(paid_late, 0) == {}

    def test_counts_what_no_installment_tells_in_the_month_of_the_last_change_by_the_banks_clock(self, paid_late, told):
        new_month = datetime(2026, 6, 30, 16, 30, tzinfo=UTC)  # half past midnight in the bank
        assert timezone.localtime(new_month).date() == date(2026, 7, 1)
        assert told(paid_late, 60, changed_at=new_month) == {"2026-04": 28, "2026-05": 44, "2026-07": 60}

    def test_raises_the_month_of_the_last_change_where_that_tells_of_less(self, paid_late, told):
        assert told(paid_late, 60) == {"2026-04": 28, "2026-05": 60}

    def test_counts_a_schedule_until_another_took_its_place(self, loan, told, officer, second, owner):
        reschedule(loan, proposer=officer, approver=second, owner=owner)
        assert told(pay_off(loan, by=owner), 44) == {"2026-04": 28, "2026-05": 44}

    def test_back_and_forth_keeps_the_worst(self, paid_late, told, migrate):
        told(paid_late, 44)
        migrate("lending", BEFORE)
        with connection.cursor() as cursor:
            cursor.execute("SELECT worst_days_past_due FROM lending_exposure WHERE subject = %s", [str(paid_late)])
            assert cursor.fetchall() == [(44,)]
        migrate("lending", KEPT)
        assert Exposure.objects.get(subject=str(paid_late)).late_months.count() == 2
