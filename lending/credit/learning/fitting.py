"""Logistic regression on weights of evidence: never against a characteristic, and drawn towards little."""

from typing import Any

import numpy as np
from scipy.optimize import minimize

Array = Any  # a numpy array


def fit(weights: Array, is_bad: Array, *, penalty: float) -> tuple[float, Array]:
    """Fit log odds of good = intercept + weights @ shares, every share 0 or more.

    A share below 0 would turn a characteristic's bins round, which nobody could explain to an owner.

    :param penalty: of the squared shares, in imagined rows' worth of log-likelihood.
    :returns: the intercept, and the share of each column.
    """
    good = 1.0 - is_bad
    start = np.zeros(weights.shape[1] + 1)
    start[0] = np.log((good.sum() + 0.5) / (is_bad.sum() + 0.5))

    def loss(parameters: Array) -> tuple[float, Array]:
        odds = parameters[0] + weights @ parameters[1:]
        value = np.logaddexp(0.0, odds).sum() - good @ odds + 0.5 * penalty * parameters[1:] @ parameters[1:]
        off = 1.0 / (1.0 + np.exp(-odds)) - good
        gradient = np.concatenate(([off.sum()], weights.T @ off + penalty * parameters[1:]))
        return float(value), gradient

    bounds = [(None, None)] + [(0.0, None)] * weights.shape[1]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return float(found[0]), found[1:]


def line(odds: Array, is_bad: Array) -> tuple[float, float]:
    """Fit the line that makes log odds honest (Platt): intercept and slope, the slope 0.05 or more."""
    good = 1.0 - is_bad
    # Platt's targets: one imagined row of each kind, so that perfect separation stays finite.
    target = np.where(good > 0, (good.sum() + 1) / (good.sum() + 2), 1 / (is_bad.sum() + 2))

    def loss(parameters: Array) -> tuple[float, Array]:
        said = parameters[0] + parameters[1] * odds
        off = 1.0 / (1.0 + np.exp(-said)) - target
        return float(np.logaddexp(0.0, said).sum() - target @ said), np.array([off.sum(), off @ odds])

    found = minimize(loss, np.array([0.0, 1.0]), jac=True, method="L-BFGS-B", bounds=[(None, None), (0.05, None)]).x
    return float(found[0]), float(found[1])
