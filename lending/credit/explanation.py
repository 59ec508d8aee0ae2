"""Which characteristics cost, which helped, and which an owner could honestly improve. Pure."""

from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

from lending.credit import scorecards
from lending.credit.features.declared import OF_REQUEST, named
from lending.credit.features.vocabulary import Direction, Family, Feature
from lending.credit.scorecards import Contribution, Score, Table
from lending.credit.verdicts import MOST_HELPED, Alternative, Reason

MOST_SHOWN: Final = 3
# Until a figure shows nothing but the new habit: most look back over a year, some over three, some over two seasons.
YEAR, HISTORY, SEASONS = 12, 36, 6
_OF_SEASONS: Final = frozenset({"inflow_trend", "sales_trend", "buffer_trend"})
_OF_NEWEST: Final = frozenset({"evidence_age_days", "last_receipt_days", "last_sale_days"})  # gone with the next entry
_OF_TIME: Final = frozenset({"evidence_days", "invoice_days", "history_days", "invoice_history_days"})
_DAYS_IN_MONTH: Final = Decimal(365) / 12
# What was told until judging 3, by family, whatever time a figure covers.
_MONTHS_BEFORE: Final = {
    Family.CAPITAL_FLOW: 6,
    Family.VOLATILITY: 6,
    Family.BUFFERS: 3,
    Family.CUSTOMERS: 6,
    Family.SUPPLIERS: 6,
    Family.OBLIGATIONS: 6,
    Family.DISCIPLINE: 4,
    Family.MARGIN: 6,
    Family.TENURE: 3,
}


def costs(score: Score) -> list[Reason]:
    """Name what cost the most points against the reference: one for each family, weighed by what its family lost."""
    lost = [each for each in score.contributions if each.lost > 0]
    return [_reason(group[0]) for group in _by_family(lost, lambda each: each.lost)]


def helps(score: Score) -> tuple[Reason, ...]:
    """Name what stood at the reference or above, the furthest from its worst first: one for each family."""
    good = [each for each in score.contributions if each.lost <= 0 and not each.is_missing]
    groups = _by_family([each for each in good if each.points > each.worst], lambda each: each.points - each.worst)
    return tuple(_reason(group[0]) for group in groups[:MOST_HELPED])


def improvements(table: Table, score: Score, *, below: Decimal, as_before: bool = False) -> tuple[Alternative, ...]:
    """Find the fewest honest changes that bring the probability of default below a bound; none if all would not.

    :param as_before: tell how long they take as it was told until judging 3.
    """
    chosen: list[Alternative] = []
    points = score.points
    for each in sorted((each for each in score.contributions if _can_improve(each)), key=lambda each: -each.lost):
        points += each.lost
        chosen.append(_improvement(each, _months_before(each) if as_before else months_to_change(each)))
        if scorecards.probability_of_default(table, points) < below:
            return tuple(chosen)
    return ()


def unseen(score: Score) -> tuple[Alternative, ...]:
    """Name what evidence should show first: the characteristics that lose the most by being unknown."""
    missing = sorted((each for each in score.contributions if each.is_missing), key=lambda each: -each.lost)
    return tuple(Alternative("show_evidence", {"feature": each.feature}) for each in missing[:MOST_SHOWN])


def feature_of(code: str) -> Feature:
    """Find the feature behind a characteristic, whether it reads the figure or its place in the trade."""
    return named(code.removesuffix(scorecards.IN_TRADE))


def _by_family(contributions: list[Contribution], weight: Any) -> list[list[Contribution]]:
    groups: dict[str, list[Contribution]] = {}
    for each in sorted(contributions, key=weight, reverse=True):
        groups.setdefault(feature_of(each.feature).family, []).append(each)
    return sorted(groups.values(), key=lambda group: sum(weight(each) for each in group), reverse=True)


def _reason(contribution: Contribution) -> Reason:
    feature = feature_of(contribution.feature)
    params = {
        "feature": contribution.feature,
        "value": contribution.value,
        "better": contribution.better,
        "lost": contribution.lost,
    }
    return Reason(contribution.feature, params, feature.family.value, feature.topic.value)


def _can_improve(contribution: Contribution) -> bool:
    """Tell whether the owner can act on it; what could not be seen may turn out either way, so it promises nothing.

    For what is asked for there are better words: which smaller amount, which longer term.
    """
    feature = feature_of(contribution.feature)
    if contribution.is_missing or contribution.lost <= 0 or contribution.feature in OF_REQUEST:
        return False
    return feature.advice is not None and feature.direction != Direction.NEUTRAL


def _improvement(contribution: Contribution, months: int) -> Alternative:
    return Alternative("improve", {"feature": contribution.feature, "target": contribution.better, "months": months})


def months_to_change(contribution: Contribution) -> int:
    """Tell how long the new habit must last until the figure is its own, and nothing of before is left in it."""
    code = contribution.feature.removesuffix(scorecards.IN_TRADE)
    if contribution.feature in _OF_TIME:
        days = Decimal(str(contribution.better)) - Decimal(str(contribution.value))
        return max(int((days / _DAYS_IN_MONTH).to_integral_value(ROUND_CEILING)), 1)
    if code in _OF_NEWEST:
        return 1
    if code in _OF_SEASONS:
        return SEASONS
    return HISTORY if code.startswith("history_") else YEAR


def _months_before(contribution: Contribution) -> int:
    return _MONTHS_BEFORE[feature_of(contribution.feature).family]
