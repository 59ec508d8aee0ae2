"""OFX 1 (SGML), OFX 2 (XML) and QFX, read by one small reader of our own; docs/decisions says why no library."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from accounts.statements.parsing.refusals import refused
from accounts.statements.parsing.statement import (
    LARGEST_AMOUNT,
    MAX_LINES,
    MAX_NAME,
    MAX_REFERENCE,
    ParsedLine,
    ParsedStatement,
    plain,
)

_TAG: Final = re.compile(
    r"<(/?)([A-Za-z][A-Za-z0-9._]*)[^<>]*>(?:\s*<!\[CDATA\[((?:[^\]<]|\](?!\]>)|<(?!!))*)\]\]>|([^<]*))"
)  # a literal section may not hold another one's beginning: so no file makes this slow
_AMOUNT: Final = re.compile(r"[+-]?\d{1,15}([.,]\d{0,3}0{0,2})?|[+-]?[.,]\d{1,3}")
_COMMENT: Final = re.compile(r"<!--(?:(?!<!--).)*?-->", re.DOTALL)  # stops at the next beginning: so neither does this
_GROUPS: Final = re.compile(r"[+-]?\d{1,3}([ \u00a0\u202f]\d{3})+(?!\d)")
_STATEMENT: Final = "STMTRS"
_LINE: Final = "STMTTRN"
_PARTS: Final = {_STATEMENT, _LINE, "BANKACCTFROM", "LEDGERBAL", "PAYEE", "BANKACCTTO", "CURRENCY", "ORIGCURRENCY"}


def is_ofx(content: bytes) -> bool:
    """Tell whether a file begins like OFX."""
    start = content[:4096].upper()
    return b"OFXHEADER" in start or b"<OFX>" in start


def read(text: str, *, currency: str) -> list[ParsedStatement]:
    """Read every bank statement of the file; investments are left out, and so are cards, which each statement tells.

    ``currency`` is assumed where a statement leaves its own empty.

    :raises StatementRefused: when an amount or a date is wrong, a field is missing, or the file ends too early.
    """
    if re.search(r"<!(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise refused("xml_forbidden")
    text = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    reader = _Reader(currency)
    for line, closes, name, value in _tokens(text):
        reader.take(line, closes=closes, name=name, value=value)
    if reader.inside or not re.search(r"</OFX\s*>\s*\Z", text, re.IGNORECASE):
        raise refused("statement_truncated", line=text.rstrip().count("\n") + 1)
    has_card = "<CCSTMTRS>" in text.upper()
    if not reader.statements:
        raise refused("ofx_card" if has_card else "ofx_no_statement")
    return [replace(each.finished(), leaves_cards_out=has_card) for each in reader.statements]


def _tokens(text: str) -> Iterator[tuple[int, bool, str, str]]:
    line, counted = 1, 0
    for found in _TAG.finditer(text):
        line += text.count("\n", counted, found.start())
        counted = found.start()
        slash, name, literal, value = found.groups()
        yield line, bool(slash), name.upper(), literal if literal is not None else html.unescape(value or "").strip()


@dataclass
class _Reader:
    """Which parts of the document are open, and what was found so far."""

    currency: str
    inside: list[str] = field(default_factory=list)
    statements: list["_Statement"] = field(default_factory=list)
    fields: dict[str, tuple[int, str]] = field(default_factory=dict)
    started: int = 1

    def take(self, line: int, *, closes: bool, name: str, value: str) -> None:
        """Take one tag."""
        if name in _PARTS:
            self._close(line, name) if closes else self._open(line, name)
        elif self.inside and not closes:
            self._keep(line, name, value)

    def _open(self, line: int, name: str) -> None:
        if name == _STATEMENT:
            self.statements.append(_Statement(self.currency))
        elif not self.inside:
            return
        if name in self.inside:
            raise refused("statement_truncated", line=line)
        if name == _LINE:
            self.fields, self.started = {}, line
        self.inside.append(name)

    def _close(self, line: int, name: str) -> None:
        if not self.inside:
            return
        if self.inside[-1] != name:
            raise refused("statement_truncated", line=line)
        self.inside.pop()
        if name == _LINE:
            self.statements[-1].add(self.fields, self.started)

    def _keep(self, line: int, name: str, value: str) -> None:
        statement, part = self.statements[-1], self.inside[-1]
        if part == _LINE or (part in {"PAYEE", "BANKACCTTO"} and name == "NAME") or part == "CURRENCY":
            self.fields.setdefault(name, (line, value))
        elif not value:
            return  # what the file leaves empty it does not tell
        elif part == _STATEMENT and name == "CURDEF":
            statement.currency = _currency(value, line)
        elif part == "BANKACCTFROM" and name == "ACCTID":
            statement.account = plain(value, MAX_REFERENCE)
        elif part == "LEDGERBAL" and name == "BALAMT":
            statement.closing = _amount(value, line)


@dataclass
class _Statement:
    """One ``STMTRS`` while it is being read."""

    assumed: str
    currency: str = ""
    account: str = ""
    closing: Decimal | None = None
    lines: list[ParsedLine] = field(default_factory=list)

    def add(self, fields: dict[str, tuple[int, str]], started: int) -> None:
        """Add a finished payment."""
        if len(self.lines) >= MAX_LINES:
            raise refused("statement_too_long", most=MAX_LINES)
        for needed in ("TRNAMT", "DTPOSTED"):
            if needed not in fields:
                raise refused("ofx_field_missing", line=started, field=needed)
        line, told = fields["TRNAMT"]
        amount = _amount(told, line)
        symbol_line, symbol = fields.get("CURSYM", (line, self.currency or self.assumed))
        name = fields.get("NAME", (0, ""))[1]
        memo = fields.get("MEMO", (0, ""))[1]
        self.lines.append(
            ParsedLine(
                number=len(self.lines) + 1,
                booked_on=_day(fields["DTPOSTED"][1], fields["DTPOSTED"][0]),
                amount=amount,
                currency=_currency(symbol, symbol_line),
                counterparty_name=plain(name, MAX_NAME),
                description=plain(memo or name),
                reference=plain(fields.get("FITID", (0, ""))[1], MAX_REFERENCE),
            )
        )

    def finished(self) -> ParsedStatement:
        """Hand the statement over; OFX tells the balance at the end only."""
        spoken = {line.currency for line in self.lines}
        currency = self.currency or (spoken.pop() if len(spoken) == 1 else self.assumed)
        return ParsedStatement("ofx", self.account, "", currency, None, self.closing, self.lines)


def _amount(told: str, line: int) -> Decimal:
    if found := _GROUPS.match(told):
        told = re.sub(r"\s", "", found[0]) + told[found.end() :]
    if not _AMOUNT.fullmatch(told):
        raise refused("amount_wrong", line=line, value=told)
    amount = Decimal(told.replace(",", "."))
    if abs(amount) > LARGEST_AMOUNT:
        raise refused("amount_wrong", line=line, value=told)
    return amount


def _day(told: str, line: int) -> date:
    try:
        return datetime.strptime(told[:8], "%Y%m%d").date()  # noqa: DTZ007 - a bank's calendar day
    except ValueError:
        raise refused("date_wrong", line=line, value=told) from None


def _currency(told: str, line: int) -> str:
    if not re.fullmatch(r"[A-Za-z]{3}", told):
        raise refused("currency_wrong", line=line, value=told)
    return told.upper()
