"""Schedules: the installments that repay a principal under given terms, to the cent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from portal.core import money
from portal.core.interest.cost import Flow
from portal.core.interest.flat import flat_rows
from portal.core.interest.level import level_rows, rows_of
from portal.core.interest.periods import Adjust, Period, periods
from portal.core.interest.rows import ZERO, Phase, Row, rounded, spread, walk
from portal.core.interest.terms import DeferredInterest, InterestMethod, InterestRefused, Terms, Tranche


class PrincipalRefused(InterestRefused):
    """The principal or its tranches cannot be scheduled."""


@dataclass(frozen=True, slots=True)
class Installment:
    """What is due on one date. Number 0 is a down payment; ``balance_after`` includes a payout on the due date."""

    number: int
    period_start: date
    due_date: date
    principal_amount: Decimal
    interest_amount: Decimal
    fee_amount: Decimal
    balance_after: Decimal

    @property
    def total_amount(self) -> Decimal:
        """Add principal, interest and fee."""
        return self.principal_amount + self.interest_amount + self.fee_amount


@dataclass(frozen=True, slots=True)
class Schedule:
    """A whole repayment schedule, in the terms' currency. ``tranches`` are all payouts, the first one included."""

    terms: Terms
    tranches: tuple[Tranche, ...]
    installments: tuple[Installment, ...]
    upfront_fee_amount: Decimal

    @property
    def principal_amount(self) -> Decimal:
        """Add up what is paid out."""
        return sum((tranche.amount for tranche in self.tranches), ZERO)

    @property
    def interest_amount(self) -> Decimal:
        """Add up the interest of all installments."""
        return sum((row.interest_amount for row in self.installments), ZERO)

    @property
    def fee_amount(self) -> Decimal:
        """Add up all fees, the one kept at payout included."""
        return self.upfront_fee_amount + sum((row.fee_amount for row in self.installments), ZERO)

    @property
    def cost_amount(self) -> Decimal:
        """Tell what the loan costs beyond its principal."""
        return self.interest_amount + self.fee_amount

    @property
    def maturity_date(self) -> date:
        """Tell when the last installment is due."""
        return self.installments[-1].due_date

    def flows(self) -> list[Flow]:
        """List the money that moves, as the borrower sees it: what is received above zero, what is paid below."""
        received = [Flow(tranche.on, tranche.amount) for tranche in self.tranches]
        kept = [Flow(self.tranches[0].on, -self.upfront_fee_amount)] if self.upfront_fee_amount else []
        return [*received, *kept, *(Flow(row.due_date, -row.total_amount) for row in self.installments)]


def schedule(
    principal: Decimal,
    terms: Terms,
    start: date,
    *,
    tranches: Iterable[Tranche] = (),
    installment_amount: Decimal | None = None,
    adjust: Adjust | None = None,
) -> Schedule:
    """Work out the installments that repay ``principal``, paid out on ``start``, under ``terms``.

    ``tranches`` name payouts after ``start``; they are parts of ``principal``, the rest is paid out on ``start``.
    From the period in which a tranche falls, what is still owed is spread anew. ``installment_amount`` keeps a
    given level installment (after a rescheduling or a prepayment): the last one takes the difference, or the loan
    ends sooner. ``adjust`` replaces the terms' business-day rule by a calendar of the caller's.

    Interest is balance times rate times time, exact until it is rounded once per installment, sub-periods of a tranche
    included. The last installment takes every remainder of principal; nothing is ever negative. Installments in which
    nothing would be due at the end of the loan are left out.

    :raises PrincipalRefused: when ``principal`` or a tranche is not a positive amount of whole minor units, or a
        tranche is not paid out between the start and the last due date.
    :raises TermsRefused: when due dates collide.
    :raises InstallmentTooSmall: when ``installment_amount`` does not even cover the interest.
    """
    assert installment_amount is None or terms.is_level, "only equal installments can be kept"
    paid_out = _payouts(principal, terms, start, tuple(tranches))
    laid_out = periods(terms, start, adjust=adjust)
    _check_tranches(paid_out, laid_out[-1].due)
    down_payment = rounded(paid_out[0].amount * terms.down_payment_rate, terms)
    financed = (Tranche(start, paid_out[0].amount - down_payment), *paid_out[1:])
    if terms.interest_method == InterestMethod.FLAT:
        rows = flat_rows(financed[0].amount, terms, laid_out)
    else:
        rows = _declining_rows(financed, terms, laid_out, installment_amount)
    rows = with_deferred(_trimmed(rows), terms, laid_out)
    installments = _installments(rows, terms, laid_out, financed)
    if down_payment:
        first = Installment(0, start, start, down_payment, ZERO, ZERO, financed[0].amount)
        installments = (first, *installments)
    made = Schedule(terms, paid_out, installments, rounded(paid_out[0].amount * terms.upfront_fee_rate, terms))
    _prove(made)
    return made


def _payouts(principal: Decimal, terms: Terms, start: date, later: tuple[Tranche, ...]) -> tuple[Tranche, ...]:
    first = principal - sum((tranche.amount for tranche in later), ZERO)
    payouts = (Tranche(start, first), *sorted(later, key=lambda tranche: tranche.on))
    for tranche in payouts:
        if tranche.amount <= 0 or not money.is_exact(tranche.amount, terms.currency):
            raise PrincipalRefused("amount_not_payable", amount=tranche.amount, on=tranche.on)
    if later and terms.interest_method == InterestMethod.FLAT:
        raise PrincipalRefused("method_needs_one_payout", method=terms.interest_method)
    return payouts


