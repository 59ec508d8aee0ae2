"""Terms: every convention of a loan as data, so that a product can name it and a contract can keep it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from portal.core.coded import Coded
from portal.core.dates import BusinessDayRule
from portal.core.interest.daycounts import DayCount


class InterestMethod(StrEnum):
    """How principal and interest share the installments."""

    EQUAL_INSTALLMENTS = "equal_installments"  # declining balance, level total
    EQUAL_PRINCIPAL = "equal_principal"  # declining balance, level principal
    FLAT = "flat"  # interest on the first principal to the end, spread evenly
    INTEREST_ONLY = "interest_only"  # principal in the last installment
    BULLET = "bullet"  # principal and interest in one installment at the end


class FrequencyUnit(StrEnum):
    """The unit in which the time between two due dates is told."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class InterestPeriod(StrEnum):
    """What interest is measured by: the days that pass, or the repayment periods, each as long as the other."""

    DAILY = "daily"
    REPAYMENT_PERIOD = "repayment_period"


class MonthEnd(StrEnum):
    """What becomes of a due day that a month does not have. The due day itself is never forgotten."""

    CLAMP = "clamp"  # the last day of the month
    ROLL = "roll"  # the first day of the next month


class Rounding(StrEnum):
    """Where an exact half goes."""

    HALF_UP = ROUND_HALF_UP
    HALF_EVEN = ROUND_HALF_EVEN


class DeferredInterest(StrEnum):
    """When interest that was not due during a grace is paid; it bears no interest itself."""

    SPREAD = "spread"  # in equal parts over the installments after the grace
    NEXT = "next"  # all in the first installment after the grace


class AllocationOrder(StrEnum):
    """What a repayment pays first among the installments that have fallen due; the rest goes on by installment."""

    BY_INSTALLMENT = "by_installment"  # the oldest installment first, of each its interest before its principal
    INTEREST_FIRST = "interest_first"  # all interest that is due, then all principal that is due
    PRINCIPAL_FIRST = "principal_first"  # all principal that is due, then all interest that is due


class InterestRefused(Coded):
    """Base of what this package says no to: ``code`` names what is wrong and ``params`` the values."""


class TermsRefused(InterestRefused):
    """Terms contradict themselves."""


