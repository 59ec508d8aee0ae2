"""What the lines of a page say: headings, days, amounts, sums; and what a printed table is made of. Pure.

Nothing is guessed: a word that may belong to two columns, a line that may belong to two rows, and a row that is not
whole refuse the file.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from accounts.statements.parsing.headers import BALANCES, STATEMENT, role_of, squeezed
from accounts.statements.parsing.printed.pages import Line, Page, Word, joined
from accounts.statements.parsing.refusals import refused

NEEDED: Final = (frozenset({"date", "amount"}), frozenset({"date", "inflow", "outflow"}))
MONEY: Final = frozenset({"amount", "inflow", "outflow", "balance"})
FIGURE: Final = re.compile(
    r"\(?[-+]?\s?(?:[¥￥$€£₹]|CNY|RMB)?\s?[-+]?(?:\d{1,3}(?:[,.' ]\d{3})+|\d+)(?:[.,]\d{1,3})?\s?元?\)?"
    r"\s?(?:[-+]|cr|dr|借|贷)?",
    re.IGNORECASE,
)
_DECIMAL: Final = re.compile(r"\d[.,]\d{2}\b")
_MONEY_IN: Final = re.compile(r"(?<![\d.,])\d[\d,]*\.\d{2}(?![\d.])|(?<![\d.,])\d[\d.]*,\d{2}(?![\d,])")
_DATE: Final = re.compile(
    r"(\d{4}([-/.])\d{1,2}\2\d{1,2}|\d{1,2}([-/.])\d{1,2}\3(\d{4}|\d{2})|\d{4}年\d{1,2}月\d{1,2}日|20\d{6}"
    r"|\d{1,2}[ -]?[a-z]{3,9}[ -]?(\d{4}|\d{2})?|[a-z]{3,9} \d{1,2},? \d{4})( \d{1,2}:\d{2}(:\d{2})?)?",
    re.IGNORECASE,
)
_SUM: Final = re.compile(
    r"(本页|本期|本次|累计|全部)?(收入|支出|借方|贷方|存入|支取|转入|转出|交易|金额)?(发生额|金额)?"
    r"(合计|总计|小计|汇总|笔数|总额|总笔数|总金额)(金额|笔数)?(?=$|[\s::(\d])"
    r"|共\s*\d+\s*[笔条]|(承前页|过次页|(期初|期末|上期|本期)(余额|结余))(?=$|[\s::\d])"
    r"|((page |sub-?|grand )?totals?( (paid in|paid out|money in|money out|credits?|debits?|deposits|withdrawals))?"
    r"|((opening|closing|start|end|beginning|ending) )?balance( (brought|carried) forward)?( (on|as of|as at|at)\b.*)?"
    r"|(brought|carried) forward)(?=$|[:]|\s+[-+(]?\W?\d)",
    re.IGNORECASE,
)
_PAGE: Final = re.compile(
    r"[-—·\s]*(第\s*\d+\s*页)?[\s/,，]*(共\s*\d+\s*页)?[-—·\s]*|(page\s*)?\d+\s*(/|of)\s*\d+(\s*页)?|-?\s*\d{1,3}\s*-?|page\s*\d+",
    re.IGNORECASE,
)
SYMBOLS: Final = {ord(each): None for each in " ¥￥$€£₹"}
PHRASE_GAPS: Final = (0.6, 0.3)  # in sizes of the letters: wider gaps end a phrase
MOVED: Final = 3.0  # points by which a column may stand elsewhere on another page
EDGE: Final = 2.0  # points by which a rule may miss another


class Phrase(NamedTuple):
    """Words that belong together on one line."""

    text: str
    left: float
    right: float

    def overlaps(self, other: "Phrase") -> bool:
        """Tell whether one stands above the other."""
        return self.left < other.right and other.left < self.right


class PrintedRow(NamedTuple):
    """A row of the table: on which page, which one there, and the lines of each cell."""

    page: int
    line: int
    cells: list[list[str]]


class Printed(NamedTuple):
    """A table as it was printed; ``heads`` are what stands above it on each page, ``told`` sums and other lines.

    ``is_drawn`` tells that every cell is a closed box.
    """

    names: list[str]
    rows: list[PrintedRow]
    heads: list[list[list[str]]]
    told: list[str]
    sums: list[dict[str, str]]
    is_drawn: bool


def roles_of(names: Sequence[str]) -> list[str]:
    """Name what each column is for; nothing where it is for nothing we read."""
    return [_role(name) for name in names]


@lru_cache(maxsize=20_000)  # every text near a heading is asked
def _role(name: str) -> str:
    return role_of(name, STATEMENT) or ""


def phrases(words: Sequence[Word], gap: float = PHRASE_GAPS[0]) -> list[Phrase]:
    """Join words that stand near each other."""
    found: list[list[Word]] = []
    for word in words:
        if found and word.left - found[-1][-1].right <= gap * word.size:
            found[-1].append(word)
        else:
            found.append([word])
    return [Phrase(joined(each), each[0].left, each[-1].right) for each in found]


def text_of(line: Line) -> str:
    """Write a line as one text, its phrases apart."""
    return "  ".join(phrase.text for phrase in phrases(line.words))


def is_page_number(line: Line) -> bool:
    """Tell a line that says only which page it is."""
    return _PAGE.fullmatch(text_of(line)) is not None


def is_sum(told: str) -> bool:
    """Tell a line that sums up, or says what the account holds, from a payment."""
    return _SUM.match(told.strip()) is not None or squeezed(told) in BALANCES


def names_of(cells: Sequence[Sequence[str]]) -> list[str]:
    """Name each column by the lines of its heading: all of them, or the first or last where the others translate it."""
    return [_name(lines) for lines in cells]


def _name(lines: Sequence[str]) -> str:
    ways = ["".join(lines), " ".join(lines), *lines]
    return next((way for way in ways if _role(way)), " ".join(lines))


def is_heading(cells: Sequence[Sequence[str]]) -> bool:
    """Tell whether cells name columns and hold nothing else."""
    told = [line for cell in cells for line in cell]
    return bool(named(names_of(cells))) and not any(is_date(each) or is_figure_or_number(each) for each in told)


def named(names: Sequence[str]) -> int:
    """Count the roles of a heading; zero where it lacks one that is needed."""
    roles = {*roles_of(names)} - {""}
    return len(roles) if any(wanted <= roles for wanted in NEEDED) else 0


def cell_text(lines: Sequence[str], role: str) -> str:
    """Put the lines of a cell together: Chinese and numbers without a space between."""
    text = ""
    for line in lines:
        is_number = role.endswith("number") or role in {
            "reference",
            "account",
            "amount",
            "inflow",
            "outflow",
            "balance",
        }
        is_close = not text or is_number or text[-1] in "-/" or (role != "date" and max(text[-1], line[0]) > "\u2e7f")
        text += line if is_close else f" {line}"
    return text


def check_beside(page: Page, lines: Sequence[Line], *, is_above: bool = False) -> None:
    """Refuse a line beside the table that may be a payment: it has a day and a figure, each by itself.

    :param is_above: the lines stand above a heading, where only one that begins with the day is meant.
    :raises StatementRefused: ``pdf_line_unclear``.
    """
    for line in lines:
        told = [each.text for each in phrases(line.words)]
        if any(map(is_date, told[:1] if is_above else told)) and any(map(is_figure, told)):
            raise refused("pdf_line_unclear", page=page.number, value=text_of(line))


def check_no_money(page: Page, lines: Sequence[Line]) -> None:
    """Refuse lines that should tell no payment and tell an amount, unless they begin as a sum does.

    :raises StatementRefused: ``pdf_line_unclear``.
    """
    for line in lines:
        text = text_of(line)
        if has_money(text) and not is_sum(text):
            raise refused("pdf_line_unclear", page=page.number, value=text)


def has_money(told: str) -> bool:
    """Tell whether a text has an amount with decimals somewhere."""
    return _MONEY_IN.search(told) is not None


def is_date(told: str) -> bool:
    """Tell a date, with or without a clock."""
    return _DATE.fullmatch(told) is not None


def is_figure(told: str) -> bool:
    """Tell an amount of money with its decimals."""
    return FIGURE.fullmatch(told) is not None and _DECIMAL.search(told) is not None


def is_figure_or_number(told: str) -> bool:
    """Tell an amount of money, with decimals or without."""
    return FIGURE.fullmatch(told) is not None


def check_whole(names: Sequence[str], row: PrintedRow) -> None:
    """Refuse a row without a date or without any figure.

    :raises StatementRefused: ``pdf_row_incomplete``.
    """
    filled = {role for role, cell in zip(roles_of(names), row.cells, strict=True) if any(cell)}
    if "date" not in filled or not filled & MONEY:
        raise refused("pdf_row_incomplete", page=row.page, line=row.line)


def is_told(names: Sequence[str], cells: Sequence[Sequence[str]]) -> bool:
    """Tell a row that is no payment: without a day it sums up, with or without one it says what the account holds."""
    filled = [" ".join(cell) for cell in cells if cell]
    has_day = any(role == "date" and any(map(is_date, cell)) for role, cell in zip(roles_of(names), cells, strict=True))
    return bool(filled) and not has_day and is_sum(filled[0])


def sums_of(names: Sequence[str], cells: Sequence[Sequence[str]]) -> dict[str, str]:
    """Read what a row of sums says in the columns of money."""
    return {
        role: cell_text(cell, role)
        for role, cell in zip(roles_of(names), cells, strict=True)
        if role in MONEY and cell and is_figure(cell_text(cell, role))
    }


def money_in(names: Sequence[str], cells: Sequence[Sequence[str]]) -> Iterator[str]:
    """List the figures in the columns of money."""
    for role, cell in zip(roles_of(names), cells, strict=True):
        if role in MONEY and is_figure(told := cell_text(cell, role)):
            yield told.translate(SYMBOLS)
