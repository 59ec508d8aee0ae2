"""Waivers, proposed and approved by the operations that the pages use."""

from datetime import date, datetime
from decimal import Decimal

from accounts.identity.models import User
from lending.applications.tests.builders import NOW
from lending.loans.models import Loan
from lending.loans.waivers import operations
from lending.loans.waivers.models import Waiver


def propose(loan: Loan, amount: str | Decimal, *, by: User, on: date, key: str = "k", at: datetime = NOW) -> Waiver:
    """Propose a waiver."""
    return operations.propose(loan, Decimal(amount), reason="The road was closed.", key=key, by=by, at=at, on=on)


def approve(waiver: Waiver, *, by: User, on: date) -> None:
    """Approve it."""
    operations.approve(waiver, note="Fair.", by=by, at=NOW, on=on)
