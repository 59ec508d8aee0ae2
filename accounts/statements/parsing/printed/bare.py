"""A table without boxes: columns are where headings and figures stand, rows what gaps or rules set apart. Pure."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from accounts.statements.parsing.printed import grid
from accounts.statements.parsing.printed.grid import MOVED, PHRASE_GAPS, Phrase, Printed, PrintedRow, phrases
from accounts.statements.parsing.printed.pages import Line, Page, Rule, joined
from accounts.statements.parsing.refusals import refused

_HEADING_LINES: Final = 3
_NEXT_LINE: Final = 2.2  # in sizes of the letters: how far below the first the next line of a heading stands
_WRAPPED: Final = 1.6  # and of a cell
_APART: Final = 1.15  # how much wider than within rows the gaps between them are
_MOST: Final = 0.6  # of the columns
_RULED: Final = 0.5  # of the table's width: what is shorter underlines a word


class _Heading(NamedTuple):
    """The heading of a table: how many roles it names, its lines, and where each column's name stands."""

    named: int
    first: int
    height: int
    names: list[str]
    columns: list[Phrase]

    def of(self, *roles: str) -> list[Phrase]:
        """List where the columns of some roles are named."""
        named = zip(grid.roles_of(self.names), self.columns, strict=True)
        return [column for role, column in named if role in roles]

    def is_at(self, other: "_Heading") -> bool:
        """Tell whether both name the same columns at the same places."""
        return self.names == other.names and all(
            abs(one.left - two.left) <= MOVED and abs(one.right - two.right) <= MOVED
            for one, two in zip(self.columns, other.columns, strict=True)
        )


class _Block(NamedTuple):
    """The lines of the table on one page, below one heading."""

    page: Page
    lines: list[Line]


def read(pages: Sequence[Page]) -> Printed | None:
    """Read a table by its heading; none where there is no heading.

    :raises StatementRefused: where a word may be in two columns, a line in two rows, or a row is not whole.
    """
    heading, found, blocks = _split(pages)
    if heading is None:
        return None
    columns = _columns(heading, [line for block in blocks for line in block.lines])
    for page in pages:
        number = 0
        for block in blocks:
            if block.page is not page:
                continue
            for lines in _rows(block, heading, columns):
                cells = _cells(lines, columns)
                if not any(map(grid.is_figure_or_number, _money(heading.names, cells))):
                    raise refused("pdf_line_unclear", page=page.number, value=grid.text_of(lines[0]))
                number += 1
                row = PrintedRow(page.number, number, cells)
                grid.check_whole(heading.names, row)
                found.rows.append(row)
    return found


def _money(names: Sequence[str], cells: Sequence[Sequence[str]]) -> Iterator[str]:
    for role, cell in zip(grid.roles_of(names), cells, strict=True):
        if role in grid.MONEY:
            yield from cell


def _split(pages: Sequence[Page]) -> tuple[_Heading | None, Printed, list[_Block]]:
    """Tell the table's lines on each page from what stands above and below them."""
    heading: _Heading | None = None
    found = Printed([], [], [], [], [], is_drawn=False)
    blocks: list[_Block] = []
    before: list[Page] = []
    for page in pages:
        lines = [line for line in page.lines if not grid.is_page_number(line)]
        here = _headings(lines)
        if here and heading is None:
            heading = here[0]
            found = found._replace(names=heading.names)
        if heading is None:
            before.append(page)
            continue
        if any(not heading.is_at(each) for each in here):
            raise refused("pdf_tables_several", page=page.number)
        starts = [each.first for each in here]
        above = lines[: starts[0]] if starts else []
        grid.check_beside(page, above, is_above=True)
        if starts:
            found.heads.append([[each.text for each in phrases(line.words)] for line in above])
        ends = [*starts[1:], len(lines)]
        for start, end in zip([each.first + each.height for each in here] or [0], ends, strict=True):
            body = _body(page, lines[start:end], heading, found, is_headed=bool(here))
            blocks.append(_Block(page, body))
    for page in before if heading else ():
        grid.check_no_money(page, page.lines)
    return heading, found, blocks


