"""Reschedulings, proposed, approved and agreed to by the operations that the pages use."""

from datetime import date, datetime, timedelta
from typing import Any

from accounts.identity import operations as identity
from accounts.identity.models import User
from lending.applications.tests.builders import NOW, TODAY
from lending.loans.models import Loan
from lending.loans.rescheduling import operations
from lending.loans.rescheduling.models import Rescheduling
from lending.loans.rescheduling.queries import comparison_of
from lending.loans.rescheduling.terms import Wanted
from lending.loans.tests.builders import told_code
from portal.core.interest import InterestMethod

LATE = TODAY + timedelta(days=75)  # two installments are late


def wanted(on: date = LATE, **changed: Any) -> Wanted:
    """Ask for a year of equal installments from a month on."""
    told = {"first_due_date": on + timedelta(days=30), "installments": 12, "interest_only": 0}
    return Wanted(**{**told, "interest_method": InterestMethod.EQUAL_INSTALLMENTS, **changed})


def propose(
    loan: Loan, *, by: User, key: str = "k", on: date = LATE, at: datetime = NOW, **changed: Any
) -> Rescheduling:
    """Propose another schedule."""
    return operations.propose(loan, wanted(on, **changed), reason="The harvest failed.", key=key, by=by, at=at, on=on)


def approve(rescheduling: Rescheduling, *, by: User, on: date = LATE, seen: str = "") -> None:
    """Approve what was read."""
    operations.approve(rescheduling, seen=seen or shown(rescheduling, on=on), note="Sound.", by=by, at=NOW, on=on)


def agree(
    rescheduling: Rescheduling, *, by: User, on: date = LATE, seen: str = "", code: str = "", at: datetime = NOW
) -> None:
    """Agree with the right code, unless another is given."""
    if not code:
        identity.send_signing_code(by, subject=rescheduling.reference, at=at)
        code = told_code()
    operations.agree(rescheduling, seen=seen or shown(rescheduling, on=on), code=code, by=by, at=at, on=on)


def shown(rescheduling: Rescheduling, *, on: date = LATE) -> str:
    """Name what a page would show."""
    found = comparison_of(rescheduling, on=on)
    return found.shown if found else ""


def reschedule(
    loan: Loan, *, proposer: User, approver: User, owner: User, on: date = LATE, **changed: Any
) -> Rescheduling:
    """Bring another schedule from the proposal to the agreement."""
    made = propose(loan, by=proposer, on=on, key=f"{on}", **changed)
    approve(made, by=approver, on=on)
    agree(made, by=owner, on=on)
    loan.refresh_from_db()
    return made
