"""Proofs that an enterprise is measured by its own evidence, as it was known at a moment."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.cashflow.models import BankTransaction, Invoice
from accounts.cashflow.tests.builders import make_statement
from lending.credit import queries
from lending.credit.features import FEATURES, read
from lending.credit.tests.builders import AS_OF, Book, make_book, measured_by_duckdb

JULY = datetime(2026, 7, 1, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def record(book: Book, enterprise, *, at=JULY, **changed):
    """Write a book's rows as evidence of an enterprise."""
    statement = make_statement(enterprise, (("2020-01-05", "1.00", "Nobody", "long ago"),))
    BankTransaction.objects.bulk_create(
        BankTransaction(
            **{
                "statement": statement,
                "enterprise": enterprise,
                "line_number": number,
                "booked_on": day,
                "amount": Decimal(amount) / 100,
                "currency": "CNY",
                "balance_after": None if balance is None else Decimal(balance) / 100,
                "counterparty_key": key,
                "category": category,
                "is_counted": True,
                "fingerprint": str(number),
                "recorded_at": at,
            }
            | changed
        )
        for number, (_, day, _, amount, category, key, balance) in enumerate(book.bank_transactions, start=100)
    )
    Invoice.objects.bulk_create(
        Invoice(
            enterprise=enterprise,
            file=statement.file,
            direction=direction,
            number=str(number),
            issued_on=day,
            counterparty_key=key,
            net_amount=Decimal(gross - tax) / 100,
            tax_amount=Decimal(tax) / 100,
            gross_amount=Decimal(gross) / 100,
            currency="CNY",
            is_valid=is_valid,
            is_credit_note=is_credit_note,
            recorded_at=at,
            recorded_by="U-1",
        )
        for number, (_, day, _, direction, gross, tax, is_valid, is_credit_note, key) in enumerate(book.invoices)
    )


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

    def test_take_one_query(self, enterprise, django_assert_num_queries):
        with django_assert_num_queries(1):
            queries.features_of(enterprise, as_of=AS_OF)
