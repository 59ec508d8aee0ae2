"""Proofs of the arithmetic of monitoring, against figures worked out elsewhere or by hand."""

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lending.portfolio import measures


class TestShareOf:
    def test_gives_wilsons_interval(self):
        # Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263, and 15 of 148.
        share = measures.share_of(81, 263)
        assert [round(each, 4) for each in (share.value, share.low, share.high)] == [0.3080, 0.2553, 0.3662]
        share = measures.share_of(15, 148)
        assert [round(each, 4) for each in (share.low, share.high)] == [0.0624, 0.1605]

    def test_stays_within_nothing_and_all(self):
        assert measures.share_of(0, 20).low == 0.0
        assert measures.share_of(20, 20).high == 1.0

    def test_says_nothing_of_nothing(self):
        assert measures.share_of(0, 0) is None


class TestStabilityIndex:
    def test_is_zero_where_nothing_moved(self):
        assert measures.stability_index([10, 20, 70], [1, 2, 7]) == pytest.approx(0)

    def test_sums_what_moved(self):
        expected = (0.4 - 0.5) * log(0.4 / 0.5) + (0.6 - 0.5) * log(0.6 / 0.5)
        assert measures.stability_index([50, 50], [40, 60]) == pytest.approx(expected)

    def test_is_finite_where_a_bin_emptied(self):
        assert measures.stability_index([50, 50], [100, 0]) == pytest.approx(
            (1 - 0.5) * log(2) + (0.005 - 0.5) * log(0.005 / 0.5)
        )

    def test_says_nothing_without_a_period_to_compare(self):
        assert measures.stability_index([0, 0], [1, 2]) is None


class TestDeciles:
    def test_cut_a_hundred_values_into_ten_even_bands(self):
        assert measures.deciles([(value, 1) for value in range(100)]) == [10, 20, 30, 40, 50, 60, 70, 80, 90]

    def test_do_not_cut_through_one_value(self):
        assert measures.deciles([(500, 99), (600, 1)]) == [501]

    @given(st.lists(st.tuples(st.integers(300, 700), st.integers(1, 50)), unique_by=lambda each: each[0]))
    def test_leave_no_band_empty(self, counts):
        bounds = measures.deciles(counts)
        bands = {measures.band_of(value, bounds) for value, _ in counts}
        assert not counts or bands == set(range(len(bounds) + 1))


class TestSeparation:
    def test_is_complete_where_every_bad_one_scored_worst(self):
        found = measures.separation([(1.0, 0, 10), (2.0, 30, 0)])
        assert (found.auc.value, found.gini, found.ks) == (1.0, 1.0, 1.0)

    def test_is_nothing_where_all_scored_alike(self):
        found = measures.separation([(1.0, 30, 10)])
        assert (found.auc.value, found.gini, found.ks) == (0.5, 0.0, 0.0)

    def test_counts_ties_half(self):
        # bad: 1, 2; good: 2, 3. Of four pairs three are right and one is a tie.
        found = measures.separation([(1, 0, 1), (2, 1, 1), (3, 1, 0)])
        assert (found.auc.value, found.ks) == (0.875, 0.5)

    def test_gives_hanley_and_mcneils_interval(self):
        # Hanley and McNeil (1982), table I: 58 normal and 51 abnormal images, area 0.893, standard error 0.032.
        found = measures.separation([(5, 33, 3), (4, 6, 2), (3, 6, 2), (2, 11, 11), (1, 2, 33)])
        assert round(found.auc.value, 3) == 0.893
        assert round((found.auc.value - found.auc.low) / measures.Z, 3) == 0.032

    def test_says_nothing_without_bad_ones(self):
        assert measures.separation([(1.0, 30, 0)]) is None
