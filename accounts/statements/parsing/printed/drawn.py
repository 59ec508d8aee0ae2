"""A table whose cells are drawn as boxes: each word is in the box that holds it. Pure."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from accounts.statements.parsing.printed import grid
from accounts.statements.parsing.printed.grid import EDGE, MOVED, Printed, PrintedRow
from accounts.statements.parsing.printed.pages import Line, Page, Rule, Word, joined
from accounts.statements.parsing.refusals import refused

_WIDE: Final = 0.8  # of the widest: shorter rules underline a word


class _Band(NamedTuple):
    """What stands between two rules: where its columns begin and end, and the lines in each."""

    top: float
    bottom: float
    bounds: list[float]
    lines: list[Line]

    def cells(self, page: int) -> list[list[str]]:
        """Read the lines of each cell; a word across a rule is in none."""
        found: list[list[str]] = [[] for _each in self.bounds[1:]]
        for line in self.lines:
            parts: list[list[Word]] = [[] for _each in found]
            for word in line.words:
                middle = (word.left + word.right) / 2
                at = next((n for n, (a, b) in enumerate(pairwise(self.bounds)) if a <= middle < b), None)
                if at is None or word.left < self.bounds[at] - EDGE or word.right > self.bounds[at + 1] + EDGE:
                    raise refused("pdf_words_overlap", page=page, value=word.text)
                parts[at].append(word)
            for cell, words in zip(found, parts, strict=True):
                if words:
                    cell.append(joined(words))
        return found

    def is_like(self, other: "_Band") -> bool:
        """Tell whether both have the same columns."""
        return len(self.bounds) == len(other.bounds) and all(
            abs(one - two) <= MOVED for one, two in zip(self.bounds, other.bounds, strict=True)
        )


def read(pages: Sequence[Page]) -> Printed | None:
    """Read the table that is drawn; none where no heading is in boxes, or a box holds several rows.

    :raises StatementRefused: where a word is in no box, or a row is not whole.
    """
    heading, names = _heading(pages)
    if heading is None:
        return None
    found = Printed(names, [], [], [], [], is_drawn=True)
    for page in pages:
        bands = list(_bands(page))
        cells = [band.cells(page.number) if band.is_like(heading) else None for band in bands]
        is_named = [each is not None and grid.is_heading(each) and grid.names_of(each) == names for each in cells]
        first = is_named.index(True) if True in is_named else 0
        if True not in is_named and not found.heads:
            grid.check_no_money(page, page.lines)
            continue
        start = bands[first].top if bands else 0.0
        within = {id(line) for band in bands for line in band.lines}
        above = [line for line in page.lines if line.y < start]
        below = [line for line in page.lines if line.y >= start and id(line) not in within]
        grid.check_beside(page, above, is_above=True in is_named)
        _check_below(page, below, heading, names)
        if True in is_named:
            found.heads.append([[each.text for each in grid.phrases(line.words)] for line in above])
        found.told.extend(map(grid.text_of, below))
        boxed = zip(bands[first:], cells[first:], is_named[first:], strict=True)
        if not _take(page, [(band, row) for band, row, is_heading in boxed if band.lines and not is_heading], found):
            return None
    return found


def _take(page: Page, boxed: Sequence[tuple[_Band, list[list[str]] | None]], found: Printed) -> bool:
    """Take rows and sums from their boxes; hand back whether each box holds one row."""
    number = 0
    for band, row in boxed:
        told = "  ".join(grid.text_of(line) for line in band.lines)
        if row is None:
            grid.check_no_money(page, band.lines)
            found.told.append(told)
        elif grid.is_told(found.names, row):
            found.sums.append({"label": told, **grid.sums_of(found.names, row)})
            found.told.append(told)
        elif _holds_several(found.names, row):
            return False
        else:
            number += 1
            printed = PrintedRow(page.number, number, row)
            grid.check_whole(found.names, printed)
            found.rows.append(printed)
    return True


def _check_below(page: Page, lines: Sequence[Line], heading: _Band, names: Sequence[str]) -> None:
    """Refuse a line outside the boxes that may be a payment's: it has a figure below a heading of money."""
    grid.check_beside(page, lines)
    money = [
        column
        for role, column in zip(grid.roles_of(names), pairwise(heading.bounds), strict=True)
        if role in grid.MONEY
    ]
    for line in lines:
        told = grid.phrases(line.words)
        figures = [each for each in told if grid.has_money(each.text)]
        if any(each.left < b and a < each.right for each in figures for a, b in money) and not grid.is_sum(
            told[0].text
        ):
            raise refused("pdf_line_unclear", page=page.number, value=grid.text_of(line))


def _heading(pages: Sequence[Page]) -> tuple[_Band | None, list[str]]:
    for page in pages:
        for band in _bands(page):
            cells = _cells_or_none(band, page)
            if grid.is_heading(cells):
                return band, grid.names_of(cells)
    return None, []


def _cells_or_none(band: _Band, page: Page) -> list[list[str]]:
    words = [word for line in band.lines for word in line.words]
    is_clear = all(
        any(a - EDGE <= word.left and word.right <= b + EDGE for a, b in pairwise(band.bounds)) for word in words
    )
    return band.cells(page.number) if is_clear else []


def _holds_several(names: Sequence[str], cells: Sequence[Sequence[str]]) -> bool:
    """Tell whether a box holds several rows: more than one figure in one of its cells."""
    return any(
        role in grid.MONEY and len(cell) > 1 and sum(map(grid.is_figure, cell)) > 1
        for role, cell in zip(grid.roles_of(names), cells, strict=True)
    )


def _bands(page: Page) -> Iterator[_Band]:
    widest = max((rule.end - rule.start for rule in page.across), default=0.0)
    wide = [rule for rule in page.across if rule.end - rule.start >= _WIDE * widest]
    for above, below in pairwise(wide):
        bounds = _bounds(above, below, page.down)
        if len(bounds) > 2:
            lines = [line for line in page.lines if above.at < line.y <= below.at + EDGE / 2]
            yield _Band(above.at, below.at, bounds, lines)


def _bounds(above: Rule, below: Rule, down: Sequence[Rule]) -> list[float]:
    """Find where columns begin and end: at the rules that go from one line to the other."""
    found = [rule.at for rule in down if rule.start <= above.at + EDGE and rule.end >= below.at - EDGE]
    ends = (max(above.start, below.start), min(above.end, below.end))
    inner = [at for at in found if ends[0] + EDGE < at < ends[1] - EDGE]
    return [ends[0], *inner, ends[1]]
