"""Proofs that every feature is the same number on every engine, whatever the evidence."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lending.credit.tests.builders import CATEGORIES, Book, make_book, measured_by_duckdb, measured_by_postgres

# Edges of the windows beside any day; nothing, one unit and enormous amounts beside usual ones.
DAYS = st.one_of(st.sampled_from((0, 30, 31, 89, 90, 179, 180, 363, 364, 365, 729, 730, 1094)), st.integers(0, 1094))
AMOUNTS = st.one_of(st.sampled_from((1, 99, 10**13, 10**15)), st.integers(1, 10**7))
SIGNED = st.builds(lambda sign, amount: sign * amount, st.sampled_from((1, -1)), AMOUNTS)
KEYS = st.sampled_from(("", "a", "b", "c", "王芳"))
ACCOUNTS = st.sampled_from(("", "", "1", "2"))
TRANSACTIONS = st.lists(
    st.tuples(DAYS, SIGNED, st.sampled_from(sorted(set(CATEGORIES))), ACCOUNTS, KEYS, st.none() | SIGNED | st.just(0)),
    max_size=40,
)
INVOICES = st.lists(
    st.tuples(DAYS, AMOUNTS, st.sampled_from(("sale", "purchase")), KEYS, st.booleans(), st.booleans()), max_size=40
)
CASES = st.lists(st.tuples(TRANSACTIONS, INVOICES), min_size=1, max_size=12)


def book_of(cases) -> Book:
    """Make a book of generated cases."""
    book = Book()
    for case_id, (transactions, invoices) in enumerate(cases, start=1):
        book.add_case(case_id)
        for day, amount, category, account, key, balance in transactions:
            book.add_transaction(day, amount, category, key, balance, case_id, account=account)
        for day, gross, direction, key, is_valid, is_note in invoices:
            book.add_invoice(
                day,
                -gross if is_note else gross,
                direction,
                key,
                tax_minor=gross * 13 // 100,
                is_valid=is_valid,
                is_credit_note=is_note,
                case_id=case_id,
            )
    return book


def on_postgres(book: Book):
    """Measure and leave no tables behind."""
    with transaction.atomic():
        measured = measured_by_postgres(book)
        transaction.set_rollback(True)
    return measured


@pytest.mark.django_db
class TestEngines:
    def test_agree_to_the_last_digit(self):
        book = make_book(cases=48, transactions=300)
        assert measured_by_postgres(book) == measured_by_duckdb(book)

    @settings(max_examples=12, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(CASES)
    def test_agree_on_whatever_is_shown(self, cases):
        book = book_of(cases)
        assert on_postgres(book) == measured_by_duckdb(book)

    @pytest.mark.prove
    @settings(max_examples=300, suppress_health_check=list(HealthCheck))
    @given(CASES)
    def test_agree_on_whatever_is_shown_at_length(self, cases):
        book = book_of(cases)
        assert on_postgres(book) == measured_by_duckdb(book)
