"""Sections as lines for a terminal."""

from collections.abc import Iterable
from typing import Any

from lending.portfolio.sections import Section, Table
from portal.core import formats
from portal.core.charts import Chart


def as_text(sections: Iterable[Section]) -> Iterable[str]:
    """Write sections as lines for a terminal."""
    for section in sections:
        yield f"\n{section.title}"
        yield "=" * len(section.title)
        for figure in section.figures:
            yield f"  {figure.label}: {figure.value}" + (f" ({figure.note})" if figure.note else "")
        charted = [table for chart in section.bars for table in [_charted(chart)]]
        for table in section.tables or charted:
            yield from _lines(table)


def _charted(chart: Chart) -> Table:
    columns = ("", *(name for name, _values in chart.series))
    rows = [
        (str(label), *(_cell(values[place], chart.unit) for _name, values in chart.series))
        for place, label in enumerate(chart.labels)
    ]
    return Table(chart.title, columns, rows)


def _cell(value: Any, unit: str) -> str:
    return formats.percent(value, 1) if unit == "percent" else formats.number(value)


def _lines(table: Table) -> Iterable[str]:
    grid = [table.columns, *table.rows]
    widths = [max(len(row[place]) for row in grid) for place in range(len(table.columns))]
    yield f"\n  {table.caption}"
    for row in grid:
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        yield "  " + "  ".join([row[0].ljust(widths[0]), *cells]).rstrip()
