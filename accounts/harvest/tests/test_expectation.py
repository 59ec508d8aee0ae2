"""What plots may bring, worked so that an agronomist can follow it with pencil and paper."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.harvest import calendars, expectation
from accounts.harvest.expectation import Plot
from accounts.harvest.operations.editions import SHIPPED
from accounts.harvest.tests.builders import RICE, TEA, TODAY, WINTER

PRUDENT = Decimal("0.8")


def plot(crop: str, area: str, harvest_from: date, *, told_on: date = TODAY, seen: bool = False) -> Plot:
    return Plot(crop, Decimal(area), harvest_from, told_on, is_confirmed=seen)


class TestTerraceFarm:
    """A household in the county 330523 tells two plots on 2 March 2026.

    Rice, 20 mu (1.33 ha), seen by an officer. Usual yield 520 kg a mu, 2.90 yuan a kilogram:
        20 mu * 520 kg = 10,400 kg; 10,400 kg * 2.90 = 30,160 yuan, in October and November: 15,080 each.
    White tea, 3 mu, told only. The household picks late, from April on; the season (March, April) begins in the month
    in which it was told, so nothing of it is gone:
        3 mu * 16 kg = 48 kg of made leaf; 48 kg * 600 = 28,800 yuan, all in April.
    Prudently eight tenths of everything: 24,128 of rice, 23,040 of tea.
    """

    PLOTS = (plot("rice", "20", date(2026, 10, 1), seen=True), plot("tea", "3", date(2026, 4, 1)))

    def months(self):
        grown = {"rice": RICE, "tea": TEA}
        months = expectation.expected(self.PLOTS, grown, prudent_share=PRUDENT, on=TODAY)
        return {month.first_day: (month.usual, month.prudent, month.confirmed) for month in months if month.usual}

    def test_expects_tea_in_april_and_rice_in_october_and_november(self):
        assert self.months() == {
            date(2026, 4, 1): (Decimal("28800.00"), Decimal("23040.00"), Decimal("0.00")),
            date(2026, 10, 1): (Decimal("15080.00"), Decimal("12064.00"), Decimal("12064.00")),
            date(2026, 11, 1): (Decimal("15080.00"), Decimal("12064.00"), Decimal("12064.00")),
        }


class TestByMonth:
    def test_runs_over_the_turn_of_the_year(self):
        spread = expectation.by_month(plot("citrus", "10", date(2026, 11, 1)), WINTER)
        assert spread == {date(2026, 11, 1): 12000, date(2026, 12, 1): 12000, date(2027, 1, 1): 12000}

    def test_of_a_late_variety_brings_everything_in_the_months_that_are_left(self):
        spread = expectation.by_month(plot("citrus", "10", date(2027, 1, 1)), WINTER)
        assert spread == {date(2027, 1, 1): 36000}

    def test_told_in_the_middle_of_a_season_leaves_out_what_was_sold_before(self):
        """10 mu told on 20 December: the third of November is gone, two thirds are to come."""
        told = plot("citrus", "10", date(2026, 12, 1), told_on=date(2026, 12, 20))
        assert expectation.by_month(told, WINTER) == {date(2026, 12, 1): 12000, date(2027, 1, 1): 12000}

    def test_of_a_crop_that_is_picked_all_year_brings_a_twelfth_each_month(self):
        """A hectare of greenhouse: 15 mu * 4,500 kg * 3.20 = 216,000 yuan a year, 18,000 a month."""
        [greenhouse] = [row for row in calendars.read(SHIPPED.read_text()) if row.crop == "greenhouse"]
        spread = expectation.by_month(plot("greenhouse", "15", date(2026, 7, 1)), greenhouse)
        assert (len(spread), set(spread.values())) == (12, {Decimal(18000)})

    @given(area=st.decimals("0.01", "9999.99", places=2), month=st.sampled_from([11, 12, 1]))
    def test_never_loses_a_cent(self, area, month):
        year = 2027 if month == 1 else 2026
        told = plot("citrus", str(area), date(year, month, 1), told_on=date(2026, 3, 2))
        assert sum(expectation.by_month(told, WINTER).values()) == expectation.income(told, WINTER)


class TestExpected:
    def test_leaves_out_what_lies_beyond_twelve_months(self):
        told = plot("citrus", "10", date(2027, 1, 1), told_on=date(2026, 1, 20))
        months = expectation.expected([told], {"citrus": WINTER}, prudent_share=PRUDENT, on=date(2026, 1, 20))
        assert sum(month.usual for month in months) == 0

    def test_counts_nothing_for_a_crop_without_a_calendar(self):
        months = expectation.expected([plot("rice", "10", date(2026, 10, 1))], {}, prudent_share=PRUDENT, on=TODAY)
        assert {month.usual for month in months} == {0}

    def test_counts_nothing_in_a_month_that_a_new_calendar_no_longer_knows(self):
        told = plot("tea", "10", date(2026, 10, 1))
        months = expectation.expected([told], {"tea": TEA}, prudent_share=PRUDENT, on=TODAY)
        assert {month.usual for month in months} == {0}


class TestCalendar:
    def test_that_ships_can_be_read_and_written_back(self):
        rows = calendars.read(SHIPPED.read_text(encoding="utf-8"))
        assert calendars.read(calendars.write(rows)) == rows
        assert {"*", "33", "330523"} == {row.region for row in rows}

    def test_takes_the_line_of_the_nearest_region(self):
        rows = calendars.read(SHIPPED.read_text(encoding="utf-8"))
        prices = {
            region: calendars.nearest(rows, region)["tea"].price_per_kg for region in ("330523", "330106", "110108", "")
        }
        assert prices == {"330523": 600, "330106": 130, "110108": 90, "": 90}

    @pytest.mark.parametrize(
        ("line", "column"),
        [
            ("33x,rice,Rice,水稻,5,10,520,2.9", "region"),
            ("33,Rice!,Rice,水稻,5,10,520,2.9", "crop"),
            ("33,rice,,水稻,5,10,520,2.9", "name_en"),
            ("33,rice,Rice,水稻,13,10,520,2.9", "sowing_months"),
            ("33,rice,Rice,水稻,5,,520,2.9", "harvest_months"),
            ("33,rice,Rice,水稻,5,10 10,520,2.9", "harvest_months"),
            ("33,rice,Rice,水稻,5,10,much,2.9", "yield_kg_per_mu"),
            ("33,rice,Rice,水稻,5,10,520,-1", "price_per_kg"),
            ("33,rice,Rice,水稻,5,10,520,NaN", "price_per_kg"),
        ],
    )
    def test_names_the_line_and_column_that_cannot_be_used(self, line, column):
        with pytest.raises(calendars.CalendarRefused) as refused:
            calendars.read(",".join(calendars.COLUMNS) + "\n" + line)
        assert (refused.value.code, refused.value.params) == ("crop_line_wrong", {"line": 2, "column": column})

    def test_tells_no_crop_twice_for_a_region(self):
        line = "33,rice,Rice,水稻,5,10,520,2.9\n"
        with pytest.raises(calendars.CalendarRefused, match="crop_told_twice"):
            calendars.read(",".join(calendars.COLUMNS) + "\n" + line * 2)

    @pytest.mark.parametrize("text", ["", "crop,price\nrice,3\n"])
    def test_needs_its_columns(self, text):
        with pytest.raises(calendars.CalendarRefused, match="crop_columns_missing"):
            calendars.read(text)
