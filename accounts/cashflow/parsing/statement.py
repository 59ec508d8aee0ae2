"""What every reader hands back, whatever the file's format."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

MAX_LINES: Final = 100_000
MAX_TEXT: Final = 500
MAX_NAME: Final = 140
MAX_REFERENCE: Final = 64
LARGEST_AMOUNT: Final = Decimal("999999999999.999")


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """One booked movement: money in is positive, money out negative; ``number`` counts from one in its statement."""

    number: int
    booked_on: date
    amount: Decimal
    currency: str
    balance_after: Decimal | None = None
    counterparty_name: str = ""
    description: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class ParsedStatement:
    """A statement of one bank account; what the file does not tell is empty or ``None``."""

    format: str
    account_identifier: str
    holder_name: str
    currency: str
    opening_balance: Decimal | None
    closing_balance: Decimal | None
    lines: list[ParsedLine]

    @property
    def first_day(self) -> date | None:
        """The day of the earliest line."""
        return min((line.booked_on for line in self.lines), default=None)

    @property
    def last_day(self) -> date | None:
        """The day of the latest line."""
        return max((line.booked_on for line in self.lines), default=None)


def plain(text: str | None, longest: int = MAX_TEXT) -> str:
    """Squeeze white space, drop what cannot be printed, and cut to the longest length that is kept."""
    words = " ".join((text or "").split())
    if not words.isprintable():
        words = "".join(each for each in words if each.isprintable())
    return words[:longest]
