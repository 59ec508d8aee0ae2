"""The rhythm of the year, the week and the month."""

from datetime import date, timedelta

import pytest

from accounts.cashflow.seasons import told

FIRST = date(2024, 1, 1)


def days(count: int, flow=lambda day: (100.0, 80.0)) -> dict:
    """Make money move every day."""
    return {FIRST + timedelta(days=number): flow(FIRST + timedelta(days=number)) for number in range(count)}


class TestSeasons:
    def test_of_the_year_need_more_than_twelve_whole_months(self):
        assert told(days(366), first=FIRST, last=date(2024, 12, 31)).year == ()
        assert len(told(days(400), first=FIRST, last=date(2025, 1, 31)).year) == 12

    def test_show_a_harvest(self):
        harvest = days(731, lambda day: (900.0, 50.0) if day.month == 10 else (100.0, 50.0))
        year = told(harvest, first=FIRST, last=date(2025, 12, 31)).year
        best = max(year, key=lambda part: part.inflow)
        assert (best.number, best.seen) == (10, 2)
        assert best.inflow > 5

    def test_average_one(self):
        seen = told(days(731, lambda day: (float(day.day), 5.0)), first=FIRST, last=date(2025, 12, 31))
        for parts in (seen.year, seen.week, seen.month):
            assert sum(part.inflow for part in parts) / len(parts) == pytest.approx(1)

    def test_show_a_market_day(self):
        week = told(days(100, lambda day: (700.0, 0.0) if day.weekday() == 5 else (0.0, 0.0)), first=FIRST,
                    last=FIRST + timedelta(days=99)).week  # fmt: skip
        assert [round(part.inflow) for part in week] == [0, 0, 0, 0, 0, 7, 0]

    def test_say_nothing_of_a_few_weeks(self):
        seen = told(days(40), first=FIRST, last=FIRST + timedelta(days=39))
        assert (seen.year, seen.week, seen.month, seen.whole_months) == ((), (), (), 1)

    def test_bear_days_without_money(self):
        seen = told({}, first=FIRST, last=date(2025, 12, 31))
        assert {part.inflow for part in seen.year} == {0.0}
