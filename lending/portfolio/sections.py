"""What a page about the book is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import ngettext

from portal.core import formats
from portal.core.charts import Chart

Row = tuple[str, ...]


def loans(number: int) -> str:
    """Say how many loans."""
    return ngettext("%(n)s loan", "%(n)s loans", number) % {"n": formats.number(number)}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with its name; the tone is that of a badge, or empty."""

    label: str
    value: str
    note: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; the first cell of a row is its name."""

    caption: str
    columns: Row
    rows: Sequence[Row]
    is_folded: bool = False  # only its caption shows until somebody asks for it

    @property
    def named_rows(self) -> list[list[tuple[str, str]]]:
        """Each cell with its column, which stands beside it on a phone."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page."""

    title: str
    text: str = ""
    figures: list[Figure] = field(default_factory=list)
    bars: list[Chart] = field(default_factory=list)
    lines: list[Chart] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
