"""Taking back an offer that nobody has signed, by the bank: as many people as approved it."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Role, User
from accounts.identity.operations.telling import tell_owners
from lending.applications import judgment
from lending.applications.models import Application, ReviewKind, Revocation, RevocationOutcome, RevocationReason
from lending.applications.operations import steps
from lending.applications.operations.review import FourEyesRefused, ReviewRefused, check_not_own, check_note
from lending.applications.states import TRANSITIONS, Event
from portal.core import audit, idempotency
from portal.core.refusals import Refusal, register
from portal.core.seen import check_seen
from portal.core.transitions import target_of

register(
    {
        "revocation_waits": _("A colleague has asked for this already. It waits for a second person."),
        "revocation_gone": _("Nobody asks any more for this offer to be revoked."),
    }
)
REVOKERS: Final = (Role.OFFICER, Role.UNDERWRITER, Role.APPROVER)


class RevocationRefused(Refusal):
    """The offer cannot be revoked this way."""


@transaction.atomic(durable=True)
def revoke(application: Application, *, reason: str, note: str, by: User, at: datetime, key: str = "") -> Revocation:
    """Take an offer back that nobody signed: at once where the rules approved it, else once a second person agrees.

    While it waits for that person, the offer cannot be signed.

    :param reason: what its owners are told; ``note`` is for the bank's people.
    :param key: a program's; the same one revokes once.
    :raises TransitionRefused: when there is no offer that could still be signed.
    :raises FourEyesRefused: by who is or was a member of the enterprise.
    :raises ReviewRefused: without a note or a known reason.
    :raises RevocationRefused: when somebody asked for it already.
    """
    steps.lock(application)

    def make() -> str:
        return str(_revoke(application, reason, note, by, at).pk)

    fingerprint = idempotency.fingerprint_of([reason, note, by.reference])
    scope = f"applications.revoke:{application.reference}"
    made = idempotency.answer_once(scope, key, fingerprint=fingerprint, make=make) if key else make()
    return application.revocations.get(pk=made)


def _revoke(application: Application, reason: str, note: str, by: User, at: datetime) -> Revocation:
    target_of(TRANSITIONS, Event.REVOKE, application.status)
    check_not_own(application, by)
    check_note(note)
    if reason not in RevocationReason.values:
        raise ReviewRefused("review_outcome_unknown")
    if application.revocations.filter(outcome="").exists():
        raise RevocationRefused("revocation_waits")
    revocation = Revocation.objects.create(
        application=application,
        reason=reason,
        note=note.strip(),
        needs_second=application.reviews.filter(kind=ReviewKind.APPROVAL).exists(),
        asked_by=by,
        asked_at=at,
    )
    if revocation.needs_second:
        audit.record("applications.revoke_asked", subject=application.reference, by=by.reference, at=at)
    else:
        _conclude(revocation, RevocationOutcome.CONFIRMED, by=by, at=at)
    return revocation


@transaction.atomic(durable=True)
def conclude_revocation(application: Application, *, outcome: str, by: User, at: datetime, seen: str) -> None:
    """Say, as a second person, that an offer is revoked or stands.

    :param seen: the ``shown`` of the revocation that was read.
    :raises TransitionRefused: when the offer has ended otherwise.
    :raises RevocationRefused: when none waits.
    :raises ChangedSince: when another one was read.
    :raises FourEyesRefused: by who asked for it, or by who is or was a member of the enterprise.
    """
    steps.lock(application)
    target_of(TRANSITIONS, Event.REVOKE, application.status)
    revocation = application.revocations.filter(outcome="").first()
    if revocation is None:
        raise RevocationRefused("revocation_gone")
    check_seen(seen, shown=revocation.shown)
    if by.pk == revocation.asked_by_id:
        raise FourEyesRefused("same_person_twice")
    check_not_own(application, by)
    if outcome not in RevocationOutcome.values:
        raise ReviewRefused("review_outcome_unknown")
    revocation.application = application
    _conclude(revocation, outcome, by=by, at=at)


@transaction.atomic(durable=True)
def drop_revocation(application: Application, *, by: User, at: datetime) -> None:
    """Take back what one asked for oneself: the offer stands.

    :raises TransitionRefused: when the offer has ended otherwise.
    :raises RevocationRefused: when nothing that they asked for waits.
    """
    steps.lock(application)
    target_of(TRANSITIONS, Event.REVOKE, application.status)
    revocation = application.revocations.filter(outcome="", asked_by=by).first()
    if revocation is None:
        raise RevocationRefused("revocation_gone")
    _conclude(revocation, RevocationOutcome.DECLINED, by=by, at=at)


def _conclude(revocation: Revocation, outcome: str, *, by: User, at: datetime) -> None:
    application = revocation.application
    revocation.outcome, revocation.concluded_by, revocation.concluded_at = outcome, by, at
    revocation.save(update_fields=["outcome", "concluded_by", "concluded_at"])
    if outcome == RevocationOutcome.DECLINED:
        audit.record("applications.revoke_declined", subject=application.reference, by=by.reference, at=at)
        return
    steps.move(application, Event.REVOKE, by=by, at=at)
    judgment.release(application, at=at)
    params = {"reference": application.reference}
    tell_owners(application.enterprise, "offer_revoked", params=lambda: params, at=at)
