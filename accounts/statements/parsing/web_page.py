"""Web pages with tables, which some banks call Excel: rows and cells as a spreadsheet would show them; nothing runs."""

import re
from codecs import BOM_UTF8
from contextlib import suppress
from html.parser import HTMLParser
from typing import Final

from accounts.statements.parsing.layout import NumberedRow, Sheet
from accounts.statements.parsing.refusals import refused
from accounts.statements.parsing.statement import MAX_LINES
from accounts.statements.parsing.table import MAX_COLUMNS
from accounts.statements.parsing.text import decoded
from accounts.statements.parsing.workbook import MAX_ELEMENTS

DEEPEST: Final = 20  # tables within tables
_PAGE: Final = re.compile(
    rb"\s*(<\?xml[^>]*\?>\s*)?(<!--.{,2000}?-->\s*)*<(!DOCTYPE html|html|head|meta|style|body|div|table)\b",
    re.IGNORECASE | re.DOTALL,
)
_CHARSET: Final = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_UNSEEN: Final = frozenset({"script", "style", "title", "xml", "template"})
_SAID_OF_ANYTHING: Final = ("utf", "iso-8859-1", "windows-1252", "us-ascii")
_CELLS: Final = ("td", "th")


def is_page_of_rows(content: bytes) -> bool:
    """Tell a web page with a table by how it begins and what is in it."""
    return _PAGE.match(content.removeprefix(BOM_UTF8)) is not None and b"<tr" in content.lower()


def sheets(content: bytes) -> dict[str, Sheet]:
    """Read the rows of each table, numbered through the page; what stands in the tables before it stands above it.

    A cell that reaches over several columns or rows tells once, in the first of them.

    :raises StatementRefused: ``workbook_too_large``, ``statement_too_long``; ``statement_truncated`` where a table does
        not end.
    """
    if content.count(b"<") > MAX_ELEMENTS:
        raise refused("workbook_too_large")
    page = _Page()
    page.feed(_text(content))
    page.close()
    if page.open or page.unseen:
        raise refused("statement_truncated", line=page.getpos()[0])
    above: list[NumberedRow] = []
    told: dict[str, Sheet] = {}
    for number, table in enumerate(sorted(filter(None, (each.rows for each in page.tables))), start=1):
        wide = next((row for row in table if len(row[1]) > MAX_COLUMNS), None)
        refusal = None
        if wide:
            refusal = refused("table_too_wide", line=wide[0], found=len(wide[1]), most=MAX_COLUMNS)
        told[str(number)] = Sheet(table, refusal, tuple(above))
        above += table
    return told


def _text(content: bytes) -> str:
    """Decode a page: what is UTF-8 is, whatever the page says; otherwise as it says, unless that is what all say."""
    declared = _CHARSET.search(content[:4096])
    named = declared[1].decode().lower() if declared else ""
    with suppress(LookupError, ValueError):
        if named and not named.startswith(_SAID_OF_ANYTHING) and not _is_utf_8(content):
            return decoded(content.decode("gb18030" if named.startswith("gb") else named).encode())
    return decoded(content)


def _is_utf_8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


class _Table:
    """A table while it is read: its rows so far, and which columns are taken by cells from above."""

    def __init__(self) -> None:
        self.rows: list[NumberedRow] = []
        self.row: list[str] | None = None
        self.number = 0
        self.cell: list[str] | None = None
        self.span = (1, 1)
        self.taken: dict[int, int] = {}

    def end_cell(self) -> None:
        """Put the cell that is being read where it belongs, and leave what it reaches over empty."""
        if self.cell is None or self.row is None:
            return
        self._skip()
        width, height = self.span
        told = " ".join("".join(self.cell).split())
        first = len(self.row)
        self.row += [told, *[""] * (width - 1)]
        if height > 1:
            self.taken |= dict.fromkeys(range(first, first + width), height)
        self.cell = None

    def end_row(self) -> None:
        """Keep the row, unless nothing stands in it."""
        self.end_cell()
        if self.row is None:
            return
        self._skip()
        self.taken = {column: left - 1 for column, left in self.taken.items() if left > 1}
        while self.row and not self.row[-1]:
            self.row.pop()
        if self.row:
            self.rows.append((self.number, self.row))
        self.row = None

    def _skip(self) -> None:
        assert self.row is not None, "only while a row is read"
        while self.taken.get(len(self.row), 0) > 0:
            self.row.append("")


class _Page(HTMLParser):
    """Finds tables, also those within tables, which are theirs and not the outer one's."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self.open: list[_Table] = []
        self.unseen = ""
        self.count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell; what was not ended before ends."""
        if tag in _UNSEEN:
            self.unseen = self.unseen or tag
        elif tag == "table":
            if len(self.open) == DEEPEST:
                raise refused("workbook_too_large")
            self.open.append(_Table())
            self.tables.append(self.open[-1])
        elif self.open:
            self._within(self.open[-1], tag, attrs)

    def _within(self, table: _Table, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            table.end_row()
            self.count += 1
            if self.count > MAX_LINES:
                raise refused("statement_too_long", most=MAX_LINES)
            table.row, table.number = [], self.count
        elif tag in _CELLS and table.row is not None:
            table.end_cell()
            told = dict(attrs)
            table.span = (_span(told.get("colspan"), MAX_COLUMNS), _span(told.get("rowspan"), MAX_LINES))
            table.cell = []
        elif tag == "br" and table.cell is not None:
            table.cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """End what the tag ends."""
        if tag == self.unseen:
            self.unseen = ""
        elif tag == "table" and self.open:
            self.open.pop().end_row()
        elif tag == "tr" and self.open:
            self.open[-1].end_row()
        elif tag in _CELLS and self.open:
            self.open[-1].end_cell()

    def handle_data(self, data: str) -> None:
        """Add text to the cell in which it stands."""
        if self.open and self.open[-1].cell is not None and not self.unseen:
            self.open[-1].cell.append(data)


def _span(told: str | None, most: int) -> int:
    return min(int(told), most) if told and told.isdecimal() and len(told) < 7 and int(told) else 1
