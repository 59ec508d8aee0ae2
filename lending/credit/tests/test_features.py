"""Proofs that each feature says what it claims, and the same on every engine."""

import subprocess
import sys

import pytest

from accounts.cashflow.parties import Parties
from lending.credit import features
from lending.credit.features import Direction
from lending.credit.tests.builders import Book, make_book, measured_by_duckdb


def figures_of(book: Book) -> dict[str, float | None]:
    """Measure a book of one case."""
    if not book.cases:
        book.add_case()
    return measured_by_duckdb(book)[1]


@pytest.fixture
def steady() -> Book:
    """A year of one receipt of 1,000.00 and one payment of 600.00 in each month, from twelve even months."""
    book = Book()
    for days_before in range(0, 365, 30):
        book.add_transaction(days_before, 100_000, key="regular", balance=200_000)
        book.add_transaction(days_before, -60_000, "supplier_payment", key="mill", balance=140_000)
    return book


class TestDeclarations:
    def test_have_codes_of_their_own(self):
        codes = [feature.code for feature in features.FEATURES]
        assert len(codes) == len(set(codes))

    def test_are_at_least_forty(self):
        assert len(features.FEATURES) >= 40

    def test_tell_what_they_mean_in_a_sentence(self):
        assert [each.code for each in features.FEATURES if not str(each.meaning).endswith(".")] == []

    def test_advise_exactly_where_one_way_is_better(self):
        directed = {each.code for each in features.FEATURES if each.direction != Direction.NEUTRAL}
        assert {each.code for each in features.FEATURES if each.advice} == directed

    def test_compile_without_a_single_stray_parameter(self):
        assert "%(" not in features.compiled_sql()
        asked = dict.fromkeys(("case_ids", "enterprise_ids", "days", "moments", "currency", "minor_per_unit"), 1)
        assert "%(" not in features.cases_sql() % asked

    def test_load_no_compiler_into_processes_that_only_show_them(self):
        program = "import sys; import lending.credit.features; sys.exit('ibis' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


class TestCapitalFlow:
    def test_averages_a_month_over_the_covered_time(self, steady):
        measured = figures_of(steady)
        assert measured["evidence_days"] == 361
        # 13 receipts of 1,000.00 in 361 days: 1,300,000 / 361 * 365 / 12
        assert measured["monthly_inflow"] == 109_534
        assert measured["monthly_outflow"] == 65_720
        assert measured["net_flow_share"] == 0.4

    def test_never_counts_a_loan_or_an_own_transfer_as_earned(self, steady):
        before = figures_of(steady)["monthly_inflow"]
        steady.add_transaction(10, 5_000_000, "loan_proceeds", key="lender")
        steady.add_transaction(11, 5_000_000, "own_transfer")
        after = figures_of(steady)
        assert after["monthly_inflow"] == before
        assert after["borrowed_share"] == pytest.approx(3.846)

    def test_compares_the_last_season_with_the_one_before(self, steady):
        steady.add_transaction(5, 150_000)
        assert figures_of(steady)["inflow_trend"] == 1.5


