"""A delimited file or a sheet as a table: which delimiter, and which cell is which."""

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from accounts.statements.parsing.headers import (
    BALANCES,
    INWARD,
    OUTWARD,
    SUMS,
    TOTALS,
    WEAK,
    currency_in,
    role_of,
    squeezed,
)
from accounts.statements.parsing.layout import (
    Heading,
    NumberedRow,
    Sheet,
    has_day_and_figure,
    headings,
    unquoted,
    without_tail,
)
from accounts.statements.parsing.questions import COLUMNS, FIRST_ROW, NOTHING_ANSWERED, ROWS_SHOWN, Answers, Question
from accounts.statements.parsing.refusals import StatementRefused, refused
from accounts.statements.parsing.statement import MAX_LINES

DELIMITERS: Final = (",", ";", "\t", "|")
MAX_COLUMNS: Final = 60
MAX_CELL: Final = 2_000
MAX_LINE: Final = 20_000
_ALONE: Final = frozenset({"total", "totals", "sum"})  # a firm may be called so
_PREAMBLE: Final = 30
_AFTER_QUOTE: Final = re.compile(r'(?<!")"\t+(?=[,;\n])')  # banks end cells with a tab, so that no sheet rounds them
_MINUS: Final = frozenset("-−－(（")  # as amounts bear it
_RULER: Final = re.compile(r"[-=_*—]{4,}")
_SURELY_SUM: Final = re.compile(
    r"(合计|总计|小计).*|.*(合计|总计|小计)|(totals?|sum) ((of|for|per) .*|((money|paid) )?(in|out)"
    r"|amount|balance|income|(credit|debit|deposit|withdrawal|payment|expense)s?( amount)?)"
)
_FIRST_MEANT: Final = {
    "date", "counterparty", "counterparty_number", "payer", "payee", "payer_number", "payee_number", "reference",
    "account", "holder", "status", "info", "currency",
}  # fmt: skip
_MERGED: Final = {"description", "kind"}  # several such columns are read as one text


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one line that have a role; ``line`` counts in the file, from one."""

    line: int
    cells: dict[str, str]

    def get(self, role: str) -> str:
        """Read a cell, empty where there is none."""
        return self.cells.get(role, "")


@dataclass(frozen=True, slots=True)
class Table:
    """The rows below the heading, the roles its columns have, what stood above, and the currency it names."""

    roles: frozenset[str]
    rows: list[Row]
    preamble: list[list[str]]
    currency: str = ""


def read(
    text: str,
    roles: dict[str, tuple[str, ...]],
    *,
    needed: tuple[frozenset[str], ...],
    headless: str,
    answers: Answers = NOTHING_ANSWERED,
    totals: bool = True,
) -> Table:
    """Read a table whose heading has all roles of one of the ``needed`` sets; else it is refused as ``headless``.

    :param totals: rows that begin with a word for a sum are left out.
    :raises StatementRefused: when no row names the columns, two name the same, or a row is absurd; where only the names
        of the columns are strange, with a question.
    """
    _check_lines(text)
    text = _AFTER_QUOTE.sub('"', text)
    start = "".join(line for _number, line in zip(range(4 * _PREAMBLE), io.StringIO(text), strict=False))
    if answers.columns:
        return _answered(_lines(text, likely_delimiter(start)), answers.columns)
    found = _heading(start, roles, needed)
    if found is None:
        first = [(line, cells) for line, cells in _first_rows(start, likely_delimiter(start)) if any(cells)]
        raise _no_heading(first, roles, headless)
    delimiter, heading = found
    return _table(_lines(text, delimiter), heading, roles, totals=totals)


def of_sheets(
    sheets: Mapping[str, Sheet],
    roles: dict[str, tuple[str, ...]],
    *,
    needed: tuple[frozenset[str], ...],
    headless: str,
    answers: Answers = NOTHING_ANSWERED,
    totals: bool = True,
) -> Table:
    """Read the table in a workbook's sheets, whose rows are known already; short rows are filled up.

    :raises StatementRefused: as ``read``; ``workbook_sheets_several`` where more than one sheet has a heading; what is
        wrong with the sheet that has one, or with any where none has.
    """
    filled = {name: sheet.rows for name, sheet in sheets.items() if sheet.rows}
    found = {
        name: heading
        for name, rows in filled.items()
        if (heading := max(headings([cells for _line, cells in rows[:_PREAMBLE]], roles, needed), default=None))
    }
    if len(found) > 1:
        first, second = [*found][:2]
        raise refused("workbook_sheets_several", first=first, second=second)
    for meant in found or sheets:
        if (wrong := sheets[meant].refusal) is not None:
            raise wrong
    name = next(iter(found), "") or max(filled, key=lambda each: len(filled[each]), default="")
    rows = filled.get(name, [])
    if answers.columns:
        return _answered(_filled(rows), answers.columns)
    if not found:
        raise _no_heading(rows[:_PREAMBLE], roles, headless)
    above = [(line, cells) for line, cells in sheets[name].above[-_PREAMBLE:] if len(cells) <= MAX_COLUMNS]
    heading = found[name]._replace(before=found[name].before - len(above))
    return _table(_filled([*above, *rows]), heading, roles, totals=totals)


@contextmanager
def unless(code: str, roles: Mapping[str, tuple[str, ...]], needed: tuple[frozenset[str], ...]) -> Iterator[None]:
    """Refuse a table of another kind, whose heading has all roles of a ``needed`` set, instead of asking about it."""
    try:
        yield
    except StatementRefused as why:
        if why.question and any(headings([[*cells] for _line, cells in why.question.rows], roles, needed)):
            raise refused(code) from None
        raise


def _no_heading(first: Sequence[NumberedRow], roles: Mapping[str, tuple[str, ...]], headless: str) -> StatementRefused:
    """Refuse what is no table; ask about one whose columns have strange names."""
    widths = Counter(len(cells) for _line, cells in first if 2 <= len(cells) <= MAX_COLUMNS)
    if max(widths.values(), default=0) < 2:
        return refused(headless)
    guesses = [
        {role: index for index, cell in enumerate(cells) if (role := role_of(cell, roles))} for _, cells in first
    ]
    best = max(range(len(first)), key=lambda index: (len(guesses[index]), -index))
    width = max(widths)
    shown = [(line, tuple(cell.strip()[:60] for cell in cells)) for line, cells in first if len(cells) <= width]
    guessed = guesses[best]
    if guessed and best + 1 < len(first):
        guessed = {**guessed, FIRST_ROW: first[best + 1][0]}
    question = Question(COLUMNS, rows=tuple(shown[: ROWS_SHOWN + best]), guessed=guessed)
    return refused(headless, question=question)


def _answered(lines: Iterator[NumberedRow], told: Mapping[str, int]) -> Table:
    """Read a table whose columns somebody named."""
    first = told.get(FIRST_ROW, 1)
    columns = {role: [index] for role, index in told.items() if role != FIRST_ROW}
    preamble, rows = [], []
    for line, cells in lines:
        if line < first:
            preamble.append(cells)
        elif _is_row(line, cells, columns, width=2, totals=True):
            rows.append(Row(line, _picked(line, cells, columns)))
    return _finished(columns, rows, preamble[:_PREAMBLE])


def _filled(rows: list[NumberedRow]) -> Iterator[NumberedRow]:
    width = max(len(cells) for _line, cells in rows)
    for line, cells in rows:
        _check_shape(line, cells)
        yield line, cells + [""] * (width - len(cells))


def _table(lines: Iterator[NumberedRow], heading: Heading, roles: dict[str, tuple[str, ...]], *, totals: bool) -> Table:
    preamble = [cells for _line, cells in (next(lines) for _ in range(-heading.before))]
    named = [next(lines)[1] for _ in range(heading.height)]
    names = heading.names
    columns = _columns(names, roles)
    lines = _above_ruler(_without_page_breaks(lines, named), columns, len(names))
    told = [each for each in lines if _is_row(*each, columns, width=len(names), totals=totals)]
    if totals:
        told = without_tail(told, columns, len(names))
    if "amount" in columns and not columns.keys() & {"direction", "kind"}:
        taken = {index for role in columns.values() for index in role}
        if (ways := _ways([cells for _line, cells in told], taken=taken, amounts=columns["amount"])) is not None:
            columns["direction"] = [ways]
    rows = [Row(line, _picked(line, cells, columns)) for line, cells in told]
    currencies = {currency_in(names[index]) for role in columns for index in columns[role]} - {""}
    return replace(_finished(columns, rows, preamble), currency=currencies.pop() if len(currencies) == 1 else "")


def _finished(columns: dict[str, list[int]], rows: list[Row], preamble: list[list[str]]) -> Table:
    if not rows:
        raise refused("table_no_rows")
    if len(rows) > MAX_LINES:
        raise refused("statement_too_long", most=MAX_LINES)
    return Table(frozenset(columns), rows, preamble)


def _check_lines(text: str) -> None:
    for number, line in enumerate(io.StringIO(text), start=1):
        if len(line) > MAX_LINE:
            raise refused("table_cell_too_long", line=number, most=MAX_LINE)


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    before = 0
    try:
        for cells in reader:
            _check_shape(before + 1, cells)
            yield before + 1, cells
            before = reader.line_num
    except csv.Error:
        raise refused("table_broken", line=before + 1) from None


def _check_shape(line: int, cells: list[str]) -> None:
    if len(cells) > MAX_COLUMNS:
        raise refused("table_too_wide", line=line, found=len(cells), most=MAX_COLUMNS)
    if any(len(cell) > MAX_CELL for cell in cells):
        raise refused("table_cell_too_long", line=line, most=MAX_CELL)


def _heading(
    start: str, roles: dict[str, tuple[str, ...]], needed: tuple[frozenset[str], ...]
) -> tuple[str, Heading] | None:
    """Find the delimiter and the rows that name the most columns."""
    found = []
    for delimiter in DELIMITERS:
        rows = [cells for _line, cells in _first_rows(start, delimiter)]
        found += [(heading, delimiter) for heading in headings(rows, roles, needed)]
    if not found:
        return None
    heading, delimiter = max(found)
    return delimiter, heading


def likely_delimiter(start: str) -> str:
    """Tell which delimiter gives the most rows of one width, where no heading tells it."""

    def alike(delimiter: str) -> tuple[int, int]:
        widths = Counter(len(cells) for _line, cells in _first_rows(start, delimiter) if len(cells) > 1)
        return max(((count, width) for width, count in widths.items()), default=(0, 0))

    return max(DELIMITERS, key=alike)


def _first_rows(start: str, delimiter: str) -> list[NumberedRow]:
    """Read leniently: another delimiter's quotes are no fault of the file."""
    reader = csv.reader(io.StringIO(start), delimiter=delimiter)
    rows, before = [], 0
    try:
        for _index, cells in zip(range(_PREAMBLE), reader, strict=False):
            rows.append((before + 1, cells))
            before = reader.line_num
    except csv.Error:
        pass
    return rows


