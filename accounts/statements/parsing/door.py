"""The one door: which format a file has, told by its content and never by its name."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from accounts.statements.parsing import balances, camt, delimited, kinds, locks, markup, mt940, ofx, packed, spreadsheet
from accounts.statements.parsing.printed import reader as printed
from accounts.statements.parsing.questions import NOTHING_ANSWERED, PASSWORD, Answers, Question
from accounts.statements.parsing.refusals import StatementRefused, refused
from accounts.statements.parsing.statement import MAX_BYTES, ParsedStatement
from accounts.statements.parsing.text import decoded

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
    """Read a statement file: camt.053 and camt.054 versions 2 to 13, MT940, OFX 1 and 2 (QFX), CSV,
    spreadsheets, PDF.

    Balances that do not follow from the lines are no reason to refuse it: they are named in the statement's ``breaks``.
    ``name`` is for the records only; ``currency`` is assumed where a table names none.

    :raises StatementRefused: when anything in it is wrong; its params say where. Where an answer would settle it, it
        has a question; of a locked file the password is asked.
    """
    try:
        statements = _read(content, Given(currency, answers))
    except StatementRefused as why:
        if why.code != "statement_locked":
            raise
        raise refused(why.code, question=Question(PASSWORD, locked=locks.kind_of(content))) from None
    if not statements:
        raise refused("statement_wrong_type", name=name)
    return [replace(statement, breaks=balances.breaks(statement)) for statement in statements]


def _read(content: bytes, given: Given) -> list[ParsedStatement]:
    if len(content) > MAX_BYTES:
        raise refused("statement_too_large")
    if not content.strip():
        raise refused("statement_empty")
    return next(each for each in FORMATS if each.recognizes(content)).read(content, given)


def _is_refused(content: bytes) -> bool:
    return kinds.why_refused(content) != ""


def _refuse(content: bytes, _given: Given) -> list[ParsedStatement]:
    raise refused(kinds.why_refused(content))


def _refuse_archive(content: bytes, _given: Given) -> list[ParsedStatement]:
    """Refuse a ZIP within another one, or one that could not be unfolded when it came, which tells why."""
    packed.files(content)
    raise refused("statement_zip")


def _read_sheets(content: bytes, given: Given) -> list[ParsedStatement]:
    kind, sheets = spreadsheet.sheets(content)
    return delimited.read_sheets(sheets, kind=kind, currency=given.currency, answers=given.answers)


def _read_printed(content: bytes, given: Given) -> list[ParsedStatement]:
    return printed.read(content, currency=given.currency, answers=given.answers)


def _read_text(content: bytes, given: Given) -> list[ParsedStatement]:
    return delimited.read(decoded(content), currency=given.currency, answers=given.answers)


def _is_swift(content: bytes) -> bool:
    return _SWIFT.search(decoded(content)) is not None


# Asked in this order; the last one takes whatever is left.
FORMATS: Final = [
    Format(spreadsheet.is_spreadsheet, _read_sheets),
    Format(kinds.is_pdf, _read_printed),
    Format(kinds.is_archive, _refuse_archive),
    Format(_is_refused, _refuse),
    Format(ofx.is_ofx, lambda content, given: ofx.read(decoded(content), currency=given.currency)),
    Format(markup.is_xml, lambda content, _given: camt.read(content)),
    Format(_is_swift, lambda content, _given: mt940.read(decoded(content))),
    Format(lambda _content: True, _read_text),
]