class TestVolatility:
    def test_is_nothing_when_every_month_is_the_same(self):
        book = Book()
        for month in range(12):
            book.add_transaction(month * 365 // 12 + 1, 100_000)
        book.add_transaction(0, 1)
        book.add_transaction(364, 1)
        assert figures_of(book)["inflow_volatility"] == 0.0

    def test_grows_when_one_month_earns_everything(self):
        book = Book()
        book.add_transaction(0, 1_200_000)
        book.add_transaction(364, -1, "fee")
        measured = figures_of(book)
        # twelve months, one of which holds all: sqrt(12 - 1)
        assert measured["inflow_volatility"] == 3.317
        assert measured["months_without_inflow"] == 11
        assert measured["busiest_month_share"] == 1.0

    def test_finds_the_longest_time_without_a_receipt(self):
        book = Book()
        for days_before in (0, 10, 55, 60):
            book.add_transaction(days_before, 100)
        assert figures_of(book)["longest_quiet_days"] == 45


class TestBuffers:
    def test_says_for_how_many_days_the_balance_would_last(self, steady):
        # lowest of each day 1,400.00; spent 7,800.00 in 361 days, that is 21.61 a day
        assert figures_of(steady)["buffer_days"] == 65

    def test_counts_days_in_the_red(self):
        book = Book()
        for days_before, balance in ((0, -1), (1, 500), (2, 500), (3, 500)):
            book.add_transaction(days_before, 100, balance=balance)
        assert figures_of(book)["negative_days_share"] == 0.25

    def test_is_missing_when_no_balance_is_stated(self):
        book = Book()
        book.add_transaction(0, 100)
        assert figures_of(book)["negative_days_share"] is None

    def test_swing_as_far_as_the_balances_of_days_do(self):
        book = Book()
        for number in range(10):
            book.add_transaction(number, 100, balance=100 if number % 2 else 300)
        measured = figures_of(book)
        # 100 around a mean of 200; the lowest is half the mean
        assert measured["balance_volatility"] == 0.5
        assert measured["lowest_to_usual_balance"] == 0.5


class TestParties:
    def test_weigh_the_largest_customer(self):
        book = Book()
        for number, amount in enumerate((500, 200, 100, 100, 100)):
            book.add_transaction(number, amount, key=f"customer-{number}")
        measured = figures_of(book)
        assert measured["largest_customer_share"] == 0.5
        assert measured["customer_concentration"] == 0.32
        assert measured["customer_count"] == 5

    def test_weigh_the_largest_customer_against_all_that_was_earned(self):
        book = Book()
        for number, amount in enumerate((500, 100, 100, 100, 100)):
            book.add_transaction(number, amount, key=f"customer-{number}")
        for days_before in range(10, 20):
            book.add_transaction(days_before, 910, "merchant_settlement")
        measured = figures_of(book)
        assert (measured["largest_customer_share"], measured["customer_concentration"]) == (0.05, 0.003)
        # a tenth of the earnings stands for nobody else
        assert measured["returning_customer_share"] is None

    def test_find_no_large_customer_where_wallets_brought_everything(self):
        book = Book()
        for days_before in range(5):
            book.add_transaction(days_before, 910, "merchant_settlement")
        assert figures_of(book)["largest_customer_share"] == 0.0

    @pytest.mark.parametrize(("cash", "share"), [(900, 0.25), (901, None)])
    def test_leave_it_missing_where_most_payers_are_unknown(self, cash, share):
        book = Book()
        for number, amount in enumerate((500, 125, 125, 125, 125)):
            book.add_transaction(number, amount, key=f"customer-{number}")
        book.add_transaction(9, cash, "cash_in")
        book.add_transaction(9, 100, "unknown", key="who")
        assert figures_of(book)["largest_customer_share"] == share

    def test_know_a_customer_by_number_alone_and_claim_nothing_else(self):
        book = Book()
        for days_before in (0, 40, 80, 120, 160, 200):
            book.add_transaction(days_before, 100, "unknown", account="1")
        book.add_transaction(3, 400, "unknown", key="who")
        measured = figures_of(book)
        assert (measured["customer_count"], measured["largest_customer_share"]) == (1, 0.6)
        assert measured["returning_customer_share"] == 1.0
        assert measured["unknown_share"] == 1.0

    def test_join_a_name_to_the_one_number_that_goes_with_it(self):
        book = Book()
        for days_before, account, key in (
            (0, "1", "li"),
            (50, "", "li"),
            (90, "1", ""),
            (2, "2", "wu"),
            (3, "3", "wu"),
        ):
            book.add_transaction(days_before, 100, key=key, account=account)
        book.add_transaction(4, 100, key="wu")
        assert figures_of(book)["customer_count"] == 4
        assert figures_of(book)["returning_customer_share"] == 0.5

    def test_tell_payers_through_one_way_station_apart_by_name(self):
        book = Book()
        for days_before, key in enumerate("abcde"):
            book.add_transaction(days_before, 100, key=key, account="wallet")
        book.add_transaction(9, 100, "unknown", account="wallet")
        assert figures_of(book)["customer_count"] == 5

    def test_are_those_that_the_pages_tell(self):
        book = make_book(cases=3, transactions=200, seed=4)
        for case_id, told in measured_by_duckdb(book).items():
            lines = [row for row in book.bank_transactions if row[0] == case_id]
            parties = Parties((account, key) for *_, account, key, _ in lines)
            paid = {
                parties.of(account, key)
                for _, _, days_before, amount, category, account, key, _ in lines
                if amount > 0
                and days_before < 365
                and (category == "customer_receipt" or (category == "unknown" and not key))
            }
            assert told["customer_count"] == (len(paid - {""}) or None)

    def test_count_as_returning_in_another_month_only(self):
        book = Book()
        for days_before, key in ((0, "comes-back"), (90, "comes-back"), (1, "once"), (2, "once"), (3, "once")):
            book.add_transaction(days_before, 100, key=key)
        assert figures_of(book)["returning_customer_share"] == 0.4


class TestInvoices:
    def test_take_credit_notes_off_and_leave_void_ones_out(self):
        book = Book()
        for days_before in (0, 30, 60, 90, 360):
            book.add_invoice(days_before, 10_000)
        book.add_invoice(1, -2_000, is_credit_note=True)
        book.add_invoice(2, 99_000, is_valid=False)
        measured = figures_of(book)
        # 48,000 in 361 days
        assert measured["monthly_sales"] == 4_044
        assert measured["credit_note_share"] == 0.04
        assert measured["void_invoice_share"] == pytest.approx(0.1429)

    def test_leave_the_margin_missing_when_purchases_are_unknown(self):
        book = Book()
        for days_before in range(0, 300, 30):
            book.add_invoice(days_before, 10_000)
        assert figures_of(book)["invoice_margin_share"] is None

    def test_find_who_buys_in_four_months_of_the_year(self):
        book = Book()
        for days_before in (0, 40, 80, 120, 200):
            book.add_invoice(days_before, 10_000, key="steady")
        book.add_invoice(200, 5_000, key="once")
        measured = figures_of(book)
        assert measured["steady_buyer_count"] == 1
        assert measured["largest_sale_share"] == 0.182
        book.add_invoice(3, 55_000, key="")
        assert figures_of(book)["largest_buyer_share"] == 0.455
        assert measured["longest_unsold_days"] == 80

    def test_compare_months_of_buying_with_months_of_selling(self):
        book = Book()
        for days_before in range(0, 365, 31):
            book.add_invoice(days_before, 10_000)
            book.add_invoice(days_before, 30_000 if days_before < 93 else 5_000, "purchase")
        measured = figures_of(book)
        assert measured["months_buying_more"] == 0.273
        assert measured["buying_months_share"] == 1.0


class TestHistory:
    def test_compares_a_year_with_the_one_before(self):
        book = Book()
        for days_before in range(0, 730, 10):
            book.add_transaction(days_before, 300 if days_before < 365 else 200)
            book.add_invoice(days_before, 100 if days_before < 365 else 200)
        measured = figures_of(book)
        assert measured["inflow_growth"] == pytest.approx(37 * 300 / (36 * 200), abs=0.001)
        assert measured["sales_growth"] == pytest.approx(37 * 100 / (36 * 200), abs=0.001)
        assert measured["history_days"] == measured["invoice_history_days"] == 721

    def test_changes_nothing_that_is_told_of_the_last_year(self):
        book = Book()
        for days_before in range(0, 360, 10):
            book.add_transaction(days_before, 300, balance=1000)
        before = figures_of(book)
        for days_before in range(400, 900, 10):
            book.add_transaction(days_before, 99_000, balance=5)
        after = figures_of(book)
        changed = {code for code in after if after[code] != before[code]}
        assert {"history_days", "history_inflow_volatility"} <= changed
        assert {code for code in changed if not code.startswith("history_")} == {"inflow_growth"}

    def test_counts_months_over_all_the_years(self):
        book = Book()
        for month in range(36):
            day, amount = -(-month * 365 // 12), 3_000 if month < 18 else 1_000
            book.add_transaction(day, amount)
            book.add_transaction(day, -2_000, "rent")
            book.add_invoice(day, amount, key="steady")
        book.add_transaction(1090, -1, "fee")
        book.add_invoice(1090, 1, "purchase")
        measured = figures_of(book)
        # half the months 3,000, half 1,000: the deviation is half the mean; in the older half rent was more
        assert measured["history_inflow_volatility"] == measured["history_sales_volatility"] == 0.5
        assert measured["history_short_months_share"] == 0.5
        assert measured["history_best_month_share"] == measured["history_best_sales_month_share"] == 0.042  # 3 of 72
        assert measured["history_steady_buyer_count"] == 1
        assert measured["history_selling_days_share"] == 0.033  # 36 days of 1,091


class TestMissingEvidence:
    def test_is_never_zero_when_nothing_was_shown(self):
        measured = figures_of(Book())
        assert set(measured.values()) == {None}

    def test_needs_more_than_a_month_for_an_average(self):
        book = Book()
        for days_before in range(30):
            book.add_transaction(days_before, 100)
        measured = figures_of(book)
        assert measured["monthly_inflow"] is None
        assert measured["evidence_days"] == 30

    def test_gives_no_spread_of_nothing(self):
        book = Book()
        for days_before in range(0, 360, 30):
            book.add_transaction(days_before, -100, "supplier_payment", balance=0)
        measured = figures_of(book)
        assert measured["inflow_volatility"] is None
        assert measured["balance_volatility"] is None

    def test_is_zero_when_evidence_shows_that_there_is_none(self, steady):
        measured = figures_of(steady)
        assert measured["debt_service_share"] == 0.0
        assert measured["debt_service_coverage"] is None
        assert measured["months_without_inflow"] == 0
