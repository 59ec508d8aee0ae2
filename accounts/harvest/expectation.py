"""What the plots of an enterprise may be expected to bring, month by month. Pure.

    income of a plot = area (mu) * usual yield (kg a mu) * price a kg

It arrives in equal parts in the months of the crop's harvest, from the month in which this plot's harvest begins to the
end of the season. The prudent figure is a share of the usual one: a bad year, or a bad price.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Final

from accounts.harvest.calendars import CropYield
from portal.core.dates import add_months

ZERO: Final = Decimal(0)
CENT: Final = Decimal("0.01")
A_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Plot:
    """What is planted: area in mu, the first day of the month in which its harvest begins, when told, whether seen."""

    crop: str
    area_mu: Decimal
    harvest_from: date
    told_on: date
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """What a month is expected to bring: usually, prudently, and prudently from what an officer has seen."""

    first_day: date
    usual: Decimal
    prudent: Decimal
    confirmed: Decimal


def harvest_months(grown: CropYield, harvest_from: date) -> list[date]:
    """List the months of a harvest that begins in a month, to the end of the season, by their first days."""
    begins = harvest_from.replace(day=1)
    if len(grown.harvest_months) == A_YEAR:
        return [add_months(begins, step) for step in range(A_YEAR)]
    place = grown.harvest_months.index(begins.month)
    days = [begins]
    for month in grown.harvest_months[place + 1 :]:
        days.append(add_months(days[-1], (month - days[-1].month) % 12))
    return days


def _ran_already(plot: Plot, grown: CropYield) -> bool:
    """Tell whether the season was already running when the plot was told, so that some of it was sold by then."""
    if len(grown.harvest_months) == A_YEAR:
        return False
    season = add_months(plot.harvest_from, -((plot.harvest_from.month - grown.harvest_months[0]) % 12))
    return season < plot.told_on.replace(day=1)


def next_harvests(grown: CropYield, on: date) -> list[date]:
    """List the months of a crop's harvest in the twelve months that begin with this one, by their first days."""
    days = (add_months(on.replace(day=1), step) for step in range(A_YEAR))
    return [day for day in days if day.month in grown.harvest_months]


def income(plot: Plot, grown: CropYield) -> Decimal:
    """Tell what a plot usually brings, to the cent."""
    return (plot.area_mu * grown.income_per_mu).quantize(CENT)


def by_month(plot: Plot, grown: CropYield) -> dict[date, Decimal]:
    """Spread a plot's income over the months of its harvest; the last one takes the remainder.

    Where the season was already running when the plot was told, the parts of the months before are gone.
    """
    days = harvest_months(grown, plot.harvest_from)
    parts = len(grown.harvest_months) if _ran_already(plot, grown) else len(days)
    whole = income(plot, grown)
    part = (whole / parts).quantize(CENT, rounding=ROUND_DOWN)
    amounts = [part] * (parts - 1) + [whole - part * (parts - 1)]
    assert sum(amounts) == whole
    return dict(zip(days, amounts[-len(days) :], strict=True))


def expected(plots: Iterable[Plot], grown: Mapping[str, CropYield], *, prudent_share: Decimal, on: date) -> list[Month]:
    """Tell what twelve months from this one on are expected to bring; crops without a calendar bring nothing."""
    begins = on.replace(day=1)
    days = [add_months(begins, step) for step in range(A_YEAR)]
    usual, confirmed = dict.fromkeys(days, ZERO), dict.fromkeys(days, ZERO)
    for plot in plots:
        if plot.crop not in grown or plot.harvest_from.month not in grown[plot.crop].harvest_months:
            continue
        for day, amount in by_month(plot, grown[plot.crop]).items():
            if day in usual:
                usual[day] += amount
                confirmed[day] += amount if plot.is_confirmed else ZERO
    return [
        Month(day, usual[day], _prudent(usual[day], prudent_share), _prudent(confirmed[day], prudent_share))
        for day in days
    ]


def _prudent(amount: Decimal, share: Decimal) -> Decimal:
    return (amount * share).quantize(CENT, rounding=ROUND_DOWN)


def total(months: Sequence[Month], name: str) -> Decimal:
    """Add up one of a month's figures: usual, prudent or confirmed."""
    return sum((getattr(month, name) for month in months), ZERO)
