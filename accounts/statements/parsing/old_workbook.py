"""The sheets of an old Excel workbook (XLS, the format BIFF), read by ``xlrd`` into the rows that ``workbook`` gives.

Records are counted before they become cells: one of six bytes is a number, and a sheet may claim any row and column.
"""

import io
import struct
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import xlrd
from openpyxl.utils import get_column_letter
from xlrd.compdoc import CompDoc, CompDocError

from accounts.statements.parsing.kinds import COMPOUND
from accounts.statements.parsing.layout import NumberedRow, Sheet
from accounts.statements.parsing.refusals import StatementRefused, refused
from accounts.statements.parsing.statement import MAX_LINES
from accounts.statements.parsing.table import MAX_COLUMNS
from accounts.statements.parsing.workbook import MAX_ELEMENTS, as_text

_BARE: Final = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00", b"\x09\x08\x10\x00")
_STREAMS: Final = ("Workbook", "Book")
_NAMED: Final = tuple(name.encode("utf-16-le") for name in _STREAMS)
_BEGIN, _END, _LOCK, _UNCALCULATED, _MANY, _FORMULAS = 0x09, 0x0A, 0x2F, 0x5E, 0xBD, {0x06, 0x206, 0x406}
_CELLS: Final = {0x01, 0x02, 0x03, 0x04, 0x05, 0x201, 0x203, 0x204, 0x205, 0x27E, 0xD6, 0xFD, *_FORMULAS}
_DAMAGE: Final = (
    xlrd.XLRDError, CompDocError, ArithmeticError, AssertionError, AttributeError, EOFError, LookupError,
    NotImplementedError, OSError, RuntimeError, TypeError, ValueError, struct.error,
)  # fmt: skip


def is_old_workbook(content: bytes) -> bool:
    """Tell whether a file is a workbook of the old kind, in its container or bare."""
    if content.startswith(COMPOUND):
        return any(name in content for name in _NAMED)
    return content.startswith(_BARE)


def sheets(content: bytes) -> dict[str, Sheet]:
    """Read the rows of each sheet that is shown, as ``workbook.sheets`` does.

    :raises StatementRefused: as there; ``statement_locked`` where a password is missing.
    """
    try:
        return _sheets(content, stale=_measured(content))
    except StatementRefused:
        raise
    except _DAMAGE:
        raise refused("workbook_broken") from None


def _measured(content: bytes) -> str:
    """Count cells; name the first formula of a sheet that was saved without calculating it."""
    cells, within, begun = 0, [0], 0
    formulas: dict[int, str] = {}
    stale: set[int] = set()
    for kind, body in _records(content):
        if kind == _LOCK:
            raise refused("statement_locked")
        if kind & 0xFF == _BEGIN:  # the workbook, a sheet of it, a chart on a sheet
            begun += 1
            within.append(begun)
        elif kind == _END and len(within) > 1:
            within.pop()
        elif kind == _UNCALCULATED:
            stale.add(within[-1])
        elif kind in _FORMULAS:
            row, column = struct.unpack_from("<HH", body)
            formulas.setdefault(within[-1], f"{get_column_letter(column + 1)}{row + 1}")
        cells += (len(body) - 6) // 6 if kind == _MANY else kind in _CELLS
        if cells > MAX_ELEMENTS:
            raise refused("workbook_too_large")
    return next((name for each, name in formulas.items() if each in stale), "")


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    stream, at, end = content, 0, len(content)
    if content.startswith(COMPOUND):
        container = CompDoc(content, logfile=io.StringIO())
        found = [container.locate_named_stream(name) for name in _STREAMS]
        stream, at, length = next(each for each in found if each[0])
        end = at + length
    while at + 4 <= end:
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _sheets(content: bytes, *, stale: str) -> dict[str, Sheet]:
    told: dict[str, Sheet] = {}
    with xlrd.open_workbook(file_contents=content, logfile=io.StringIO(), on_demand=True, ragged_rows=True) as book:
        for index in range(book.nsheets):
            sheet = book.sheet_by_index(index)
            if not sheet.visibility:
                told[sheet.name] = _sheet(book, sheet, stale=stale)
            book.unload_sheet(index)
    if sum(len(each.rows) for each in told.values()) > MAX_LINES:
        raise refused("statement_too_long", most=MAX_LINES)
    return told


def _sheet(book: Any, sheet: Any, *, stale: str) -> Sheet:
    rows: list[NumberedRow] = []
    refusal = refused("workbook_formula_empty", cell=stale) if stale else None
    for index in range(sheet.nrows):
        cells = [_text(book, cell) for cell in sheet.row(index)]
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > MAX_COLUMNS:
            refusal = refusal or refused("table_too_wide", line=index + 1, found=len(cells), most=MAX_COLUMNS)
        elif cells:
            rows.append((index + 1, cells))
    return Sheet(rows, refusal)


def _text(book: Any, cell: Any) -> str:
    if cell.ctype == xlrd.XL_CELL_DATE:
        moment = xlrd.xldate_as_datetime(cell.value, book.datemode) + timedelta(milliseconds=500)
        moment = moment.replace(microsecond=0)
        return as_text(moment.time() if cell.value < 1 else moment)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return as_text(bool(cell.value))
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#N/A"))
    return as_text(cell.value)
