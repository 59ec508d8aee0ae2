"""The rhythm of money as a page shows it: charts and a sentence for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel.dates import get_day_names, get_month_names
from django.utils.translation import gettext as _

from accounts.cashflow.seasons import PARTS, Part, Seasons
from portal.core import formats
from portal.core.charts import Chart


@dataclass(frozen=True)
class Rhythm:
    """One chart and what it says."""

    chart: Chart
    sentence: str


@dataclass(frozen=True)
class SeasonsPicture:
    """The year where there is more than one, the week and the month where there are some weeks."""

    year: Rhythm | None
    month: Rhythm | None
    week: Rhythm | None


def drawn(seasons: Seasons) -> SeasonsPicture:
    """Draw what is told."""
    months = get_month_names("abbreviated", context="stand-alone", locale=formats.locale())
    days = get_day_names("abbreviated", context="stand-alone", locale=formats.locale())
    full_months = get_month_names("wide", context="stand-alone", locale=formats.locale())
    full_days = get_day_names("wide", context="stand-alone", locale=formats.locale())
    thirds = [_("days %(first)s to %(last)s") % {"first": first, "last": last} for first, last in PARTS]
    return SeasonsPicture(
        year=_rhythm(_("Months of the year"), seasons.year, months, full_months),
        month=_rhythm(_("Parts of the month"), seasons.month, dict(enumerate(thirds)), dict(enumerate(thirds))),
        week=_rhythm(_("Days of the week"), seasons.week, days, full_days),
    )


def _rhythm(title: str, parts: Sequence[Part], short: Mapping[Any, str], full: Mapping[Any, str]) -> Rhythm | None:
    if not parts:
        return None
    chart = Chart(
        title,
        "percent",
        [str(short[part.number]) for part in parts],
        [(_("In"), [_index(part.inflow) for part in parts]), (_("Out"), [_index(part.outflow) for part in parts])],
    )
    return Rhythm(chart, _sentence(parts, full))


def _index(value: float) -> Decimal:
    return Decimal(str(round(value, 2)))


def _sentence(parts: Sequence[Part], full: Mapping[Any, str]) -> str:
    best = max(parts, key=lambda part: part.inflow)
    least = min(parts, key=lambda part: part.inflow)
    if not best.inflow:
        return _("No money came in.")
    words = {
        "best": full[best.number],
        "more": formats.percent(best.inflow - 1, 0),
        "least": full[least.number],
        "less": formats.percent(1 - least.inflow, 0),
    }
    if best.inflow - least.inflow < 0.1:
        return _("Money comes in evenly.")
    return _("Most comes in: %(best)s, %(more)s above the average. Least: %(least)s, %(less)s below it.") % words
