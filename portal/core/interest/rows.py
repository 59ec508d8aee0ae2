"""Rows: the walk along the periods that every method on a declining balance shares."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from portal.core import money
from portal.core.interest.periods import Period
from portal.core.interest.terms import Terms

ZERO = Decimal(0)
# Wide enough that dividing loses nothing a minor unit could see, even for a tie at the last digit.
WIDE = Context(prec=60, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Row:
    """What one period asks for; an amount of the deferred interest may be added later."""

    number: int
    principal_amount: Decimal
    interest_amount: Decimal


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the loan between two payouts, seen from its first period to the end of the loan.

    ``opening`` is owed when the first period starts, ``paid_in`` is paid out during it and earns
    ``paid_in_interest`` (exact) by its end; ``balloon`` is left for the last installment.
    """

    periods: Sequence[Period]
    opening: Decimal
    paid_in: Decimal
    paid_in_interest: Fraction
    balloon: Decimal

    @property
    def owed(self) -> Decimal:
        """Tell the principal that the phase has to repay."""
        return self.opening + self.paid_in

    @property
    def due_count(self) -> int:
        """Count the installments in which principal is due."""
        return sum(period.principal_due for period in self.periods)


def rounded(amount: Decimal, terms: Terms) -> Decimal:
    """Round an amount of money as the terms say."""
    return money.contracted(amount, terms.currency, rounding=terms.rounding)


def decimal(exact: Fraction) -> Decimal:
    """Express an exact fraction as a wide decimal."""
    return WIDE.divide(Decimal(exact.numerator), Decimal(exact.denominator))


def to_multiple(amount: Decimal, multiple: Decimal, rounding: str) -> Decimal:
    """Round to a whole number of ``multiple``: a rule of the installment, not of money's minor unit."""
    return (amount / multiple).quantize(Decimal(1), rounding=rounding) * multiple


def spread(total: Decimal, parts: Sequence[Decimal]) -> list[Decimal]:
    """Give each its part while the total lasts, and the last one whatever remains."""
    left = total
    given: list[Decimal] = []
    for part in parts[:-1]:
        given.append(min(part, left))
        left -= given[-1]
    given.append(left)
    assert sum(given, ZERO) == total
    assert min(given) >= 0
    return given


def walk(phase: Phase, terms: Terms, principal_of: Callable[[Decimal], Decimal]) -> list[Row]:
    """Go along the periods: interest on the balance, then the principal that ``principal_of(interest)`` asks for.

    What is asked for is kept between zero and what is owed; the last row takes all that remains.
    """
    balance, paid_in, extra = phase.opening, phase.paid_in, phase.paid_in_interest
    rows = []
    for period in phase.periods:
        interest = rounded(decimal(Fraction(balance) * period.growth + extra), terms)
        balance += paid_in
        principal = min(max(principal_of(interest), ZERO), balance) if period.principal_due else ZERO
        rows.append(Row(period.number, principal, interest))
        balance, paid_in, extra = balance - principal, ZERO, Fraction(0)
    last = rows[-1]
    rows[-1] = Row(last.number, last.principal_amount + balance, last.interest_amount)
    assert sum((row.principal_amount for row in rows), ZERO) == phase.owed
    return rows