def _headings(lines: Sequence[Line]) -> list[_Heading]:
    """Find the headings on a page; where lines can be joined in several ways, the one that names most."""
    found: list[_Heading] = []
    first = 0
    while first < len(lines):
        ways = [way for gap in PHRASE_GAPS for way in _heading_from(lines, first, gap)]
        best = max(ways, key=lambda way: (way.named, -way.height), default=None)
        later = [way for gap in PHRASE_GAPS for way in _heading_from(lines, first + 1, gap)]
        if best is None or any(way.named > best.named for way in later):
            first += 1
            continue
        while _translates(lines, best):
            best = best._replace(height=best.height + 1)
        found.append(best)
        first += best.height
    return found


def _translates(lines: Sequence[Line], heading: _Heading) -> bool:
    """Tell whether the line below a heading is its other language: a text below most of its names."""
    at = heading.first + heading.height
    if at == len(lines) or lines[at].y - lines[at - 1].y > _NEXT_LINE * lines[at].size:
        return False
    told = phrases(lines[at].words)
    if any(grid.is_figure_or_number(each.text) or grid.is_date(each.text) for each in told):
        return False
    over = [[n for n, column in enumerate(heading.columns) if column.overlaps(each)] for each in told]
    apart = {each[0] for each in over if len(each) == 1}
    return len(apart) == len(told) and len(apart) >= max(3, _MOST * len(heading.columns))


def _heading_from(lines: Sequence[Line], first: int, gap: float) -> Iterator[_Heading]:
    columns: list[tuple[Phrase, list[str]]] = []
    for height, line in enumerate(lines[first : first + _HEADING_LINES], start=1):
        told = phrases(line.words, gap)
        is_near = height == 1 or line.y - lines[first + height - 2].y <= _NEXT_LINE * line.size
        if not is_near or any(grid.is_figure_or_number(each.text) or grid.is_date(each.text) for each in told):
            return
        for phrase in told:
            over = [index for index, (place, _texts) in enumerate(columns) if place.overlaps(phrase)]
            if len(over) > 1:
                return
            if not over:
                columns.append((phrase, [phrase.text]))
                continue
            place, texts = columns[over[0]]
            place = Phrase("", min(place.left, phrase.left), max(place.right, phrase.right))
            columns[over[0]] = (place, [*texts, phrase.text])
        columns.sort(key=lambda each: each[0].left)
        if any(one.overlaps(other) for (one, _), (other, _) in pairwise(columns)):
            return
        names = grid.names_of([texts for _place, texts in columns])
        if count := grid.named(names):
            yield _Heading(count, first, height, names, [place for place, _texts in columns])


def _body(page: Page, lines: Sequence[Line], heading: _Heading, found: Printed, *, is_headed: bool) -> list[Line]:
    """Pick the lines of payments; sums go to what is told, and so does what stands above the first and below the last.

    Which is a payment's line tells a figure; lines near the first and the last one may belong to their rows.
    """
    kept = []
    for line in lines:
        if _is_told(line, heading):
            label = grid.text_of(line)
            found.told.append(label)
            found.sums.append({"label": label, **_sums(line, heading)})
        else:
            kept.append(line)
    strong = [index for index, line in enumerate(kept) if _has_figure(line, heading)]
    if not strong:
        _check_foot(page, kept, heading)
        found.told.extend(map(grid.text_of, kept))
        return []
    start, end = strong[0], strong[-1] + 1
    while start > 0 and _is_beside(kept[start - 1], kept[start], heading):
        start -= 1
    while end < len(kept) and _is_beside(kept[end], kept[end - 1], heading):
        end += 1
    if start > 0 and is_headed:
        raise refused("pdf_line_unclear", page=page.number, value=grid.text_of(kept[0]))
    beside = [*kept[:start], *kept[end:]]
    _check_foot(page, beside, heading)
    found.told.extend(map(grid.text_of, beside))
    return kept[start:end]


