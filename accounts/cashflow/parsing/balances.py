"""The check that balances roll: opening plus lines is closing, and each balance follows from the one before it."""

from decimal import Decimal

from accounts.cashflow.parsing.refusals import refused
from accounts.cashflow.parsing.statement import ParsedStatement


def check(statement: ParsedStatement) -> None:
    """Refuse a statement from which a line was taken, to which one was added, or in which a figure was changed.

    Lines in another currency than the statement's do not take part. What the file does not tell cannot be checked.

    :raises StatementRefused: ``statement_balance_breaks`` with the line, ``statement_balances_do_not_roll``.
    """
    running = statement.opening_balance
    total = Decimal(0)
    for line in statement.lines:
        if line.currency != statement.currency:
            continue
        total += line.amount
        if running is not None:
            running += line.amount
        if line.balance_after is None:
            continue
        if running is not None and running != line.balance_after:
            raise refused(
                "statement_balance_breaks",
                line=line.number,
                expected=f"{running:,.2f}",
                found=f"{line.balance_after:,.2f}",
            )
        running = line.balance_after
    if statement.opening_balance is None or statement.closing_balance is None:
        return
    expected = statement.opening_balance + total
    if expected != statement.closing_balance:
        raise refused(
            "statement_balances_do_not_roll",
            opening=f"{statement.opening_balance:,.2f}",
            expected=f"{expected:,.2f}",
            closing=f"{statement.closing_balance:,.2f}",
        )
