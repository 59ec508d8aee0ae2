"""The coming weeks."""

from datetime import date, timedelta
from itertools import accumulate, pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.cashflow.forecast import FEWEST_WEEKS, Planned, forecast
from accounts.cashflow.recurring import Flow

LAST = date(2026, 3, 1)
FIRST = LAST - timedelta(days=7 * 40 - 1)


def trade(*, seed: int = 1, scale: float = 1.0, days: int = 280) -> list[Flow]:
    """Make sales and purchases of a shop, a rent, and what its owner takes."""
    rng = Random(seed)
    flows = []
    for back in range(days):
        day = LAST - timedelta(days=back)
        flows.append(Flow(day, round(rng.uniform(50, 400) * scale, 2), f"customer {rng.randrange(9)}"))
        if rng.random() < 0.4:
            flows.append(Flow(day, -round(rng.uniform(100, 500) * scale, 2), "supplier", category="supplier_payment"))
        if day.day == 3:
            flows.append(Flow(day, -900.0 * scale, "landlord", "Landlord", "rent"))
        if day.day == 20:
            flows.append(Flow(day, -700.0 * scale, "owner", "Owner", "own_transfer", is_own=True))
    return flows


def told(flows=None, **more):
    """Forecast the shop."""
    return forecast(trade() if flows is None else flows, **{"first": FIRST, "last": LAST, "balance": 5000.0, **more})


FLOWS = st.lists(
    st.builds(
        Flow,
        on=st.integers(0, 279).map(lambda back: LAST - timedelta(days=back)),
        amount=st.floats(-1e9, 1e9, allow_subnormal=False),
        key=st.sampled_from(["a", "b", ""]),
        category=st.sampled_from(["unknown", "rent", "salary"]),
        is_own=st.booleans(),
    ),
    max_size=60,
)


class TestForecast:
    @settings(max_examples=30)
    @given(FLOWS)
    def test_orders_quantiles_and_adds_up(self, flows):
        seen = told(flows)
        balance = 5000.0
        for week in seen.weeks:
            for each in (week.inflow, week.outflow, week.own, week.net, week.balance):
                assert list(each.quantiles) == sorted(each.quantiles)
            assert week.net.expected == week.inflow.expected - week.outflow.expected + week.own.expected
            balance += week.net.expected
            assert week.balance.expected == pytest.approx(balance)

    def test_gives_the_same_for_the_same_evidence_in_any_order(self):
        flows = trade()
        shuffled = flows.copy()
        Random(2).shuffle(shuffled)
        assert told(flows).weeks == told(shuffled).weeks

    def test_knows_nothing_of_what_came_after_its_last_day(self):
        later = [Flow(LAST + timedelta(days=day), -1e6, "flood") for day in range(1, 90)]
        assert told(trade() + later).weeks == told().weeks

    def test_covers_thirteen_weeks_of_seven_days_from_the_day_after(self):
        weeks = told().weeks
        assert (weeks[0].first_day, len(weeks)) == (LAST + timedelta(days=1), 13)
        assert all(week.last_day - week.first_day == timedelta(days=6) for week in weeks)
        assert all(one.last_day + timedelta(days=1) == two.first_day for one, two in pairwise(weeks))

    def test_lays_what_comes_back_on_its_day(self):
        seen = told()
        rents = [event.on for event in seen.events if event.amount == -900.0]
        assert rents == [date(2026, 3, 3), date(2026, 4, 3), date(2026, 5, 3)]
        assert seen.weeks[0].outflow.low >= 900

    @pytest.mark.parametrize("amounts", [[-900.0] * 16, [-900.0 - 10 * (month % 5) for month in range(16)]])
    def test_expects_nothing_twice_that_came_back_for_longer_than_is_looked_for(self, amounts):
        rents = [
            Flow(date(2024 + (10 + month) // 12, (10 + month) % 12 + 1, 3), amount, "landlord", "Landlord", "rent")
            for month, amount in enumerate(amounts)
        ]
        weeks = told(rents, first=rents[0].on).weeks
        assert [round(week.outflow.expected, -2) for week in weeks if week.outflow.expected] == [900.0] * 3

    def test_keeps_what_the_owner_takes_out_of_trade_but_in_the_balance(self):
        with_own, without = told(), told([flow for flow in trade() if not flow.is_own])
        assert [week.outflow for week in with_own.weeks] == [week.outflow for week in without.weeks]
        assert with_own.weeks[-1].balance.expected < without.weeks[-1].balance.expected - 1500

    def test_counts_what_is_planned_and_nothing_that_is_over(self):
        plan = [Planned(LAST + timedelta(days=10), -3000.0, "oven"), Planned(LAST, -999.0, "past")]
        with_plan, without = told(planned=plan), told()
        more = [
            two.outflow.expected - one.outflow.expected for one, two in zip(without.weeks, with_plan.weeks, strict=True)
        ]
        assert more == [0, 3000, *[0] * 11]
        assert with_plan.weeks[-1].balance.low == pytest.approx(without.weeks[-1].balance.low - 3000)

    def test_is_less_certain_of_later_balances(self):
        widths = [week.balance.high - week.balance.low for week in told().weeks]
        assert widths[12] > widths[3] > widths[0] > 0

    def test_needs_twelve_weeks(self):
        days = 7 * FEWEST_WEEKS
        assert told(first=LAST - timedelta(days=days - 2)) is None
        assert told(first=LAST - timedelta(days=days - 1)) is not None

    def test_leaves_weeks_without_evidence_out_and_counts_only_the_others(self):
        gap = [FIRST + timedelta(days=day) for day in range(70, 140)]
        quiet = [flow for flow in trade() if flow.on not in gap]
        seen, ignorant = told(quiet, uncovered=gap), told(quiet)
        assert seen.weeks[5].inflow.expected > ignorant.weeks[5].inflow.expected
        assert told(quiet, uncovered=[FIRST + timedelta(days=day) for day in range(280 - 77)]) is None

    def test_tells_no_balance_where_none_is_known(self):
        assert {week.balance for week in told(balance=None).weeks} == {None}

    @pytest.mark.parametrize("scale", [0.01, 1e9])
    def test_bears_tiny_and_enormous_amounts(self, scale):
        weeks = told(trade(scale=scale), balance=0.0).weeks
        assert weeks[0].inflow.low == pytest.approx(told(balance=0.0).weeks[0].inflow.low * scale, rel=0.01)

    def test_tells_zeros_after_nothing_but_zeros(self):
        weeks = told([]).weeks
        assert {week.inflow.quantiles for week in weeks} == {(0.0,) * 5}
        assert {week.balance.quantiles for week in weeks} == {(5000.0,) * 5}

    def test_bears_money_that_goes_one_way_only(self):
        weeks = told([flow for flow in trade() if flow.amount < 0 and not flow.is_own]).weeks
        assert {week.inflow.expected for week in weeks} == {0}
        fall = [week.balance.expected for week in weeks]
        assert fall == sorted(fall, reverse=True)

    def test_expects_a_balance_that_its_own_flows_lead_to(self):
        weeks = told().weeks
        assert [week.balance.expected for week in weeks] == list(
            accumulate((week.net.expected for week in weeks), initial=5000.0)
        )[1:]

    def test_is_told_in_whole_units(self):
        assert all(week.inflow.expected == int(week.inflow.expected) for week in told().weeks)
