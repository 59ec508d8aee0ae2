"""Proofs that what would change a refusal takes as long as is told: figures look back over a year, or three."""

import pytest

from lending.credit import explanation, policy, scorecards
from lending.credit.limits import JUDGING
from lending.credit.tests.builders import Book, measured_by_duckdb
from lending.credit.tests.cases import CARDS, TERMS, card, make_facts, standard_policy
from lending.credit.tests.test_policy import POOR

YEARS, MONTHS = 2, 12
DAYS_IN_MONTH = 365 / 12


def book_of_change(*, months):
    """Tell of each shop how it ran: badly for years, and well for so many months since. One case for each number."""
    book = Book()
    for case in range(months + 1):
        book.add_case(case + 1)
        since = round(case * DAYS_IN_MONTH)
        for day in range(round(YEARS * 365)):
            (_good if day < since else _bad)(book, day, case + 1)
    return book


def _bad(book, day, case):
    """One customer is nearly everything, long pauses, six lenders, an overdrawn account, cash and no taxes."""
    if day % 75 == 70:
        book.add_transaction(day, 900_000, key="only", balance=-40_000, case_id=case)
        book.add_transaction(day, -800_000, "cash_out", "", balance=-50_000, case_id=case)
        book.add_transaction(day, -300_000, "own_transfer", "", balance=-50_000, case_id=case)
        book.add_transaction(day, 300_000, "loan_proceeds", "bank 0", balance=-40_000, case_id=case)
    if day % 30 == 10:
        for lender in range(6):
            book.add_transaction(day, -30_000, "loan_repayment", f"bank {lender}", balance=-60_000, case_id=case)
        book.add_transaction(day, -40_000, "supplier_payment", f"dealer {day}", balance=-60_000, case_id=case)
        book.add_invoice(day, 50_000, key="only", is_valid=day % 60 > 30, case_id=case)
        book.add_invoice(day, -20_000, key="only", is_credit_note=True, case_id=case)


def _good(book, day, case):
    """Two of twelve customers who come back, every day; a reserve of weeks; taxes, and no debts."""
    for customer in (day % 6, day % 6 + 6):
        book.add_transaction(day, 15_000, key=f"customer {customer}", balance=1_200_000, case_id=case)
        book.add_invoice(day, 15_000, key=f"customer {customer}", case_id=case)
    if day % 10 == 0:
        book.add_transaction(day, -120_000, "supplier_payment", "dealer", balance=1_150_000, case_id=case)
    if day % 30 == 0:
        book.add_transaction(day, -5_000, "tax", "tax office", balance=1_150_000, case_id=case)


@pytest.fixture(scope="module")
def measured():
    """The shop after so many months of running well, by months."""
    return {case - 1: figures for case, figures in measured_by_duckdb(book_of_change(months=MONTHS)).items()}


class TestMonths:
    @pytest.mark.parametrize("code", CARDS)
    def test_are_enough_for_each_change_that_is_advised(self, measured, code):
        table = card(code)
        advised = [each for each in scorecards.score(table, measured[0]).contributions if _is_advised(each)]
        late = {
            each.feature: figures[each.feature]
            for each in advised
            if _lost(table, figures := measured[explanation.months_to_change(each)], each.feature) > 0
        }
        assert len(advised) >= 8
        assert late == {}

    def test_were_too_few_for_lenders_that_were_repaid_half_a_year_ago(self, measured):
        assert (measured[6]["lender_count"], measured[11]["lender_count"], measured[12]["lender_count"]) == (6, 6, 0)

    @pytest.mark.parametrize(
        ("code", "value", "better", "months"),
        [
            ("evidence_days", 120, 180, 2),
            ("evidence_days", 170, 180, 1),
            ("evidence_age_days", 60, 45, 1),
            ("inflow_trend", 0.7, 0.95, 6),
            ("lender_count", 6, 3, 12),
            ("lender_count@trade", 10, 50, 12),
            ("history_inflow_volatility", 2.0, 1.2, 36),
        ],
    )
    def test_are_the_time_that_the_figure_looks_back(self, code, value, better, months):
        told = scorecards.Contribution(code, value, 0, 10, better, 0)
        assert explanation.months_to_change(told) == months

    def test_stay_what_was_told_in_decisions_from_before(self):
        told = {}
        for judging in (3, JUDGING):
            verdict = policy.judge(POOR, make_facts(judging=judging), card(), standard_policy(), TERMS)
            told[judging] = {each.params["feature"]: each.params["months"] for each in verdict.alternatives}
        assert set(told[3]) == set(told[JUDGING])
        assert (set(told[3].values()), set(told[JUDGING].values())) == ({3, 6}, {12})


def _is_advised(contribution):
    feature = explanation.feature_of(contribution.feature)
    return not contribution.is_missing and contribution.lost > 0 and feature.advice and feature.direction != "neutral"


def _lost(table, features, code):
    return next(each.lost for each in scorecards.score(table, features).contributions if each.feature == code)
