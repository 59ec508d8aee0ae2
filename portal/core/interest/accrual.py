"""Accrual: the interest that a balance has earned by a day, due or not."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from portal.core.interest.daycounts import year_fraction
from portal.core.interest.periods import is_nominal, nominal_years
from portal.core.interest.rows import decimal, rounded
from portal.core.interest.terms import Terms


def accrued(balance: Decimal, terms: Terms, *, since: date, until: date) -> Decimal:
    """Work out the interest on ``balance`` from ``since`` (excluded) to ``until`` (included), rounded once.

    Measured as the schedule measures a first period: by the day count, or by equal months, weeks or days where the
    terms make periods equally long, so that a whole period earns exactly its installment's interest. Periods free
    of interest are the caller's to leave out. Source: simple interest, balance times rate times years.

    :raises ValueError: when ``until`` lies before ``since``.
    """
    by_days = year_fraction(terms.day_count, since, until)
    years = nominal_years(terms, since, until) if is_nominal(terms) else by_days
    return rounded(decimal(Fraction(balance) * Fraction(terms.annual_rate) * years), terms)
