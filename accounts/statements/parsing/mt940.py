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

from accounts.statements.parsing.refusals import StatementRefused, refused
from accounts.statements.parsing.statement import (
    LARGEST_AMOUNT,
    MAX_LINES,
    MAX_NAME,
    MAX_REFERENCE,
    ParsedLine,
    ParsedStatement,
    plain,
)

logging.getLogger("mt940").setLevel(logging.CRITICAL + 1)

_START: Final = re.compile(r"^:20:", re.MULTILINE)
_OPENING: Final = re.compile(r"^:60[FM]?:", re.MULTILINE)
_CLOSING: Final = re.compile(r"^:62[FM]?:", re.MULTILINE)
_LINE: Final = re.compile(r"^:61:", re.MULTILINE)
_INTERIM: Final = re.compile(r"^:(34F|13D?|90[CD]):", re.MULTILINE)  # only an MT942 report has these
_ENVELOPE: Final = re.compile(r"^(-\}.*|-+)$", re.MULTILINE)
_NAMED: Final = re.compile(r"/(?:NAME|CNTP/[^/]*/[^/]*)/([^/]+)")
_REMITTED: Final = re.compile(r"/REMI/(?:USTD//)?([^/]+)")
_RETURNED: Final = re.compile(r"/RTRN/([A-Z]{2}[0-9]{2})")
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
    end = _CLOSING.search(block)
    if not end:
        raise refused("statement_truncated", line=first_line + block.rstrip().count("\n"))
    where = _Where(block, first_line)
    read_by_library = models.Transactions(
        processors=where.processors(), tags={61: Statement(where)}, options=library.Options.all()
    )
    try:
        read_by_library.parse(block)
    except (RuntimeError, ValueError, ArithmeticError, KeyError, TypeError):
        raise where.refused() from None
    opening, closing = (_balance(read_by_library.data, end) for end in ("opening", "closing"))
    currency = opening.currency or ""
    if closing.currency != currency:
        raise refused("statement_currencies_mixed")
    account = plain(read_by_library.data.get("account_identification"), MAX_REFERENCE)
    lines = [_line(each.data, number, currency) for number, each in enumerate(read_by_library.transactions, start=1)]
    place = first_line + block.count("\n", 0, end.start())
    return ParsedStatement("mt940", account, "", currency, opening.amount, closing.amount, lines, place=place)


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
        names = ["statement"]
        names += [each.format(end) for each in _BALANCES for end in ("opening", "closing")]
        return {f"pre_{name}": [self._check_date] for name in names}

    def _check_date(self, _all: object, _tag: object, found: dict[str, Any], *_more: object) -> dict[str, Any]:
        try:
            date(2000 + int(found["year"]), int(found["month"]), int(found["day"]))
        except ValueError:
            raise refused("date_wrong", line=self.line, value="{year}{month}{day}".format(**found)) from None
        return found


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
    details = plain(data.get("transaction_details"))
    named, remitted = _NAMED.search(details), _REMITTED.search(details)
    told = [data.get("purpose"), data.get("additional_purpose"), remitted.group(1) if remitted else details]
    if not any(told):
        told = [data.get("extra_details"), data.get("posting_text")]
    references = [data.get("bank_reference"), data.get("end_to_end_reference"), data.get("customer_reference")]
    return ParsedLine(
        number=number,
        booked_on=date(booked_on.year, booked_on.month, booked_on.day),
        amount=Decimal(data["amount"].amount),
        currency=currency,
        counterparty_name=plain(data.get("applicant_name") or (named.group(1) if named else ""), MAX_NAME),
        description=plain(" ".join(each for each in told if each)),
        reference=_first(references),
        end_to_end=_first([data.get("end_to_end_reference"), data.get("customer_reference")]),
        counterparty_number=plain(data.get("applicant_iban"), MAX_REFERENCE),
        return_reason=returned.group(1) if (returned := _RETURNED.search(details)) else "",
    )


def _first(told: list[str | None]) -> str:
    return next((plain(each, MAX_REFERENCE) for each in told if each and each != "NONREF"), "")
