"""A closed month stays closed, and what the bank owns and earned at any date."""

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.ledger import operations as ledger
from accounts.ledger import queries
from accounts.ledger.models import AccountingPeriod, LedgerAccount, MonthClosing
from accounts.ledger.tests.builders import NOW, close_month, make_customer_account, make_entry, tamper
from portal.core.models import AuditEvent
from portal.core.transitions import TransitionRefused

MARCH_2, MARCH_31, APRIL_1 = date(2026, 3, 2), date(2026, 3, 31), date(2026, 4, 1)


@pytest.fixture
def equity(bank):
    return LedgerAccount.objects.named("equity")


def close_march(month=MARCH_2):
    return close_month(month, on=APRIL_1)


def ask(month=MARCH_2, *, on=APRIL_1, by="U-MAKER", at=NOW):
    return ledger.ask_to_close_month(month, on=on, at=at, by=by)


class TestAskToCloseMonth:
    def test_closes_nothing_and_records_who(self, bank):
        assert (ask().status, queries.closed_up_to()) == ("waiting", None)
        event = AuditEvent.objects.get(verb="ledger.month_closing_asked")
        assert (event.subject, event.by, event.at) == ("2026-03", "U-MAKER", NOW)

    def test_asked_twice_is_asked_once(self, bank):
        assert ask() == ask(by="U-OTHER", at=NOW + timedelta(minutes=1))
        assert AuditEvent.objects.filter(verb="ledger.month_closing_asked").count() == 1

    def test_is_refused_while_another_month_waits(self, bank):
        ask(date(2026, 2, 1))
        with pytest.raises(ledger.ClosingWaits):
            ask()

    def test_is_refused_on_the_months_last_day(self, bank):
        with pytest.raises(ledger.MonthNotOver):
            ask(on=MARCH_31)
        assert not MonthClosing.objects.exists()


class TestCloseMonth:
    def test_closes_to_the_last_day_and_records_who(self, bank):
        assert (close_march().last_date, queries.closed_up_to()) == (MARCH_31, MARCH_31)
        event = AuditEvent.objects.get(verb="ledger.month_closed")
        assert (event.subject, event.by, event.at) == ("2026-03", "U-CHECKER", NOW)

    def test_is_refused_to_whoever_asked(self, bank):
        with pytest.raises(ledger.ClosedAlone):
            ledger.close_month(ask(), at=NOW, by="U-MAKER")
        assert not AccountingPeriod.objects.exists()

    def test_is_refused_once_it_was_decided_on(self, bank):
        closing = ask()
        ledger.close_month(closing, at=NOW, by="U-CHECKER")
        with pytest.raises(TransitionRefused):
            ledger.close_month(closing, at=NOW, by="U-OTHER")

    def test_is_refused_where_the_books_do_not_balance(self, cash, equity):
        posting = make_entry(cash, equity).postings.first()
        closing = ask()
        tamper("accounts_posting", f"amount = 99 WHERE id = {posting.pk}")
        with pytest.raises(ledger.BooksUnbalanced):
            ledger.close_month(closing, at=NOW, by="U-CHECKER")
        assert queries.closed_up_to() is None

    def test_of_one_month_by_the_database_needs_two(self, bank):
        closing = ask()
        period = AccountingPeriod.objects.create(last_date=MARCH_31, closed_at=NOW, closed_by="U-MAKER")
        told = {"status": "closed", "period": period, "decided_at": NOW, "decided_by": "U-MAKER"}
        with pytest.raises(IntegrityError, match="month_is_closed_by_another"), transaction.atomic():
            MonthClosing.objects.filter(pk=closing.pk).update(**told)


class TestDeclineClosing:
    def test_leaves_the_month_open_and_says_why(self, bank):
        closing = ask()
        ledger.decline_closing(closing, reason="invoices are missing", at=NOW, by="U-MAKER")
        assert (closing.status, closing.reason, queries.closed_up_to()) == ("declined", "invoices are missing", None)
        assert ask().status == "waiting"

    def test_is_refused_without_a_reason(self, bank):
        with pytest.raises(ledger.ClosingReasonMissing):
            ledger.decline_closing(ask(), reason=" ", at=NOW, by="U-CHECKER")


class TestClosingPreview:
    def test_tells_what_would_be_closed(self, cash, equity):
        make_entry(cash, equity, "70.00", on=MARCH_2)
        make_entry(cash, equity, "9.00", on=APRIL_1)
        preview = queries.closing_preview(MARCH_31)
        assert (preview.entry_count, preview.unsealed_count, preview.balances, preview.closed_before) == (
            1,
            1,
            True,
            None,
        )
        assert [(each.currency, each.debit_total) for each in preview.trials] == [("CNY", 70)]
        while ledger.seal_entries(at=NOW):
            pass
        assert queries.closing_preview(MARCH_31).unsealed_count == 0

    def test_counts_only_what_is_not_closed_yet(self, cash, equity):
        make_entry(cash, equity, on=date(2026, 2, 3))
        close_month(date(2026, 2, 1), on=APRIL_1)
        assert queries.closing_preview(MARCH_31).entry_count == 0


class TestRefusedMonths:
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


@pytest.mark.django_db(transaction=True)
class TestAskingWhileClosing:
    def test_leaves_nothing_waiting_for_a_closed_month(self, bank):
        closing, refused = ask(), []

        def ask_again():
            try:
                ask(by="U-OTHER", at=NOW + timedelta(minutes=1))
            except ledger.MonthAlreadyClosed as refusal:
                refused.append(refusal.code)
            finally:
                connection.close()

        asking = threading.Thread(target=ask_again)
        with transaction.atomic():
            period = AccountingPeriod.objects.create(last_date=MARCH_31, closed_at=NOW, closed_by="U-CHECKER")
            told = {"status": "closed", "period": period, "decided_at": NOW, "decided_by": "U-CHECKER"}
            MonthClosing.objects.filter(pk=closing.pk).update(**told)
            asking.start()
            asking.join(0.5)
            assert asking.is_alive()
        asking.join()
        assert (refused, queries.closing_that_waits()) == (["month_already_closed"], None)


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
