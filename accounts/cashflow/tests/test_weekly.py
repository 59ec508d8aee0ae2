"""Quantiles of coming weeks from past ones."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.cashflow.weekly import AFTER_FESTIVAL, LEVELS, Past, Week, coming, pinball

LAST = date(2026, 3, 1)
SUMS = st.lists(
    st.one_of(st.none(), st.floats(min_value=-1e12, max_value=1e12, allow_subnormal=False)), min_size=12, max_size=70
).filter(lambda sums: any(each is not None for each in sums))


class TestComing:
    @settings(max_examples=60)
    @given(SUMS)
    def test_orders_its_quantiles_and_keeps_within_the_past(self, sums):
        known = [each for each in sums if each is not None]
        for week in coming(Past(sums, LAST), weeks=13):
            told = week.quantiles()
            assert told == sorted(told)
            assert min(known) <= told[0]
            assert told[-1] <= max(known)

    def test_gives_the_same_for_the_same(self):
        past = Past([float(number % 7) for number in range(60)], LAST)
        assert [each.quantiles() for each in coming(past, weeks=3)] == [
            each.quantiles() for each in coming(past, weeks=3)
        ]

    def test_is_certain_where_every_week_was_the_same(self):
        assert [week.quantiles() for week in coming(Past([500.0] * 30, LAST), weeks=2)] == [[500.0] * 5] * 2

    def test_knows_nothing_but_zero_after_zeros(self):
        week = coming(Past([0.0] * 30, LAST), weeks=1)[0]
        assert (week.quantiles(), week.mean) == ([0.0] * 5, 0.0)

    def test_leaves_out_weeks_that_no_evidence_covers(self):
        told = coming(Past([100.0, None] * 20, LAST), weeks=1)[0]
        assert told.quantiles() == [100.0] * 5

    def test_sees_what_comes_at_one_time_of_the_month(self):
        past = Past([0.0] * 60, LAST)
        sums = [900.0 if 8 <= past.middle(number).day <= 14 else 0.0 for number in range(60)]
        weeks = coming(Past(sums, LAST), weeks=13)
        for number, week in enumerate(weeks):
            middle = past.middle(60 + number).day
            if 10 <= middle <= 12:
                assert week.quantiles()[2] > 450
            if 18 <= middle <= 28:
                assert week.quantiles()[2] == 0

    def test_follows_the_newer_pace(self):
        told = coming(Past([100.0] * 30 + [300.0] * 30, LAST), weeks=1)[0]
        assert told.quantiles()[2] == 300.0

    def test_sees_the_season_of_the_year_where_it_shows(self):
        first = LAST - timedelta(days=7 * 130)
        sums = [1000.0 if (first + timedelta(days=7 * week)).month in {3, 4, 5} else 10.0 for week in range(130)]
        told = coming(Past(sums, LAST), weeks=13)[4]
        assert told.mean > 1.8 * sum(sums) / len(sums)

    def test_expects_little_after_spring_festival_wherever_it_falls(self):
        festival = LAST + timedelta(days=18)
        told = coming(Past([1000.0] * 60, LAST, [festival]), weeks=6)
        middle = [week.quantiles()[2] for week in told]
        assert middle[:2] == [1000.0, 1000.0]
        assert middle[2:5] == [pytest.approx(1000 * AFTER_FESTIVAL[week]) for week in (0, 1, 2)]
        assert middle[5] == 1000.0

    def test_learns_how_an_enterprise_keeps_spring_festival(self):
        year_ago, festival = LAST - timedelta(days=7 * 50 - 4), LAST + timedelta(days=4)
        past = Past([1000.0] * 60, LAST)
        at = next(n for n in range(60) if abs((past.middle(n) - year_ago).days) <= 3)
        sums = [1000.0] * 60
        sums[at] = 2000.0
        quiet = coming(Past([1000.0] * 60, LAST, [festival]), weeks=1)[0].mean
        busy = coming(Past(sums, LAST, [year_ago, festival]), weeks=1)[0].mean
        assert busy > 10 * quiet


class TestWeek:
    def test_draws_each_past_week_as_often_as_it_weighs(self):
        week = Week([1.0, 2.0], [1.0, 3.0], 1.0)
        assert week.draws([0.1, 0.2, 0.3, 0.9]) == [1.0, 1.0, 2.0, 2.0]

    def test_averages_by_weight(self):
        assert Week([1.0, 2.0], [1.0, 3.0], 1.0).mean == 1.75


class TestPinball:
    def test_is_nothing_where_every_quantile_was_right(self):
        assert pinball([5.0] * 5, 5.0) == 0

    def test_costs_more_on_the_unlikely_side(self):
        assert pinball([0, 0, 0, 0, 10], 0.0) * len(LEVELS) == pytest.approx(1.0)
        assert pinball([0, 0, 0, 0, 0], 10.0) * len(LEVELS) == pytest.approx(sum(LEVELS) * 10)

    def test_says_nothing_where_the_truth_is_not_known(self):
        assert pinball([1.0] * 5, None) == 0
