"""A crop calendar as a table: read from CSV, checked, and looked up by region. Pure.

    region,crop,name_en,name_zh_hans,sowing_months,harvest_months,yield_kg_per_mu,price_per_kg
    33,tea,Tea (made leaf),茶叶（干茶）,,3 4 5,50,130

A region is a division code of two (province), four (prefecture) or six (county) digits, or "*" for everywhere; the
nearest one counts. Months are 1 to 12 in the order of the season, so that a harvest may run from 11 over 12 to 1.
Yields are kilograms a mu (15 mu are a hectare), prices the bank's currency a kilogram at the farm gate.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from portal.core.coded import Coded

EVERYWHERE: Final = "*"
MU_A_HECTARE: Final = 15
COLUMNS: Final = (
    "region", "crop", "name_en", "name_zh_hans", "sowing_months", "harvest_months", "yield_kg_per_mu", "price_per_kg",
)  # fmt: skip
_REGION: Final = re.compile(r"\*|\d{2}|\d{4}|\d{6}")
_CROP: Final = re.compile(r"[a-z][a-z-]{0,29}")


class CalendarRefused(Coded):
    """A calendar that cannot be used; `code` says why, `params` name the line."""


@dataclass(frozen=True, slots=True)
class CropYield:
    """What a crop usually brings in a region, and when."""

    region: str
    crop: str
    name_en: str
    name_zh_hans: str
    sowing_months: tuple[int, ...]
    harvest_months: tuple[int, ...]
    yield_kg_per_mu: Decimal
    price_per_kg: Decimal

    @property
    def income_per_mu(self) -> Decimal:
        """Tell what a mu usually brings, before costs."""
        return self.yield_kg_per_mu * self.price_per_kg


def read(text: str) -> list[CropYield]:
    """Read a calendar from CSV.

    :raises CalendarRefused: when a column is missing, a line is wrong, or a crop is told twice for a region.
    """
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\N{ZERO WIDTH NO-BREAK SPACE}"))))
    if not rows or not set(COLUMNS) <= set(rows[0]):
        raise CalendarRefused("crop_columns_missing", columns=", ".join(COLUMNS))
    told = [_row(row, line) for line, row in enumerate(rows, start=2)]
    seen: set[tuple[str, str]] = set()
    for line, each in enumerate(told, start=2):
        if (each.region, each.crop) in seen:
            raise CalendarRefused("crop_told_twice", line=line)
        seen.add((each.region, each.crop))
    return told


def write(rows: Iterable[CropYield]) -> str:
    """Write a calendar as CSV, as ``read`` reads it."""
    told = io.StringIO()
    writer = csv.writer(told)
    writer.writerow(COLUMNS)
    for row in rows:
        sown, harvested = (_spaced(months) for months in (row.sowing_months, row.harvest_months))
        names = (row.region, row.crop, row.name_en, row.name_zh_hans)
        writer.writerow([*names, sown, harvested, row.yield_kg_per_mu, row.price_per_kg])
    return told.getvalue()


def _spaced(months: Iterable[int]) -> str:
    return " ".join(str(month) for month in months)


def _row(row: Mapping[str, str], line: int) -> CropYield:
    found = CropYield(
        region=_text(row, "region"),
        crop=_text(row, "crop"),
        name_en=_text(row, "name_en"),
        name_zh_hans=_text(row, "name_zh_hans"),
        sowing_months=_months(row, "sowing_months", line),
        harvest_months=_months(row, "harvest_months", line),
        yield_kg_per_mu=_figure(row, "yield_kg_per_mu", line),
        price_per_kg=_figure(row, "price_per_kg", line),
    )
    for name, is_right in (
        ("region", _REGION.fullmatch(found.region)),
        ("crop", _CROP.fullmatch(found.crop)),
        ("name_en", 0 < len(found.name_en) <= 80),
        ("name_zh_hans", 0 < len(found.name_zh_hans) <= 80),
        ("harvest_months", found.harvest_months),
    ):
        if not is_right:
            raise CalendarRefused("crop_line_wrong", line=line, column=name)
    return found


def _text(row: Mapping[str, str], name: str) -> str:
    return (row[name] or "").strip()


def _months(row: Mapping[str, str], name: str, line: int) -> tuple[int, ...]:
    parts = _text(row, name).split()
    if not all(part.isdigit() and 1 <= int(part) <= 12 for part in parts) or len(set(parts)) != len(parts):
        raise CalendarRefused("crop_line_wrong", line=line, column=name)
    return tuple(int(part) for part in parts)


def _figure(row: Mapping[str, str], name: str, line: int) -> Decimal:
    try:
        figure = Decimal(_text(row, name))
    except InvalidOperation as error:
        raise CalendarRefused("crop_line_wrong", line=line, column=name) from error
    if not figure.is_finite() or not 0 < figure < 1_000_000 or figure != round(figure, 2):
        raise CalendarRefused("crop_line_wrong", line=line, column=name)
    return figure


def lineage(region: str) -> list[str]:
    """Name a county's code and those of what it lies in, the nearest first: 330523, 3305, 33, *."""
    return [*(region[:length] for length in (6, 4, 2) if len(region) >= length), EVERYWHERE]


def nearest(rows: Iterable[CropYield], region: str) -> dict[str, CropYield]:
    """Choose for each crop the row of the nearest region."""
    rank = {code: place for place, code in enumerate(lineage(region))}
    chosen: dict[str, CropYield] = {}
    for each in rows:
        held = chosen.get(each.crop)
        if each.region in rank and (held is None or rank[each.region] < rank[held.region]):
            chosen[each.crop] = each
    return chosen
