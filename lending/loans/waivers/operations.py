"""Waiving late interest: one person proposes, another approves within a limit, the owners are told."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity import queries as people
from accounts.identity.models import MembershipRole, User
from lending.applications.operations import FourEyesRefused, approval_limit
from lending.loans.models import Loan
from lending.loans.queries import late_interest_of
from lending.loans.waivers.models import Waiver
from lending.loans.waivers.states import TRANSITIONS, Event, Status
from portal.core import audit, formats, idempotency
from portal.core.models import Channel
from portal.core.money import is_exact
from portal.core.notices import operations as notices
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

register(
    {
        "no_late_interest": _("No late interest of this loan is open: there is nothing to waive."),
        "waiver_amount_wrong": _("Waive an amount above zero, in yuan and cents, up to the %(most)s that is open."),
        "waiver_open": _("Another waiver of this loan is proposed already. Withdraw it first."),
        "waiver_outdated": _("Only %(most)s of late interest is open now. Decline this, and have it proposed anew."),
        "waiver_reason_missing": _("Say why, in a sentence."),
    }
)


class WaiverRefused(Refusal):
    """The late interest cannot be waived this way."""


@transaction.atomic(durable=True)
def propose(loan: Loan, amount: Decimal, *, reason: str, key: str, by: User, at: datetime, on: date) -> Waiver:
    """Propose to waive late interest that is open on a day, in whole or part; the same key proposes once.

    :raises WaiverRefused: when none is open, for more than that, without a reason, while another proposal is open.
    :raises FourEyesRefused: by who is, or ever was, a member of the enterprise.
    """
    loan.refresh_from_db(from_queryset=Loan.objects.locked())
    _check_not_own(loan, by)
    fingerprint = idempotency.fingerprint_of([loan.reference, amount, reason])

    def make() -> str:
        _check(loan, amount, reason=reason, on=on)
        made = Waiver.objects.create(loan=loan, amount=amount, reason=reason, proposed_by=by, proposed_at=at)
        _record("propose", made, by=by, at=at, reason=reason)
        return made.reference

    scope = f"loans.waive:{loan.reference}"
    return Waiver.objects.get(reference=idempotency.answer_once(scope, key, fingerprint=fingerprint, make=make))


def _check(loan: Loan, amount: Decimal, *, reason: str, on: date) -> None:
    if loan.waivers.filter(status=Status.PROPOSED).exists():
        raise WaiverRefused("waiver_open")
    most = late_interest_of(loan, on=on).open_amount
    if not most:
        raise WaiverRefused("no_late_interest")
    if not is_exact(amount, loan.currency) or not 0 < amount <= most:
        raise WaiverRefused("waiver_amount_wrong", most=most, currency=loan.currency)
    if not reason.strip():
        raise WaiverRefused("waiver_reason_missing")


@transaction.atomic(durable=True)
def approve(waiver: Waiver, *, note: str, by: User, at: datetime, on: date) -> None:
    """Approve what another person proposed, within one's limit; the owners are told.

    :raises FourEyesRefused: by who proposed it, by a member of the enterprise, or above the limit.
    :raises WaiverRefused: without a note; when less than that is open now.
    :raises TransitionRefused: when it does not wait for approval.
    """
    _decide(waiver, Event.APPROVE, note=note, by=by, at=at)
    limit = approval_limit(by, waiver.loan.offer.application)
    if waiver.amount > limit:
        raise FourEyesRefused("above_approval_limit", amount=waiver.amount, limit=limit)
    most = late_interest_of(waiver.loan, on=on).open_amount
    if waiver.amount > most:
        raise WaiverRefused("waiver_outdated", most=most, currency=waiver.loan.currency)
    waiver.save(update_fields=["status", "note", "decided_by", "decided_at"])
    _record(Event.APPROVE, waiver, by=by, at=at)
    _tell_owners(waiver, at=at)


@transaction.atomic(durable=True)
def decline(waiver: Waiver, *, note: str, by: User, at: datetime) -> None:
    """Decline what another person proposed.

    :raises FourEyesRefused: by who proposed it, or by a member of the enterprise.
    :raises WaiverRefused: without a note.
    :raises TransitionRefused: when it does not wait for approval.
    """
    _decide(waiver, Event.DECLINE, note=note, by=by, at=at)
    waiver.save(update_fields=["status", "note", "decided_by", "decided_at"])
    _record(Event.DECLINE, waiver, by=by, at=at)


@transaction.atomic(durable=True)
def withdraw(waiver: Waiver, *, by: User, at: datetime) -> None:
    """Take a proposal back that nobody has decided on.

    :raises FourEyesRefused: by who is, or ever was, a member of the enterprise.
    :raises TransitionRefused: when it is not open.
    """
    _lock(waiver)
    _check_not_own(waiver.loan, by)
    waiver.status = target_of(TRANSITIONS, Event.WITHDRAW, waiver.status)
    waiver.save(update_fields=["status"])
    _record(Event.WITHDRAW, waiver, by=by, at=at)


def _lock(waiver: Waiver) -> None:
    """Lock the loan first, as whoever repays it does, then what is proposed for it."""
    waiver.loan.refresh_from_db(from_queryset=Loan.objects.locked())
    waiver.refresh_from_db(from_queryset=Waiver.objects.locked(), fields=["status", "decided_by", "decided_at", "note"])


def _decide(waiver: Waiver, event: Event, *, note: str, by: User, at: datetime) -> None:
    _lock(waiver)
    status = target_of(TRANSITIONS, event, waiver.status)
    if by == waiver.proposed_by:
        raise FourEyesRefused("same_person_twice")
    _check_not_own(waiver.loan, by)
    if not note.strip():
        raise WaiverRefused("waiver_reason_missing")
    waiver.status, waiver.note, waiver.decided_by, waiver.decided_at = status, note, by, at


def _check_not_own(loan: Loan, by: User) -> None:
    if people.ever_acted_for(loan.enterprise, person=by.reference):
        raise FourEyesRefused("own_enterprise")


def _tell_owners(waiver: Waiver, *, at: datetime) -> None:
    loan = waiver.loan
    memberships = loan.enterprise.memberships.filter(role=MembershipRole.OWNER, ended_at=None)
    for membership in memberships.exclude(user__phone="").select_related("user").order_by("pk"):
        address, language = notices.Address(Channel.SMS, membership.user.phone), membership.user.language
        params = {"amount": formats.money(waiver.amount, loan.currency), "loan": loan.reference}
        notices.send("late_interest_waived", address=address, language=language, params=params, at=at)


def _record(verb: str, waiver: Waiver, *, by: User, at: datetime, **details: object) -> None:
    told = {"waiver": waiver.reference, "amount": waiver.amount, **details}
    audit.record(f"loans.{verb}_waiver", subject=waiver.loan.reference, by=by.reference, at=at, details=told)
