"""Rescheduling a loan: one person proposes, another approves within a limit, the borrower agrees."""

from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.identity import operations as identity
from accounts.identity.models import User
from accounts.identity.operations.telling import tell_owners
from lending.loans.models import Installment, Loan
from lending.loans.operations.binding import bind
from lending.loans.proposals import operations as proposals
from lending.loans.proposals.moving import move
from lending.loans.proposals.states import LASTS
from lending.loans.queries import open_principal_of
from lending.loans.rescheduling.models import Rescheduling
from lending.loans.rescheduling.queries import Comparison, compare
from lending.loans.rescheduling.states import TRANSITIONS, Event
from lending.loans.rescheduling.terms import Wanted, latest_end
from lending.loans.states import LoanStatus
from portal.core import moments
from portal.core.interest import InterestRefused, Terms
from portal.core.refusals import Refusal, register
from portal.core.seen import check_seen
from portal.core.transitions import target_of

register(
    {
        "nothing_to_reschedule": _("No principal of this loan is open: there is nothing to reschedule."),
        "first_due_too_early": _("The first installment has to fall due after today."),
        "pause_too_long": _("At least one installment has to ask for principal."),
        "extended_too_long": _("The last installment may fall due on %(latest)s at the latest."),
        "rescheduling_impossible": _("These terms make no schedule. Choose others."),
    }
)


class ReschedulingRefused(Refusal):
    """The loan cannot be rescheduled this way."""


def preview(loan: Loan, wanted: Wanted, *, on: date) -> tuple[Terms, Comparison]:
    """Work out what a proposal would come to if the borrower agreed today, and refuse what may not be proposed.

    :raises ReschedulingRefused: of a loan without open principal; for terms that begin too early, pause to the end,
        last longer than is allowed, or make no schedule.
    """
    if loan.status != LoanStatus.ACTIVE or not open_principal_of(loan):
        raise ReschedulingRefused("nothing_to_reschedule")
    if wanted.first_due_date <= on:
        raise ReschedulingRefused("first_due_too_early")
    if wanted.interest_only >= wanted.installments:
        raise ReschedulingRefused("pause_too_long")
    latest = latest_end(loan.disbursed_on, loan.installments.filter(version=1).latest("number").due_date)
    if wanted.first_due_date > latest:
        raise ReschedulingRefused("extended_too_long", latest=latest)
    try:
        terms = wanted.terms(loan.terms)
    except InterestRefused as refused:
        raise ReschedulingRefused("rescheduling_impossible") from refused
    found = _compare(loan, terms, on=on)
    if found.after[-1].due_date > latest:
        raise ReschedulingRefused("extended_too_long", latest=latest)
    return terms, found


def _compare(loan: Loan, terms: Terms, *, on: date) -> Comparison:
    try:
        return compare(loan, terms, on=on)
    except InterestRefused as refused:
        raise ReschedulingRefused("rescheduling_impossible") from refused


@transaction.atomic(durable=True)
def propose(loan: Loan, wanted: Wanted, *, reason: str, key: str, by: User, at: datetime, on: date) -> Rescheduling:
    """Propose another schedule for what is open of a loan; it can be agreed to for two weeks.

    One that nobody can agree to any more makes room for it.

    :raises ReschedulingRefused: as `preview` says.
    :raises ProposalRefused: without a reason; while another is open.
    :raises FourEyesRefused: by who is, or ever was, a member of the enterprise.
    """

    def make() -> Rescheduling:
        terms, found = preview(loan, wanted, on=on)
        last = min(on + LASTS, min(wanted.first_due_date, found.after[0].due_date) - timedelta(days=1))
        principal, kept = found.principal_amount, terms.as_data()
        return Rescheduling(principal_amount=principal, kept_terms=kept, reason=reason, expires_on=last)

    asked = asdict(wanted)
    return proposals.propose(loan, Rescheduling, asked, reason=reason, make=make, key=key, by=by, at=at, on=on)


@transaction.atomic(durable=True)
def approve(rescheduling: Rescheduling, *, seen: str, note: str, by: User, at: datetime, on: date) -> None:
    """Approve what another person proposed, within one's limit for the principal; the owners are told.

    :param seen: the ``shown`` of the comparison that was read.
    :raises FourEyesRefused: by who proposed it, by a member of the enterprise, or above the limit.
    :raises ProposalRefused: without a note; once it has ended, or what is open has changed.
    :raises TransitionRefused: when it does not wait for approval.
    :raises ChangedSince: when something else was read.
    """
    proposals.check_approving(rescheduling, note=note, by=by, on=on)
    check_seen(seen, shown=_compare(rescheduling.loan, rescheduling.terms, on=on).shown)
    proposals.decide(rescheduling, Event.APPROVE, note=note, by=by, at=at)
    params = {"reference": rescheduling.reference, "loan": rescheduling.loan.reference}
    tell_owners(rescheduling.loan.enterprise, "rescheduling_approved", params=lambda: params, at=at)


@transaction.atomic(durable=True)
def agree(rescheduling: Rescheduling, *, seen: str, code: str, by: User, at: datetime, on: date) -> None:
    """Agree as an owner: in one act the new schedule takes the place of the old one; agreed to twice, it does so once.

    ``code`` is the one-time code sent for this rescheduling; the caller has just asked for the password again.

    :param seen: the ``shown`` of the comparison that was read.
    :raises ProposalRefused: once it has ended, or what is open has changed.
    :raises ChangedSince: when something else was read.
    :raises SigningCodeWrong: and its kin, when the code does not confirm this agreement.
    :raises TransitionRefused: when nobody has approved it, or it was withdrawn.
    """
    proposals.lock(rescheduling)
    if rescheduling.agreed_by == by:
        return
    target_of(TRANSITIONS, Event.AGREE, rescheduling.status)
    proposals.check_stands(rescheduling, on=on)
    found = _compare(rescheduling.loan, rescheduling.terms, on=on)
    check_seen(seen, shown=found.shown)
    identity.confirm_signing_code(by, subject=rescheduling.reference, code=code, at=at)
    loan = rescheduling.loan
    at = moments.after(at, loan.repayments.aggregate(newest=Max("paid_at"))["newest"])  # it rests on them
    bind(loan, on=on, at=at)  # how late it had become is kept
    loan.installments.current().update(superseded_on=on)
    Installment.objects.bulk_create(found.after)
    rescheduling.version, rescheduling.late_interest_amount = found.after[0].version, found.late_interest_amount
    rescheduling.agreed_by, rescheduling.agreed_at, rescheduling.agreed_on = by, at, on
    move(rescheduling, Event.AGREE, by=by.reference, at=at, interest=found.carried_amount)
    bind(loan, on=on, at=at)
