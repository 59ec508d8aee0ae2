"""Whether each due date can be paid, and not only the average month. Pure.

A loan that asks for its principal in a season, often long before its term ends, gets a walk among its facts, for its
term and for each longer one that may be offered: of each date on which principal is due, how many months after the
decision it lies, what part of the principal is due by then, what interest at the product's highest rate, and what plots
that were seen will prudently have brought in months that are over. By each date an applicant has

    the usual balance / coverage + the larger of  what is left each month * months - and
                                                  usable_share * harvest by then - what other loans take * months

where what is left, `coverage` and `usable_share` are those that the limit is held against (`limits.py`, `harvest.py`).
An average month cannot tell that a year is earned in its season, so a short date never declines: a person looks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from lending.credit.harvest import Brings

WALKS: Final = "due_dates"
_DIGITS: Final = Decimal("0.000001")
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an installment asks for."""

    on: date
    principal: Decimal
    interest: Decimal


@dataclass(frozen=True, slots=True)
class Means:
    """What is there for repaying: money kept, what is left of each month, what other loans take, what a harvest may."""

    kept: Decimal
    monthly: Decimal
    debt_service: Decimal
    usable_share: Decimal

    def by(self, step: Mapping[str, Any]) -> Decimal:
        """Tell what will be there by a due date."""
        months = Decimal(step["months"])
        harvested = Decimal(step["harvest"]) * self.usable_share - self.debt_service * months
        return self.kept + max(self.monthly * months, harvested, Decimal(0))


@dataclass(frozen=True, slots=True)
class Shortfall:
    """The first date that cannot be paid: what is due by then, what will be there, and the most without such a date."""

    on: date
    due: Decimal
    there: Decimal
    carried: Decimal

    def as_data(self) -> dict[str, str]:
        """Write the date and its figures as plain JSON."""
        short = self.due - self.there
        return {"on": self.on.isoformat(), "due": str(self.due), "there": str(self.there), "short": str(short)}


def walk(asked: Sequence[Asked], months: Iterable[Brings], *, since: date) -> list[dict[str, str]]:
    """Write down what falls due by each date on which principal does, and the harvest of seen plots by then."""
    bearing = list(months)
    whole = sum((each.principal for each in asked), Decimal(0))
    steps, principal, interest = [], Decimal(0), Decimal(0)
    for each in asked:
        principal, interest = principal + each.principal, interest + each.interest
        seen = (month.confirmed for month in bearing if month.is_there_by(each.on))
        if each.principal:
            steps.append(
                {
                    "on": each.on.isoformat(),
                    "months": str((Decimal((each.on - since).days) * 12 / 365).quantize(_DIGITS)),
                    "principal": str((principal / whole).quantize(_DIGITS)),
                    "interest": str((interest / whole).quantize(_DIGITS)),
                    "harvest": str(sum(seen, Decimal(0))),
                }
            )
    return steps


def shortfall(
    steps: Iterable[Mapping[str, str]], means: Means, amount: Decimal, *, rate_share: Decimal
) -> Shortfall | None:
    """Find the first date by which less is there than an amount asks for; None where each can be paid.

    :param rate_share: the loan's rate as a part of the one that the walk was written at.
    """
    parts = [(step, Decimal(step["principal"]) + Decimal(step["interest"]) * rate_share) for step in steps]
    short = [(step, part) for step, part in parts if part * amount > means.by(step)]
    if not short:
        return None
    first, part = short[0]
    return Shortfall(
        on=date.fromisoformat(first["on"]),
        due=(part * amount).quantize(_CENT),
        there=means.by(first).quantize(_CENT),
        carried=min(means.by(step) / part for step, part in short),
    )
