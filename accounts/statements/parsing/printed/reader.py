"""A statement as PDF, read whole or not at all: its table goes the way of every other one, and then proves itself."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Final

from accounts.statements.parsing import delimited
from accounts.statements.parsing.figures import amount_reader
from accounts.statements.parsing.layout import NumberedRow, Sheet
from accounts.statements.parsing.printed import bare, drawn, grid, proof
from accounts.statements.parsing.printed import pages as paged
from accounts.statements.parsing.printed.grid import Printed
from accounts.statements.parsing.printed.pages import Page
from accounts.statements.parsing.questions import NOTHING_ANSWERED, Answers
from accounts.statements.parsing.refusals import StatementRefused, refused
from accounts.statements.parsing.statement import ParsedStatement

_FIRST: Final = 20  # rows tell how figures are written
_ABOVE: Final = 25  # lines above the heading that are looked at
# wallets certify in a sentence whose payments follow, and in which wallet
_CERTIFIED: Final = re.compile(
    r"兹证明:\s*([^\s(,]{2,40})\s*\(.*?(?:微信号|支付宝账[号户])[::]?\s*([A-Za-z0-9_.@+*-]+)"
)
_OF_INVOICES: Final = ("发票号码", "价税合计")


def read(content: bytes, *, currency: str, answers: Answers) -> list[ParsedStatement]:
    """Read the statements that a PDF prints as one table.

    :raises StatementRefused: as ``delimited.read``, with the page; as ``pages.read`` and ``proof.check``;
        ``statement_pdf`` where there is no such table, ``statement_is_invoices``.
    """
    return of_pages(paged.read(content), currency=currency, answers=answers)


def of_pages(pages: Sequence[Page], *, currency: str, answers: Answers = NOTHING_ANSWERED) -> list[ParsedStatement]:
    """Read the statements on pages whose words are known.

    :raises StatementRefused: as ``read``.
    """
    proof.check_pages(pages)
    if _is_invoice(pages):
        raise refused("statement_is_invoices")
    printed = drawn.read(pages) or bare.read(pages)
    if printed is None:
        raise refused("statement_pdf")
    if not printed.rows:
        raise refused("table_no_rows")
    _check_heads(printed)
    with _told_by_page(printed):
        statements = delimited.read_sheets(
            {"": Sheet(_rows(printed))}, kind="pdf", currency=currency, answers=answers, totals=False
        )
    if len(statements) > 1:
        raise refused("pdf_several", first=statements[0].account_identifier, second=statements[1].account_identifier)
    proof.check(printed, statements[0], _reader(printed, answers))
    return statements


def _reader(printed: Printed, answers: Answers) -> Callable[[str], Decimal]:
    """Read printed sums as the figures of the table are read."""
    figures = [(1, told) for row in printed.rows[:_FIRST] for told in grid.money_in(printed.names, row.cells)]

    def read_sum(told: str) -> Decimal:
        figure = (1, told.translate(grid.SYMBOLS))
        return amount_reader([*figures, figure], mark=answers.amounts or "point")(figure)

    return read_sum


def _is_invoice(pages: Sequence[Page]) -> bool:
    text = "".join("".join(word.text for word in line.words) for page in pages for line in page.lines)
    return all(label in text for label in _OF_INVOICES)


def _check_heads(printed: Printed) -> None:
    """Refuse pages that stand below another holder, account or currency than the first."""
    first = delimited.told_above(printed.heads[0])
    for head in (*printed.heads[1:], [text.split("  ") for text in printed.told]):
        for key, value in delimited.told_above(head).items():
            if first.setdefault(key, value) != value:
                raise refused("pdf_several", first=first[key], second=value)


def _rows(printed: Printed) -> list[NumberedRow]:
    """Write the table as a sheet would hold it; rows are counted through all pages."""
    roles = grid.roles_of(printed.names)
    rows: list[NumberedRow] = [(0, cells) for cells in _head(printed)]
    rows.append((0, printed.names))
    for number, row in enumerate(printed.rows, start=1):
        rows.append((number, [grid.cell_text(lines, role) for lines, role in zip(row.cells, roles, strict=True)]))
    return rows


def _head(printed: Printed) -> list[list[str]]:
    above = printed.heads[0][-_ABOVE:]
    found = _CERTIFIED.search("".join(text for texts in above for text in texts))
    return [["户名", found[1]], ["账号", found[2]], *above] if found else above


@contextmanager
def _told_by_page(printed: Printed) -> Iterator[None]:
    """Say of what is wrong in a row on which page it is, and which row there."""
    try:
        yield
    except StatementRefused as why:
        line = why.params.get("line")
        if why.question or not isinstance(line, int) or not 0 < line <= len(printed.rows):
            raise
        row = printed.rows[line - 1]
        reason = {"code": why.code, "params": {**why.params, "line": row.line}}
        raise StatementRefused("pdf_row_refused", page=row.page, reason=reason) from None
