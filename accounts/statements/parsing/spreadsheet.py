"""What people call Excel: workbooks of three kinds, and web pages with a table."""

from collections.abc import Callable
from typing import Final

from accounts.statements.parsing import locks, old_workbook, web_page, workbook, xml_workbook
from accounts.statements.parsing.layout import Sheet
from accounts.statements.parsing.refusals import StatementRefused, refused

Recognizes = Callable[[bytes], bool]
Reader = Callable[[bytes], dict[str, Sheet]]


def is_spreadsheet(content: bytes) -> bool:
    """Tell a spreadsheet by its content, be it locked."""
    return locks.is_locked_package(content) or any(recognizes(content) for recognizes, _read in _KINDS.values())


def sheets(content: bytes) -> tuple[str, dict[str, Sheet]]:
    """Tell the kind of a spreadsheet, and read the rows of each sheet that is shown, as that kind is read.

    :raises StatementRefused: as there; ``statement_locked`` where a password is missing.
    """
    try:
        return _sheets(content)
    except StatementRefused as why:
        bare = locks.opened_for_all(content) if why.code == "statement_locked" else None
        if bare is None:
            raise
        return _sheets(bare)


def _sheets(content: bytes) -> tuple[str, dict[str, Sheet]]:
    if locks.is_locked_package(content):
        raise refused("statement_locked")
    kind, read = next((kind, read) for kind, (recognizes, read) in _KINDS.items() if recognizes(content))
    return kind, read(content)


_KINDS: Final[dict[str, tuple[Recognizes, Reader]]] = {
    "xlsx": (workbook.is_workbook, workbook.sheets),
    "xls": (old_workbook.is_old_workbook, old_workbook.sheets),
    "xml": (xml_workbook.is_xml_workbook, xml_workbook.sheets),
    "html": (web_page.is_page_of_rows, web_page.sheets),
}
