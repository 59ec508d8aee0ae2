"""A closed month stays closed, and what the bank owns and earned at any date."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction

from accounts.ledger import operations as ledger
from accounts.ledger import queries
from accounts.ledger.models import AccountingPeriod, LedgerAccount
from accounts.ledger.tests.builders import NOW, make_customer_account, make_entry
from portal.core.models import AuditEvent

MARCH_2, MARCH_31, APRIL_1 = date(2026, 3, 2), date(2026, 3, 31), date(2026, 4, 1)


@pytest.fixture
def cash(bank):
    return LedgerAccount.objects.named("cash")


@pytest.fixture
def equity(bank):
    return LedgerAccount.objects.named("equity")


def close_march(month=MARCH_2):
    return ledger.close_month(month, on=APRIL_1, at=NOW, by="U-OPS")


class TestCloseMonth:
    def test_closes_to_the_last_day_and_records_who(self, bank):
        assert (close_march().last_date, queries.closed_up_to()) == (MARCH_31, MARCH_31)
        event = AuditEvent.objects.get(verb="ledger.month_closed")
        assert (event.subject, event.by, event.at) == ("2026-03", "U-OPS", NOW)

    def test_is_refused_on_the_months_last_day(self, bank):
        with pytest.raises(ledger.MonthNotOver):
            ledger.close_month(MARCH_2, on=MARCH_31, at=NOW, by="U-OPS")
        assert not AccountingPeriod.objects.exists()

    @pytest.mark.parametrize("month", [date(2026, 3, 15), date(2026, 2, 1)])
    def test_is_refused_for_what_is_closed(self, bank, month):
        close_march()
        with pytest.raises(ledger.MonthAlreadyClosed):
            close_march(month)


class TestMonthToClose:
    def test_is_the_one_before_where_none_is_closed(self, bank):
        assert queries.month_to_close(APRIL_1) == MARCH_31

    def test_follows_the_last_closed(self, bank):
        close_march()
        assert queries.month_to_close(APRIL_1) is None
        assert queries.month_to_close(date(2026, 6, 3)) == date(2026, 4, 30)


class TestClosedMonth:
    @pytest.mark.parametrize("day", [date(2025, 12, 31), MARCH_2, MARCH_31])
    def test_takes_no_entry(self, cash, equity, day):
        close_march()
        with pytest.raises(ledger.PeriodClosed):
            make_entry(cash, equity, on=day)

    def test_leaves_the_next_open(self, cash, equity):
        close_march()
        make_entry(cash, equity, on=APRIL_1)
        assert queries.balance(cash) == 100

    def test_still_answers_a_key_that_it_knows(self, cash, equity):
        entry = make_entry(cash, equity, key="once", on=MARCH_2)
        close_march()
        assert make_entry(cash, equity, key="once", on=MARCH_2) == entry

    def test_is_corrected_in_an_open_one(self, cash, equity):
        entry = make_entry(cash, equity, on=MARCH_2)
        close_march()
        with pytest.raises(ledger.PeriodClosed), transaction.atomic():
            ledger.reverse(entry, key="undo", at=NOW, by="U-1", on=MARCH_31)
        with transaction.atomic():
            ledger.reverse(entry, key="undo", at=NOW, by="U-1", on=APRIL_1)
        assert (queries.balance(cash, on=MARCH_31), queries.balance(cash)) == (100, 0)


@pytest.mark.django_db(transaction=True)
class TestClosingWhilePosting:
    def test_waits_for_who_is_in_the_middle(self, cash, equity):
        def close():
            try:
                close_march()
            finally:
                connection.close()

        closing = threading.Thread(target=close)
        with transaction.atomic():
            make_entry(cash, equity, on=MARCH_31)
            closing.start()
            closing.join(0.3)
            assert closing.is_alive()
            assert queries.closed_up_to() is None
        closing.join()
        assert (queries.closed_up_to(), queries.balance(cash, on=MARCH_31)) == (MARCH_31, 100)

    def test_refuses_who_began_while_it_closed(self, cash, equity):
        refused = []

        def post():
            try:
                make_entry(cash, equity, on=MARCH_31)
            except ledger.PeriodClosed as refusal:
                refused.append(refusal.code)
            finally:
                connection.close()

        posting = threading.Thread(target=post)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ledger.ARRIVAL_LOCK])
            posting.start()
            posting.join(0.3)
            assert posting.is_alive()
            AccountingPeriod.objects.create(last_date=MARCH_31, closed_at=NOW, closed_by="U-OPS")
        posting.join()
        assert (refused, queries.balance(cash)) == (["period_closed"], 0)


class TestStatements:
    @pytest.fixture
    def quarter(self, cash, equity):
        """Capital, a deposit, a loan with its provision; interest in February and March, rounding lost in March."""
        named = LedgerAccount.objects.named
        shop = make_customer_account()
        make_entry(cash, equity, "1000.00", on=date(2026, 1, 5))
        make_entry(cash, shop, "300.00", on=date(2026, 1, 6))
        make_entry(named("loans_principal"), cash, "500.00", on=date(2026, 1, 7))
        make_entry(named("provision_expense"), named("loan_loss_provision"), "5.00", on=date(2026, 1, 31))
        make_entry(cash, named("interest_income"), "6.25", on=date(2026, 2, 28))
        make_entry(cash, named("interest_income"), "6.26", on=date(2026, 3, 31))
        make_entry(named("rounding_difference"), cash, "0.01", on=date(2026, 3, 31))

    def test_balance_sheet_tells_both_sides_equal(self, quarter):
        sheet = queries.balance_sheet(MARCH_31)
        assert (sheet.assets_total, sheet.liabilities_total, sheet.equity_total) == (
            Decimal("1307.50"),
            Decimal("300.00"),
            Decimal("1007.50"),
        )
        assert (sheet.earnings, sheet.balances) == (Decimal("7.50"), True)

    def test_balance_sheet_takes_the_provision_off(self, quarter):
        rows = {row.ledger_account.purpose: row.amount for row in queries.balance_sheet(date(2026, 1, 31)).assets}
        assert (rows["loans_principal"], rows["loan_loss_provision"]) == (500, 5)
        assert queries.balance_sheet(date(2026, 1, 31)).assets_total == 1295

    def test_income_statement_counts_only_its_days(self, quarter):
        march = queries.income_statement(date(2026, 3, 1), MARCH_31)
        assert (march.income_total, march.expense_total, march.profit) == (
            Decimal("6.26"),
            Decimal("0.01"),
            Decimal("6.25"),
        )

    def test_income_statement_of_all_days_is_the_sheets_earnings(self, quarter):
        told = queries.income_statement(date(2026, 1, 1), MARCH_31)
        assert told.profit == queries.balance_sheet(MARCH_31).earnings
