"""On which dates a standing order pays."""

from datetime import date
from itertools import islice

import pytest

from accounts.settlement.standing import Rhythm


def rhythm(frequency="monthly", first=date(2026, 1, 15), last=None, rule="none", *, on_last_day=False):
    return Rhythm(frequency, first, last, on_last_day, rule, "CN")


def dates(of, *, after=None, most=4):
    return [each.due_date for each in islice(of.occurrences(after=after), most)]


class TestRhythm:
    @pytest.mark.parametrize(
        ("frequency", "expected"),
        [
            ("once", [date(2026, 1, 15)]),
            ("weekly", [date(2026, 1, 15), date(2026, 1, 22), date(2026, 1, 29)]),
            ("monthly", [date(2026, 1, 15), date(2026, 2, 15), date(2026, 3, 15)]),
            ("quarterly", [date(2026, 1, 15), date(2026, 4, 15), date(2026, 7, 15)]),
            ("yearly", [date(2026, 1, 15), date(2027, 1, 15), date(2028, 1, 15)]),
        ],
    )
    def test_counts_from_the_first_date(self, frequency, expected):
        assert dates(rhythm(frequency), most=3) == expected

    def test_remembers_the_thirty_first_after_a_short_month(self):
        first = date(2026, 1, 31)
        assert dates(rhythm(first=first)) == [first, date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]

    def test_keeps_to_the_last_day_of_the_month(self):
        last_days = rhythm(first=date(2026, 2, 28), on_last_day=True)
        assert dates(last_days, most=3) == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]

    def test_ends_with_the_last_date(self):
        assert dates(rhythm(last=date(2026, 2, 15))) == [date(2026, 1, 15), date(2026, 2, 15)]

    @pytest.mark.parametrize("frequency", ["once", "weekly", "monthly", "quarterly", "yearly"])
    def test_goes_on_after_any_date_as_if_it_had_been_counted(self, frequency):
        counted = rhythm(frequency)
        every = dates(counted, most=40)
        for number, day in enumerate(every[:30]):
            assert dates(counted, after=day, most=3) == every[number + 1 : number + 4]

    @pytest.mark.parametrize(
        ("rule", "paid"),
        [
            ("none", date(2026, 10, 1)),
            ("following", date(2026, 10, 8)),
            ("preceding", date(2026, 9, 30)),
            ("modified_following", date(2026, 10, 8)),
        ],
    )
    def test_moves_what_falls_on_a_holiday(self, rule, paid):
        (found,) = islice(rhythm(first=date(2026, 10, 1), rule=rule).occurrences(), 1)
        assert (found.due_date, found.pay_date) == (date(2026, 10, 1), paid)

    def test_keeps_two_weeks_apart_that_are_paid_on_one_day(self):
        golden_week = islice(rhythm("weekly", date(2026, 10, 1), rule="following").occurrences(), 2)
        assert [each.due_date for each in golden_week] == [date(2026, 10, 1), date(2026, 10, 8)]

    def test_finds_what_is_still_to_be_paid(self):
        found = rhythm().next_to_pay(after=date(2026, 1, 15), on=date(2026, 5, 1))
        assert found.due_date == date(2026, 5, 15)
        assert rhythm(last=date(2026, 2, 15)).next_to_pay(after=None, on=date(2026, 5, 1)) is None
