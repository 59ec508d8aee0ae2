"""Whether balances roll: opening plus lines is closing, and each balance follows from the one before it."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from accounts.statements.parsing.statement import BalanceBreak, ParsedLine, ParsedStatement


def breaks(statement: ParsedStatement) -> tuple[BalanceBreak, ...]:
    """Find where a line was taken out, put in or changed: by fraud, by a cut file, or by hand for a good reason.

    Lines in another currency than the statement's do not take part. What the file does not tell cannot be checked.
    After a break, counting goes on from the balance that the file states, so that one gap is one break.
    """
    found = tuple(_between(statement.lines, statement.currency, opening=statement.opening_balance))
    if found or statement.opening_balance is None or statement.closing_balance is None:
        return found
    own = (line.amount for line in statement.lines if line.currency == statement.currency)
    expected = sum(own, statement.opening_balance)
    if expected == statement.closing_balance:
        return ()
    return (BalanceBreak(statement.place, expected, statement.closing_balance, opening=statement.opening_balance),)


def count(lines: Sequence[ParsedLine], currency: str) -> int:
    """Count the breaks between the balances after lines, taken in this order."""
    return sum(1 for _each in _between(lines, currency, opening=None))


def _between(lines: Sequence[ParsedLine], currency: str, *, opening: Decimal | None) -> Iterator[BalanceBreak]:
    running = opening
    for line in lines:
        if line.currency != currency:
            continue
        if running is not None:
            running += line.amount
        if line.balance_after is None:
            continue
        if running is not None and running != line.balance_after:
            yield BalanceBreak(line.place or line.number, running, line.balance_after)
        running = line.balance_after
