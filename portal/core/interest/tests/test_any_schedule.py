"""What holds for all schedules."""

import json
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from portal.core import interest
from portal.core.interest import (
    DayCount,
    DeferredInterest,
    FrequencyUnit,
    InterestMethod,
    InterestPeriod,
    MonthEnd,
    Terms,
    Tranche,
)
from portal.core.interest.periods import periods

START = date(2024, 1, 1)
BY_MONTHS = DayCount.THIRTY_360_MONTHS


@st.composite
def loans(draw):
    installments = draw(st.integers(1, 40))
    method = draw(st.sampled_from(list(InterestMethod)))
    declines = method in {InterestMethod.EQUAL_INSTALLMENTS, InterestMethod.EQUAL_PRINCIPAL}
    months = st.sampled_from([frozenset(), frozenset({10}), frozenset({6, 11}), frozenset(range(1, 13, 2))])
    terms = Terms(
        annual_rate=Decimal(draw(st.integers(0, 6000))) / 10000,
        installments=installments,
        interest_method=method,
        day_count=draw(st.sampled_from(list(DayCount))),
        frequency=draw(st.sampled_from(list(FrequencyUnit))),
        every=draw(st.integers(1, 6)),
        interest_period=draw(st.sampled_from(list(InterestPeriod))),
        first_due_date=draw(st.none() | st.dates(date(2024, 2, 1), date(2024, 12, 31))),
        month_end=draw(st.sampled_from(list(MonthEnd))),
        principal_grace=draw(st.integers(0, installments - 1)),
        interest_grace=draw(st.integers(0, installments - 1)),
        interest_free=draw(st.integers(0, installments)),
        deferred_interest=draw(st.sampled_from(list(DeferredInterest))),
        principal_months=draw(months),
        interest_months=draw(months),
        down_payment_rate=draw(st.sampled_from([Decimal(0), Decimal("0.2")])),
        balloon_rate=Decimal("0.3") if declines and draw(st.booleans()) else Decimal(0),
        currency=draw(st.sampled_from(["CNY", "JPY", "KWD"])),
        rounding=draw(st.sampled_from(list(interest.Rounding))),
        installment_multiple=draw(st.none() | st.sampled_from([Decimal(1), Decimal(50), Decimal(1000)])),
    )
    principal = Decimal(draw(st.integers(1, 10**7) | st.integers(1, 60)))
    start = draw(st.dates(date(2023, 10, 1), date(2024, 1, 31)))
    return principal, terms, start


class TestSchedule:
    @settings(max_examples=400)
    @given(loan=loans())
    def test_repays_the_principal_in_parts_that_are_never_negative_on_dates_that_go_forward(self, loan):
        principal, terms, start = loan

        rows = interest.schedule(principal, terms, start).installments

        assert sum(row.principal_amount for row in rows) == principal
        assert rows[-1].balance_after == 0
        assert all(min(row.principal_amount, row.interest_amount, row.balance_after) >= 0 for row in rows)
        assert all(earlier.due_date < later.due_date for earlier, later in pairwise(rows))
        assert rows[0].due_date >= start
        assert all(
            later.balance_after == earlier.balance_after - later.principal_amount for earlier, later in pairwise(rows)
        )

    @settings(max_examples=100)
    @given(loan=loans())
    def test_comes_out_the_same_from_terms_kept_as_json(self, loan):
        terms = loan[1]
        assert Terms.from_data(json.loads(json.dumps(terms.as_data()))) == terms

    @settings(max_examples=200)
    @given(loan=loans(), share=st.integers(1, 99), days=st.integers(1, 400))
    def test_repays_tranches_as_well(self, loan, share, days):
        principal, terms, start = loan
        later = Tranche(start + timedelta(days=days), principal * 10 * share)
        maturity = periods(terms, start)[-1].due
        assume(later.on < maturity and terms.interest_method != InterestMethod.FLAT)

        rows = interest.schedule(principal * 1000, terms, start, tranches=[later]).installments

        assert sum(row.principal_amount for row in rows) == principal * 1000
        assert rows[-1].balance_after == 0
        assert all(min(row.principal_amount, row.interest_amount, row.balance_after) >= 0 for row in rows)

    @settings(max_examples=100)
    @example(principal=1478891, percent=58, count=50)
    @given(principal=st.integers(1000, 10**7), percent=st.integers(0, 60), count=st.integers(2, 60))
    def test_levels_installments_to_within_cents(self, principal, percent, count):
        terms = Terms(annual_rate=Decimal(percent) / 100, installments=count, day_count=DayCount.ACT_365F)

        rows = interest.schedule(Decimal(principal), terms, START).installments

        assert len({row.total_amount for row in rows[:-1]}) == 1
        # Half a cent of installment and half a cent of interest each time, compounded: all that rounding may leave.
        growth = 1 + Decimal(percent * 31) / 36500
        assert abs(rows[-1].total_amount - rows[0].total_amount) <= sum(growth**k for k in range(count)) / 100

    @settings(max_examples=50)
    @given(percent=st.integers(1, 60), count=st.integers(1, 60))
    def test_costs_its_own_rate_when_there_are_no_fees(self, percent, count):
        terms = Terms(annual_rate=Decimal(percent) / 100, installments=count, day_count=BY_MONTHS)

        found = interest.apr(interest.schedule(Decimal(1000000), terms, START).flows())

        assert float(found) == pytest.approx((1 + percent / 1200) ** 12 - 1, abs=1e-6)
