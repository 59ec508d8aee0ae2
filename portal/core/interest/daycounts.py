"""Day counts: how long a period is, in years, by the convention the contract names."""

import calendar
from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

from portal.core.dates import add_months


class DayCount(StrEnum):
    """The convention that turns two dates into a fraction of a year."""

    ACT_365F = "act_365f"
    ACT_360 = "act_360"
    ACT_364 = "act_364"
    NL_365 = "nl_365"
    ACT_ACT_ISDA = "act_act_isda"
    ACT_ACT_CLOSING = "act_act_closing"
    THIRTY_360_US = "30_360_us"
    THIRTY_360_BOND = "30_360_bond"
    THIRTY_E_360 = "30e_360"
    THIRTY_E_360_ISDA = "30e_360_isda"
    THIRTY_360_MONTHS = "30_360_months"


def year_fraction(day_count: DayCount, start: date, end: date, *, maturity: date | None = None) -> Fraction:
    """Measure the time from ``start`` (excluded) to ``end`` (included) in years, exactly.

    ``maturity`` matters to 30E/360 ISDA alone: the last day of February is not lengthened when the contract ends on it.

    Sources: 2006 ISDA Definitions 4.16 (b) ACT/ACT ISDA, (d) ACT/365 fixed, (e) ACT/360, (f) 30/360 bond basis, (g)
    30E/360, (h) 30E/360 ISDA; the SIFMA (NASD) rules for 30/360 US, which also lengthen the ends of February;
    ACT/ACT closing splits years as ISDA's does, but gives each day to the year in which it ends (from 12 December
    to 12 January: 19 days of the old year and 12 of the new, where ISDA counts 20 and 11); ACT/364 counts 52 weeks
    to a year, NL/365 leaves out 29 February. 30/360 by months counts each whole month from ``start`` as 1/12 and
    the odd days as a part of the month they fall in, so that all months cost the same.

    :raises ValueError: when ``end`` lies before ``start``.
    """
    if end < start:
        raise ValueError(f"a period cannot end on {end}, before it starts on {start}")
    if day_count == DayCount.THIRTY_E_360_ISDA:
        return Fraction(_thirty_days_isda(start, end, maturity), 360)
    return _FRACTIONS[day_count](start, end)


def days_between(day_count: DayCount, start: date, end: date) -> int:
    """Count the days from ``start`` to ``end`` as the convention sees them; calendar days unless every month has 30."""
    counted = _THIRTY_DAYS.get(day_count)
    if counted is not None:
        return counted(start, end)
    if day_count == DayCount.NL_365:
        return (end - start).days - _leap_days(start, end)
    return (end - start).days


def _actual(basis: int) -> Callable[[date, date], Fraction]:
    return lambda start, end: Fraction((end - start).days, basis)


def _no_leap(start: date, end: date) -> Fraction:
    return Fraction(days_between(DayCount.NL_365, start, end), 365)


def _leap_days(start: date, end: date) -> int:
    leaps = (date(year, 2, 29) for year in range(start.year, end.year + 1) if calendar.isleap(year))
    return sum(start < day <= end for day in leaps)


def _actual_actual_closing(start: date, end: date) -> Fraction:
    return _actual_actual_isda(start + timedelta(days=1), end + timedelta(days=1))


def _actual_actual_isda(start: date, end: date) -> Fraction:
    if start.year == end.year:
        return Fraction((end - start).days, _length(start.year))
    head = Fraction((date(start.year + 1, 1, 1) - start).days, _length(start.year))
    tail = Fraction((end - date(end.year, 1, 1)).days, _length(end.year))
    return head + (end.year - start.year - 1) + tail


def _length(year: int) -> int:
    return 366 if calendar.isleap(year) else 365


def _thirty(start: date, end: date, first: int, last: int) -> int:
    return 360 * (end.year - start.year) + 30 * (end.month - start.month) + last - first


def _thirty_days_bond(start: date, end: date) -> int:
    first = min(start.day, 30)
    last = 30 if end.day == 31 and first == 30 else end.day
    return _thirty(start, end, first, last)


def _thirty_days_us(start: date, end: date) -> int:
    first, last = start.day, end.day
    if _ends_february(start):
        last = 30 if _ends_february(end) else last
        first = 30
    if last == 31 and first >= 30:
        last = 30
    return _thirty(start, end, min(first, 30), last)


def _thirty_days_european(start: date, end: date) -> int:
    return _thirty(start, end, min(start.day, 30), min(end.day, 30))


def _thirty_days_isda(start: date, end: date, maturity: date | None = None) -> int:
    first = 30 if _ends_february(start) else min(start.day, 30)
    last = 30 if _ends_february(end) and end != maturity else min(end.day, 30)
    return _thirty(start, end, first, last)


def _ends_february(day: date) -> bool:
    return day.month == 2 and day.day == calendar.monthrange(day.year, 2)[1]


def _by_months(start: date, end: date) -> Fraction:
    months = (end.year - start.year) * 12 + end.month - start.month
    if add_months(start, months) > end:
        months -= 1
    since, until = add_months(start, months), add_months(start, months + 1)
    return (months + Fraction((end - since).days, (until - since).days)) / 12


_THIRTY_DAYS: Final[dict[DayCount, Callable[[date, date], int]]] = {
    DayCount.THIRTY_360_US: _thirty_days_us,
    DayCount.THIRTY_360_BOND: _thirty_days_bond,
    DayCount.THIRTY_E_360: _thirty_days_european,
    DayCount.THIRTY_E_360_ISDA: _thirty_days_isda,
}


def _of_360(days: Callable[[date, date], int]) -> Callable[[date, date], Fraction]:
    # From 30 to 31 January a 30-day month sees no day at all, and from 28 February to 1 March three.
    return lambda start, end: Fraction(max(days(start, end), 0), 360)


_FRACTIONS: Final[dict[DayCount, Callable[[date, date], Fraction]]] = {
    DayCount.ACT_365F: _actual(365),
    DayCount.ACT_360: _actual(360),
    DayCount.ACT_364: _actual(364),
    DayCount.NL_365: _no_leap,
    DayCount.ACT_ACT_ISDA: _actual_actual_isda,
    DayCount.ACT_ACT_CLOSING: _actual_actual_closing,
    DayCount.THIRTY_360_MONTHS: _by_months,
    **{day_count: _of_360(days) for day_count, days in _THIRTY_DAYS.items()},
}
