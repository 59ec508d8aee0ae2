"""Lists other than statements as files: a table, CSV or XLSX, or a refusal that says what the file is instead; pure."""

from codecs import BOM_UTF8

from accounts.statements.parsing import kinds, table, workbook
from accounts.statements.parsing.questions import NOTHING_ANSWERED, Answers
from accounts.statements.parsing.refusals import refused
from accounts.statements.parsing.table import Table
from accounts.statements.parsing.text import decoded


def read(
    content: bytes,
    roles: dict[str, tuple[str, ...]],
    *,
    needed: tuple[frozenset[str], ...],
    headless: str,
    answers: Answers = NOTHING_ANSWERED,
    totals: bool = True,
) -> Table:
    """Read a list, as ``table.read`` does.

    :raises StatementRefused: as there; ``list_wrong_type`` for an invoice as PDF or XML, a photo, an archive.
    """
    if workbook.is_workbook(content):
        sheets = workbook.sheets(content)
        return table.of_sheets(sheets, roles, needed=needed, headless=headless, answers=answers, totals=totals)
    why = kinds.why_refused(content)
    if why == "statement_spreadsheet":
        raise refused(why)
    if why or content.removeprefix(BOM_UTF8).lstrip().startswith(b"<?xml"):
        raise refused("list_wrong_type")
    return table.read(decoded(content), roles, needed=needed, headless=headless, answers=answers, totals=totals)
