"""Which characteristics cost, which helped, and which an owner could honestly improve. Pure."""

from decimal import Decimal
from typing import Any, Final

from lending.credit import scorecards
from lending.credit.features.declared import OF_REQUEST, named
from lending.credit.features.vocabulary import Direction, Family, Feature
from lending.credit.scorecards import Contribution, Score, Table
from lending.credit.verdicts import MOST_HELPED, Alternative, Reason

MOST_SHOWN: Final = 3
# How many months of other behavior show in a figure of this family: most look back over a year.
MONTHS_TO_CHANGE: Final = {
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


def improvements(table: Table, score: Score, *, below: Decimal) -> tuple[Alternative, ...]:
    """Find the fewest honest changes that bring the probability of default below a bound; none if all would not."""
    chosen: list[Alternative] = []
    points = score.points
    for each in sorted((each for each in score.contributions if _can_improve(each)), key=lambda each: -each.lost):
        points += each.lost
        chosen.append(_improvement(each))
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


def _improvement(contribution: Contribution) -> Alternative:
    months = MONTHS_TO_CHANGE[feature_of(contribution.feature).family]
    return Alternative("improve", {"feature": contribution.feature, "target": contribution.better, "months": months})
