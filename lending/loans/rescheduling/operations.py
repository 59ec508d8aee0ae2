"""Rescheduling a loan: one person proposes, another approves within a limit, the borrower agrees."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity import operations as identity
from accounts.identity import queries as people
from accounts.identity.models import MembershipRole, User
from lending.applications.operations import FourEyesRefused, approval_limit
from lending.loans.allocation import PRINCIPAL, open_part
from lending.loans.models import Installment, Loan
from lending.loans.operations.binding import bind
from lending.loans.rescheduling.lapsing import lapse_ended
from lending.loans.rescheduling.models import Rescheduling
from lending.loans.rescheduling.queries import Comparison, compare
from lending.loans.rescheduling.states import TRANSITIONS, Event, Status
from lending.loans.rescheduling.terms import Wanted, latest_end
from lending.loans.states import LoanStatus
from portal.core import audit, idempotency
from portal.core.interest import InterestRefused, Terms
from portal.core.models import Channel
from portal.core.notices import operations as notices
from portal.core.refusals import Refusal, register
from portal.core.seen import check_seen
from portal.core.transitions import target_of

LASTS: Final = timedelta(days=14)
MOVING: Final = ["status", "decided_by", "decided_at", "note", "agreed_by", "agreed_at", "agreed_on", "version"]

register(
    {
        "nothing_to_reschedule": _("No principal of this loan is open: there is nothing to reschedule."),
        "rescheduling_open": _("Another proposal for this loan is open. Withdraw it first."),
        "first_due_too_early": _("The first installment has to fall due after today."),
        "pause_too_long": _("At least one installment has to ask for principal."),
        "extended_too_long": _("The last installment may fall due on %(latest)s at the latest."),
        "rescheduling_impossible": _("These terms make no schedule. Choose others."),
        "rescheduling_outdated": _(
            "What is open of the loan has changed since this was proposed. The bank has to propose it anew."
        ),
        "rescheduling_expired": _("This proposal ended on %(day)s. The bank has to propose it anew."),
        "rescheduling_lapsed": _(
            "This proposal has ended, or what is open of the loan has changed. The bank has to propose it anew."
        ),
        "rescheduling_reason_missing": _("Say why, in a sentence."),
    }
)


class ReschedulingRefused(Refusal):
    """The loan cannot be rescheduled this way."""


def preview(loan: Loan, wanted: Wanted, *, on: date) -> tuple[Terms, Comparison]:
    """Work out what a proposal would come to if the borrower agreed today, and refuse what may not be proposed.

    :raises ReschedulingRefused: of a loan without open principal; for terms that begin too early, pause to the end,
        last longer than is allowed, or make no schedule.
    """
    if loan.status != LoanStatus.ACTIVE or not _open_principal(loan):
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

    :raises ReschedulingRefused: as `preview` says; without a reason; while another proposal is open.
    :raises FourEyesRefused: by who is, or ever was, a member of the enterprise.
    """
    loan.refresh_from_db(from_queryset=Loan.objects.locked())
    _check_not_own(loan, by)
    if not reason.strip():
        raise ReschedulingRefused("rescheduling_reason_missing")
    fingerprint = idempotency.fingerprint_of([loan.reference, asdict(wanted), reason])

    def make() -> str:
        lapse_ended(loan, on=on, at=at)
        if loan.reschedulings.open().exists():
            raise ReschedulingRefused("rescheduling_open")
        terms, found = preview(loan, wanted, on=on)
        made = Rescheduling.objects.create(
            loan=loan,
            principal_amount=found.principal_amount,
            kept_terms=terms.as_data(),
            reason=reason,
            proposed_by=by,
            proposed_at=at,
            expires_on=min(on + LASTS, min(wanted.first_due_date, found.after[0].due_date) - timedelta(days=1)),
        )
        _record("propose", made, by=by, at=at, reason=reason)
        return made.reference

    scope = f"loans.reschedule:{loan.reference}"
    return Rescheduling.objects.get(reference=idempotency.answer_once(scope, key, fingerprint=fingerprint, make=make))


@transaction.atomic(durable=True)
def approve(rescheduling: Rescheduling, *, seen: str, note: str, by: User, at: datetime, on: date) -> None:
    """Approve what another person proposed, within one's limit for the principal; the owners are told.

    :param seen: the ``shown`` of the comparison that was read.
    :raises FourEyesRefused: by who proposed it, by a member of the enterprise, or above the limit.
    :raises ReschedulingRefused: without a note; once it has ended, or what is open has changed.
    :raises TransitionRefused: when it does not wait for approval.
    :raises ChangedSince: when something else was read.
    """
    _lock(rescheduling)
    status = target_of(TRANSITIONS, Event.APPROVE, rescheduling.status)
    _check_second_person(rescheduling, note, by)
    limit = approval_limit(by, rescheduling.loan.offer.application)
    if rescheduling.principal_amount > limit:
        raise FourEyesRefused("above_approval_limit", amount=rescheduling.principal_amount, limit=limit)
    check_seen(seen, shown=_still(rescheduling, on=on).shown)
    _decide(rescheduling, status, note=note, by=by, at=at)
    _record(Event.APPROVE, rescheduling, by=by, at=at)
    _tell_owners(rescheduling, at=at)


@transaction.atomic(durable=True)
def decline(rescheduling: Rescheduling, *, note: str, by: User, at: datetime) -> None:
    """Decline what another person proposed.

    :raises FourEyesRefused: by who proposed it, or by a member of the enterprise.
    :raises ReschedulingRefused: without a note.
    :raises TransitionRefused: when it does not wait for approval.
    """
    _lock(rescheduling)
    status = target_of(TRANSITIONS, Event.DECLINE, rescheduling.status)
    _check_second_person(rescheduling, note, by)
    _decide(rescheduling, status, note=note, by=by, at=at)
    _record(Event.DECLINE, rescheduling, by=by, at=at)


