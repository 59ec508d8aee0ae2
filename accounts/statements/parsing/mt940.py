"""SWIFT MT940 in its dialects, read by the library ``mt-940`` with its silent repairs switched off.

Three of its habits would change evidence without a word, so they are closed here: it turns 30 February into the 28th,
it lets a line without a type code be overwritten by the next, and it drops what stands before the first ``:20:``. It
also logs the lines it cannot read, which are a customer's; its loggers are silenced.
"""

import logging
import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

import mt940 as library
from mt940 import models, tags

from accounts.statements.parsing import narrative
from accounts.statements.parsing.refusals import StatementRefused, refused
from accounts.statements.parsing.statement import (
    LARGEST_AMOUNT,
    MAX_LINES,
    MAX_REFERENCE,
    ParsedLine,
    ParsedStatement,
    plain,
)

logging.getLogger("mt940").setLevel(logging.CRITICAL + 1)

_START: Final = re.compile(r"^:20:", re.MULTILINE)
_OPENING: Final = re.compile(r"^:60[FM]?:", re.MULTILINE)
_CLOSING: Final = re.compile(r"^:62[FM]?:.*\n?", re.MULTILINE)
_LINE: Final = re.compile(r"^:61:", re.MULTILINE)
_ACCOUNT: Final = re.compile(r"^:25P?:(.*)", re.MULTILINE)
_INTERIM: Final = re.compile(r"^:(34F|13D?|90[CD]):", re.MULTILINE)  # only an MT942 report has these
_ENVELOPE: Final = re.compile(r"^(-\}.*|-+)$", re.MULTILINE)
_BALANCES: Final = ("final_{}_balance", "{}_balance", "intermediate_{}_balance")


def read(text: str) -> list[ParsedStatement]:
    """Read every statement of the file.

    :raises StatementRefused: when a line cannot be read, a date is not in the calendar, or a statement has no end.
    """
    text = _ENVELOPE.sub("", text)
    if _INTERIM.search(text) and not _OPENING.search(text):
        raise refused("mt942_interim")
    if (lines := len(_LINE.findall(text))) > MAX_LINES:
        raise refused("statement_too_long", most=MAX_LINES)
    blocks = list(_blocks(text))
    if not blocks:
        raise refused("mt940_no_statement")
    statements = [_statement(block, first_line) for block, first_line in blocks]
    if sum(len(each.lines) for each in statements) != lines:
        raise refused("mt940_no_statement")
    return statements


def _blocks(text: str) -> Iterator[tuple[str, int]]:
    starts = [found.start() for found in _START.finditer(text)]
    first_line, counted = 1, 0
    for start, end in pairwise([*starts, len(text)]):
        first_line += text.count("\n", counted, start)
        counted = start
        yield text[start:end], first_line


def _statement(block: str, first_line: int) -> ParsedStatement:
    if not _OPENING.search(block):
        raise refused("mt940_no_statement")
    ends = list(_CLOSING.finditer(block))
    if not ends:
        raise refused("statement_truncated", line=first_line + block.rstrip().count("\n"))
    _check_account(block, first_line)
    found = _found(block[: ends[-1].end()], first_line)  # a text below the closing balance is not the last line's
    opening, closing = (_balance(found.data, end) for end in ("opening", "closing"))
    currency = opening.currency or closing.currency
    if not currency or closing.currency not in {currency, None}:
        raise refused("statement_currencies_mixed")
    account = plain(found.data.get("account_identification"), MAX_REFERENCE)
    lines = [_line(each.data, number, currency) for number, each in enumerate(found.transactions, start=1)]
    place = first_line + block.count("\n", 0, ends[-1].start())
    return ParsedStatement("mt940", account, "", currency, opening.amount, closing.amount, lines, place=place)


