"""Proofs of the book at a glance."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from lending.portfolio.queries import Scope, glance
from lending.portfolio.queries.book import Funnel
from lending.portfolio.tests.builders import (
    install_rules,
    make_application,
    make_customer,
    make_decision,
    make_loan,
    make_product,
    reschedule,
    write_off,
)

TODAY = date(2026, 3, 2)
YEAR = Scope(date(2025, 3, 3), TODAY)
PAID_OUT = date(2025, 9, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def product(bank):
    install_rules()
    return make_product()


def lend(bank, product, paid_late, *, on=PAID_OUT):
    at = datetime(on.year, on.month, on.day, 9, tzinfo=UTC)
    return make_loan(make_decision(make_customer(bank.branch), product, at=at), paid_late=paid_late)


class TestAtRisk:
    def test_counts_the_open_principal_of_loans_that_are_late(self, bank, product):
        lend(bank, product, [0] * 6)  # 6,000 of 12,000 open, the next due on March 1, a Sunday before yesterday
        lend(bank, product, [0] * 5)  # 7,000 open, the sixth due on March 1
        lend(bank, product, [0] * 4)  # 8,000 open since February 1
        lend(bank, product, [0])  # 11,000 open since November 1
        last = glance(YEAR, on=TODAY).at_risk[-1]
        assert (last.on, last.loans, last.open_amount) == (TODAY, 4, Decimal(32000))
        assert last.amounts == (Decimal(26000), Decimal(11000), Decimal(11000))
        assert last.late_loans == 3
        assert last.shares[1] == Decimal(11000) / Decimal(32000)

    def test_tells_what_was_late_then_though_it_was_paid_since(self, bank, product):
        lend(bank, product, [0, 40, 0, 0, 0, 0])  # due on November 1, paid on December 11
        trend = {each.on: each for each in glance(YEAR, on=TODAY).at_risk}
        assert trend[date(2025, 12, 2)].amounts == (Decimal(10000), Decimal(10000), Decimal(0))
        assert trend[date(2025, 12, 2)].open_amount == Decimal(10000)
        assert trend[date(2026, 1, 2)].amounts == (Decimal(0), Decimal(0), Decimal(0))

    def test_tells_a_rescheduled_loan_apart_and_what_was_late_before(self, bank, product):
        reschedule(lend(bank, product, [0]), on=date(2026, 1, 15))  # 11,000 open since November 1
        trend = {each.on: each for each in glance(YEAR, on=TODAY).at_risk}
        before, after = trend[date(2026, 1, 2)], trend[date(2026, 2, 2)]
        assert (before.amounts, before.rescheduled_amount) == ((11000, 11000, 0), 0)
        assert (after.amounts, after.rescheduled_amount, after.rescheduled_loans) == ((0, 0, 0), 11000, 1)
        assert (before.open_amount, after.open_amount) == (11000, 11000)

    def test_leaves_out_what_was_written_off_from_its_day_on(self, bank, product):
        write_off(lend(bank, product, [0]), on=date(2026, 1, 15))
        found = glance(YEAR, on=TODAY)
        trend = {each.on: each for each in found.at_risk}
        assert (trend[date(2026, 1, 2)].open_amount, trend[date(2026, 2, 2)].open_amount) == (11000, 0)
        losses = found.losses
        told = (losses.written_off_loans, losses.written_off_amount, losses.recovered_amount)
        assert told == (1, 11000, 0)
        assert sum(each.loans for each in losses.classes) == 0

    def test_forgets_a_loan_that_is_repaid(self, bank, product):
        lend(bank, product, [0] * 12, on=date(2025, 1, 2))
        assert glance(YEAR, on=TODAY).at_risk[-1].loans == 0

    def test_says_nothing_of_an_empty_book(self, bank):
        assert glance(YEAR, on=TODAY).at_risk[-1].shares == (None, None, None)


class TestLosses:
    def test_count_loans_principal_and_allowance_by_class(self, bank, product):
        lend(bank, product, [0] * 5)  # one day late
        lend(bank, product, [0])  # 121 days late
        lend(bank, product, [0] * 4, on=date(2025, 11, 1))  # nothing is late
        found = glance(YEAR, on=TODAY).losses.classes
        assert [each.loans for each in found] == [1, 1, 1, 0, 0]
        assert [each.principal_amount for each in found] == [8000, 7000, 11000, 0, 0]
        assert [each.allowance_amount for each in found] == [80, 140, 2750, 0, 0]

    def test_are_those_of_the_scope(self, bank, product):
        lend(bank, product, [0])
        other = Scope(YEAR.first, YEAR.last, branches=(bank.other_branch.pk,))
        assert sum(each.loans for each in glance(other, on=TODAY).losses.classes) == 0


class TestVintages:
    def test_call_a_loan_late_from_the_day_it_was_written_off(self, bank, product):
        write_off(lend(bank, product, [0] * 11, on=date(2025, 1, 10)), on=date(2025, 9, 1))
        [quarter] = [each for each in glance(YEAR, on=TODAY).vintages if each.quarter == date(2025, 1, 1)]
        assert quarter.late_shares == (0, 0, 1, 1)

    def test_follow_a_quarters_loans_as_they_age(self, bank, product):
        lend(bank, product, [0] * 12, on=date(2025, 1, 10))
        lend(bank, product, [0, 0, 0, 35, *[0] * 8], on=date(2025, 2, 10))
        [quarter] = glance(YEAR, on=TODAY).vintages
        assert (quarter.quarter, quarter.loans, quarter.amount) == (date(2025, 1, 1), 2, Decimal(24000))
        assert quarter.late_shares == (0.0, 0.5, 0.5, 0.5)

    def test_count_days_late_until_a_rescheduling(self, bank, product):
        began = date(2025, 2, 10)
        reschedule(lend(bank, product, [], on=began), on=date(2025, 3, 30))  # due on March 10, 20 days late
        reschedule(lend(bank, product, [], on=began), on=date(2025, 4, 20))  # 41 days late
        [quarter] = glance(YEAR, on=TODAY).vintages
        assert quarter.late_shares == (0.5, 0.5, 0.5, 0.5)

    def test_leave_ages_open_that_some_loan_has_not_reached(self, bank, product):
        lend(bank, product, [0] * 6, on=date(2025, 8, 10))
        [quarter] = glance(YEAR, on=TODAY).vintages
        assert quarter.late_shares == (0.0, 0.0, None, None)


class TestFunnel:
    def test_counts_how_far_cases_came(self, bank, product):
        at = datetime(2026, 2, 2, 9, tzinfo=UTC)
        lend(bank, product, [0] * 6)
        make_decision(make_customer(bank.branch), product, at=at, facts={"identity_verified": False})
        make_decision(make_customer(bank.branch), product, at=at, facts={"months_in_business": 7})
        make_application(make_customer(bank.branch), product, at=at)
        make_application(make_customer(bank.branch), product, at=at, status="draft", submitted_at=None)
        assert glance(YEAR, on=TODAY).funnel == Funnel(5, 4, 3, 1, 1, 1, 1, 1, 1.0)

    def test_counts_days_on_the_banks_clock(self, bank, product):
        late = datetime(2025, 3, 2, 16, 30, tzinfo=UTC)  # half past midnight on March 3 in Shanghai
        make_application(make_customer(bank.branch), product, at=late)
        make_application(make_customer(bank.branch), product, at=late.replace(hour=15))
        assert glance(YEAR, on=TODAY).funnel.begun == 1


class TestGlance:
    def test_asks_few_questions_however_many_loans(self, bank, product, django_assert_max_num_queries):
        for _ in range(3):
            lend(bank, product, [0] * 6)
        with django_assert_max_num_queries(8):
            glance(YEAR, on=TODAY)

    def test_is_cut_to_branches(self, bank, product):
        lend(bank, product, [0] * 6)
        found = glance(Scope(YEAR.first, YEAR.last, (bank.other_branch.pk,)), on=TODAY)
        assert (found.at_risk[-1].loans, found.vintages, found.funnel.begun) == (0, [], 0)
