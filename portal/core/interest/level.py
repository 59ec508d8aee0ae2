"""Level installments: the one amount that, paid on every due date, brings a declining balance to zero."""

from dataclasses import replace
from decimal import ROUND_DOWN, Decimal, localcontext

from portal.core import money
from portal.core.interest.rows import WIDE, ZERO, Phase, Row, decimal, rounded, to_multiple, walk
from portal.core.interest.terms import InterestRefused, Terms


class InstallmentTooSmall(InterestRefused):
    """A given installment does not cover its interest."""


def level_rows(phase: Phase, terms: Terms) -> list[Row]:
    """Repay a phase by equal installments.

    The exact amount solves the balance recursion b' = b (1 + growth) + payouts - installment to the balloon; over
    equal periods this is the annuity formula P r / (1 - (1 + r)^-n). It is then rounded, to the terms' multiple or
    to the minor unit, and leveled. A period whose interest alone would exceed the installment (a long first period)
    asks for its interest only.
    """
    phase, exact = _without_overlong(phase)
    for amount in _candidates(exact, terms):
        rows = _paid_by(phase, terms, amount)
        if _pays_to_the_end(rows, phase):
            break
    return _leveled(phase, terms, rows, amount)


def rows_of(phase: Phase, terms: Terms, amount: Decimal) -> list[Row]:
    """Repay a phase by a given installment; the last row takes the difference, or the last rows ask for nothing.

    :raises InstallmentTooSmall: when a period's interest exceeds the amount.
    """
    rows = _paid_by(phase, terms, amount)
    for period, row in zip(phase.periods, rows, strict=True):
        if period.principal_due and row.interest_amount > amount:
            params = {"number": row.number, "amount": amount, "interest_amount": row.interest_amount}
            raise InstallmentTooSmall("installment_too_small", **params)
    return rows


def _paid_by(phase: Phase, terms: Terms, amount: Decimal) -> list[Row]:
    return walk(phase, terms, lambda interest: amount - interest)


def _exact_amount(phase: Phase) -> Decimal:
    """Solve the recursion for the installment: the balance is ``owed - paid * installment`` throughout."""
    with localcontext(WIDE):
        owed, paid = phase.opening, ZERO
        arriving, arriving_interest = phase.paid_in, decimal(phase.paid_in_interest)
        for period in phase.periods:
            if period.principal_due:
                factor = 1 + decimal(period.growth)
                owed, paid = owed * factor + arriving_interest, paid * factor + 1
            owed, arriving, arriving_interest = owed + arriving, ZERO, ZERO
        return (owed - phase.balloon) / paid


def _without_overlong(phase: Phase) -> tuple[Phase, Decimal]:
    """Find the exact installment, taking principal away from periods whose interest exceeds it."""
    while True:
        exact = _exact_amount(phase)
        overlong = _first_overlong(phase, exact)
        if overlong is None:
            return phase, exact
        periods = list(phase.periods)
        periods[overlong] = replace(periods[overlong], principal_due=False)
        phase = replace(phase, periods=periods)


def _first_overlong(phase: Phase, amount: Decimal) -> int | None:
    with localcontext(WIDE):
        balance, arriving, arriving_interest = phase.opening, phase.paid_in, decimal(phase.paid_in_interest)
        for index, period in enumerate(phase.periods[:-1]):
            interest = balance * decimal(period.growth) + arriving_interest
            balance, arriving, arriving_interest = balance + arriving, ZERO, ZERO
            if not period.principal_due:
                continue
            if interest > amount:
                return index
            balance += interest - amount
    return None


def _candidates(exact: Decimal, terms: Terms) -> list[Decimal]:
    """List the roundings to try: the nearest multiple, the one below it, the minor unit."""
    plain = rounded(exact, terms)
    if terms.installment_multiple is None:
        return [plain]
    return [*(to_multiple(exact, terms.installment_multiple, how) for how in (terms.rounding, ROUND_DOWN)), plain]


def _pays_to_the_end(rows: list[Row], phase: Phase) -> bool:
    due = [row for period, row in zip(phase.periods, rows, strict=True) if period.principal_due]
    return all(row.principal_amount > 0 for row in due) and due[-1].principal_amount >= phase.balloon


def _leveled(phase: Phase, terms: Terms, rows: list[Row], amount: Decimal) -> list[Row]:
    """Move the installment by the last one's difference spread over all, for as long as that shrinks the difference.

    Only when the difference in minor units exceeds half the number of installments. Source: Apache Fineract's
    progressive schedule (ProgressiveEMICalculator), whose published rows the tests hold.
    """
    while abs(gap := _gap(phase, rows, amount)) > money.from_minor(phase.due_count // 2, terms.currency):
        moved = rounded(amount + gap / phase.due_count, terms)
        if terms.installment_multiple is not None:
            moved = to_multiple(moved, terms.installment_multiple, terms.rounding)
        candidate = _paid_by(phase, terms, moved)
        if abs(_gap(phase, candidate, moved)) >= abs(gap) or not _pays_to_the_end(candidate, phase):
            break
        rows, amount = candidate, moved
    return rows


def _gap(phase: Phase, rows: list[Row], amount: Decimal) -> Decimal:
    return rows[-1].principal_amount + rows[-1].interest_amount - phase.balloon - amount
