"""The sheets of a workbook as one XML file (SpreadsheetML of Excel 2003), which some systems call XLS."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from xml.etree.ElementTree import Element

from accounts.statements.parsing import markup
from accounts.statements.parsing.layout import NumberedRow, Sheet
from accounts.statements.parsing.refusals import StatementRefused, refused
from accounts.statements.parsing.statement import MAX_LINES
from accounts.statements.parsing.table import MAX_COLUMNS
from accounts.statements.parsing.workbook import MAX_ELEMENTS, as_text

_SPACE: Final = "urn:schemas-microsoft-com:office:spreadsheet"
_NAME, _INDEX, _ACROSS, _FORMULA, _TYPE = (
    f"{{{_SPACE}}}{each}" for each in ("Name", "Index", "MergeAcross", "Formula", "Type")
)


def is_xml_workbook(content: bytes) -> bool:
    """Tell a workbook by its namespace near the beginning."""
    return markup.is_xml(content) and _SPACE.encode() in content[:2_000]


def sheets(content: bytes) -> dict[str, Sheet]:
    """Read the rows of each sheet that is shown, as ``workbook.sheets`` does.

    :raises StatementRefused: as there, and as XML is.
    """
    if content.count(b"<") > 2 * MAX_ELEMENTS:
        raise refused("workbook_too_large")
    told: dict[str, Sheet] = {}
    reader, count = _Rows(), 0
    try:
        for event, element in markup.steps(content):
            name = markup.name_of(element)
            if event == "end" and name == "Row":
                count += reader.add(element)
                if count > MAX_LINES:
                    raise refused("statement_too_long", most=MAX_LINES)
            elif event == "end" and name == "Worksheet":
                if markup.text(element, "WorksheetOptions/Visible") in {"", "SheetVisible"}:
                    told[element.get(_NAME, str(len(told)))] = Sheet(reader.rows, reader.refusal)
                reader = _Rows()
    except (ArithmeticError, ValueError):
        raise refused("workbook_broken") from None
    return told


class _Rows:
    """The rows of one sheet so far, and what is wrong with it."""

    def __init__(self) -> None:
        self.rows: list[NumberedRow] = []
        self.number = 0
        self.refusal: StatementRefused | None = None

    def add(self, row: Element) -> bool:
        """Read a row, and tell whether anything stands in it."""
        number = int(row.get(_INDEX, self.number + 1))
        if number <= self.number:
            raise refused("workbook_broken")
        self.number = number
        told = dict(self._cells(row))
        row.clear()
        if any(told.values()):
            self.rows.append((number, [told.get(column, "") for column in range(1, max(told) + 1)]))
        return any(told.values())

    def _cells(self, row: Element) -> Iterator[tuple[int, str]]:
        column = 0
        for cell in markup.at(row, "Cell"):
            place = int(cell.get(_INDEX, column + 1))
            if place <= column:
                raise refused("workbook_broken")
            column = place + int(cell.get(_ACROSS, 0))
            value = markup.at(cell, "Data")
            if cell.get(_FORMULA) and not value:
                name = f"R{self.number}C{place}"
                self.refusal = self.refusal or refused("workbook_formula_empty", cell=name)
            told = _text(value[0]) if value else ""
            if told and place > MAX_COLUMNS:
                wide = refused("table_too_wide", line=self.number, found=place, most=MAX_COLUMNS)
                self.refusal = self.refusal or wide
            elif told:
                yield place, told


def _text(value: Element) -> str:
    told, kind = "".join(value.itertext()), value.get(_TYPE)
    if kind == "Number":
        return as_text(float(told))
    if kind == "DateTime":
        moment = datetime.fromisoformat(told.partition(".")[0])
        return as_text(moment if moment.year > 1900 else moment.time())
    return as_text(told == "1") if kind == "Boolean" else told
