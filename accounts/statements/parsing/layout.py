"""Where the heading of a table stands, on one row or on two, and where its lines end. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Final, NamedTuple

from accounts.statements.parsing.figures import is_day
from accounts.statements.parsing.headers import role_of
from accounts.statements.parsing.refusals import StatementRefused

NumberedRow = tuple[int, list[str]]  # the number of a line or row in the file, and its cells
_DATED: Final = re.compile(r"\d{1,4}[-/.年]\d|\d{5,8}|\d{1,2}[ -]?[a-z]{3}|[a-z]{3,9} \d", re.IGNORECASE)
_SUMS: Final = re.compile(
    r"合计|汇总|总计|小计|总额|笔数|总收入|总支出|\btotal|\bsum\b"
    r"|^(\w+ )?balance( (brought|carried) forward)?[\s:]*($|\d|(as of|as at|at|on|per)\b)",
    re.IGNORECASE,
)
_FIGURE: Final = re.compile(r"[-+(¥$€£₹\s]*[\d.,]")
_FIGURES: Final = ("amount", "inflow", "outflow", "net", "tax", "gross")
_QUOTED: Final = re.compile(r'="(.*)"|[`\'](.*)')  # how exports keep spreadsheets from rounding a number


class Sheet(NamedTuple):
    """The rows of a sheet of a workbook, why it is refused if it is the one that is meant, and what stands above it."""

    rows: list[NumberedRow]
    refusal: StatementRefused | None = None
    above: tuple[NumberedRow, ...] = ()


class Heading(NamedTuple):
    """How many roles are named, from which row on (the later, the smaller), on how many rows, and by which names."""

    named: int
    before: int
    height: int
    names: list[str]


def unquoted(cell: str) -> str:
    """Take a cell's text out of what shields it from spreadsheets."""
    told = cell.strip()
    found = _QUOTED.fullmatch(told)
    return (found[1] or found[2] or "").strip() if found else told


def headings(
    rows: Sequence[list[str]], roles: Mapping[str, tuple[str, ...]], needed: tuple[frozenset[str], ...]
) -> Iterator[Heading]:
    """Find the rows that name all columns that are needed, alone or with the row below them."""
    for index, cells in enumerate(rows):
        alone = _named(cells, roles, needed)
        below = rows[index + 1] if index + 1 < len(rows) else []
        both = _merged(cells, below, roles) if _continues(below) else []
        together = _named(both, roles, needed)
        if together > alone:
            yield Heading(together, -index, 2, both)
        elif alone:
            yield Heading(alone, -index, 1, cells)


def _named(cells: list[str], roles: Mapping[str, tuple[str, ...]], needed: tuple[frozenset[str], ...]) -> int:
    named = {role for cell in cells if (role := role_of(cell, roles))}
    return len(named) if any(wanted <= named for wanted in needed) else 0


def _continues(cells: list[str]) -> bool:
    """Tell whether a row can be the lower half of a heading: several texts, no figure, and gaps."""
    told = [cell for cell in cells if cell.strip()]
    return 2 <= len(told) < len(cells) and not any(each.isdigit() for cell in told for each in cell)


def _merged(above: list[str], below: list[str], roles: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Name each column by both rows; an upper cell reaches over the empty ones beside it."""
    names, over = [], ""
    for upper, lower in zip_longest(above, below, fillvalue=""):
        over = upper.strip() or over
        if not (told := lower.strip()):
            names.append(upper)
            continue
        ways = [f"{over}{told}", f"{over} {told}", f"{over[:2]}{told}"]
        names.append(next((each for each in ways if role_of(each, roles)), told))
    return names


def has_day_and_figure(cells: Sequence[str], columns: Mapping[str, Sequence[int]]) -> bool:
    """Tell whether a row has a date in its column and a figure in one of money, as a payment has."""
    days, figures = columns.get("date", ()), [index for role in _FIGURES for index in columns.get(role, ())]
    is_dated = any(is_day(_at(cells, index)) for index in days)
    return is_dated and any(_FIGURE.match(_at(cells, index)) for index in figures)


def without_tail(rows: list[NumberedRow], columns: Mapping[str, Sequence[int]], width: int) -> list[NumberedRow]:
    """Leave out sums and remarks below the last line that has a date; what may be a line broken off is kept."""
    if "date" not in columns:
        return rows
    at = columns["date"][0]
    dated = [index for index, (_line, cells) in enumerate(rows) if _DATED.match(_at(cells, at))]
    end = dated[-1] + 1 if dated else len(rows)
    figures = [index for role in _FIGURES for index in columns.get(role, ())]
    return rows[:end] if end < len(rows) and _is_footer(rows[end][1], at, figures, width) else rows


def _is_footer(cells: list[str], at: int, figures: Sequence[int], width: int) -> bool:
    told = _at(cells, at)
    if len(cells) <= at:
        return any(_SUMS.search(cell) for cell in cells)
    if told[:1].isdigit():
        return False
    if any(_FIGURE.match(_at(cells, index)) for index in figures):
        return _SUMS.search(told) is not None
    return bool(told) or len(cells) >= width


def _at(cells: Sequence[str], index: int) -> str:
    return unicodedata.normalize("NFKC", unquoted(cells[index])) if index < len(cells) else ""
