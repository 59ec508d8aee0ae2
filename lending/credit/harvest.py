"""Expected harvests in judging: which facts a case gets, and how much a harvest may carry. Pure.

A policy opts in by a part of its table:

    "harvest": {"usable_share": "0.5", "least_share_due": "0.6"}

`usable_share` is the part of the prudent harvest income that may repay loans: inputs, wages and the household live on
the rest. Where at least `least_share_due` of what the loan asks for falls due in harvest months or in the month after,
what *confirmed* plots bring within its term may carry it instead of the average month. Plots that nobody has seen never
approve anything: at most they turn "the cash flow carries less" into a case for a person.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from portal.core.dates import add_months

SEEN: Final = "harvest_confirmed_amount"
TOLD: Final = "harvest_amount"
SHARE_DUE: Final = "harvest_share_due"
COVER: Final = "harvest_cover"
FACTS: Final = frozenset({TOLD, SEEN, SHARE_DUE, COVER})
_DIGITS: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Due:
    """What a loan would ask for on a day."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Brings:
    """What a month is expected to bring, prudently: of all plots, and of those that were seen.

    A calendar knows the month of a harvest and not its day, so nothing is there before the month's end.
    """

    first_day: date
    prudent: Decimal
    confirmed: Decimal

    def is_there_by(self, day: date) -> bool:
        """Tell whether it can have come by a day."""
        return add_months(self.first_day, 1) <= day + timedelta(days=1)


def facts(months: Sequence[Brings], due: Sequence[Due], *, requested: Decimal) -> dict[str, Decimal]:
    """Tell what a policy may ask about a case's harvests: amounts within the loan's term, and shares to four digits."""
    ends = max(each.on for each in due)
    within = [month for month in months if month.is_there_by(ends)]
    told = sum((month.prudent for month in within), Decimal(0))
    return {
        TOLD: told,
        SEEN: sum((month.confirmed for month in within), Decimal(0)),
        SHARE_DUE: _share_due(months, due),
        COVER: cover(told, requested),
    }


def cover(told: Decimal, requested: Decimal) -> Decimal:
    """Tell how often what is told to come covers an amount."""
    return (told / requested).quantize(_DIGITS)


def _share_due(months: Iterable[Brings], due: Sequence[Due]) -> Decimal:
    """Tell what part of all installments falls due in a month of harvest, or in the one after, when it is sold."""
    bearing = {_index(month.first_day) for month in months if month.prudent}
    sold = bearing | {index + 1 for index in bearing}
    whole = sum((each.amount for each in due), Decimal(0))
    fitting = sum((each.amount for each in due if _index(each.on) in sold), Decimal(0))
    return (fitting / whole).quantize(_DIGITS)


def _index(day: date) -> int:
    return day.year * 12 + day.month


def carries(
    case_facts: Mapping[str, Any], policy: Mapping[str, Any], *, fact: str, annual_rate: Decimal, debt_service: Decimal,
    months: int,
) -> Decimal:  # fmt: skip
    """Tell the principal that the harvests of a case carry: zero where the policy or the loan's rhythm does not fit.

    :param fact: which plots count, `SEEN` or `TOLD`.
    :param debt_service: what other loans take each month.
    """
    rules = policy.get("harvest")
    brings, share = case_facts.get(fact), case_facts.get(SHARE_DUE)
    if rules is None or brings is None or share is None:
        return Decimal(0)
    if Decimal(str(share)) < Decimal(str(rules["least_share_due"])):
        return Decimal(0)
    usable = Decimal(str(brings)) * Decimal(str(rules["usable_share"])) - debt_service * months
    return max(usable / (1 + annual_rate * months / 12), Decimal(0))