def _columns(names: list[str], roles: dict[str, tuple[str, ...]]) -> dict[str, list[int]]:
    columns: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        role = role_of(name, roles)
        if role is None:
            continue
        if role in columns and role not in _MERGED:
            first = names[columns[role][0]]
            if role == "currency" and "amount" in columns and index == columns["amount"][0] + 1:
                columns[role] = [index]  # another one stands beside the balance
                continue
            if squeezed(first) in WEAK:
                columns[role] = [index]
                continue
            if role in _FIRST_MEANT and squeezed(first) != squeezed(name):
                continue  # the first column is the one meant: booking date before value date
            raise refused("table_column_twice", first=first.strip(), second=name.strip())
        columns.setdefault(role, []).append(index)
    return columns


def _ways(rows: Sequence[list[str]], *, taken: Collection[int], amounts: Sequence[int]) -> int | None:
    """Find the column that says of every row whether money came in or went out, whatever it is called.

    Where amounts bear signs, it says the same as they do, or it is about something else.
    """
    signed = [any(_MINUS & {*cells[at]} for at in amounts if at < len(cells)) for cells in rows]
    for index in range(max(map(len, rows), default=0)):
        if index in taken:
            continue
        told = [squeezed(cells[index]) or cells[index].strip() if index < len(cells) else "" for cells in rows]
        words = {*told}
        if not (words & INWARD and words & OUTWARD and words <= INWARD | OUTWARD):
            continue
        if not any(signed) or signed == [word in OUTWARD for word in told]:
            return index
    return None