def _check_account(block: str, first_line: int) -> None:
    """Refuse a statement that names two accounts: another field, or another statement's beginning, went wrong."""
    named = list(_ACCOUNT.finditer(block))
    for other in named:
        if other[1].strip() != named[0][1].strip():
            line = first_line + block.count("\n", 0, other.start())
            raise refused("mt940_line_wrong", line=line, value=other[0])


def _found(block: str, first_line: int) -> models.Transactions:
    where = _Where(block, first_line)
    found = models.Transactions(
        processors=where.processors(), tags={61: Statement(where)}, options=library.Options.all()
    )
    try:
        found.parse(block)
    except (RuntimeError, ValueError, ArithmeticError, KeyError, TypeError):
        raise where.refused() from None
    return found


class _Where:
    """Which ``:61:`` line of the file is being read."""

    def __init__(self, block: str, first_line: int) -> None:
        self._places = _LINE.finditer(block)
        self._block = block
        self._counted = 0
        self.line = first_line
        self.text = ""

    def step(self, value: str) -> None:
        """Go on to the next line."""
        place = next(self._places).start()
        self.line += self._block.count("\n", self._counted, place)
        self._counted = place
        self.text = value

    def refused(self) -> StatementRefused:
        """Refuse the file at this line."""
        return refused("mt940_line_wrong", line=self.line, value=self.text)

    def processors(self) -> dict[str, list[Callable[..., Any]]]:
        """Check dates where the library would repair them, or fail without saying where."""
        balances = [each.format(end) for each in _BALANCES for end in ("opening", "closing")]
        return {
            "pre_statement": [self._check_date],
            "pre_transaction_details": [_mark_usually],
            **{f"pre_{name}": [self._check_date, _check_currency] for name in balances},
        }

    def _check_date(self, _all: object, _tag: object, found: dict[str, Any], *_more: object) -> dict[str, Any]:
        try:
            date(2000 + int(found["year"]), int(found["month"]), int(found["day"]))
        except ValueError:
            raise refused("date_wrong", line=self.line, value="{year}{month}{day}".format(**found)) from None
        return found


def _check_currency(_all: object, _tag: object, found: dict[str, Any], *_more: object) -> dict[str, Any]:
    """Give figures back to the amount where a balance names no currency."""
    if found["currency"].isalpha():
        return found
    return found | {"currency": None, "amount": found["currency"] + found["amount"]}


def _mark_usually(_all: object, _tag: object, found: dict[str, Any], *_more: object) -> dict[str, Any]:
    return found | {"transaction_details": narrative.with_usual_mark(found["transaction_details"])}


class Statement(tags.Statement):
    """A ``:61:`` line that knows its place and always has a type code; the library goes by the name of its class."""

    def __init__(self, where: _Where) -> None:
        super().__init__()
        self.where = where

    def parse(self, transactions: Any, value: str) -> dict[str, Any]:
        """Read the line's fields."""
        self.where.step(value)
        found: dict[str, Any] = super().parse(transactions, value)
        if not re.fullmatch(r"\d{1,12}(,\d{0,3})?", found["amount"]):
            raise refused("amount_wrong", line=self.where.line, value=value)
        return found | {"id": found["id"] or "NMSC"}


def _balance(data: dict[str, Any], end: str) -> Any:
    found = next((data[each.format(end)] for each in _BALANCES if each.format(end) in data), None)
    if found is None or abs(found.amount.amount) > LARGEST_AMOUNT:
        raise refused("mt940_no_statement")
    return found.amount


def _line(data: dict[str, Any], number: int, currency: str) -> ParsedLine:
    booked_on = data.get("entry_date") or data["date"]
    told = narrative.Narrative.of(data)
    return ParsedLine(
        number=number,
        booked_on=date(booked_on.year, booked_on.month, booked_on.day),
        amount=Decimal(data["amount"].amount),
        currency=currency,
        counterparty_name=told.counterparty_name,
        description=told.description,
        reference=told.reference,
        end_to_end=told.end_to_end,
        counterparty_number=told.counterparty_number,
        return_reason=told.return_reason,
    )