def _check_tranches(payouts: Sequence[Tranche], maturity: date) -> None:
    start = payouts[0].on
    for tranche in payouts[1:]:
        if not start < tranche.on < maturity:
            raise PrincipalRefused("tranche_outside_the_loan", on=tranche.on, start=start, maturity=maturity)


def _declining_rows(
    payouts: Sequence[Tranche], terms: Terms, laid_out: Sequence[Period], installment_amount: Decimal | None
) -> list[Row]:
    """Plan from each payout to the end, and keep of each plan what lies before the next payout."""
    begins = [0, *(_first_period(tranche, laid_out) for tranche in payouts[1:])]
    rows: list[Row] = []
    for begin, end in pairwise([*sorted(set(begins)), len(laid_out)]):
        known = [tranche for tranche, at in zip(payouts, begins, strict=True) if at <= begin]
        repaid = sum((row.principal_amount for row in rows), ZERO)
        arriving = [tranche for tranche in known if tranche.on > laid_out[begin].start]
        phase = _phase(known, arriving, repaid, terms, laid_out[begin:])
        rows += _planned(phase, terms, installment_amount)[: end - begin]
    return rows


def _first_period(tranche: Tranche, laid_out: Sequence[Period]) -> int:
    """Find the first period whose plan knows of a tranche; one paid out on a due date belongs to the next."""
    return next(index for index, period in enumerate(laid_out) if tranche.on < period.due)


def _phase(
    known: Sequence[Tranche], arriving: Sequence[Tranche], repaid: Decimal, terms: Terms, ahead: Sequence[Period]
) -> Phase:
    paid_in = sum((tranche.amount for tranche in arriving), ZERO)
    total = sum((tranche.amount for tranche in known), ZERO)
    interest = (
        Fraction(tranche.amount) * ahead[0].growth_from(tranche.on, terms, ahead[-1].due) for tranche in arriving
    )
    return Phase(
        periods=ahead,
        opening=total - paid_in - repaid,
        paid_in=paid_in,
        paid_in_interest=sum(interest, Fraction(0)),
        balloon=min(rounded(total * terms.balloon_rate, terms), total - repaid),
    )


def _planned(phase: Phase, terms: Terms, installment_amount: Decimal | None) -> list[Row]:
    if terms.is_level and installment_amount is not None:
        return rows_of(phase, terms, installment_amount)
    if terms.is_level:
        return level_rows(phase, terms)
    part = rounded((phase.owed - phase.balloon) / phase.due_count, terms)
    return walk(phase, terms, lambda _interest: part)


def _trimmed(rows: list[Row]) -> list[Row]:
    """Leave out the rows at the end of the loan that ask for nothing."""
    kept = list(rows)
    while len(kept) > 1 and not (kept[-1].principal_amount or kept[-1].interest_amount):
        kept.pop()
    return kept


def with_deferred(rows: list[Row], terms: Terms, laid_out: Sequence[Period]) -> list[Row]:
    """Move interest that is not due in its own period to the installments that the terms say."""
    due = [period.interest_due for period in laid_out[: len(rows)]]
    due[-1] = True
    waiting, deferred = ZERO, ZERO
    moved: list[Row] = []
    for row, is_due in zip(rows, due, strict=True):
        in_grace = row.number <= terms.interest_grace and terms.deferred_interest == DeferredInterest.SPREAD
        if is_due:
            moved.append(replace(row, interest_amount=row.interest_amount + waiting))
            waiting = ZERO
        else:
            moved.append(replace(row, interest_amount=ZERO))
            deferred += row.interest_amount if in_grace else ZERO
            waiting += ZERO if in_grace else row.interest_amount
    share = rounded(deferred / sum(due), terms)
    added = spread(deferred, [share if is_due else ZERO for is_due in due])
    return [replace(row, interest_amount=row.interest_amount + more) for row, more in zip(moved, added, strict=True)]


def _installments(
    rows: Sequence[Row], terms: Terms, laid_out: Sequence[Period], payouts: Sequence[Tranche]
) -> tuple[Installment, ...]:
    made = []
    repaid = ZERO
    for row, period in zip(rows, laid_out, strict=False):
        repaid += row.principal_amount
        paid_out = sum((tranche.amount for tranche in payouts if tranche.on <= period.due), ZERO)
        made.append(
            Installment(
                number=row.number,
                period_start=period.start,
                due_date=period.due,
                principal_amount=rounded(row.principal_amount, terms),
                interest_amount=rounded(row.interest_amount, terms),
                fee_amount=rounded(terms.installment_fee_amount, terms),
                balance_after=rounded(paid_out - repaid, terms),
            )
        )
    return tuple(made)


def _prove(made: Schedule) -> None:
    """Assert what every schedule owes its reader: all principal is repaid, nothing is negative, dates go forward."""
    rows = made.installments
    assert sum((row.principal_amount for row in rows), ZERO) == made.principal_amount
    assert rows[-1].balance_after == 0
    assert all(min(row.principal_amount, row.interest_amount, row.balance_after) >= 0 for row in rows)
    assert all(earlier.due_date < later.due_date for earlier, later in pairwise(rows))
