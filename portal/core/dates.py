"""Calendar arithmetic on business dates."""

import calendar
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays


class BusinessDayRule(StrEnum):
    """What happens to a due date that falls on a day the bank is closed."""

    NONE = "none"
    FOLLOWING = "following"
    MODIFIED_FOLLOWING = "modified_following"
    PRECEDING = "preceding"


def add_months(day: date, months: int) -> date:
    """Move a day by whole months; the day of month is kept or shortened to the month's last."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@lru_cache(maxsize=8)
def _holidays(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)


def is_business_day(day: date, country: str = "CN") -> bool:
    """Tell whether the bank is open: neither a weekend nor a public holiday, make-up workdays included."""
    return bool(_holidays(country).is_working_day(day))


def business_days(after: date, through: date, country: str = "CN") -> int:
    """Count the business days after one day through another."""
    return sum(is_business_day(after + timedelta(days=n + 1), country) for n in range((through - after).days))


def adjusted(day: date, rule: BusinessDayRule, country: str = "CN") -> date:
    """Move a day that is not a business day as the rule says."""
    if rule == BusinessDayRule.NONE:
        return day
    step = -1 if rule == BusinessDayRule.PRECEDING else 1
    moved = _nearest(day, step, country)
    if rule == BusinessDayRule.MODIFIED_FOLLOWING and moved.month != day.month:
        return _nearest(day, -1, country)
    return moved


def _nearest(day: date, step: int, country: str) -> date:
    while not is_business_day(day, country):
        day += timedelta(days=step)
    return day


@lru_cache(maxsize=32)
def spring_festivals(first_year: int, last_year: int) -> tuple[date, ...]:
    """Give the first day of Spring Festival in each of the years, as the holidays of China name it."""
    named = holidays.country_holidays("CN", years=range(first_year, last_year + 1), language="en_US")
    days: dict[int, date] = {}
    for day, name in sorted(named.items()):
        if "Spring Festival" in name and "observed" not in name and "substituted" not in name:
            days.setdefault(day.year, day)
    return tuple(days.values())
