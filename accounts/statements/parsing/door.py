"""The one door: which format a file has, told by its content and never by its name."""

import re
from codecs import BOM_UTF8
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from accounts.statements.parsing import balances, camt, delimited, mt940, ofx, workbook
from accounts.statements.parsing.questions import NOTHING_ANSWERED, Answers
from accounts.statements.parsing.refusals import refused
from accounts.statements.parsing.statement import ParsedStatement
from accounts.statements.parsing.text import decoded

MAX_BYTES: Final = 10 * 1024 * 1024
_SPREADSHEETS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_OLD_SPREADSHEETS: Final = (
    b"\x09\x00\x04\x00",
    b"\x09\x02\x06\x00",
    b"\x09\x04\x06\x00",
    b"\x09\x08\x08\x00",
    b"\x09\x08\x10\x00",
)
_IN_SPREADSHEETS: Final = (b"[Content_Types].xml", b"docProps/", b"xl/", b"opendocument")
_PICTURES: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
_PHOTOS: Final = (b"ftypheic", b"ftypmif1", b"ftypheix")
_OTHERS: Final = (b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"\x7fELF", b"MZ")
_PAGE: Final = re.compile(rb"\s*(<!DOCTYPE html|<html|<table|<meta )", re.IGNORECASE)
_SWIFT: Final = re.compile(r"^:(20|25|34F|60[FM]?|61):", re.MULTILINE)


@dataclass(frozen=True)
class Given:
    """What is known besides the file: the currency to assume, and what its owner answered."""

    currency: str
    answers: Answers


@dataclass(frozen=True)
class Format:
    """A kind of file: how its content is recognized, and what reads it."""

    recognizes: Callable[[bytes], bool]
    read: Callable[[bytes, Given], list[ParsedStatement]]


def parse(
    content: bytes, *, name: str, currency: str = "CNY", answers: Answers = NOTHING_ANSWERED
) -> list[ParsedStatement]:
    """Read a statement file: camt.053 and camt.054 versions 2 to 13, MT940, OFX 1 and 2 (QFX), CSV, XLSX.

    Balances that do not follow from the lines are no reason to refuse it: they are named in the statement's ``breaks``.
    ``name`` is for the records only; ``currency`` is assumed where a table names none.

    :raises StatementRefused: when anything in it is wrong; its params say where. Where an answer would settle it, it
        has a question.
    """
    statements = _read(content, Given(currency, answers))
    if not statements:
        raise refused("statement_wrong_type", name=name)
    return [replace(statement, breaks=balances.breaks(statement)) for statement in statements]


def _read(content: bytes, given: Given) -> list[ParsedStatement]:
    if len(content) > MAX_BYTES:
        raise refused("statement_too_large")
    if not content.strip():
        raise refused("statement_empty")
    return next(each for each in FORMATS if each.recognizes(content)).read(content, given)


def _why_refused(content: bytes) -> str:
    """Tell why a kind of file is refused whatever it holds; nothing where it may be read."""
    if content.startswith(b"%PDF"):
        return "statement_pdf"
    if content.startswith(_PICTURES) or content[4:12] in _PHOTOS:
        return "statement_picture"
    if content.startswith(b"PK") and not any(each in content for each in _IN_SPREADSHEETS):
        return "statement_zip"
    if content.startswith((*_SPREADSHEETS, *_OLD_SPREADSHEETS)) or _is_page_of_rows(content):
        return "statement_spreadsheet"
    return "statement_wrong_type" if content.startswith(_OTHERS) else ""


def _is_page_of_rows(content: bytes) -> bool:
    """Tell a web page with a table, which some banks call Excel."""
    return _PAGE.match(content.removeprefix(BOM_UTF8)) is not None and b"<tr" in content.lower()


def _is_refused(content: bytes) -> bool:
    return _why_refused(content) != ""


def _refuse(content: bytes, _given: Given) -> list[ParsedStatement]:
    raise refused(_why_refused(content))


def _read_workbook(content: bytes, given: Given) -> list[ParsedStatement]:
    return delimited.read_sheets(workbook.sheets(content), currency=given.currency, answers=given.answers)


def _read_text(content: bytes, given: Given) -> list[ParsedStatement]:
    return delimited.read(decoded(content), currency=given.currency, answers=given.answers)


def _is_swift(content: bytes) -> bool:
    return _SWIFT.search(decoded(content)) is not None


# Asked in this order; the last one takes whatever is left.
FORMATS: Final = [
    Format(workbook.is_workbook, _read_workbook),
    Format(_is_refused, _refuse),
    Format(ofx.is_ofx, lambda content, given: ofx.read(decoded(content), currency=given.currency)),
    Format(camt.is_xml, lambda content, _given: camt.read(content)),
    Format(_is_swift, lambda content, _given: mt940.read(decoded(content))),
    Format(lambda _content: True, _read_text),
]
