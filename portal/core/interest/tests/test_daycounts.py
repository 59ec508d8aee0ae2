"""Day counts against the tables of the bodies that defined them."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.interest import DayCount, days_between, year_fraction

# ISDA, "EMU and Market Conventions: Recent Developments" (1998): worked periods of ACT/ACT.
ISDA_ACTUAL = [
    (date(2003, 11, 1), date(2004, 5, 1), "0.497724380567"),
    (date(1999, 2, 1), date(1999, 7, 1), "0.410958904110"),
    (date(1999, 7, 1), date(2000, 7, 1), "1.001377348600"),
    (date(2002, 8, 15), date(2003, 7, 15), "0.915068493151"),
    (date(2003, 7, 15), date(2004, 1, 15), "0.504004790778"),
    (date(1999, 7, 30), date(2000, 1, 30), "0.503892506924"),
    (date(2000, 1, 30), date(2000, 6, 30), "0.415300546448"),
]

# ISDA, "30/360 Day Count Conventions" (22 December 2008): days by bond basis and by Eurobond basis.
ISDA_THIRTY = [
    (date(2006, 8, 20), date(2007, 2, 20), 180, 180),
    (date(2007, 2, 20), date(2007, 8, 20), 180, 180),
    (date(2006, 8, 31), date(2007, 2, 28), 178, 178),
    (date(2007, 2, 28), date(2007, 8, 31), 183, 182),
    (date(2007, 8, 31), date(2008, 2, 29), 179, 179),
    (date(2008, 2, 29), date(2008, 8, 31), 182, 181),
    (date(2006, 1, 31), date(2006, 2, 28), 28, 28),
    (date(2006, 1, 30), date(2006, 2, 28), 28, 28),
    (date(2006, 2, 28), date(2006, 3, 3), 5, 5),
    (date(2006, 2, 14), date(2006, 2, 28), 14, 14),
    (date(2006, 9, 30), date(2006, 10, 31), 30, 30),
    (date(2006, 10, 31), date(2006, 11, 28), 28, 28),
    (date(2007, 8, 31), date(2008, 2, 28), 178, 178),
    (date(2008, 2, 28), date(2008, 8, 28), 180, 180),
    (date(2008, 2, 28), date(2008, 8, 30), 182, 182),
    (date(2008, 2, 28), date(2008, 8, 31), 183, 182),
    (date(2007, 2, 26), date(2008, 2, 28), 362, 362),
    (date(2007, 2, 26), date(2008, 2, 29), 363, 363),
    (date(2008, 2, 29), date(2009, 2, 28), 359, 359),
    (date(2008, 2, 28), date(2008, 3, 30), 32, 32),
    (date(2008, 2, 28), date(2008, 3, 31), 33, 32),
]

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


class TestYearFraction:
    @pytest.mark.parametrize(("start", "end", "years"), ISDA_ACTUAL)
    def test_follows_the_published_act_act_periods(self, start, end, years):
        assert float(year_fraction(DayCount.ACT_ACT_ISDA, start, end)) == pytest.approx(float(years), abs=1e-11)

    @pytest.mark.parametrize(
        ("day_count", "days", "year"),
        [
            (DayCount.ACT_365F, 366, 365),
            (DayCount.ACT_360, 366, 360),
            (DayCount.ACT_364, 366, 364),
            (DayCount.NL_365, 365, 365),
        ],
    )
    def test_divides_the_days_of_a_leap_year_by_a_fixed_year(self, day_count, days, year):
        assert year_fraction(day_count, date(2024, 1, 1), date(2025, 1, 1)) == Fraction(days, year)

    def test_gives_each_day_to_the_year_it_ends_in_when_closing(self):
        years = year_fraction(DayCount.ACT_ACT_CLOSING, date(2023, 12, 12), date(2024, 1, 12))
        assert years == Fraction(19, 365) + Fraction(12, 366)

    def test_gives_each_day_to_the_year_it_starts_in_by_isda(self):
        years = year_fraction(DayCount.ACT_ACT_ISDA, date(2023, 12, 12), date(2024, 1, 12))
        assert years == Fraction(20, 365) + Fraction(11, 366)

    def test_counts_whole_years_between_as_one_each(self):
        assert year_fraction(DayCount.ACT_ACT_ISDA, date(2019, 1, 1), date(2024, 1, 1)) == 5

    def test_counts_odd_days_as_a_part_of_their_month_by_months(self):
        years = year_fraction(DayCount.THIRTY_360_MONTHS, date(2024, 1, 1), date(2024, 2, 18))
        assert years == (1 + Fraction(17, 29)) / 12

    def test_counts_a_shortened_month_as_a_whole_one_by_months(self):
        assert year_fraction(DayCount.THIRTY_360_MONTHS, date(2025, 1, 31), date(2025, 2, 28)) == Fraction(1, 12)

    def test_never_earns_less_than_nothing_within_a_month_of_thirty_days(self):
        assert year_fraction(DayCount.THIRTY_360_US, date(2024, 2, 29), date(2024, 2, 29)) == 0

    @pytest.mark.parametrize("day_count", list(DayCount))
    def test_refuses_a_period_that_ends_before_it_starts(self, day_count):
        with pytest.raises(ValueError, match="cannot end"):
            year_fraction(day_count, date(2024, 1, 2), date(2024, 1, 1))

    @pytest.mark.parametrize("day_count", list(DayCount))
    @given(start=DAYS, end=DAYS)
    def test_is_near_the_calendar_by_every_convention(self, day_count, start, end):
        start, end = sorted((start, end))
        calendar_years = Fraction((end - start).days) / Fraction("365.2425")
        assert abs(year_fraction(day_count, start, end) - calendar_years) <= Fraction(4, 360) + calendar_years / 60

    @pytest.mark.parametrize(
        "day_count",
        [DayCount.ACT_365F, DayCount.ACT_360, DayCount.NL_365, DayCount.ACT_ACT_ISDA, DayCount.ACT_ACT_CLOSING],
    )
    @given(days=st.tuples(DAYS, DAYS, DAYS))
    def test_adds_up_over_neighboring_periods(self, day_count, days):
        first, second, third = sorted(days)
        parts = year_fraction(day_count, first, second) + year_fraction(day_count, second, third)
        assert parts == year_fraction(day_count, first, third)


class TestDaysBetween:
    @pytest.mark.parametrize(("start", "end", "bond", "eurobond"), ISDA_THIRTY)
    def test_follows_the_published_thirty_day_months(self, start, end, bond, eurobond):
        found = days_between(DayCount.THIRTY_360_BOND, start, end), days_between(DayCount.THIRTY_E_360, start, end)
        assert found == (bond, eurobond)

    def test_lengthens_february_at_both_ends_by_the_us_rule(self):
        assert days_between(DayCount.THIRTY_360_US, date(2008, 2, 29), date(2009, 2, 28)) == 360
        assert days_between(DayCount.THIRTY_360_US, date(2007, 2, 28), date(2007, 8, 31)) == 180

    def test_keeps_the_31st_after_a_day_before_the_30th_by_the_us_rule(self):
        assert days_between(DayCount.THIRTY_360_US, date(2008, 1, 15), date(2008, 1, 31)) == 16

    def test_lengthens_february_unless_the_contract_ends_on_it_by_isda(self):
        end = date(2007, 2, 28)
        assert year_fraction(DayCount.THIRTY_E_360_ISDA, date(2006, 8, 31), end) == Fraction(180, 360)
        assert year_fraction(DayCount.THIRTY_E_360_ISDA, date(2006, 8, 31), end, maturity=end) == Fraction(178, 360)

    def test_leaves_out_leap_days_without_leap_years(self):
        assert days_between(DayCount.NL_365, date(2024, 2, 28), date(2024, 3, 1)) == 1
