"""Which months of the year, days of the week and parts of the month bring money and take it. Pure."""

import calendar
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

A_YEAR: Final = 12
FEWEST_WEEKS: Final = 8
PARTS: Final = ((1, 10), (11, 20), (21, 31))
Flows = tuple[float, float]  # in and out, both positive


@dataclass(frozen=True)
class Part:
    """A part of the year, week or month: how its average compares with the whole (1 is the average)."""

    number: int
    inflow: float
    outflow: float
    seen: int


@dataclass(frozen=True)
class Seasons:
    """The rhythm of the money; the year is empty where there is no more than a year, the rest where it is too short."""

    whole_months: int
    year: tuple[Part, ...]
    week: tuple[Part, ...]
    month: tuple[Part, ...]


def told(days: Mapping[date, Flows], *, first: date, last: date) -> Seasons:
    """Compare months, weekdays and parts of the month between two days; days that are missing had no money move."""
    months = list(_whole_months(first, last))
    year = _year(days, months) if len(months) > A_YEAR else ()
    calendar_days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    if len(calendar_days) < FEWEST_WEEKS * 7:
        return Seasons(len(months), (), (), ())
    week = [(day.weekday(), days.get(day, (0.0, 0.0))) for day in calendar_days]
    third = [(_third(day), days.get(day, (0.0, 0.0))) for day in calendar_days]
    return Seasons(len(months), year, _compared(week), _compared(third))


def _whole_months(first: date, last: date) -> Iterator[date]:
    month = first if first.day == 1 else _next(first)
    while _next(month) - timedelta(days=1) <= last:
        yield month
        month = _next(month)


def _next(day: date) -> date:
    return day.replace(day=1) + timedelta(days=calendar.monthrange(day.year, day.month)[1])


def _year(days: Mapping[date, Flows], months: Sequence[date]) -> tuple[Part, ...]:
    sums = {month: [0.0, 0.0] for month in months}
    for day, (inflow, outflow) in days.items():
        month = day.replace(day=1)
        if month in sums:
            sums[month][0] += inflow
            sums[month][1] += outflow
    return _compared([(month.month, (inflow, outflow)) for month, (inflow, outflow) in sums.items()])


def _compared(told: Sequence[tuple[int, Flows]]) -> tuple[Part, ...]:
    """Compare each part's average with the average of all parts."""
    sums: dict[int, list[float]] = {}
    for number, (inflow, outflow) in told:
        kept = sums.setdefault(number, [0.0, 0.0, 0.0])
        kept[0] += inflow
        kept[1] += outflow
        kept[2] += 1
    means = {number: (inflow / seen, outflow / seen, int(seen)) for number, (inflow, outflow, seen) in sums.items()}
    whole_in = sum(each[0] for each in means.values()) / len(means)
    whole_out = sum(each[1] for each in means.values()) / len(means)
    return tuple(
        Part(number, inflow / whole_in if whole_in else 0.0, outflow / whole_out if whole_out else 0.0, seen)
        for number, (inflow, outflow, seen) in sorted(means.items())
    )


def _third(day: date) -> int:
    return next(number for number, (_from, to) in enumerate(PARTS) if day.day <= to)
