"""The few ways in which features divide, so that every engine divides alike and too little evidence gives nothing."""

from typing import Any

Value = Any  # an Ibis value

DAYS_IN_MONTH = 365.0 / 12.0
# A monthly average of fewer days than these would be a guess.
DAYS_FOR_AVERAGE = 50
MONTHS_FOR_SPREAD = 4
DAYS_FOR_TREND = 170
# Two years, less the month that may be missing at either end.
DAYS_FOR_GROWTH = 670
DAYS_FOR_BALANCES = 10
ENTRIES_FOR_PARTIES = 5
# Of what was earned, the part whose payers must be known before anyone's weight among all of them is.
LEAST_KNOWN = 1 / 2
# What known customers paid says something of all of them from this part of what was earned on.
LEAST_NAMED = 1 / 5
# Beyond these a figure says only "huge"; they also keep rounding inside whole numbers that every engine holds exactly.
LARGEST_MONEY = 4.0e15
LARGEST_RATIO = 1.0e6
# Two engines may differ in the last bit of a sum. Ties are moved by more than that, so that both round them alike.
TIE = 0.5 + 1e-9


def ratio(part: Value, whole: Value) -> Value:
    """Divide in floating point; nothing over nothing is missing, not 0."""
    if not isinstance(whole, float):
        whole = whole.cast("float64").nullif(0.0)
    return part.cast("float64") / whole


def given(enough: Value, value: Value) -> Value:
    """Keep the value where there is enough evidence for it, else leave it missing."""
    import ibis

    return enough.ifelse(value, ibis.null(value.type()))


def monthly(amount: Value, covered_days: Value) -> Value:
    """Average per month of the covered time."""
    return given(covered_days >= DAYS_FOR_AVERAGE, ratio(amount, covered_days) * DAYS_IN_MONTH)


def spread(squares: Value, total: Value, months: Value) -> Value:
    """Coefficient of variation over months: their standard deviation over their mean (population form).

    With n months that sum to S it is sqrt(n * sum(x^2) / S^2 - 1), which needs no second pass and no engine's own
    standard deviation. Months without any entry count as 0 on their own: they add nothing to either sum.
    """
    total = total.cast("float64").nullif(0.0)
    excess = months.cast("float64") * squares / (total * total) - 1.0
    return given(months >= MONTHS_FOR_SPREAD, _root(excess))


def balance_spread(squares: Value, total: Value, days: Value) -> Value:
    """Coefficient of variation of balances over the days with one; missing without a sum above 0."""
    total = given(total > 0, total).cast("float64")
    return _root(days.cast("float64") * squares / (total * total) - 1.0)


def _root(excess: Value) -> Value:
    """Take the root, with 0 where rounding fell below it. A comparison, because GREATEST would make 0 of nothing."""
    return (excess < 0.0).ifelse(0.0, excess).sqrt()


def concentration(squares: Value, total: Value) -> Value:
    """Sum of squared shares (Herfindahl): 1 when one party is everything, 1/n when n are equal."""
    total = total.cast("float64").nullif(0.0)
    return squares / (total * total)


def rounded(value: Value, digits: int, *, largest: float) -> Value:
    """Round half up, the same on every engine: no engine's ROUND agrees with another's on halves.

    The limits are comparisons and not GREATEST and LEAST, because those would turn a missing figure into the limit.
    """
    import ibis

    scale = float(10**digits)
    value = ibis.cases((value > largest, largest), (value < -largest, -largest), else_=value)
    return (value * scale + TIE).floor().cast("float64") / scale
