"""Proofs that bins run one way and can be read."""

from decimal import Decimal

import pytest

np = pytest.importorskip("numpy", reason="learning is an optional extra: pip install -r requirements-learn.txt")

from hypothesis import assume, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from lending.credit.learning import binning  # noqa: E402


def cut(values, is_bad, **ways):
    return binning.fit(np.array(values, dtype=float), np.array(is_bad, dtype=float), **ways)


def weight(bins, value):
    return bins.of(np.array([value]))[0]


class TestFit:
    def test_gives_weights_that_only_rise_where_more_is_better(self):
        values = [float(each) for each in range(200)]
        is_bad = [each < 120 and each % 3 == 0 for each in range(200)]
        bins = cut(values, is_bad, rising=True)
        assert list(bins.weights) == sorted(bins.weights)
        assert weight(bins, 0.0) < 0 < weight(bins, 199.0)

    def test_says_nothing_where_the_data_run_against_the_declaration(self):
        values = [float(each) for each in range(200)]
        assert cut(values, [each > 120 for each in range(200)], rising=True) is None

    def test_believes_a_declaration_where_few_rows_say_nothing(self):
        values = [float(each) for each in range(60)]
        is_bad = [each % 10 == 9 for each in range(60)]
        assert cut(values, is_bad, rising=True) is None
        believed = cut(values, is_bad, rising=True, is_declared=True)
        assert weight(believed, 0.0) < 0 < weight(believed, 59.0)

    def test_is_led_by_many_rows_and_not_by_the_declaration(self):
        values = [float(each % 100) for each in range(4000)]
        is_bad = [each % 100 < 50 and each % 2 == 0 for each in range(4000)]
        plain = cut(values, is_bad, rising=True)
        believed = cut(values, is_bad, rising=True, is_declared=True)
        assert [weight(believed, each) for each in (0.0, 99.0)] == pytest.approx(
            [weight(plain, each) for each in (0.0, 99.0)], abs=0.35
        )

    @given(st.lists(st.integers(0, 121), min_size=40, max_size=100), st.booleans())
    @settings(max_examples=50)
    def test_runs_one_way_whatever_the_rows(self, rows, is_declared):
        is_bad = [bool(each % 2) for each in rows]
        assume(0 < sum(is_bad) < len(is_bad))
        bins = cut([float(each // 2) for each in rows], is_bad, rising=True, is_declared=is_declared)
        assert bins is None or list(bins.weights) == sorted(set(bins.weights))

    def test_says_nothing_of_what_is_the_same_for_all(self):
        assert cut([1.0] * 50, [each < 20 for each in range(50)], rising=True) is None

    def test_never_rewards_holding_evidence_back(self):
        values = [None if each % 2 else float(each) for each in range(200)]
        is_bad = [each % 2 == 0 and each < 100 for each in range(200)]
        assert cut(values, is_bad, rising=True).missing_weight == 0.0


class TestBetween:
    @pytest.mark.parametrize(("low", "high"), [(0.12, 0.19), (3, 4), (9.8, 30.1), (0.1234, 0.1236), (-2.5, -1)])
    def test_finds_a_short_number_above_the_low_and_not_above_the_high(self, low, high):
        found = binning.between(low, high)
        assert Decimal(str(low)) < found <= Decimal(str(high))
        assert len(str(found)) <= 6


class TestQuantiles:
    @given(st.lists(st.integers(0, 40), min_size=1, max_size=300))
    @settings(max_examples=100)
    def test_are_about_even_and_keep_equal_figures_together(self, figures):
        known = np.sort(np.array(figures, dtype=float))
        cuts = binning.quantiles(known)
        assert [start for start, _end in cuts[1:]] == [end for _start, end in cuts[:-1]]
        assert (cuts[0][0], cuts[-1][1]) == (0, len(known))
        assert all(known[end - 1] < known[end] for _start, end in cuts[:-1])
        assert len(cuts) == 1 or min(end - start for start, end in cuts) >= binning.SMALLEST_BIN
