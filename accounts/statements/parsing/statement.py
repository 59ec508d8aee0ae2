"""What every reader hands back, whatever the file's format."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_LINES: Final = 100_000
MAX_TEXT: Final = 500
MAX_NAME: Final = 140
MAX_REFERENCE: Final = 64
LARGEST_AMOUNT: Final = Decimal("999999999999.999")


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """One booked movement: money in is positive, money out negative; ``number`` counts from one in its statement.

    ``place`` is the line or row of the file on which it stands, zero where the format has none that people could find.
    ``reference`` is the bank's; ``end_to_end`` is what whoever began the payment, or its batch, called it; money that
    came back says why in ``return_reason``, an ISO 20022 code. ``entry_amount`` is what the whole entry moved of which
    it is one part, zero where it is the whole.
    """

    number: int
    booked_on: date
    amount: Decimal
    currency: str
    balance_after: Decimal | None = None
    counterparty_name: str = ""
    description: str = ""
    reference: str = ""
    place: int = field(default=0, compare=False)
    end_to_end: str = ""
    counterparty_number: str = ""
    return_reason: str = ""
    entry_amount: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class BalanceBreak:
    """A place where balances and lines disagree: what the lines lead to, and what the file states.

    With an ``opening`` balance it is the closing balance that disagrees, otherwise the balance after a line. ``place``
    is a line or row of the file; where the file has none that people could find, the statement's number in it.
    """

    place: int
    expected: Decimal
    stated: Decimal
    opening: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ParsedStatement:
    """A statement of one bank account; what the file does not tell is empty or ``None``.

    ``place`` is where its closing balance stands: a line of the file, or in camt.053 the statement's number. Where the
    file names several holders of one account, ``other_holders`` follow the first. ``leaves_cards_out`` tells that the
    file also holds the bill of a card, which is not read.
    """

    format: str
    account_identifier: str
    holder_name: str
    currency: str
    opening_balance: Decimal | None
    closing_balance: Decimal | None
    lines: list[ParsedLine]
    breaks: tuple[BalanceBreak, ...] = ()
    place: int = field(default=0, compare=False)
    other_holders: tuple[str, ...] = ()
    leaves_cards_out: bool = False

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
        words = " ".join("".join(each for each in words if each.isprintable()).split())
    return words[:longest].rstrip()
