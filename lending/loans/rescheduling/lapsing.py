"""Proposals that nobody can agree to any more end by themselves, and whoever proposed them hears of it."""

from datetime import date, datetime

from accounts.identity import operations as identity
from accounts.identity.models import StaffPost
from lending.loans.models import Loan
from lending.loans.rescheduling.models import Rescheduling
from lending.loans.rescheduling.states import TRANSITIONS, Event
from portal.core import audit
from portal.core.transitions import target_of


def lapse_ended(loan: Loan, *, on: date, at: datetime) -> None:
    """End an open proposal whose days are over or which is not for what is open now; an inner step, the loan locked."""
    standing = loan.reschedulings.standing(on=on).values("pk")
    for found in loan.reschedulings.open().exclude(pk__in=standing):
        _lapse(found, at=at)


def _lapse(rescheduling: Rescheduling, *, at: datetime) -> None:
    rescheduling.status = target_of(TRANSITIONS, Event.LAPSE, rescheduling.status)
    rescheduling.save(update_fields=["status"])
    loan, reference = rescheduling.loan.reference, rescheduling.reference
    audit.record("loans.lapse_rescheduling", subject=loan, by="system", at=at, details={"rescheduling": reference})
    posts = StaffPost.objects.filter(user=rescheduling.proposed_by, ended_at=None)
    identity.tell_staff(posts, "rescheduling_lapsed", params={"loan": loan}, at=at)