def _is_told(line: Line, heading: _Heading) -> bool:
    """Tell a line that sums up: it begins with such a word and has no day."""
    told = phrases(line.words)
    days = [each for each in told if grid.is_date(each.text) and _is_below(each, heading.of("date"))]
    return grid.is_sum(told[0].text) and not days


def _sums(line: Line, heading: _Heading) -> dict[str, str]:
    """Read what a line of sums says below headings of money."""
    return {
        role: phrase.text
        for phrase in phrases(line.words)
        for role in grid.MONEY
        if grid.is_figure(phrase.text) and _is_below(phrase, heading.of(role))
    }


def _has_figure(line: Line, heading: _Heading) -> bool:
    """Tell a line with an amount: with decimals anywhere, without them below a heading of money."""
    return any(
        grid.is_figure(each.text) or (grid.is_figure_or_number(each.text) and _is_below(each, heading.of(*grid.MONEY)))
        for each in phrases(line.words)
    )


def _is_below(phrase: Phrase, columns: Sequence[Phrase]) -> bool:
    return any(phrase.overlaps(column) for column in columns)


def _is_beside(line: Line, other: Line, heading: _Heading) -> bool:
    """Tell whether a line may belong to the row of another: it is near, and each of its parts below one heading."""
    if abs(line.y - other.y) > _WRAPPED * max(line.size, other.size):
        return False
    return all(sum(each.overlaps(column) for column in heading.columns) <= 1 for each in phrases(line.words))


def _check_foot(page: Page, lines: Sequence[Line], heading: _Heading) -> None:
    """Refuse a line beside the rows with a day below the heading of days, or an amount below one of money."""
    grid.check_beside(page, lines)
    for line in lines:
        told = phrases(line.words)
        is_unclear = any(
            (grid.is_date(each.text) and _is_below(each, heading.of("date")))
            or (grid.has_money(each.text) and _is_below(each, heading.of(*grid.MONEY)))
            for each in told
        )
        if is_unclear and not grid.is_sum(told[0].text):
            raise refused("pdf_line_unclear", page=page.number, value=grid.text_of(line))


def _columns(heading: _Heading, lines: Sequence[Line]) -> list[tuple[float, float]]:
    """Find from where to where each column's words go: what stands one above the other all through the table.

    A group of words belongs to the heading that it stands below. One that stands below none is of the only empty
    heading beside it.
    """
    groups = _groups(lines)
    held: list[list[Phrase]] = [[] for _each in heading.columns]
    loose = []
    for group in groups:
        over = [index for index, column in enumerate(heading.columns) if column.overlaps(group)]
        if len(over) > 1:
            first, second = heading.names[over[0]], heading.names[over[1]]
            raise refused("pdf_columns_unclear", first=first, second=second)
        if over:
            held[over[0]].append(group)
        else:
            loose.append(group)
    for group in loose:
        after = next((n for n, column in enumerate(heading.columns) if column.left > group.left), len(held))
        beside = [n for n in (after - 1, after) if 0 <= n < len(held) and not held[n]]
        if len(beside) != 1:
            first, second = heading.names[max(after - 1, 0)], heading.names[min(after, len(held) - 1)]
            raise refused("pdf_columns_unclear", first=first, second=second)
        held[beside[0]].append(group)
    return [
        (min(each.left for each in (column, *groups)), max(each.right for each in (column, *groups)))
        for column, groups in zip(heading.columns, held, strict=True)
    ]


def _groups(lines: Sequence[Line]) -> list[Phrase]:
    """Join all words of the table that stand one above the other, or nearer beside each other than words of a text."""
    found: list[Phrase] = []
    words = [word for line in lines for word in line.words]
    size = min((word.size for word in words), default=0)
    for word in sorted(words, key=lambda each: each.left):
        if found and word.left - found[-1].right <= PHRASE_GAPS[0] * size:
            found[-1] = found[-1]._replace(right=max(found[-1].right, word.right))
        else:
            found.append(Phrase("", word.left, word.right))
    return found


