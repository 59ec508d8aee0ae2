"""Which lines of a file were told before by another file of the same account. Pure."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

FAMILIES: Final = {"camt054": "camt053"}  # one bank writes the same references into both


@dataclass(frozen=True)
class Told:
    """A booking as a file told it: day, amount, the bank's reference, and in which format."""

    booked_on: date
    amount: Decimal
    reference: str
    format: str

    @property
    def family(self) -> str:
        """The format whose references are written like this one's."""
        return FAMILIES.get(self.format, self.format)

    def is_surely(self, other: "Told") -> bool:
        """Tell whether both carry one reference."""
        return bool(self.reference) and (self.family, self.reference) == (other.family, other.reference)

    def may_be(self, other: "Told") -> bool:
        """Tell whether nothing speaks against both being one: references of different formats do not compare."""
        return not (self.reference and other.reference and self.family == other.family)


T = TypeVar("T")


def new_ones(lines: Sequence[T], told: Callable[[T], Told], *, kept: Sequence[Told]) -> list[T]:
    """Pick the lines that no file told before, in their order.

    Two equal lines in one file are two bookings; in two files they are the same ones. So each kept line answers for one
    line of its day and amount: for one with its reference if there is one, else for one that it may be.
    """
    left: defaultdict[tuple[date, Decimal], list[Told]] = defaultdict(list)
    for each in kept:
        left[each.booked_on, each.amount].append(each)
    fresh = list(enumerate(lines))
    for answers in (Told.is_surely, Told.may_be):
        still = []
        for number, line in fresh:
            one = told(line)
            before = left[one.booked_on, one.amount]
            found = next((each for each in before if answers(one, each)), None)
            if found is None:
                still.append((number, line))
            else:
                before.remove(found)
        fresh = still
    return [line for _number, line in fresh]
