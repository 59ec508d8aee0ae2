"""Lists other than statements as files: a table, or a refusal that says what the file is instead; pure."""

from codecs import BOM_UTF8

from accounts.statements.parsing import kinds, spreadsheet, table
from accounts.statements.parsing.questions import NOTHING_ANSWERED, Answers
from accounts.statements.parsing.refusals import StatementRefused, refused
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
    if spreadsheet.is_spreadsheet(content):
        try:
            _kind, sheets = spreadsheet.sheets(content)
        except StatementRefused as refusal:
            if refusal.code != "statement_locked":
                raise
            raise refused("statement_spreadsheet") from None
        return table.of_sheets(sheets, roles, needed=needed, headless=headless, answers=answers, totals=totals)
    why = kinds.why_refused(content)
    if why == "statement_spreadsheet":
        raise refused(why)
    if why or content.removeprefix(BOM_UTF8).lstrip().startswith(b"<?xml"):
        raise refused("list_wrong_type")
    return table.read(decoded(content), roles, needed=needed, headless=headless, answers=answers, totals=totals)
