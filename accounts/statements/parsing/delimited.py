"""Statements as tables, CSV or XLSX, as banks and wallets export them, in English or Chinese."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

from accounts.statements.parsing import balances, table
from accounts.statements.parsing.figures import Told, amount_reader, dates
from accounts.statements.parsing.headers import (
    ACCOUNT,
    CURRENCIES,
    CURRENCY,
    HOLDER,
    INWARD,
    OUTWARD,
    STATEMENT,
    squeezed,
)
from accounts.statements.parsing.refusals import refused
from accounts.statements.parsing.statement import MAX_NAME, MAX_REFERENCE, ParsedLine, ParsedStatement, plain
from accounts.statements.parsing.table import NumberedRow, Row, Table

_NEEDED: Final = (frozenset({"date", "amount"}), frozenset({"date", "inflow", "outflow"}))
_SAYS: Final = "Date + Amount, Date + Credit + Debit; 日期 + 金额"
_FIGURES: Final = ("amount", "inflow", "outflow", "balance")


def read(text: str, *, currency: str) -> list[ParsedStatement]:
    """Read one statement; ``currency`` is assumed where the file names none.

    Lines come back in the order of the days; a file that begins with the newest is turned round.

    :raises StatementRefused: when the heading, a date, an amount or a currency cannot be read for certain.
    """
    return [_statement("csv", table.read(text, STATEMENT, needed=_NEEDED, says=_SAYS), currency)]


def read_rows(rows: list[NumberedRow], *, currency: str) -> list[ParsedStatement]:
    """Read one statement from the rows of a workbook, as ``read`` reads a text.

    :raises StatementRefused: as ``read``.
    """
    return [_statement("xlsx", table.of_rows(rows, STATEMENT, needed=_NEEDED, says=_SAYS), currency)]


def _statement(kind: str, found: Table, currency: str) -> ParsedStatement:
    told = dict(_told_above(found.preamble))
    if "currency" in told:
        currency = currency_of((1, told["currency"]))
    lines = _lines(found, currency)
    if {line.currency for line in lines} and all(line.currency != currency for line in lines):
        currency = lines[0].currency
    opening, closing = _ends(lines, currency)
    account = plain(told.get("account"), MAX_REFERENCE)
    return ParsedStatement(kind, account, plain(told.get("holder"), MAX_NAME), currency, opening, closing, lines)


def currency_of(told: Told) -> str:
    """Read a currency code, or its everyday name.

    :raises StatementRefused: ``currency_wrong`` with the line.
    """
    line, value = told
    code = CURRENCIES.get(squeezed(value), value.strip().upper())
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise refused("currency_wrong", line=line, value=value)
    return code


def _told_above(preamble: list[list[str]]) -> Iterator[tuple[str, str]]:
    """Read pairs such as ``户名：某某商店`` from the lines above the heading; one cell or two each."""
    for cells in preamble:
        pieces: list[str] = []
        for cell in cells:
            head, mark, tail = cell.replace("：", ":").partition(":")
            pieces += [head, tail] if mark and tail.strip() else [head]
        for head, tail in pairwise(pieces):
            name = squeezed(head)
            for key, names in (("holder", HOLDER), ("account", ACCOUNT), ("currency", CURRENCY)):
                if name in names and tail.strip():
                    yield key, tail.strip()


def _lines(found: Table, currency: str) -> list[ParsedLine]:
    days = dates([(row.line, row.get("date")) for row in found.rows])
    read_amount = amount_reader((row.line, row.get(role)) for row in found.rows for role in _FIGURES if row.get(role))
    kept = [(day, _amount(row, found.roles, read_amount), row) for day, row in zip(days, found.rows, strict=True)]
    lines = [_line(each, currency, read_amount) for each in kept]
    return [replace(line, number=number) for number, line in enumerate(_in_order(lines, currency), start=1)]


def _line(each: tuple[date, Decimal, Row], currency: str, read_amount: Callable[[Told], Decimal]) -> ParsedLine:
    day, amount, row = each
    return ParsedLine(
        number=row.line,
        place=row.line,
        booked_on=day,
        amount=amount,
        currency=currency_of((row.line, row.get("currency"))) if row.get("currency") else currency,
        balance_after=read_amount((row.line, row.get("balance"))) if row.get("balance") else None,
        counterparty_name=plain(row.get("counterparty"), MAX_NAME),
        description=plain(row.get("description")),
        reference=plain(row.get("reference"), MAX_REFERENCE),
    )


def _amount(row: Row, roles: frozenset[str], read_amount: Callable[[Told], Decimal]) -> Decimal:
    if "amount" in roles:
        if not row.get("amount"):
            raise refused("amount_missing", line=row.line)
        amount = read_amount((row.line, row.get("amount")))
        return _directed(row, amount) if "direction" in roles else amount
    inflow, outflow = (
        read_amount((row.line, row.get(role))) if row.get(role) else Decimal(0) for role in ("inflow", "outflow")
    )
    if inflow and outflow:
        raise refused("amount_twice", line=row.line)
    if not row.get("inflow") and not row.get("outflow"):
        raise refused("amount_missing", line=row.line)
    return inflow - abs(outflow)


def _directed(row: Row, amount: Decimal) -> Decimal:
    told = squeezed(row.get("direction")) or row.get("direction").strip()
    if told in INWARD:
        return abs(amount)
    if told in OUTWARD:
        return -abs(amount)
    raise refused("direction_wrong", line=row.line, value=row.get("direction"))


def _in_order(lines: list[ParsedLine], currency: str) -> list[ParsedLine]:
    """Put lines in the order in which they were booked, told by the days and, within a day, by the balances.

    A file may begin with the oldest or the newest, and may turn round the days but not the lines within each. An order
    in which the balances roll explains the file; only where none does, its own order is kept, with its breaks.
    """
    newest_first = lines[0].booked_on > lines[-1].booked_on
    forth, back = (lines[::-1], lines) if newest_first else (lines, lines[::-1])
    if not balances.count(forth, currency):
        return forth
    orders = [forth, *(sorted(each, key=lambda line: line.booked_on) for each in (forth, back))]
    return min(orders, key=lambda order: balances.count(order, currency))


def _ends(lines: list[ParsedLine], currency: str) -> tuple[Decimal | None, Decimal | None]:
    """Derive opening and closing balance where every line of the statement's currency tells its balance."""
    own = [line for line in lines if line.currency == currency]
    if not own or any(line.balance_after is None for line in own):
        return None, None
    first, last = own[0].balance_after, own[-1].balance_after
    assert first is not None
    return first - own[0].amount, last
