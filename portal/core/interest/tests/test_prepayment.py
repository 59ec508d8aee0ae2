"""What is left of a schedule's interest when principal comes back early."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portal.core import interest
from portal.core.interest import DayCount, InterestMethod, Prepayment, Terms
from portal.core.interest.tests.test_any_schedule import loans
from portal.core.money import from_minor

START = date(2026, 1, 15)
ONE_PERCENT = Terms(
    annual_rate=Decimal("0.12"),
    installments=10,
    day_count=DayCount.THIRTY_360_MONTHS,
    interest_method=InterestMethod.EQUAL_PRINCIPAL,
)


def left(terms, *prepaid, principal="1000"):
    made = interest.schedule(Decimal(principal), terms, START)
    return interest.interest_left(made, [Prepayment(on, Decimal(amount)) for on, amount in prepaid])


def written(*amounts):
    return [Decimal(amount) for amount in amounts]


class TestOneLoan:
    """A thousand in ten parts at one percent a month: 10, 9, 8 ... 1 of interest."""

    def test_costs_what_the_schedule_says_when_nothing_comes_early(self):
        assert left(ONE_PERCENT) == written(*(f"{n}.00" for n in range(10, 0, -1)))

    def test_saves_from_a_due_date_on(self):
        assert left(ONE_PERCENT, (date(2026, 3, 15), "300")) == written(
            "10.00", "9.00", "5.00", "4.00", "3.00", "2.00", "1.00", "0.00", "0.00", "0.00"
        )

    def test_saves_within_a_month_by_its_days(self):
        # 31 days from 15 March to 15 April, of which 21 remain: 800 for ten of them, 500 for the rest.
        march = Decimal(8) - Decimal(3) * 21 / 31
        assert left(ONE_PERCENT, (date(2026, 3, 25), "300"))[:4] == [*written("10.00", "9.00"), round(march, 2), 4]

    def test_earns_nothing_more_once_all_came_back(self):
        assert sum(left(ONE_PERCENT, (START, "1000"))) == 0
        assert left(ONE_PERCENT, (date(2026, 2, 15), "900")) == written("10.00", *["0.00"] * 9)

    def test_adds_prepayments_up(self):
        twice = left(ONE_PERCENT, (date(2026, 3, 15), "100"), (date(2026, 5, 15), "200"))
        assert twice == written("10.00", "9.00", "7.00", "6.00", "3.00", "2.00", "1.00", "0.00", "0.00", "0.00")

    def test_counts_what_was_deferred_and_no_more(self):
        quarterly = Terms(
            annual_rate=Decimal("0.12"),
            installments=6,
            day_count=DayCount.THIRTY_360_MONTHS,
            interest_method=InterestMethod.INTEREST_ONLY,
            interest_months=frozenset({4, 7}),
        )
        assert left(quarterly) == written("0.00", "0.00", "30.00", "0.00", "0.00", "30.00")
        paid_off = left(quarterly, (date(2026, 5, 15), "1000"))
        assert paid_off == written("0.00", "0.00", "30.00", "0.00", "0.00", "10.00")

    def test_refuses_flat_interest(self):
        flat = Terms(annual_rate=Decimal("0.12"), installments=3, interest_method=InterestMethod.FLAT)
        with pytest.raises(AssertionError):
            left(flat)


class TestAnyLoan:
    @settings(max_examples=300)
    @given(loan=loans(), day=st.integers(0, 2000), percent=st.integers(1, 100))
    def test_never_costs_more_and_changes_nothing_that_was_due(self, loan, day, percent):
        principal, terms, start = loan
        assume(terms.interest_method != InterestMethod.FLAT and not terms.down_payment_rate)
        made = interest.schedule(principal, terms, start)
        scheduled = [row.interest_amount for row in made.installments]
        assert interest.interest_left(made, []) == scheduled
        on = start + timedelta(days=day)
        still = sum((row.principal_amount for row in made.installments if row.due_date > on), Decimal(0))

        rest = interest.interest_left(made, [Prepayment(on, still * percent / 100)])
        none = interest.interest_left(made, [Prepayment(on, still)])

        due = sum(row.due_date <= on for row in made.installments)
        assert rest[:due] == none[:due] == scheduled[:due]
        assert min(*rest, *none, Decimal(0)) == 0
        units = from_minor(len(scheduled), terms.currency)  # as much as rounding each may bring
        assert sum(none) <= sum(rest) + units <= sum(scheduled) + 2 * units
