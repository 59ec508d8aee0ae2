"""Repaying before it is due: what ends a loan on a day, and what interest is saved by what comes back early. Pure.

A repayment pays what is due, then the installment that comes next, ahead of its day. What is more than that comes back
early: it is principal of the last installments and bears no interest from its day on. Where the contract counts early
repayments by the day (`Terms.early_by_day`), no interest is paid ahead: what is not due yet is interest up to the day,
then principal of the next installment, then of the last ones, and all of that principal comes back early. What ends the
loan takes the interest up to the day and no more. Interest that nobody will owe is *saved*: the schedule stays as it
was signed, and each installment asks for its interest less what was saved of it.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Generic

from lending.loans.allocation import (
    INTEREST,
    PRINCIPAL,
    ZERO,
    Owed,
    T,
    allocate,
    open_part,
    principal_places,
    running_place,
)
from portal.core import interest
from portal.core.interest import Prepayment


@dataclass(frozen=True)
class Early:
    """What repaying early does, and what is asked for next and last then; no dates where nothing is left."""

    prepaid_amount: Decimal  # principal that comes back early
    interest_amount: Decimal  # interest of what is not due yet that is paid with it
    saved_amount: Decimal
    next_due_date: date | None
    next_amount: Decimal
    last_due_date: date | None


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
        after = self.rows_after(amount)
        left = [row for row in after if open_part(row, INTEREST) or open_part(row, PRINCIPAL)]
        ahead = (row.interest_paid_amount for row in after if row.due_date > self.on)
        before = (row.interest_paid_amount for row in self._later)
        return Early(
            prepaid_amount=prepaid,
            interest_amount=sum(ahead, ZERO) - sum(before, ZERO),
            saved_amount=self._saved_by(prepaid),
            next_due_date=left[0].due_date if left else None,
            next_amount=_sum(left[:1], INTEREST) + _sum(left[:1], PRINCIPAL),
            last_due_date=left[-1].due_date if left else None,
        )

    def rows_after(self, amount: Decimal) -> list[T]:
        """Give the installments as a repayment would leave them."""
        rows = [copy(row) for row in self.rows]
        for row, saved in zip(rows, self.saved_after(self.prepaid_of(amount)), strict=True):
            row.interest_saved_amount = saved
        order = self.made.terms.allocation_order
        for share in allocate(
            amount - self.late_part(amount), rows, order=order, on=self.on, interest_now=self.interest_now
        ):
            share.installment.interest_paid_amount += share.interest_amount
            share.installment.principal_paid_amount += share.principal_amount
        return rows

    def prepaid_of(self, amount: Decimal) -> Decimal:
        """Tell how much of a repayment, above zero and at most what ends the loan, comes back early.

        The interest of the next installment is counted on what is left, so that what comes back and what it saves are
        found together: from below, each round to the cent.
        """
        if amount == self.payoff_amount:
            return self._bearing_amount
        due = [row for row in self.rows if row.due_date <= self.on]
        if self.interest_now is not None:
            asked = _sum(due, INTEREST) + _sum(due, PRINCIPAL) + sum(self.interest_now, ZERO)
            return max(min(amount - self.late_interest_amount - asked, self._bearing_amount), ZERO)
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
        early = [*self.prepayments, *self.coming(prepaid_amount)]
        if not early:
            return [ZERO] * len(self.rows)
        asked = interest.interest_left(self.made, early)
        return [
            max(min(whole - left, row.interest_amount - row.interest_paid_amount), ZERO)
            for row, whole, left in zip(self.rows, self._whole, asked, strict=True)
        ]

    def coming(self, prepaid_amount: Decimal) -> list[Prepayment]:
        """Tell so much that comes back early on the day as what the interest is counted anew with."""
        if self.interest_now is None:
            return [Prepayment(self.on, prepaid_amount)] if prepaid_amount else []
        found, left = [], prepaid_amount
        for row in (self.rows[place] for place in principal_places(self.rows, self.on)):
            if taken := min(left, open_part(row, PRINCIPAL)):
                found.append(Prepayment(self.on, taken, row.number))
                left -= taken
        return found

    @cached_property
    def interest_now(self) -> list[Decimal] | None:
        """Tell how much interest of each installment that is not due is paid before principal; none: that of the next.

        It is what ran up to the day and was not paid yet, nor ahead before the loan was rescheduled.
        """
        if not self.made.terms.early_by_day:
            return None
        return [
            max(until_now - max(whole - row.interest_amount, ZERO) - row.interest_paid_amount, ZERO)
            if row.due_date > self.on
            else ZERO
            for row, whole, until_now in zip(self.rows, self._whole, self._until_now, strict=True)
        ]

    @cached_property
    def suggested_amount(self) -> Decimal:
        """Tell what is late, with late interest; or else what pays the next installment on the day."""
        asking = [row for row in self.rows if open_part(row, INTEREST) or open_part(row, PRINCIPAL)]
        wanted = [row for row in asking if row.due_date < self.on] or asking[:1]
        if self.interest_now is not None and wanted and wanted[0].due_date > self.on:
            return sum(self.interest_now, ZERO) + _sum(wanted, PRINCIPAL)
        return min(_sum(wanted, INTEREST) + _sum(wanted, PRINCIPAL) + self.late_interest_amount, self.payoff_amount)

    @cached_property
    def _until_now(self) -> list[Decimal]:
        """The interest of each installment if all principal that is not due came back on the day."""
        bearing = [Prepayment(self.on, self._bearing_amount)] if self._bearing_amount else []
        ended = interest.interest_left(self.made, [*self.prepayments, *bearing])
        return [min(*each) for each in zip(ended, self._whole, strict=True)]

    @property
    def _later(self) -> list[T]:
        return [row for row in self.rows if row.due_date > self.on]

    @cached_property
    def _whole(self) -> list[Decimal]:
        """The interest of each installment as the schedule earns it, whatever was carried over or paid ahead of it."""
        return interest.interest_left(self.made, [])

    def _saved_by(self, prepaid_amount: Decimal) -> Decimal:
        before = sum((row.interest_saved_amount for row in self.rows), ZERO)
        return sum(self.saved_after(prepaid_amount), ZERO) - before

    @property
    def _open_amount(self) -> Decimal:
        return _sum(self.rows, INTEREST) + _sum(self.rows, PRINCIPAL)

    @property
    def _bearing_amount(self) -> Decimal:
        """What still bears interest: by the schedule, less what came back early or was paid ahead; not what is late."""
        later = self._later
        if self.made.terms.early_by_day:
            return _sum(later, PRINCIPAL)
        planned = sum((row.principal_amount for row in later), ZERO)
        left = planned - sum((each.amount for each in self.prepayments), ZERO)
        return max(min(left, _sum(later, PRINCIPAL)), ZERO)

    def _running_interest(self, place: int, prepaid_amount: Decimal) -> Decimal:
        running = self.rows[place]
        saved = self.saved_after(prepaid_amount)[place]
        return Decimal(running.interest_amount - saved - running.interest_paid_amount)


def _sum(rows: Sequence[Owed], part: str) -> Decimal:
    return sum((open_part(row, part) for row in rows), ZERO)
