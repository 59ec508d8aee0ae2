"""What a loan costs and when it is due: day counts, repayment schedules and the annual percentage rate.

Pure arithmetic: no clock, no database, no Django. All conventions are fields of ``Terms``; ``schedule`` turns a
principal and terms into installments, ``apr`` turns flows of money into the rate that the law wants shown. This
file is the package's door, so that call sites read ``interest.schedule(principal, terms, start)``.
"""

from portal.core.interest.cost import Flow, FlowsImpossible, apr, directive_years
from portal.core.interest.daycounts import DayCount, days_between, year_fraction
from portal.core.interest.level import InstallmentTooSmall
from portal.core.interest.prepayment import Prepayment, interest_left
from portal.core.interest.rows import decimal, rounded, spread
from portal.core.interest.schedules import Installment, PrincipalRefused, Schedule, schedule
from portal.core.interest.terms import (
    MOST_LATE_GRACE_DAYS,
    MOST_LATE_RATE_MARKUP,
    AllocationOrder,
    DeferredInterest,
    FrequencyUnit,
    InterestMethod,
    InterestPeriod,
    InterestRefused,
    MonthEnd,
    Rounding,
    Terms,
    TermsRefused,
    Tranche,
)

__all__ = [
    "MOST_LATE_GRACE_DAYS",
    "MOST_LATE_RATE_MARKUP",
    "AllocationOrder",
    "DayCount",
    "DeferredInterest",
    "Flow",
    "FlowsImpossible",
    "FrequencyUnit",
    "Installment",
    "InstallmentTooSmall",
    "InterestMethod",
    "InterestPeriod",
    "InterestRefused",
    "MonthEnd",
    "Prepayment",
    "PrincipalRefused",
    "Rounding",
    "Schedule",
    "Terms",
    "TermsRefused",
    "Tranche",
    "apr",
    "days_between",
    "decimal",
    "directive_years",
    "interest_left",
    "rounded",
    "schedule",
    "spread",
    "year_fraction",
]
