"""Periods: when installments fall due, and how much interest a unit of balance earns until then."""

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from portal.core import dates
from portal.core.interest.daycounts import DayCount, year_fraction
from portal.core.interest.terms import FrequencyUnit, InterestMethod, InterestPeriod, MonthEnd, Terms, TermsRefused

Adjust = Callable[[date], date]


@dataclass(frozen=True, slots=True)
class Period:
    """The time up to one due date: from ``start`` (excluded) to ``due`` (included).

    ``growth`` is the interest that one unit of balance earns in the period, counted from ``bears_from`` (later than
    ``start`` only where a bullet is free of interest at first); ``principal_due`` and ``interest_due`` tell what the
    installment at its end may ask for.
    """

    number: int
    start: date
    due: date
    bears_from: date
    growth: Fraction
    principal_due: bool
    interest_due: bool

    def growth_from(self, day: date, terms: Terms, maturity: date) -> Fraction:
        """Tell the interest that one unit paid out on ``day`` earns until the due date."""
        since = max(day, self.bears_from)
        if not self.growth or since >= self.due:
            return Fraction(0)
        if is_nominal(terms):
            return self.growth * Fraction((self.due - since).days, (self.due - self.bears_from).days)
        return Fraction(terms.annual_rate) * year_fraction(terms.day_count, since, self.due, maturity=maturity)


def periods(terms: Terms, start: date, *, adjust: Adjust | None = None) -> list[Period]:
    """Lay out the periods of a loan paid out on ``start``, one per installment; a bullet has a single one.

    Due dates keep their day of month: after 28 February (clamped) or 1 March (rolled) the 31st comes back.
    ``adjust`` moves a due date to a business day; by default it does what the terms' rule says.

    :raises TermsRefused: when due dates do not come one after the other, the first one after ``start``.
    """
    nominal = [start, *_due_dates(terms, start)]
    moved = [start, *(map(adjust or by_rule(terms), nominal[1:]))]
    if any(later <= earlier for earlier, later in pairwise(moved)):
        raise TermsRefused("due_dates_collide", start=start)
    if terms.interest_method == InterestMethod.BULLET:
        return [_period(terms, 1, nominal, moved, first=0)]
    return [_period(terms, number, nominal, moved, first=number - 1) for number in range(1, terms.installments + 1)]


def _period(terms: Terms, number: int, nominal: list[date], moved: list[date], *, first: int) -> Period:
    last = len(nominal) - 1 if terms.interest_method == InterestMethod.BULLET else number
    is_last = last == len(nominal) - 1
    bears = max(first, min(terms.interest_free, last))
    years = _years(terms, nominal, moved, bears, last)
    month = nominal[last].month
    in_season = not terms.principal_months or month in terms.principal_months
    collects = not terms.interest_months or month in terms.interest_months
    only_at_end = terms.interest_method == InterestMethod.INTEREST_ONLY
    return Period(
        number=number,
        start=moved[first],
        due=moved[last],
        bears_from=moved[bears],
        growth=Fraction(terms.annual_rate) * years,
        principal_due=is_last or (number > terms.principal_grace and in_season and not only_at_end),
        interest_due=is_last or (number > terms.interest_grace and collects),
    )


def _years(terms: Terms, nominal: list[date], moved: list[date], first: int, last: int) -> Fraction:
    if first == last:
        return Fraction(0)
    if not is_nominal(terms):
        return year_fraction(terms.day_count, moved[first], moved[last], maturity=moved[-1])
    irregular = first == 0 and nominal[1] != _stepped(terms, nominal[0], 1, nominal[0].day)
    head = nominal_years(terms, nominal[0], nominal[1]) if irregular else Fraction(0)
    return head + (last - first - irregular) * _step_years(terms)


def is_nominal(terms: Terms) -> bool:
    """Tell whether all periods are equally long for interest, whatever the days in them and wherever holidays fall."""
    by_months = terms.day_count == DayCount.THIRTY_360_MONTHS and terms.frequency == FrequencyUnit.MONTH
    return by_months or terms.interest_period == InterestPeriod.REPAYMENT_PERIOD


def _step_years(terms: Terms) -> Fraction:
    """Tell how long one period is: a year has 12 months, 52 weeks or 365 days."""
    return Fraction(
        terms.every, {FrequencyUnit.MONTH: 12, FrequencyUnit.WEEK: 52, FrequencyUnit.DAY: 365}[terms.frequency]
    )


def nominal_years(terms: Terms, start: date, end: date) -> Fraction:
    """Measure any two dates in a year of 12 equal months, 52 weeks or 365 days, as the frequency is."""
    if terms.frequency == FrequencyUnit.MONTH:
        return year_fraction(DayCount.THIRTY_360_MONTHS, start, end)
    return year_fraction(DayCount.ACT_364 if terms.frequency == FrequencyUnit.WEEK else DayCount.ACT_365F, start, end)


def _due_dates(terms: Terms, start: date) -> list[date]:
    due_day = terms.due_day or (terms.first_due_date or start).day
    if terms.first_due_date is None:
        return [_stepped(terms, start, step, due_day) for step in range(1, terms.installments + 1)]
    later = (_stepped(terms, terms.first_due_date, step, due_day) for step in range(1, terms.installments))
    return [terms.first_due_date, *later]


def _stepped(terms: Terms, origin: date, steps: int, due_day: int) -> date:
    if terms.frequency == FrequencyUnit.MONTH:
        return _in_month(origin, steps * terms.every, due_day, terms.month_end)
    return origin + timedelta(days=steps * terms.every * (7 if terms.frequency == FrequencyUnit.WEEK else 1))


def _in_month(origin: date, months: int, due_day: int, month_end: MonthEnd) -> date:
    first = dates.add_months(origin.replace(day=1), months)
    longest = calendar.monthrange(first.year, first.month)[1]
    if due_day <= longest:
        return first.replace(day=due_day)
    return first.replace(day=longest) if month_end == MonthEnd.CLAMP else dates.add_months(first, 1)


def by_rule(terms: Terms) -> Adjust:
    """Move due dates as the terms say, by the calendar as it is known now."""
    return lambda day: dates.adjusted(day, terms.business_day_rule, terms.country)
