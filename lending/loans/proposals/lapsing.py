"""Proposals of which nothing can come any more end by themselves, and whoever proposed them hears of it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from accounts.identity import operations as identity
from accounts.identity.models import StaffPost
from lending.loans.losses.models import WriteOff, WriteOffReversal
from lending.loans.losses.queries import is_lost
from lending.loans.models import Loan
from lending.loans.proposals.models import Proposal
from lending.loans.proposals.moving import move
from lending.loans.proposals.states import LASTS, Event, Status
from lending.loans.queries import late_interest_of, open_principal_of
from lending.loans.rescheduling.models import Rescheduling
from lending.loans.waivers.models import Waiver


def _waiver_stands(waiver: Waiver, on: date) -> bool:
    return waiver.amount <= late_interest_of(waiver.loan, on=on).open_amount


def _write_off_stands(write_off: WriteOff, on: date) -> bool:
    loan = write_off.loan
    is_rescheduled = loan.reschedulings.filter(agreed_at__gt=write_off.proposed_at).exists()
    return not is_rescheduled and open_principal_of(loan) == write_off.principal_amount and is_lost(loan, on=on)


def _reversal_stands(reversal: WriteOffReversal, _on: date) -> bool:
    return reversal.write_off.status == Status.APPROVED


def _rescheduling_stands(rescheduling: Rescheduling, on: date) -> bool:
    return Rescheduling.objects.standing(on=on).filter(pk=rescheduling.pk).exists()


# Whether the figures that a proposal rests on are still those of the loan.
STANDS: Final[Mapping[type[Proposal], Callable[[Any, date], bool]]] = {
    Waiver: _waiver_stands,
    WriteOff: _write_off_stands,
    WriteOffReversal: _reversal_stands,
    Rescheduling: _rescheduling_stands,
}


def stands(proposal: Proposal, *, on: date) -> bool:
    """Tell whether anything may still come of an open proposal on a day.

    Its figures are never held against a day before it was proposed: what is undone is told as of an earlier one.
    """
    on = max(on, proposal.expires_on - LASTS)
    return proposal.expires_on >= on and STANDS[type(proposal)](proposal, on)


def standing_of(loan: Loan, kind: type[Proposal], *, on: date) -> Any:
    """Find the proposal of a kind that is open for a loan and stands on a day."""
    found = kind.objects.filter(loan=loan, status__in=kind.OPEN).first()
    return found if found and stands(found, on=on) else None


def lapse_ended(loan: Loan, *, on: date, at: datetime) -> None:
    """End what is open for a locked loan and does not stand any more; an inner step."""
    for kind in STANDS:
        for found in kind.objects.filter(loan=loan, status__in=kind.OPEN):
            found.loan = loan
            if not stands(found, on=on):
                move(found, Event.LAPSE, by="system", at=at)
                posts = StaffPost.objects.filter(user=found.proposed_by, ended_at=None)
                params = {"loan": loan.reference, "reference": found.reference}
                identity.tell_staff(posts, f"{kind.WORD}_lapsed", params=params, at=at)


def with_overdue(on: date) -> QuerySet[Loan]:
    """List the loans for which a proposal is open whose days are over."""
    overdue = Q()
    for kind in STANDS:
        overdue |= Q(pk__in=kind.objects.filter(status__in=kind.OPEN, expires_on__lt=on).values("loan"))
    return Loan.objects.filter(overdue).order_by("pk")
