"""From the statements of a file to one whole for each bank account and currency. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from accounts.statements.parsing import ParsedStatement


def by_account(statements: Sequence[ParsedStatement]) -> list[ParsedStatement]:
    """Join the statements of each bank account and currency, in the order of their days, with lines counted anew."""

    def account(each: ParsedStatement) -> tuple[str, str]:
        return each.account_identifier, each.currency

    return [_joined(list(parts)) for _key, parts in groupby(sorted(statements, key=account), key=account)]


def _joined(parts: list[ParsedStatement]) -> ParsedStatement:
    parts = sorted((with_balances(part) for part in parts), key=lambda part: part.first_day or date.min)
    told = [part for part in parts if part.lines] or parts
    lines = [line for part in told for line in part.lines]
    holders = dict.fromkeys(name for part in parts for name in (part.holder_name, *part.other_holders) if name)
    holder_name, *others = holders or [""]
    return replace(
        told[0],
        holder_name=holder_name,
        other_holders=tuple(others),
        opening_balance=told[0].opening_balance,
        closing_balance=told[-1].closing_balance,
        breaks=tuple(each for part in parts for each in part.breaks),
        lines=[replace(line, number=number) for number, line in enumerate(lines, start=1)],
    )


def with_balances(statement: ParsedStatement) -> ParsedStatement:
    """Work out the balance after each line where a file tells only the opening one, and where its balances roll."""
    if (
        statement.opening_balance is None
        or statement.breaks
        or any(line.balance_after is not None for line in statement.lines)
    ):
        return statement
    running, lines = statement.opening_balance, []
    for line in statement.lines:
        if line.currency != statement.currency:
            lines.append(line)
            continue
        running += line.amount
        lines.append(replace(line, balance_after=running))
    return replace(statement, lines=lines)