@dataclass(frozen=True, slots=True)
class Tranche:
    """A part of the principal paid out on a day: ``amount`` in the loan's currency, above zero."""

    on: date
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The conventions of one loan. Rates are fractions (0.12 is 12 % a year), amounts are in ``currency``.

    ``installments`` due dates lie ``every`` ``frequency`` units apart. Without ``first_due_date`` the first is one
    step after the start; ``due_day`` (1 to 31, months only) is the day of month that due dates keep, by default
    that of the first due date or of the start. ``business_day_rule`` moves due dates by the calendar of
    ``country``.

    Grace counts installments: during ``principal_grace`` no principal is due, during ``interest_grace`` interest
    runs but is due later as ``deferred_interest`` says, during ``interest_free`` none runs. ``principal_months``
    and ``interest_months`` (1 to 12) name the only months in which that part is due, beside the last installment;
    empty means every month.

    ``down_payment_rate`` of the principal is due at the start, ``balloon_rate`` of it is left for the last
    installment. ``installment_multiple`` rounds the level installment (equal installments and flat) to a multiple;
    the last one differs. ``installment_fee_amount`` is added to each installment, ``upfront_fee_rate`` of the
    principal is kept at payout.

    What is late bears the annual rate and ``late_rate_markup`` of it more (0.5: one and a half times the rate), once it
    is late by more than ``late_grace_days``: principal, and with ``late_on_interest`` interest as well. Zero: it bears
    nothing more.

    What is repaid before its day pays, with ``early_by_day``, the interest up to the day and then principal; without,
    it pays the next installment with its whole interest first.

    :raises TermsRefused: when a field is out of its range or two fields contradict each other.
    """

    annual_rate: Decimal
    installments: int
    interest_method: InterestMethod = InterestMethod.EQUAL_INSTALLMENTS
    day_count: DayCount = DayCount.ACT_365F
    frequency: FrequencyUnit = FrequencyUnit.MONTH
    every: int = 1
    interest_period: InterestPeriod = InterestPeriod.DAILY
    first_due_date: date | None = None
    due_day: int | None = None
    month_end: MonthEnd = MonthEnd.CLAMP
    business_day_rule: BusinessDayRule = BusinessDayRule.NONE
    country: str = "CN"
    principal_grace: int = 0
    interest_grace: int = 0
    interest_free: int = 0
    deferred_interest: DeferredInterest = DeferredInterest.SPREAD
    principal_months: frozenset[int] = frozenset()
    interest_months: frozenset[int] = frozenset()
    down_payment_rate: Decimal = Decimal(0)
    balloon_rate: Decimal = Decimal(0)
    currency: str = "CNY"
    rounding: Rounding = Rounding.HALF_UP
    installment_multiple: Decimal | None = None
    installment_fee_amount: Decimal = Decimal(0)
    upfront_fee_rate: Decimal = Decimal(0)
    allocation_order: AllocationOrder = AllocationOrder.BY_INSTALLMENT
    late_rate_markup: Decimal = Decimal(0)
    late_grace_days: int = 0
    late_on_interest: bool = False
    early_by_day: bool = False

    def __post_init__(self) -> None:
        for code, holds in _RULES.items():
            if not holds(self):
                raise TermsRefused(code)

    def as_data(self) -> dict[str, Any]:
        """Tell the terms as plain values that JSON can keep: amounts, rates and dates as strings, months as a list."""
        return {field.name: _told(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Terms":
        """Read terms as ``as_data`` told them; a field that is absent has its default.

        :raises TermsRefused: when a field is unknown or cannot be read, or as ``Terms`` does.
        """
        try:
            read = {name: _READERS.get(name, _same)(value) for name, value in data.items()}
            return cls(**read)
        except (TypeError, ArithmeticError, ValueError) as error:
            raise TermsRefused("terms_unreadable", error=str(error)) from error

    @property
    def is_level(self) -> bool:
        """Tell whether the installments are meant to be equal in total."""
        return self.interest_method == InterestMethod.EQUAL_INSTALLMENTS

    @property
    def is_bullet(self) -> bool:
        """Tell whether one installment at the end asks for everything."""
        return self.interest_method == InterestMethod.BULLET

    @property
    def months_between(self) -> Fraction:
        """Tell how many months lie between two due dates, a year having 12 months, 52 weeks or 365 days."""
        return self.every * _MONTHS_IN[self.frequency]


_MONTHS_IN: Final = {
    FrequencyUnit.MONTH: Fraction(1),
    FrequencyUnit.WEEK: Fraction(12, 52),
    FrequencyUnit.DAY: Fraction(12, 365),
}
# The notice 银发〔2003〕251号 of the People's Bank of China sets it at 30 to 50 percent above the contract's rate.
MOST_LATE_RATE_MARKUP: Final = Decimal("0.5")
MOST_LATE_GRACE_DAYS: Final = 30
_MONTHS: Final = frozenset(range(1, 13))
_MOST_INSTALLMENTS: Final = 2000
_MOST_DAYS: Final = 100 * 366
_LONGEST_DAYS: Final = {FrequencyUnit.DAY: 1, FrequencyUnit.WEEK: 7, FrequencyUnit.MONTH: 31}
_AMORTIZING: Final = frozenset({InterestMethod.EQUAL_INSTALLMENTS, InterestMethod.EQUAL_PRINCIPAL})


def _same(value: Any) -> Any:
    return value


def _told(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return sorted(value) if isinstance(value, frozenset) else value


def _or_none(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


_READERS: Final[dict[str, Callable[[Any], Any]]] = {
    "annual_rate": Decimal,
    "interest_method": InterestMethod,
    "day_count": DayCount,
    "frequency": FrequencyUnit,
    "interest_period": InterestPeriod,
    "first_due_date": _or_none(date.fromisoformat),
    "month_end": MonthEnd,
    "business_day_rule": BusinessDayRule,
    "deferred_interest": DeferredInterest,
    "principal_months": frozenset,
    "interest_months": frozenset,
    "down_payment_rate": Decimal,
    "balloon_rate": Decimal,
    "rounding": Rounding,
    "installment_multiple": _or_none(Decimal),
    "installment_fee_amount": Decimal,
    "upfront_fee_rate": Decimal,
    "allocation_order": AllocationOrder,
    "late_rate_markup": Decimal,
}


def _is_share(rate: Decimal) -> bool:
    return rate.is_finite() and 0 <= rate < 1


_RULES: Final[dict[str, Callable[[Terms], bool]]] = {
    "annual_rate_out_of_range": lambda t: t.annual_rate.is_finite() and 0 <= t.annual_rate <= 100,
    "installments_out_of_range": lambda t: 1 <= t.installments <= _MOST_INSTALLMENTS,
    "every_out_of_range": lambda t: 1 <= t.every <= 366,
    "term_too_long": lambda t: t.installments * t.every * _LONGEST_DAYS[t.frequency] <= _MOST_DAYS,
    "due_day_needs_months": lambda t: (
        t.due_day is None or (t.frequency == FrequencyUnit.MONTH and 1 <= t.due_day <= 31)
    ),
    "grace_out_of_range": lambda t: (
        all(0 <= grace < t.installments for grace in (t.principal_grace, t.interest_grace))
        and 0 <= t.interest_free <= t.installments
    ),
    "months_out_of_range": lambda t: t.principal_months | t.interest_months <= _MONTHS,
    "down_payment_out_of_range": lambda t: _is_share(t.down_payment_rate),
    "balloon_out_of_range": lambda t: _is_share(t.balloon_rate),
    "balloon_needs_declining_balance": lambda t: not t.balloon_rate or t.interest_method in _AMORTIZING,
    "installment_multiple_not_positive": lambda t: (
        t.installment_multiple is None or (t.installment_multiple.is_finite() and t.installment_multiple > 0)
    ),
    "fee_out_of_range": lambda t: (
        _is_share(t.upfront_fee_rate) and t.installment_fee_amount.is_finite() and t.installment_fee_amount >= 0
    ),
    "late_rate_markup_out_of_range": lambda t: (
        t.late_rate_markup.is_finite() and 0 <= t.late_rate_markup <= MOST_LATE_RATE_MARKUP
    ),
    "late_grace_out_of_range": lambda t: 0 <= t.late_grace_days <= MOST_LATE_GRACE_DAYS,
}