@transaction.atomic(durable=True)
def withdraw(rescheduling: Rescheduling, *, by: User, at: datetime) -> None:
    """Take a proposal back that the borrower has not agreed to.

    :raises FourEyesRefused: by who is, or ever was, a member of the enterprise.
    :raises TransitionRefused: when it is not open.
    """
    _lock(rescheduling)
    _check_not_own(rescheduling.loan, by)
    rescheduling.status = target_of(TRANSITIONS, Event.WITHDRAW, rescheduling.status)
    rescheduling.save(update_fields=["status"])
    _record(Event.WITHDRAW, rescheduling, by=by, at=at)


@transaction.atomic(durable=True)
def agree(rescheduling: Rescheduling, *, seen: str, code: str, by: User, at: datetime, on: date) -> None:
    """Agree as an owner: in one act the new schedule takes the place of the old one; agreed to twice, it does so once.

    ``code`` is the one-time code sent for this rescheduling; the caller has just asked for the password again.

    :param seen: the ``shown`` of the comparison that was read.
    :raises ReschedulingRefused: once it has ended, or what is open has changed.
    :raises ChangedSince: when something else was read.
    :raises SigningCodeWrong: and its kin, when the code does not confirm this agreement.
    :raises TransitionRefused: when nobody has approved it, or it was withdrawn.
    """
    _lock(rescheduling)
    if rescheduling.agreed_by == by:
        return
    status = target_of(TRANSITIONS, Event.AGREE, rescheduling.status)
    found = _still(rescheduling, on=on)
    check_seen(seen, shown=found.shown)
    identity.confirm_signing_code(by, subject=rescheduling.reference, code=code, at=at)
    loan = rescheduling.loan
    bind(loan, on=on, at=at)  # how late it had become is kept
    loan.installments.current().update(superseded_on=on)
    Installment.objects.bulk_create(found.after)
    rescheduling.status, rescheduling.version = status, found.after[0].version
    rescheduling.agreed_by, rescheduling.agreed_at, rescheduling.agreed_on = by, at, on
    rescheduling.late_interest_amount = found.late_interest_amount
    moved = ["status", "version", "agreed_by", "agreed_at", "agreed_on", "late_interest_amount"]
    rescheduling.save(update_fields=moved)
    bind(loan, on=on, at=at)
    _record(Event.AGREE, rescheduling, by=by, at=at, interest=found.carried_amount)


def _lock(rescheduling: Rescheduling) -> None:
    """Lock the loan first, as whoever repays it does, then what is proposed for it.

    :raises ReschedulingRefused: of what has lapsed.
    """
    rescheduling.loan.refresh_from_db(from_queryset=Loan.objects.locked())
    rescheduling.refresh_from_db(from_queryset=Rescheduling.objects.locked(), fields=MOVING)
    if rescheduling.status == Status.LAPSED:
        raise ReschedulingRefused("rescheduling_lapsed")


def _still(rescheduling: Rescheduling, *, on: date) -> Comparison:
    """Work the comparison out, unless the proposal has ended or is not for what is open now."""
    if rescheduling.expires_on < on:
        raise ReschedulingRefused("rescheduling_expired", day=rescheduling.expires_on)
    loan = rescheduling.loan
    if loan.status != LoanStatus.ACTIVE or _open_principal(loan) != rescheduling.principal_amount:
        raise ReschedulingRefused("rescheduling_outdated")
    return _compare(loan, rescheduling.terms, on=on)


def _open_principal(loan: Loan) -> Decimal:
    return sum((open_part(row, PRINCIPAL) for row in loan.installments.current()), Decimal(0))


def _check_not_own(loan: Loan, by: User) -> None:
    if people.ever_acted_for(loan.enterprise, person=by.reference):
        raise FourEyesRefused("own_enterprise")


def _check_second_person(rescheduling: Rescheduling, note: str, by: User) -> None:
    if by == rescheduling.proposed_by:
        raise FourEyesRefused("same_person_twice")
    _check_not_own(rescheduling.loan, by)
    if not note.strip():
        raise ReschedulingRefused("rescheduling_reason_missing")


def _decide(rescheduling: Rescheduling, status: str, *, note: str, by: User, at: datetime) -> None:
    rescheduling.status, rescheduling.note = status, note
    rescheduling.decided_by, rescheduling.decided_at = by, at
    rescheduling.save(update_fields=["status", "note", "decided_by", "decided_at"])


def _tell_owners(rescheduling: Rescheduling, *, at: datetime) -> None:
    memberships = rescheduling.loan.enterprise.memberships.filter(role=MembershipRole.OWNER, ended_at=None)
    for membership in memberships.exclude(user__phone="").select_related("user").order_by("pk"):
        address = notices.Address(Channel.SMS, membership.user.phone)
        params = {"reference": rescheduling.reference, "loan": rescheduling.loan.reference}
        language = membership.user.language
        notices.send("rescheduling_approved", address=address, language=language, params=params, at=at)


def _record(verb: str, rescheduling: Rescheduling, *, by: User, at: datetime, **details: object) -> None:
    told = {"rescheduling": rescheduling.reference, "principal": rescheduling.principal_amount, **details}
    subject = rescheduling.loan.reference
    audit.record(f"loans.{verb}_rescheduling", subject=subject, by=by.reference, at=at, details=told)
