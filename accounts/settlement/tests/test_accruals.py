"""What balances earn: to the cent, and whatever the balances, the days add up to what is paid."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from accounts.settlement.accruals import DayTerms, accrue, rounded, yearly_interest
from portal.core.interest import DayCount

TIERS = [(Decimal(0), Decimal("0.0020")), (Decimal(50_000), Decimal("0.0110"))]
TERMS = DayTerms(TIERS, Decimal("0.0730"), DayCount.ACT_365F)
FIRST = date(2026, 3, 1)


def days_of(*balances):
    return [(FIRST + timedelta(days=number), Decimal(balance), TERMS) for number, balance in enumerate(balances)]


class TestYearlyInterest:
    def test_gives_each_slice_its_own_rate(self):
        assert yearly_interest(Decimal(60_000), TIERS) == 50_000 * Fraction("0.002") + 10_000 * Fraction("0.011")

    def test_of_what_is_below_the_first_tier_is_nothing(self):
        assert yearly_interest(Decimal(900), [(Decimal(1_000), Decimal("0.01"))]) == 0

    def test_of_debts_is_nothing(self):
        assert yearly_interest(Decimal(-5), TIERS) == 0


class TestAccrue:
    def test_counts_a_day_as_a_part_of_the_year(self):
        (day,) = accrue(days_of(36_500), currency="CNY")
        assert (day.interest, day.overdraft_interest) == (Decimal("0.20"), Decimal("0.00"))

    def test_adds_up_what_is_too_little_for_a_day(self):
        days = accrue(days_of(*[900] * 30), currency="CNY")  # a seventieth of a cent short of half a cent a day
        assert sum(day.interest for day in days) == Decimal("0.15")
        assert {day.interest for day in days} == {Decimal("0.00"), Decimal("0.01")}

    def test_asks_interest_below_zero(self):
        (day,) = accrue(days_of(-1_000), currency="CNY")
        assert (day.interest, day.overdraft_interest) == (Decimal("0.00"), Decimal("0.20"))

    @given(
        st.lists(st.integers(-(10**7), 10**9), max_size=62),
        st.sampled_from([DayCount.ACT_365F, DayCount.ACT_360, DayCount.ACT_ACT_ISDA]),
        st.sampled_from(["CNY", "JPY", "KWD"]),
    )
    def test_gives_days_that_add_up_to_the_rounded_sum(self, cents, day_count, currency):
        terms = DayTerms(TIERS, Decimal("0.0730"), day_count)
        days = [(FIRST + timedelta(days=number), Decimal(each) / 100, terms) for number, each in enumerate(cents)]
        told = accrue(days, currency=currency)
        year = Fraction(1, 360 if day_count == DayCount.ACT_360 else 365)
        exact = sum((yearly_interest(balance, TIERS) * year for _day, balance, _terms in days), Fraction(0))
        assert sum((day.interest for day in told), Decimal(0)) == rounded(exact, currency)
        assert all(day.interest >= 0 and day.overdraft_interest >= 0 for day in told)