def _cells(lines: Sequence[Line], columns: Sequence[tuple[float, float]]) -> list[list[str]]:
    cells: list[list[str]] = [[] for _each in columns]
    for line in lines:
        for cell, (left, right) in zip(cells, columns, strict=True):
            if words := [word for word in line.words if left <= (word.left + word.right) / 2 <= right]:
                cell.append(joined(words))
    return cells


def _rows(block: _Block, heading: _Heading, columns: Sequence[tuple[float, float]]) -> Iterator[list[Line]]:
    """Set the rows of a page apart: by rules across the table, by wider gaps, or by lines that begin one."""
    width = columns[-1][1] - columns[0][0]
    rules = [rule for rule in block.page.across if rule.end - rule.start >= _RULED * width]
    for lines in _between(block.lines, rules):
        yield from _parted(lines, heading, columns, block.page.number)


def _between(lines: Sequence[Line], rules: Sequence[Rule]) -> Iterator[list[Line]]:
    part: list[Line] = []
    for line in lines:
        if part and any(part[-1].y < rule.at < line.y for rule in rules):
            yield part
            part = []
        part.append(line)
    if part:
        yield part


def _parted(
    lines: list[Line], heading: _Heading, columns: Sequence[tuple[float, float]], page: int
) -> Iterator[list[Line]]:
    wholes = [_wholeness(_cells([line], columns), heading.names) for line in lines]
    figures = [figure for _day, figure in wholes]
    if sum(figures) <= 1 or all(figures):
        yield from ([lines] if sum(figures) <= 1 else [[line] for line in lines])
        return
    gaps = [other.y - one.y for one, other in pairwise(lines)]
    found = [parts for gap in sorted({*gaps}) if (parts := _apart(lines, gaps, gap, wholes)) is not None]
    if not found and (parts := _begun(lines, wholes)) is not None:
        found = [parts]
    if not found:
        raise refused("pdf_rows_unclear", page=page, value=grid.text_of(lines[0]))
    yield from found[0]


def _apart(
    lines: Sequence[Line], gaps: Sequence[float], widest: float, wholes: Sequence[tuple[bool, bool]]
) -> list[list[Line]] | None:
    """Part rows at gaps wider than ``widest``, if each part is whole and no gap is nearly as wide."""
    if any(widest < gap <= widest * _APART for gap in gaps):
        return None
    parts, marks = [[lines[0]]], [[wholes[0]]]
    for gap, line, mark in zip(gaps, lines[1:], wholes[1:], strict=True):
        if gap > widest:
            parts.append([])
            marks.append([])
        parts[-1].append(line)
        marks[-1].append(mark)
    is_whole = all(any(day for day, _ in each) and sum(figure for _, figure in each) == 1 for each in marks)
    return parts if is_whole else None


def _begun(lines: Sequence[Line], wholes: Sequence[tuple[bool, bool]]) -> list[list[Line]] | None:
    """Part rows at the lines with a day and an amount, if the first has both and each next one is near."""
    if not all(wholes[0]) or any(day != figure for day, figure in wholes):
        return None
    parts: list[list[Line]] = []
    for line, (day, _figure) in zip(lines, wholes, strict=True):
        if day:
            parts.append([line])
        elif not 0.8 * line.size <= line.y - parts[-1][-1].y <= _WRAPPED * line.size:
            return None
        else:
            parts[-1].append(line)
    return None if _may_be_centered([len(part) - 1 for part in parts]) else parts


def _may_be_centered(below: Sequence[int]) -> bool:
    """Tell whether the lines below each first one may as well stand half above and half below the lines between."""
    above = 0
    for count in below:
        above = count - above  # as many stand below a line as above it
        if above < 0:
            return False
    return any(below) and above == 0


def _wholeness(cells: Sequence[Sequence[str]], names: Sequence[str]) -> tuple[bool, bool]:
    """Tell whether a line has a day, and whether it has an amount."""
    roles = grid.roles_of(names)
    day = any(role == "date" and any(map(grid.is_date, cell)) for role, cell in zip(roles, cells, strict=True))
    return day, any(map(grid.is_figure_or_number, _money(names, cells)))
