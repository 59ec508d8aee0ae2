"""Proofs that the challenger is scored by plain Python, and that an unsound one is refused."""

from copy import deepcopy
from decimal import Decimal

import pytest

from lending.credit import challenger
from lending.credit.scorecards import TableRefused

TABLE = {
    "form": 1,
    "code": "challenger",
    "version": 1,
    "features": ["buffer_days", "inflow_volatility"],
    "share": 0.5,
    "trees": [
        {"of": 0, "at": 10.0, "low": 2.0, "missing": "low",
         "high": {"of": 1, "at": 0.5, "low": -4.0, "high": 0.0, "missing": "high"}},
        1.0,
    ],
    "line": [0.0, 1.0],
}  # fmt: skip
KNOWN = frozenset({"buffer_days", "inflow_volatility"})


class TestProbabilityOfDefault:
    @pytest.mark.parametrize(
        ("features", "probability"),
        [
            ({"buffer_days": 10}, "0.817574"),  # 1 / (1 + exp(-1.5))
            ({"buffer_days": 11, "inflow_volatility": 0.5}, "0.182426"),
            ({"buffer_days": 11}, "0.622459"),
            ({}, "0.817574"),
        ],
    )
    def test_walks_each_tree_to_a_leaf(self, features, probability):
        assert challenger.probability_of_default(TABLE, features) == Decimal(probability)


class TestCheck:
    def test_passes_a_sound_table(self):
        challenger.check(TABLE, known=KNOWN)

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"form": 2}, "unknown_form"),
            ({"features": ["moon"]}, "feature_unknown"),
            ({"trees": [{"of": 7, "at": 1, "low": 0, "high": 0, "missing": "low"}]}, "tree_unsound"),
            ({"trees": ["x"]}, "tree_unsound"),
        ],
    )
    def test_refuses_what_cannot_score(self, change, code):
        with pytest.raises(TableRefused) as refused:
            challenger.check(deepcopy(TABLE) | change, known=KNOWN)
        assert refused.value.code == code
