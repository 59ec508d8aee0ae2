"""The challenger: small boosted trees that may only run the declared way, exported as JSON.

Several are trained, each on four fifths of the rows; the fifth it has not seen makes the probabilities honest.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import lightgbm
import numpy as np

from lending.credit import challenger
from lending.credit.features import ALL_FEATURES, FEATURES_VERSION
from lending.credit.learning import fitting, tables
from lending.credit.learning.rows import LabeledRow, check, splits

Array = Any

KNOWN: Final = frozenset(feature.code for feature in ALL_FEATURES)
FOLDS: Final = 5
ROUNDS_OF_FOLDS: Final = 2
TREES: Final = 120
SETTINGS: Final[dict[str, Any]] = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 3,
    "extra_trees": True,  # one threshold of each feature, drawn by chance: many such trees are a smooth curve
    "min_data_in_leaf": 8,
    "min_data_in_bin": 3,
    "min_sum_hessian_in_leaf": 0.01,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 1.0,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}


def learn(rows: Sequence[LabeledRow], options: tables.Options = tables.AS_USUAL) -> dict[str, Any]:
    """Learn a challenger from labeled rows; the same rows in the same order give the same trees.

    :raises LearningRefused: when there are too few good or bad ones.
    """
    check(rows)
    codes = [code for code in tables.candidates(rows, options) if code in KNOWN]
    figures = np.array([[_number(row.features.get(code)) for code in codes] for row in rows], dtype=float)
    labels = np.array([row.is_bad for row in rows], dtype=float)
    outside, boosters = np.zeros(len(rows)), list[Any]()
    for turn in range(ROUNDS_OF_FOLDS):
        for inside, held_out in splits(rows, number=FOLDS, seed=options.seed + turn):
            booster = _boosted(figures[inside], labels[inside], codes, seed=options.seed + len(boosters))
            outside[held_out] += booster.predict(figures[held_out], raw_score=True, num_threads=1) / ROUNDS_OF_FOLDS
            boosters.append(booster)
    shift, slope = fitting.line(-outside, labels)
    table = _table(boosters, codes, line=(-shift, slope), options=options, rows=len(rows))
    challenger.check(table, known=KNOWN)
    return table


def _number(value: Any) -> float:
    return float("nan") if value is None else float(value)


def _boosted(figures: Array, labels: Array, codes: Sequence[str], *, seed: int) -> Any:
    settings = SETTINGS | {"seed": seed, "monotone_constraints": [_constraint(code) for code in codes]}
    # A process that once had threads here could not be forked: its children would wait for them for ever.
    told = {name: SETTINGS[name] for name in ("verbose", "min_data_in_bin", "num_threads")}
    data = lightgbm.Dataset(figures, labels, params=told)
    return lightgbm.train(settings, data, TREES)


def _constraint(code: str) -> int:
    """Which way the chance of a default may run: -1 falls, 1 rises, 0 either way."""
    rising = tables.declared_rising(code)
    return 0 if rising is None else -1 if rising else 1


def _table(
    boosters: Sequence[Any], codes: Sequence[str], *, line: tuple[float, float], options: tables.Options, rows: int
) -> dict[str, Any]:
    trees = [_node(tree["tree_structure"]) for booster in boosters for tree in booster.dump_model()["tree_info"]]
    return {
        "form": challenger.FORM,
        "code": f"{options.code}-challenger",
        "version": 1,
        "name_en": f"{options.name_en}, challenger",
        "name_zh_hans": f"{options.name_zh_hans}（对照）",
        "features": list(codes),
        "share": 1 / len(boosters),
        "trees": trees,
        "line": [float(each) for each in line],
        "learned": {"features_version": FEATURES_VERSION, "rows": rows},
    }


def _node(told: Mapping[str, Any]) -> Any:
    if "leaf_value" in told:
        return told["leaf_value"]
    at = told["threshold"]
    # Where training saw nothing missing, the library reads a missing figure as 0.
    to_low = told["default_left"] if told["missing_type"] == "NaN" else at >= 0
    return {
        "of": told["split_feature"],
        "at": at,
        "low": _node(told["left_child"]),
        "high": _node(told["right_child"]),
        "missing": "low" if to_low else "high",
    }
