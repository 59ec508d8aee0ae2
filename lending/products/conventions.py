"""The conventions a product may choose, in words that staff and owners understand."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core import interest
from portal.core.dates import BusinessDayRule


class InterestMethod(models.TextChoices):
    """How principal and interest are spread, in an owner's words.

    Flat interest is left out on purpose: it is counted on money that was already repaid.
    """

    EQUAL_INSTALLMENTS = interest.InterestMethod.EQUAL_INSTALLMENTS.value, _("The same amount each time")
    EQUAL_PRINCIPAL = interest.InterestMethod.EQUAL_PRINCIPAL.value, _("Falling amounts: equal principal plus interest")
    INTEREST_ONLY = interest.InterestMethod.INTEREST_ONLY.value, _("Interest each time, principal at the end")
    BULLET = interest.InterestMethod.BULLET.value, _("Principal and interest together at the end")


class Frequency(models.TextChoices):
    """What the time between two due dates is counted in."""

    MONTH = interest.FrequencyUnit.MONTH.value, _("Months")
    WEEK = interest.FrequencyUnit.WEEK.value, _("Weeks")


class DayCount(models.TextChoices):
    """How days become a part of a year: those that the contract can explain."""

    ACT_365F = interest.DayCount.ACT_365F.value, _("Actual days, a year of 365")
    ACT_360 = interest.DayCount.ACT_360.value, _("Actual days, a year of 360")
    ACT_ACT = interest.DayCount.ACT_ACT_ISDA.value, _("Actual days, the year they lie in (365 or 366)")
    MONTHS = interest.DayCount.THIRTY_360_MONTHS.value, _("Every month alike, a twelfth of a year")
    THIRTY_360 = interest.DayCount.THIRTY_E_360.value, _("Months of 30 days, a year of 360")


class InterestPeriod(models.TextChoices):
    """What interest is measured by."""

    DAILY = interest.InterestPeriod.DAILY.value, _("The days between two due dates")
    REPAYMENT_PERIOD = interest.InterestPeriod.REPAYMENT_PERIOD.value, _("The same for every installment")


class MonthEnd(models.TextChoices):
    """What becomes of the 31st in a month that has none."""

    CLAMP = interest.MonthEnd.CLAMP.value, _("The last day of that month")
    ROLL = interest.MonthEnd.ROLL.value, _("The first day of the next month")


class ClosedDay(models.TextChoices):
    """What becomes of a due date on which the bank is closed."""

    FOLLOWING = BusinessDayRule.FOLLOWING.value, _("Moves to the next day the bank is open")
    MODIFIED_FOLLOWING = BusinessDayRule.MODIFIED_FOLLOWING.value, _("The same, but never into another month")
    PRECEDING = BusinessDayRule.PRECEDING.value, _("Moves to the day before on which the bank is open")
    NONE = BusinessDayRule.NONE.value, _("Stays where it is")


class Rounding(models.TextChoices):
    """Where an exact half of a cent goes."""

    HALF_UP = interest.Rounding.HALF_UP.value, _("Halves go up")
    HALF_EVEN = interest.Rounding.HALF_EVEN.value, _("Halves go to the even cent")


class DeferredInterest(models.TextChoices):
    """When interest is paid that was not due during a grace."""

    SPREAD = interest.DeferredInterest.SPREAD.value, _("In equal parts with the installments after the grace")
    NEXT = interest.DeferredInterest.NEXT.value, _("All with the first installment after the grace")


class AllocationOrder(models.TextChoices):
    """What a repayment pays first of what is due."""

    BY_INSTALLMENT = (
        interest.AllocationOrder.BY_INSTALLMENT.value,
        _("Oldest installment first, of each the interest before the principal"),
    )
    INTEREST_FIRST = interest.AllocationOrder.INTEREST_FIRST.value, _("All interest due, then all principal due")
    PRINCIPAL_FIRST = interest.AllocationOrder.PRINCIPAL_FIRST.value, _("All principal due, then all interest due")


class DocumentKind(models.TextChoices):
    """What a document shows."""

    LICENSE = "license", _("Business license or household register")
    IDENTITY = "identity", _("Owner's identity card")
    PREMISES = "premises", _("Photo of the premises or fields")
    CONTRACT = "contract", _("Order, lease or contract")
    OTHER = "other", _("Something else")


MONTHS: Final = [
    (1, _("January")), (2, _("February")), (3, _("March")), (4, _("April")), (5, _("May")), (6, _("June")),
    (7, _("July")), (8, _("August")), (9, _("September")), (10, _("October")), (11, _("November")),
    (12, _("December")),
]  # fmt: skip
