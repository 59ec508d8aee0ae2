"""Cash that is corrected counts for interest from the day on which it moved, whenever it was put right."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.ledger import queries as books
from accounts.ledger.models import LedgerAccount
from accounts.ledger.tests.builders import NOW, close_month
from accounts.settlement import interest
from accounts.settlement import operations as settlement
from accounts.settlement.models import CashMovement, TermsPeriod
from accounts.settlement.operations.day_end import accrue_interest
from accounts.settlement.tests.builders import balance, fetch_cash, make_drawer, make_settlement_account
from accounts.settlement.tests.correcting import count, held
from accounts.settlement.tests.terms import APRIL_1, MARCH_2, MARCH_31, MAY_1, end_day, make_product

MARCH_3, MARCH_20, APRIL_20 = date(2026, 3, 3), date(2026, 3, 20), date(2026, 4, 20)


@pytest.fixture
def product(bank):
    return make_product(monthly_fee_amount=Decimal(0))


@pytest.fixture
def account(product, enterprise):
    return make_settlement_account(enterprise)


@pytest.fixture
def other(product, enterprise):
    return make_settlement_account(enterprise)


def pay_in(account, amount, *, on=MARCH_3, by="U-TELLER"):
    key = f"{account.reference} {amount} {on}"
    return settlement.pay_in(account, Decimal(amount), text="", key=key, on=on, at=NOW, by=by)


def correct(wrong, amount, *, account=None, on=MARCH_20, later=1, **slip):
    at, key = NOW + timedelta(hours=later), f"correct {wrong.reference}"
    right = settlement.RightCash(account or wrong.settlement_account, "in", Decimal(amount), "", **slip)
    asked = settlement.ask_correction(wrong, right, reason="a zero", key=key, on=on, at=at, by="U-1")
    settlement.confirm_correction(asked, on=on, at=at, by="U-2")
    return asked


def earned(account):
    return [each.interest_amount for each in account.terms_periods.order_by("pk")]


class TestOpenMonth:
    def test_bears_the_day_on_which_the_cash_moved(self, account):
        correction = correct(pay_in(account, "100"), "1000")
        booked = correction.replacement
        dates = {correction.reversal.effective_date, booked.entry.effective_date, booked.effective_date}
        assert dates == {MARCH_3}
        assert books.balance(account.ledger_account, on=MARCH_3) == 1000

    def test_makes_the_days_between_good(self, account):
        correct(pay_in(account, "10000"), "100000")
        end_day(APRIL_1)
        # 29 days of 50,000.00 at 0.20 % and of 50,000.00 at 1.10 %: 51.643836
        assert earned(account) == [Decimal("51.64")]

    def test_makes_good_a_month_that_was_booked_and_is_not_closed(self, account):
        wrong = pay_in(account, "10000")
        end_day(APRIL_1)
        correct(wrong, "100000", on=APRIL_20)
        end_day(MAY_1, later=2)
        period = TermsPeriod.objects.order_by("-pk").first()
        assert period.correction_amount == Decimal("51.64") - Decimal("1.59")
        entry = period.correction_entry
        assert (entry.event, entry.effective_date) == ("deposit_interest_corrected", MAY_1)
        assert settlement.check_interest(on=MAY_1, at=NOW) == []

    def test_moves_to_the_day_that_stands_on_the_slip(self, account, bank, officer):
        bag = make_drawer(bank.branch, officer, kind="carried")
        slip = {"slip_number": "17", "slip_date": date(2026, 3, 9), "text": ""}
        wrong = settlement.enter_slip(bag, account, "in", Decimal(500), **slip, on=MARCH_20, at=NOW, by="U-1")
        booked = correct(wrong, "500", slip_number="17", slip_date=MARCH_3).replacement
        assert (booked.effective_date, booked.entry.effective_date) == (MARCH_3, MARCH_3)
        assert [books.balance(account.ledger_account, on=day) for day in (MARCH_2, MARCH_3)] == [0, 500]

    def test_leaves_the_books_cash_of_days_that_were_counted(self, account, bank, operations):
        drawer = make_drawer(bank.branch, operations)
        wrong = pay_in(account, "1000", by=operations.reference)
        counted = count(drawer, "100", reason="nobody knows")
        settlement.confirm_count(counted, on=date(2026, 3, 4), at=NOW, by="U-2")
        cash = LedgerAccount.objects.named("cash")
        before = [books.balance(cash, on=day) for day in (MARCH_3, date(2026, 3, 4))]
        correct(wrong, "100")
        assert [books.balance(cash, on=day) for day in (MARCH_3, date(2026, 3, 4))] == before
        assert (held(drawer), balance("cash"), balance("cash_difference")) == (100, 100, 0)
        assert books.discrepancies() == []

    @given(
        wrong=st.integers(1, 4 * 10**6),
        right=st.integers(1, 4 * 10**6),
        days=st.tuples(st.integers(2, 31), st.integers(2, 31)).map(sorted),
        others=st.lists(st.tuples(st.integers(2, 31), st.integers(1, 4 * 10**6)), max_size=4, unique=True),
    )
    @settings(max_examples=20, suppress_health_check=list(HealthCheck))
    def test_ends_as_if_it_had_been_booked_right_at_once(self, product, enterprise, wrong, right, days, others):
        before = transaction.savepoint()
        accounts = [make_settlement_account(enterprise) for _ in range(2)]
        made, put_right = (date(2026, 3, day) for day in days)
        cash = [
            pay_in(account, Decimal(cents) / 100, on=made)
            for account, cents in zip(accounts, (wrong, right), strict=True)
        ]
        for account in accounts:
            for day, cents in others:
                settlement.pay_in(
                    account, Decimal(cents) / 100, text="", key=f"{account} {day} {cents}",
                    on=date(2026, 3, day), at=NOW, by="U-TELLER",
                )  # fmt: skip
        if wrong != right:
            correct(cash[0], Decimal(right) / 100, on=put_right)
        end_day(APRIL_1, later=2)
        assert earned(accounts[0]) == earned(accounts[1])
        first, second = (books.balance(account.ledger_account) for account in accounts)
        assert first == second
        transaction.savepoint_rollback(before)


class TestClosedMonth:
    @pytest.fixture
    def wrong(self, account):
        """On 3 March Lin Bo took in 100,000 and typed 10,000; March is booked and closed."""
        wrong = pay_in(account, "10000")
        end_day(APRIL_1)
        close_month(MARCH_2, on=APRIL_1)
        return wrong

    def test_is_dated_today_and_counts_from_the_day_of_the_cash(self, wrong, account):
        correction = correct(wrong, "100000", on=APRIL_20)
        booked = correction.replacement
        assert (correction.reversal.effective_date, booked.entry.effective_date) == (APRIL_20, APRIL_20)
        assert booked.effective_date == MARCH_3
        assert books.balance(account.ledger_account, on=MARCH_31) == 10000
        assert interest.closing_balances(account, MARCH_2, MARCH_3) == [(MARCH_2, 0), (MARCH_3, 100000)]

    def test_is_made_good_by_an_entry_of_its_own(self, wrong, account):
        correct(wrong, "100000", on=APRIL_20)
        end_day(MAY_1, later=2)
        april = account.terms_periods.get(first_date=APRIL_1)
        # March: 51.64 and not the 1.59 that was given; of the 50.05 a fifth is tax
        assert april.correction_amount == Decimal("50.05")
        moved = {each.ledger_account_id: each.amount for each in april.correction_entry.postings.all()}
        assert moved[account.ledger_account_id] == Decimal("40.04")
        # April: 100,001.27 every day, of which 1.27 is March's interest: 53.425841
        assert april.earned_amount == Decimal("53.43")
        assert settlement.check_interest(on=MAY_1, at=NOW) == []
        assert books.discrepancies() == []

    def test_is_made_good_once(self, wrong, account):
        correct(wrong, "100000", on=APRIL_20)
        end_day(date(2026, 6, 1), later=2)
        assert [each.correction_amount for each in account.terms_periods.order_by("pk")] == [0, Decimal("50.05"), 0]

    def test_takes_back_what_was_given_for_money_that_never_came(self, account):
        wrong = pay_in(account, "50000")
        end_day(APRIL_1)
        close_month(MARCH_2, on=APRIL_1)
        correct(wrong, "40000", on=APRIL_20)
        end_day(MAY_1, later=2)
        # March: 40,000.00 for 29 days are 6.36 and not 7.95
        april = account.terms_periods.get(first_date=APRIL_1)
        assert april.correction_amount == Decimal("6.36") - Decimal("7.95")
        assert april.tax_amount == Decimal("1.00")  # a fifth of 6.58 - 1.59
        assert settlement.check_interest(on=MAY_1, at=NOW) == []

    def test_takes_back_no_more_than_is_earned_and_the_rest_later(self, account):
        wrong = pay_in(account, "50000")
        end_day(APRIL_1)
        close_month(MARCH_2, on=APRIL_1)
        correct(wrong, "10000", on=APRIL_20)
        for month, day in enumerate((MAY_1, date(2026, 6, 1)), start=2):
            end_day(day, later=month)
            assert settlement.check_interest(on=day, at=NOW) == []
        assert earned(account) == [Decimal("7.95"), 0, 0]

    def test_is_looked_for_once_for_all_accounts_at_night(self, wrong, account, other):
        with CaptureQueriesContext(connection) as asked:
            accrue_interest("CNY", on=APRIL_20, at=NOW + timedelta(days=60))
        assert sum("cashmovement" in each["sql"] for each in asked) == 1

    def test_follows_what_was_corrected_again(self, wrong, account):
        first = correct(wrong, "90000", on=APRIL_20)
        correct(first.replacement, "100000", on=date(2026, 4, 25), later=2)
        end_day(MAY_1, later=3)
        assert account.terms_periods.get(first_date=APRIL_1).correction_amount == Decimal("50.05")
        assert CashMovement.objects.filter(effective_date=MARCH_3).count() == 3

    def test_moves_interest_between_the_accounts_it_concerns(self, wrong, account, other):
        pay_in(account, "40000", on=APRIL_1)
        correct(wrong, "10000", account=other, on=APRIL_20)
        end_day(MAY_1, later=2)
        assert account.terms_periods.get(first_date=APRIL_1).correction_amount == Decimal("-1.59")
        assert earned(other)[0] == Decimal("1.59")
        assert settlement.check_interest(on=MAY_1, at=NOW) == []


class TestBelowZero:
    def test_costs_nothing_without_an_overdraft(self, account):
        wrong = pay_in(account, "1000")
        fetch_cash(account, Decimal(1000), text="", key="o", on=date(2026, 3, 4), at=NOW, by="U-TELLER")
        pay_in(account, "900", on=date(2026, 3, 19))
        correct(wrong, "100")
        assert books.balance(account.ledger_account, on=date(2026, 3, 4)) == -900
        end_day(APRIL_1)
        assert TermsPeriod.objects.get().overdraft_interest_amount == 0
