"""The sheets of an XLSX workbook as rows of text, read by ``openpyxl``; a hostile workbook is not opened.

A workbook is a zip file of XML: a few kilobytes can unfold into gigabytes. So its parts are measured first, and counted
element by element, because each becomes an object. Cells are then taken one by one, at the row and column that they
name: the library would pad rows to any width and leave out what lies beyond the size that a sheet claims to have.
"""

import io
import lzma
import re
import warnings
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final
from xml.etree.ElementTree import Element
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._reader import FORMULA_TAG, VALUE_TAG, WorkSheetParser

from accounts.statements.parsing import archive
from accounts.statements.parsing.layout import NumberedRow, Sheet
from accounts.statements.parsing.refusals import StatementRefused, refused
from accounts.statements.parsing.statement import MAX_LINES
from accounts.statements.parsing.table import MAX_COLUMNS

MAX_PARTS: Final = 500
MAX_UNFOLDED: Final = 64 * 1024 * 1024
MAX_ELEMENTS: Final = 1_000_000  # some ten seconds at worst
MAX_EMPTY: Final = 1_000  # empty cells in a row, as formatting leaves them
_HIGHEST_ROW: Final = 1_048_576
_CHUNK: Final = 1024 * 1024
_PART: Final = re.compile(rb"PK\x03\x04.{26}/?xl/", re.DOTALL)
_DAMAGE: Final = (
    ArithmeticError, AssertionError, AttributeError, BadZipFile, EOFError, InvalidFileException, LookupError,
    NotImplementedError, OSError, RuntimeError, SyntaxError, TypeError, ValueError, lzma.LZMAError, zlib.error,
)  # fmt: skip


def is_workbook(content: bytes) -> bool:
    """Tell whether a file is a zip file with the parts of a workbook, be it cut off on its way."""
    if names := archive.names(content):
        return any(name.lstrip("/").startswith("xl/") for name in names)
    return content.startswith(b"PK\x03\x04") and _PART.search(content) is not None


def sheets(content: bytes) -> dict[str, Sheet]:
    """Read the rows of each sheet that is shown, each with its number; rows without anything are left out.

    Dates come as ``2026-01-05``, numbers with a point and no grouping, so that nobody could read them otherwise. What
    is wrong with one sheet, ``workbook_formula_empty`` with the cell or ``table_too_wide``, comes beside its rows.

    :raises StatementRefused: ``workbook_too_large``, ``statement_too_long``, ``workbook_broken``.
    """
    try:
        _measure(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library warns of styles and extensions that do not matter here
            return _sheets(content)
    except StatementRefused:
        raise
    except _DAMAGE:  # the library checks little; what it trips over is damage, broken XML (a SyntaxError) most often
        raise refused("workbook_broken") from None


def _measure(content: bytes) -> None:
    """Refuse to open what is larger than a statement; a part never unfolds further than it says it does."""
    with ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNFOLDED:
            raise refused("workbook_too_large")
        elements = 0
        for part in parts:
            with archive.open(part) as unfolded:
                while chunk := unfolded.read(_CHUNK):
                    elements += chunk.count(b"<") - chunk.count(b"</")
            if elements > MAX_ELEMENTS:
                raise refused("workbook_too_large")


def _sheets(content: bytes) -> dict[str, Sheet]:
    workbook: Any = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    told = {each.title: _sheet(workbook, each) for each in workbook.worksheets if each.sheet_state == "visible"}
    if sum(len(each.rows) for each in told.values()) > MAX_LINES:
        raise refused("statement_too_long", most=MAX_LINES)
    return told


def _sheet(workbook: Any, sheet: Any) -> Sheet:
    rows: list[NumberedRow] = []
    with sheet._get_source() as source:  # noqa: SLF001 - the library's own way to its parser
        parser = _Parser(workbook, sheet, source)
        with suppress(_Endless):
            rows.extend(_rows(parser))
    return Sheet(rows, parser.refusal)


def _rows(parser: "_Parser") -> Iterator[NumberedRow]:
    found, before = 0, 0
    for number, cells in parser.parse():
        if not before < number <= _HIGHEST_ROW:
            raise refused("workbook_broken")
        before = number
        if told := _texts(number, cells):
            found += 1
            if found > MAX_LINES:
                raise refused("statement_too_long", most=MAX_LINES)
            yield number, told


class _Endless(Exception):
    """A row goes on where no table does: the rest of its sheet is not looked at."""


class _Parser(WorkSheetParser):  # type: ignore[misc]  # the library has no types
    """Reads cells as they were last calculated; ``refusal`` is of the first that never was, or lies too far out."""

    def __init__(self, workbook: Any, sheet: Any, source: Any) -> None:
        super().__init__(
            source,
            sheet._shared_strings,  # noqa: SLF001
            data_only=True,
            epoch=workbook.epoch,
            date_formats=workbook._date_formats,  # noqa: SLF001
            timedelta_formats=workbook._timedelta_formats,  # noqa: SLF001
        )
        self.refusal: StatementRefused | None = None

    def parse_cell(self, element: Element) -> dict[str, Any]:
        """Read one cell; a formula may have calculated an empty text, but it must have calculated something."""
        if element.find(FORMULA_TAG) is not None:
            value = element.find(VALUE_TAG)
            if value is None or not (value.text or element.get("t") == "str"):
                cell_name = element.get("r") or f"{self.row_counter}"
                self.refusal = self.refusal or refused("workbook_formula_empty", cell=cell_name)
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["column"] > (MAX_EMPTY if cell["value"] is None else MAX_COLUMNS):
            found = {"line": self.row_counter, "found": cell["column"], "most": MAX_COLUMNS}
            self.refusal = self.refusal or refused("table_too_wide", **found)
            cell["value"] = None
        if cell["column"] > MAX_EMPTY:
            raise _Endless
        return cell


def _texts(number: int, cells: list[dict[str, Any]]) -> list[str]:
    told = {cell["column"]: as_text(cell["value"]) for cell in cells if cell["value"] is not None}
    if any(cell["row"] != number for cell in cells):
        raise refused("workbook_broken")
    return [told.get(column, "") for column in range(1, max(told, default=0) + 1)] if any(told.values()) else []


def as_text(value: object) -> str:
    """Write a value of a cell as one that nobody could read otherwise."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return _figure(value) if isinstance(value, float) else str(value)


def _figure(value: float) -> str:
    """Write a number with the fifteen digits that a spreadsheet keeps; three decimals would look like thousands."""
    text = f"{Decimal(f'{value:.15g}'):f}"
    return f"{text}0" if len(text.partition(".")[2]) == 3 else text
