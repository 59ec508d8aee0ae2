"""Proofs that figures of quality are what textbooks say."""

import pytest

from lending.credit.learning import figures


class TestAuc:
    def test_is_one_half_when_scores_say_nothing(self):
        assert figures.auc([1, 1, 1, 1], [True, False, True, False]) == 0.5

    def test_counts_pairs_in_the_right_order(self):
        # good 3 and 1, bad 2: one of two pairs is right
        assert figures.auc([3, 1, 2], [False, False, True]) == 0.5
        assert figures.auc([3, 2, 1], [False, False, True]) == 1.0


class TestKs:
    def test_is_the_widest_gap(self):
        assert figures.ks([1, 2, 3, 4], [True, False, True, False]) == 0.5


class TestBrier:
    def test_is_a_mean_square(self):
        assert figures.brier([0.5, 0.0], [True, False]) == 0.125


class TestPsi:
    def test_is_nothing_for_the_same_population(self):
        assert figures.psi(range(100), range(100)) == pytest.approx(0)

    def test_grows_when_scores_move(self):
        assert figures.psi(range(100), range(50, 150)) > 0.25


class TestCalibration:
    def test_compares_what_grades_promised_with_what_they_kept(self):
        grades = [{"grade": "A", "pd_below": "0.1"}, {"grade": "B"}]
        found = figures.calibration([0.05, 0.05, 0.5, 0.7], [False, True, True, False], grades=grades)
        kept = [(line.grade, line.count, line.bad, line.observed) for line in found]
        assert kept == [("A", 2, 1, 0.5), ("B", 2, 1, 0.5)]
        assert found[1].expected == pytest.approx(0.6)
