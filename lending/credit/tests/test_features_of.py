"""Proofs that an enterprise is measured by its own evidence, as it was known at a moment."""

from datetime import date, timedelta

import pytest
from django.db import connection

from accounts.cashflow.models import BankTransaction
from lending.credit import queries
from lending.credit.features import FEATURES, read
from lending.credit.tests.builders import AS_OF, Book, make_book, measured_by_duckdb
from lending.credit.tests.evidence import JULY, record

pytestmark = pytest.mark.django_db


def small_book():
    book = Book()
    book.add_case()
    for days_before in range(0, 365, 30):
        book.add_transaction(days_before, 123_456, key="regular", balance=200_000)
    return book


class TestFeaturesOf:
    def test_are_what_the_whole_book_would_show(self, enterprise):
        book = make_book(cases=5, transactions=200)
        only = Book(book.cases[4:], [row for row in book.bank_transactions if row[0] == 5])
        only.invoices = [row for row in book.invoices if row[0] == 5]
        record(only, enterprise)
        assert queries.features_of(enterprise, as_of=AS_OF) == read(measured_by_duckdb(only)[5], minor_per_unit=100)

    def test_tell_money_in_units_and_counts_whole(self, enterprise):
        record(small_book(), enterprise)
        measured = queries.features_of(enterprise, as_of=AS_OF)
        # 13 receipts of 1,234.56 in 361 days: 16,049.28 / 361 * 365 / 12
        assert (measured["monthly_inflow"], measured["evidence_days"]) == (1352.26, 361)

    def test_are_planned_once_for_each_connection_and_leave_it_as_it_was(self, enterprise):
        with connection.cursor() as cursor:
            for _ in range(3):
                queries.features_of(enterprise, as_of=AS_OF)
            cursor.execute("SELECT custom_plans, generic_plans >= 3 FROM pg_prepared_statements")
            assert cursor.fetchall() == [(0, True)]
            cursor.execute("SELECT current_setting('enable_nestloop'), current_setting('plan_cache_mode')")
            assert cursor.fetchone() == ("on", "auto")

    def test_are_all_missing_without_evidence(self, enterprise):
        assert queries.features_of(enterprise, as_of=AS_OF) == {feature.code: None for feature in FEATURES}

    def test_leave_other_enterprises_out(self, enterprise, stranger):
        record(small_book(), stranger.memberships.get().enterprise)
        assert queries.features_of(enterprise, as_of=AS_OF)["monthly_inflow"] is None

    @pytest.mark.parametrize("changed", [{"currency": "USD"}, {"is_counted": False}])
    def test_leave_out_what_is_only_shown(self, enterprise, changed):
        record(small_book(), enterprise, **changed)
        assert queries.features_of(enterprise, as_of=AS_OF)["monthly_inflow"] is None

    def test_see_one_year_and_not_what_came_later(self, enterprise):
        record(small_book(), enterprise)
        earlier = queries.features_of(enterprise, as_of=AS_OF - timedelta(days=330))
        later = queries.features_of(enterprise, as_of=AS_OF + timedelta(days=200))
        assert (earlier["evidence_days"], later["evidence_days"]) == (31, 151)

    def test_can_be_measured_again_as_of_then(self, enterprise):
        record(small_book(), enterprise)
        before = queries.features_of(enterprise, as_of=AS_OF, recorded_before=JULY)
        BankTransaction.objects.filter(booked_on__gt=date(2026, 1, 1)).update(superseded_at=JULY + timedelta(days=1))
        assert queries.features_of(enterprise, as_of=AS_OF, recorded_before=JULY) == before
        assert queries.features_of(enterprise, as_of=AS_OF) != before

    def test_know_nothing_before_it_was_recorded(self, enterprise):
        record(small_book(), enterprise)
        then = queries.features_of(enterprise, as_of=AS_OF, recorded_before=JULY - timedelta(seconds=1))
        assert then["monthly_inflow"] is None

    def test_take_one_query_and_one_that_lets_others_be_planned_as_before(self, enterprise, django_assert_num_queries):
        queries.features_of(enterprise, as_of=AS_OF)
        with django_assert_num_queries(2):
            queries.features_of(enterprise, as_of=AS_OF)


@pytest.mark.django_db(transaction=True)
def test_are_measured_through_a_new_connection(enterprise):
    record(small_book(), enterprise)
    measured = queries.features_of(enterprise, as_of=AS_OF)
    connection.close()
    assert queries.features_of(enterprise, as_of=AS_OF) == measured
