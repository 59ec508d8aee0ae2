"""Loans that go bad: written off, and what the tests of it share."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.identity.models import User
from accounts.ledger import queries as books
from accounts.ledger.models import LedgerAccount
from lending.applications.tests.builders import NOW, TODAY
from lending.loans.losses import operations
from lending.loans.losses.models import WriteOff, WriteOffReversal
from lending.loans.losses.queries import shown_of, split_of
from lending.loans.models import Loan
from lending.loans.queries import discrepancies

LOST = TODAY + timedelta(days=30 + 365)  # the first installment is 361 days late, or more
MONTH = LOST.replace(day=1) - timedelta(days=1)  # the last month that is over
LATER = LOST + timedelta(days=10)


def booked(purpose: str, on: date | None = None) -> Decimal:
    """Tell what an account of the bank holds."""
    return books.balance(LedgerAccount.objects.named(purpose), on=on)


def ties() -> bool:
    """Tell whether loans and books tie."""
    return (discrepancies(), books.discrepancies()) == ([], [])


def propose(loan: Loan, *, by: User, key: str = "k", on: date = LOST, at: datetime = NOW, **told: Any) -> WriteOff:
    """Propose to write a loan off."""
    return operations.propose(loan, **{"grounds": "The shop is gone.", **told}, key=key, by=by, at=at, on=on)


def shown(write_off: WriteOff) -> str:
    """Name what a page would show."""
    return split_of(write_off.loan, write_off.principal_amount).shown


def approve(write_off: WriteOff, *, by: User, on: date = LOST, seen: str = "", note: str = "Tried all.") -> None:
    """Approve what was read."""
    operations.approve(write_off, seen=seen or shown(write_off), note=note, by=by, at=NOW, on=on)


def write_off(loan: Loan, *, proposer: User, approver: User, on: date = LOST, key: str = "") -> WriteOff:
    """Write a loan off, from the proposal to the entry."""
    made = propose(loan, by=proposer, on=on, key=key or f"{on}")
    approve(made, by=approver, on=on)
    loan.refresh_from_db()
    return made


def propose_reversal(
    mistake: WriteOff, *, by: User, key: str = "k", on: date = LOST, reason: str = "Mixed up."
) -> WriteOffReversal:
    """Propose to reverse a write-off."""
    return operations.propose_reversal(mistake, reason=reason, key=key, by=by, at=NOW, on=on)


def approve_reversal(
    made: WriteOffReversal, *, by: User, on: date = LOST, seen: str = "", note: str = "It was."
) -> None:
    """Approve what was read."""
    seen = seen or shown_of(made.write_off)
    operations.approve_reversal(made, seen=seen, note=note, by=by, at=NOW, on=on)


def reverse(mistake: WriteOff, *, proposer: User, approver: User, on: date = LOST, key: str = "k") -> WriteOffReversal:
    """Reverse a write-off, from the proposal to the entries."""
    made = propose_reversal(mistake, by=proposer, on=on, key=key)
    approve_reversal(made, by=approver, on=on)
    mistake.refresh_from_db()
    return made
