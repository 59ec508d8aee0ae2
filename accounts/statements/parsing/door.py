"""The one door: which format a file has, told by its content and never by its name."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from accounts.statements.parsing import balances, camt, delimited, mt940, ofx, workbook
from accounts.statements.parsing.refusals import refused
from accounts.statements.parsing.statement import ParsedStatement
from accounts.statements.parsing.text import decoded

MAX_BYTES: Final = 10 * 1024 * 1024
_SPREADSHEETS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_OTHERS: Final = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"\x7fELF", b"MZ")
_SWIFT: Final = re.compile(r"^:(20|25|60[FM]?|61):", re.MULTILINE)


@dataclass(frozen=True)
class Format:
    """A kind of file: how its content is recognized, and what reads it, given the currency to assume."""

    recognizes: Callable[[bytes], bool]
    read: Callable[[bytes, str], list[ParsedStatement]]


def parse(content: bytes, *, name: str, currency: str = "CNY", notifications: bool = False) -> list[ParsedStatement]:
    """Read a statement file: camt.053 versions 2 to 8, MT940, OFX 1 and 2 (QFX), CSV, XLSX.

    Balances that do not follow from the lines are no reason to refuse it: they are named in the statement's ``breaks``.
    ``name`` is for the records only; ``currency`` is assumed where a table names none; with ``notifications`` camt.054
    is read as well, which is no evidence: it tells single bookings and no balances.

    :raises StatementRefused: when anything in it is wrong; its params say where.
    """
    if notifications and camt.is_xml(content):
        statements = camt.read(content, notifications=True)
    else:
        statements = _read(content, currency)
    if not statements:
        raise refused("statement_wrong_type", name=name)
    return [replace(statement, breaks=balances.breaks(statement)) for statement in statements]


def _read(content: bytes, currency: str) -> list[ParsedStatement]:
    if len(content) > MAX_BYTES:
        raise refused("statement_too_large")
    if not content.strip():
        raise refused("statement_empty")
    return next(each for each in FORMATS if each.recognizes(content)).read(content, currency)


def _is_refused(content: bytes) -> bool:
    return content.startswith((*_SPREADSHEETS, *_OTHERS))


def _refuse(content: bytes, _currency: str) -> list[ParsedStatement]:
    raise refused("statement_spreadsheet" if content.startswith(_SPREADSHEETS) else "statement_wrong_type")


def _is_swift(content: bytes) -> bool:
    return _SWIFT.search(decoded(content)) is not None


# Asked in this order; the last one takes whatever is left.
FORMATS: Final = [
    Format(
        workbook.is_workbook, lambda content, currency: delimited.read_rows(workbook.rows(content), currency=currency)
    ),
    Format(_is_refused, _refuse),
    Format(ofx.is_ofx, lambda content, _currency: ofx.read(decoded(content))),
    Format(camt.is_xml, lambda content, _currency: camt.read(content)),
    Format(_is_swift, lambda content, _currency: mt940.read(decoded(content))),
    Format(lambda _content: True, lambda content, currency: delimited.read(decoded(content), currency=currency)),
]
