"""Proposing something for a loan, and deciding on it as another person: what every kind of proposal shares.

Inner steps, but for `decline`, `withdraw` and `lapse`, which are the same for every kind.
"""

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import User
from accounts.identity.queries import ever_acted_for
from lending.applications.operations import FourEyesRefused, approval_limit
from lending.loans.models import Loan
from lending.loans.proposals.lapsing import lapse_ended, stands
from lending.loans.proposals.models import Proposal
from lending.loans.proposals.moving import move, record
from lending.loans.proposals.states import LASTS, Event, Status
from portal.core import idempotency
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

P = TypeVar("P", bound=Proposal)

register(
    {
        "proposal_open": _(
            "Proposal %(reference)s for this loan is still open. It has to be decided on or withdrawn before another is"
            " made."
        ),
        "proposal_lapsed": _(
            "This proposal has ended, or what is open of the loan has changed. The bank has to propose it anew."
        ),
        "proposal_reason_missing": _("Say why, in a sentence."),
    }
)


class ProposalRefused(Refusal):
    """It cannot be proposed, or decided on, this way."""


def propose(
    loan: Loan,
    kind: type[P],
    *asked: object,
    reason: str,
    make: Callable[[], P],
    key: str,
    by: User,
    at: datetime,
    on: date,
) -> P:
    """Keep what ``make`` gives for a loan as proposed, for two weeks or as long as it says; the same key proposes once.

    One of which nothing can come any more makes room for it.

    :param asked: with the reason, what the key stands for.
    :raises ProposalRefused: without a reason; while another of its kind is open.
    :raises FourEyesRefused: by who is, or ever was, a member of the enterprise.
    """
    loan.refresh_from_db(from_queryset=Loan.objects.locked())
    check_not_own(loan, by)
    _check_reason(reason)

    def once() -> str:
        lapse_ended(loan, on=on, at=at)
        if other := kind.objects.filter(loan=loan, status__in=kind.OPEN).first():
            raise already_open(other)
        made = make()
        made.loan, made.proposed_by, made.proposed_at = loan, by, at
        made.expires_on = made.expires_on or on + LASTS
        made.save(force_insert=True)
        record("propose", made, by=by.reference, at=at, reason=reason)
        return str(made)

    fingerprint = idempotency.fingerprint_of([loan.reference, *asked, reason])
    scope = f"loans.propose_{kind.WORD}:{loan.reference}"
    found: P = kind.objects.get(reference=idempotency.answer_once(scope, key, fingerprint=fingerprint, make=once))
    return found


def already_open(other: Proposal) -> ProposalRefused:
    """Say why another of its kind is not proposed."""
    return ProposalRefused("proposal_open", reference=other.reference)


def check_approving(proposal: Proposal, *, note: str, by: User, on: date) -> None:
    """Lock a proposal, and refuse who may not approve it.

    :raises FourEyesRefused: by who proposed it, by a member of the enterprise, or above the limit.
    :raises ProposalRefused: without a note; once its days are over, or what it rests on has changed.
    :raises TransitionRefused: when it does not wait for approval.
    """
    _check_deciding(proposal, Event.APPROVE, note=note, by=by)
    limit = approval_limit(by, proposal.loan.offer.application)
    if proposal.limited_amount > limit:
        raise FourEyesRefused("above_approval_limit", amount=proposal.limited_amount, limit=limit)
    check_stands(proposal, on=on)


def check_stands(proposal: Proposal, *, on: date) -> None:
    """Refuse a proposal of which nothing can come any more.

    :raises ProposalRefused: for it.
    """
    if not stands(proposal, on=on):
        raise ProposalRefused("proposal_lapsed")


def decide(proposal: Proposal, event: StrEnum, *, note: str, by: User, at: datetime, **details: object) -> None:
    """Write down what the second person said of a proposal that was checked."""
    proposal.note, proposal.decided_by, proposal.decided_at = note.strip(), by, at
    move(proposal, event, by=by.reference, at=at, **details)


@transaction.atomic(durable=True)
def decline(proposal: Proposal, *, note: str, by: User, at: datetime) -> None:
    """Decline what another person proposed.

    :raises FourEyesRefused: by who proposed it, or by a member of the enterprise.
    :raises ProposalRefused: without a note.
    :raises TransitionRefused: when it does not wait for approval.
    """
    _check_deciding(proposal, Event.DECLINE, note=note, by=by)
    decide(proposal, Event.DECLINE, note=note, by=by, at=at)


@transaction.atomic(durable=True)
def withdraw(proposal: Proposal, *, by: User, at: datetime) -> None:
    """Take a proposal back of which nothing came yet.

    :raises FourEyesRefused: by who is, or ever was, a member of the enterprise.
    :raises TransitionRefused: when it is not open.
    """
    lock(proposal)
    check_not_own(proposal.loan, by)
    move(proposal, Event.WITHDRAW, by=by.reference, at=at)


@transaction.atomic(durable=True)
def lapse(loan: Loan, *, at: datetime, on: date) -> None:
    """End what is open for a loan and does not stand any more; whoever proposed it is told."""
    loan.refresh_from_db(from_queryset=Loan.objects.locked())
    lapse_ended(loan, on=on, at=at)


def lock(proposal: Proposal) -> None:
    """Lock the loan first, as whoever repays it does, then what is proposed for it.

    :raises ProposalRefused: of what has lapsed.
    """
    loan = proposal.loan
    loan.refresh_from_db(from_queryset=Loan.objects.locked())
    proposal.refresh_from_db(from_queryset=type(proposal).objects.locked())
    proposal.loan = loan
    if proposal.status == Status.LAPSED:
        raise ProposalRefused("proposal_lapsed")


def check_not_own(loan: Loan, by: User) -> None:
    """Let nobody decide on a loan of an enterprise that they act for, or ever did.

    :raises FourEyesRefused: for them.
    """
    if ever_acted_for(loan.enterprise, person=by.reference):
        raise FourEyesRefused("own_enterprise")


def _check_deciding(proposal: Proposal, event: StrEnum, *, note: str, by: User) -> None:
    lock(proposal)
    target_of(proposal.TRANSITIONS, event, proposal.status)
    if by == proposal.proposed_by:
        raise FourEyesRefused("same_person_twice")
    check_not_own(proposal.loan, by)
    _check_reason(note)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise ProposalRefused("proposal_reason_missing")
