"""Proofs that a column of dates or amounts is read as its whole file settles it, and asked about where nothing does."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from lending.credit.learning import columns
from lending.credit.learning.columns import Writing
from lending.credit.learning.rows import LearningRefused

JANUARY = date(1997, 1, 31)


class TestDates:
    @pytest.mark.parametrize(
        "told",
        [
            "970131",
            "310197",
            "19970131",
            "31.01.1997",
            "1997-01-31T10:11:12",
            "1997年1月31日",
            "01/31/1997",
            "19970131.0",
        ],
    )
    def test_are_read_however_they_are_written(self, told):
        assert columns.dates([told, " ", None]) == [JANUARY, None, None]

    def test_may_be_dates_already(self):
        assert columns.dates([JANUARY, datetime(1997, 1, 31, 9), "1997-01-31"]) == [JANUARY] * 3  # noqa: DTZ001

    def test_of_one_file_settle_each_other(self):
        assert columns.dates(["010203", "310197"]) == [date(2003, 2, 1), JANUARY]

    @pytest.mark.parametrize(("order", "day"), [("ymd", date(2001, 2, 3)), ("dmy", date(2003, 2, 1))])
    def test_that_could_be_two_are_read_in_the_order_told(self, order, day):
        assert columns.dates(["010203"], Writing(order=order)) == [day]

    @pytest.mark.parametrize("told", [["970231"], ["soon"], ["1997-01-31", "31.01.1997"]])
    def test_that_are_none_are_refused(self, told):
        with pytest.raises(LearningRefused, match="date_unreadable"):
            columns.dates(told)


class TestAmounts:
    @pytest.mark.parametrize(
        ("told", "read"),
        [
            (["1.234,50", "12"], ["1234.50", "12"]),
            (["-1,234.50", "1,234"], ["-1234.50", "1234"]),
            (["0.30000000000000004", "1,234"], ["0.30000000000000004", "1234"]),
            (["1.5e3"], ["1.5e3"]),
        ],
    )
    def test_of_one_file_settle_each_other(self, told, read):
        rows = [{"amount": each} for each in told]
        columns.amounts(rows, ["amount"])
        assert [row["amount"] for row in rows] == [Decimal(each) for each in read]

    def test_that_could_be_two_are_read_as_told(self):
        rows = [{"amount": "1.234"}]
        columns.amounts(rows, ["amount", "balance"], Writing(decimal="comma"))
        assert rows == [{"amount": Decimal(1234)}]

    @pytest.mark.parametrize(
        ("told", "code"),
        [(["1.234"], "amounts_ambiguous"), (["1.234,5", "1,234.5"], "amounts_mixed"), (["many"], "amount_unreadable")],
    )
    def test_that_are_unclear_are_refused(self, told, code):
        with pytest.raises(LearningRefused, match=code):
            columns.amounts([{"amount": each} for each in told], ["amount"])


class TestMonths:
    @pytest.mark.parametrize("told", ["36", 36, "36.0", " 36 months", "36个月"])
    def test_are_read_with_their_word(self, told):
        assert columns.months(told) == 36

    @pytest.mark.parametrize("told", ["3 years", "long"])
    def test_of_another_measure_are_refused(self, told):
        with pytest.raises(LearningRefused, match="term_unreadable"):
            columns.months(told)
