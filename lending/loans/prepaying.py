"""Repaying before it is due: what ends a loan on a day, and what interest is saved by what comes back early. Pure.

A repayment pays what is due, then the installment that comes next, ahead of its day. What is more than that comes back
early: it is principal of the last installments and bears no interest from its day on. What ends the loan takes the
interest up to the day and no more. Interest that nobody will owe is *saved*: the schedule stays as it was signed, and
each installment asks for its interest less what was saved of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Generic, cast

from lending.loans.allocation import INTEREST, PRINCIPAL, ZERO, Owed, T, open_part, running_place
from portal.core import interest
from portal.core.interest import Prepayment


@dataclass(frozen=True)
class Early:
    """What repaying early does: principal that comes back early, interest it saves, and when the last is due then."""

    prepaid_amount: Decimal
    saved_amount: Decimal
    last_due_date: date | None  # none where nothing is left


@dataclass(frozen=True)
class Owing(Generic[T]):
    """A loan on a day: its schedule as signed, what stands of each installment, and what came back early before."""

    made: interest.Schedule
    rows: Sequence[T]
    prepayments: Sequence[Prepayment]
    on: date
    late_interest_amount: Decimal = ZERO

    @cached_property
    def payoff_amount(self) -> Decimal:
        """Tell what ends the loan on the day: all principal, what is due, late interest, interest up to it."""
        return self._open_amount - self.payoff_saved_amount + self.late_interest_amount

    def late_part(self, amount: Decimal) -> Decimal:
        """Tell how much of a repayment pays late interest: it comes first."""
        return min(amount, self.late_interest_amount)

    @cached_property
    def payoff_saved_amount(self) -> Decimal:
        """Tell how much interest is saved by ending the loan on the day."""
        return self._saved_by(self._bearing_amount)

    @cached_property
    def ahead_amount(self) -> Decimal:
        """Tell how much interest was paid for days after the day, which ending the loan on it would not give back."""
        if not self._bearing_amount:
            return ZERO
        now = interest.interest_left(self.made, self.prepayments)
        ended = interest.interest_left(self.made, [*self.prepayments, Prepayment(self.on, self._bearing_amount)])
        return sum(
            (
                max(min(whole - upto - (row.interest_amount - row.interest_paid_amount), left - upto), ZERO)
                for row, whole, left, upto in zip(self.rows, self._whole, now, ended, strict=True)
            ),
            ZERO,
        )

    def early(self, amount: Decimal) -> Early | None:
        """Tell what a repayment would do early; nothing where it does not reach beyond the next installment."""
        prepaid = self.prepaid_of(amount)
        if not prepaid:
            return None
        last_due = None if amount == self.payoff_amount else self._last_due_after(prepaid)
        return Early(prepaid, self._saved_by(prepaid), last_due)

    def prepaid_of(self, amount: Decimal) -> Decimal:
        """Tell how much of a repayment, above zero and at most what ends the loan, comes back early.

        The interest of the next installment is counted on what is left, so that what comes back and what it saves are
        found together: from below, each round to the cent.
        """
        if amount == self.payoff_amount:
            return self._bearing_amount
        due = [row for row in self.rows if row.due_date <= self.on]
        place = running_place(self.rows, self.on)
        running = [] if place is None else [self.rows[place]]
        beyond = [row for row in self.rows[len(due) :] if row not in running]
        rest = amount - self.late_interest_amount - _sum(due, INTEREST) - _sum([*due, *running], PRINCIPAL)
        most = _sum(beyond, PRINCIPAL)
        prepaid = rest - _sum(running, INTEREST)
        while place is not None and ZERO < prepaid < most:
            more = rest - self._running_interest(place, prepaid)
            if more <= prepaid:
                break
            prepaid = more
        return max(min(prepaid, most), ZERO)

    def saved_after(self, prepaid_amount: Decimal) -> list[Decimal]:
        """Tell what is saved of each interest, in all, once so much more came back early on the day.

        Interest that was paid already is not saved, nor is what an earlier schedule carried over.
        """
        early = [*self.prepayments, *([Prepayment(self.on, prepaid_amount)] if prepaid_amount else [])]
        if not early:
            return [ZERO] * len(self.rows)
        asked = interest.interest_left(self.made, early)
        return [
            max(min(whole - left, row.interest_amount - row.interest_paid_amount), ZERO)
            for row, whole, left in zip(self.rows, self._whole, asked, strict=True)
        ]

    @cached_property
    def _whole(self) -> list[Decimal]:
        """The interest of each installment as the schedule earns it, whatever was carried over or paid ahead of it."""
        return interest.interest_left(self.made, [])

    def _saved_by(self, prepaid_amount: Decimal) -> Decimal:
        before = sum((row.interest_saved_amount for row in self.rows), ZERO)
        return sum(self.saved_after(prepaid_amount), ZERO) - before

    def _last_due_after(self, prepaid_amount: Decimal) -> date | None:
        left = prepaid_amount
        for row, saved in zip(reversed(self.rows), reversed(self.saved_after(prepaid_amount)), strict=True):
            left -= open_part(row, PRINCIPAL)
            if left < ZERO or row.interest_amount > saved + row.interest_paid_amount:
                return cast("date", row.due_date)
        return None

    @property
    def _open_amount(self) -> Decimal:
        return _sum(self.rows, INTEREST) + _sum(self.rows, PRINCIPAL)

    @property
    def _bearing_amount(self) -> Decimal:
        """What still bears interest: by the schedule, less what came back early or was paid ahead; not what is late."""
        later = [row for row in self.rows if row.due_date > self.on]
        planned = sum((row.principal_amount for row in later), ZERO)
        left = planned - sum((each.amount for each in self.prepayments), ZERO)
        return max(min(left, _sum(later, PRINCIPAL)), ZERO)

    def _running_interest(self, place: int, prepaid_amount: Decimal) -> Decimal:
        running = self.rows[place]
        saved = self.saved_after(prepaid_amount)[place]
        return Decimal(running.interest_amount - saved - running.interest_paid_amount)


def _sum(rows: Sequence[Owed], part: str) -> Decimal:
    return sum((open_part(row, part) for row in rows), ZERO)
