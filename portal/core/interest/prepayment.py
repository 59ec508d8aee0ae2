"""Prepayment: the interest that is left of a schedule when principal came back before it was due."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import count

from portal.core.interest.periods import Adjust, Period, by_rule, periods
from portal.core.interest.rows import ZERO, Row, decimal, rounded
from portal.core.interest.schedules import Schedule, with_deferred
from portal.core.interest.terms import InterestMethod


@dataclass(frozen=True, slots=True)
class Prepayment:
    """Principal that came back on a day before it was due, above zero; from that day on it bears no interest.

    ``number`` names the installment whose principal it is; without one it is what is due last.
    """

    on: date
    amount: Decimal
    number: int | None = None


def interest_left(made: Schedule, prepayments: Iterable[Prepayment]) -> list[Decimal]:
    """Work out anew what interest each installment of a schedule asks for, in their order.

    Until the principal that a prepayment takes the place of is due, the balance is the schedule's less what was
    prepaid. The interest is counted, rounded and deferred as the schedule's was; without prepayments it is the same.
    Flat interest does not shrink with the balance and cannot be asked about, nor can a schedule in which money is paid
    down or out after its start.
    """
    assert made.terms.interest_method != InterestMethod.FLAT, "flat interest is counted on the first principal"
    assert len(made.tranches) == 1, "one payout, at the start"
    assert made.installments[0].number == 1, "nothing is paid down"
    known = sorted(prepayments, key=lambda each: each.on)
    laid_out = periods(made.terms, made.tranches[0].on, adjust=_as_written(made))
    rows, opening = [], made.principal_amount
    for installment, period in zip(made.installments, laid_out, strict=False):
        ahead = [each for each in known if each.number is None or each.number >= installment.number]
        interest = _earned(opening, period, ahead, made, maturity=laid_out[-1].due)
        rows.append(Row(installment.number, installment.principal_amount, rounded(decimal(interest), made.terms)))
        opening = installment.balance_after
    return [row.interest_amount for row in with_deferred(rows, made.terms, laid_out)]


def _as_written(made: Schedule) -> Adjust:
    """Keep the due dates of a schedule, whatever has become of the calendar since it was made."""
    steps, rule = count(1), by_rule(made.terms)
    is_bullet = made.terms.interest_method == InterestMethod.BULLET
    written = {made.terms.installments if is_bullet else row.number: row.due_date for row in made.installments}
    return lambda day: written.get(next(steps)) or rule(day)


def _earned(
    opening: Decimal, period: Period, known: Sequence[Prepayment], made: Schedule, *, maturity: date
) -> Fraction:
    """Tell the exact interest of a period: on what it opens with, less what came back before and within it."""
    before = sum((each.amount for each in known if each.on <= period.start), ZERO)
    balance = max(opening - before, ZERO)
    earned = Fraction(balance) * period.growth
    for each in known:
        if period.start < each.on < period.due:
            earned -= Fraction(min(each.amount, balance)) * period.growth_from(each.on, made.terms, maturity)
            balance -= min(each.amount, balance)
    return max(earned, Fraction(0))  # some day counts give a month's parts more days than the month