def _is_row(line: int, cells: list[str], columns: Mapping[str, Sequence[int]], *, width: int, totals: bool) -> bool:
    """Tell a row from an empty one, a sum, a balance, and a remark: a text alone, which the file did not break off."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled or not totals:
        return bool(filled)
    if len(filled) == 1 and not filled[0][0].isdigit() and (len(cells) >= width or not filled[0][0].isalpha()):
        return False
    return squeezed(filled[0]) not in BALANCES and not _is_sum(line, filled[0], cells, columns)


def _is_sum(line: int, first: str, cells: list[str], columns: Mapping[str, Sequence[int]]) -> bool:
    """Tell a sum by its first cell; with a day and a figure, "Total Energies" is a payee, and "Total" may be one."""
    told = squeezed(first)
    if not (f"{told} ".startswith(TOTALS) or told.endswith(SUMS)):
        return False
    if _SURELY_SUM.fullmatch(told) or not has_day_and_figure(cells, columns):
        return True
    if told in _ALONE:
        raise refused("table_sum_unclear", line=line, value=first)
    return False


def _above_ruler(
    lines: Iterator[NumberedRow], columns: Mapping[str, Sequence[int]], width: int
) -> Iterator[NumberedRow]:
    """Leave out sums and remarks below a line of dashes; what is as wide as the heading, or a payment, is a row."""
    ended = False
    for line, cells in lines:
        filled = [cell.strip() for cell in cells if cell.strip()]
        ended = ended or (len(filled) == 1 and _RULER.fullmatch(filled[0]) is not None)
        if not ended or len(cells) >= width or has_day_and_figure(cells, columns):
            yield line, cells


def _without_page_breaks(lines: Iterator[NumberedRow], heading: list[list[str]]) -> Iterator[NumberedRow]:
    """Leave out the heading where a new page repeats it, and the text alone above it: which page it is."""
    alone: list[NumberedRow] = []
    for line, cells in lines:
        if cells in heading:
            alone = []
            continue
        yield from alone
        is_alone = sum(bool(cell.strip()) for cell in cells) == 1
        alone = [(line, cells)] if is_alone else []
        if not is_alone:
            yield line, cells
    yield from alone


def _told(cell: str) -> str:
    """Take dashes, which stand where there is nothing to say, for nothing; a single one may be a sign."""
    told = unquoted(cell)
    return "" if len(told) > 1 and not told.strip("-") else told


def _picked(line: int, cells: list[str], columns: dict[str, list[int]]) -> dict[str, str]:
    if len(cells) <= max(index for role in columns for index in columns[role] if role not in _MERGED):
        raise refused("table_row_short", line=line)
    return {
        role: " ".join(
            told
            for index in indexes
            if index < len(cells) and (told := _told(cells[index])) and (told != "/" or role not in _MERGED)
        )
        for role, indexes in columns.items()
    }
