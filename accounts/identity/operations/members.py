"""Who acts for an enterprise, and who keeps its books: invitations and memberships."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import ACTING, Enterprise, Invitation, Membership, MembershipRole, User
from accounts.identity.operations.screening import ask_to_screen
from portal.core import audit
from portal.core.fields import lookup_hash
from portal.core.models import Channel
from portal.core.notices import operations as notices
from portal.core.refusals import Refusal, register

register(
    {
        "already_member": _("This person already acts for the enterprise, or keeps its books. End that first."),
        "invitation_closed": _("This invitation was already answered or withdrawn."),
        "membership_ended": _("This membership ended before."),
        "last_owner": _("An enterprise keeps at least one owner."),
    }
)


class AlreadyMember(Refusal):
    """The number belongs to a member."""

    code = "already_member"


class InvitationClosed(Refusal):
    """The invitation was accepted, declined or withdrawn."""

    code = "invitation_closed"


class MembershipEnded(Refusal):
    """The membership ended before."""

    code = "membership_ended"


class LastOwner(Refusal):
    """Nobody would own the enterprise."""

    code = "last_owner"


@transaction.atomic(durable=True)
def invite_manager(enterprise: Enterprise, *, phone: str, by: User, at: datetime) -> Invitation:
    """Invite whoever has a number to manage the enterprise, and tell them; an open invitation is not sent twice.

    :param phone: in E.164 form. Whether somebody here has it is not told: the person accepts, or signs up with it.
    :raises AlreadyMember: when a member has the number.
    """
    return _invite(enterprise, MembershipRole.MANAGER, phone=phone, by=by, at=at)


@transaction.atomic(durable=True)
def invite_bookkeeper(enterprise: Enterprise, *, phone: str, by: User, at: datetime) -> Invitation:
    """Invite whoever has a number to read the enterprise's books, as ``invite_manager``."""
    return _invite(enterprise, MembershipRole.BOOKKEEPER, phone=phone, by=by, at=at)


def _invite(enterprise: Enterprise, role: MembershipRole, *, phone: str, by: User, at: datetime) -> Invitation:
    enterprise.refresh_from_db(from_queryset=Enterprise.objects.locked())
    phone_hash = lookup_hash(phone)
    if enterprise.memberships.filter(user__phone_hash=phone_hash, ended_at=None).exists():
        raise AlreadyMember
    standing = enterprise.invitations.open().filter(phone_hash=phone_hash).first()
    if standing and standing.role == role:
        return standing
    if standing:
        _close(standing, "enterprise.invitation_withdrawn", by=by, at=at)
    invitation: Invitation = enterprise.invitations.create(
        phone=phone, phone_hash=phone_hash, role=role, invited_by=by, invited_at=at
    )
    invited = User.objects.with_phone(phone)
    notices.send(
        "invitation" if role == MembershipRole.MANAGER else "invitation_bookkeeper",
        address=notices.Address(Channel.SMS, phone),
        language=invited.language if invited else by.language,
        params={"enterprise": enterprise.legal_name, "owner": by.full_name},
        at=at,
    )
    audit.record(
        f"enterprise.{role}_invited",
        subject=enterprise.reference,
        by=by.reference,
        at=at,
        details={"invitation": invitation.reference},
    )
    return invitation


@transaction.atomic(durable=True)
def accept_invitation(invitation: Invitation, *, by: User, at: datetime) -> Membership:
    """Make the invited person a manager, or a bookkeeper.

    :raises InvitationClosed: when it no longer stands.
    :raises AlreadyMember: when the person is a member, who was invited by a number of before.
    """
    return _accept(invitation, by=by, at=at)


@transaction.atomic(durable=True)
def bind_invitations(user: User, *, at: datetime) -> int:
    """Accept, for someone who has just verified a number, the invitations sent to it; tell how many.

    One of an enterprise of which they are a member already stays.
    """
    held = user.memberships.filter(ended_at=None)
    waiting = list(Invitation.objects.addressed_to(user).exclude(enterprise__in=held.values("enterprise")))
    for invitation in waiting:
        _accept(invitation, by=user, at=at)
    return len(waiting)


def _accept(invitation: Invitation, *, by: User, at: datetime) -> Membership:
    invitation.refresh_from_db(from_queryset=Invitation.objects.locked())
    if invitation.accepted_at or invitation.withdrawn_at:
        raise InvitationClosed
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    membership, is_new = invitation.enterprise.memberships.get_or_create(
        user=by, ended_at=None, defaults={"role": invitation.role, "began_at": at}
    )
    if not is_new:
        raise AlreadyMember
    if membership.role in ACTING:
        ask_to_screen(invitation.enterprise, at=at)
    audit.record(
        f"enterprise.{invitation.role}_joined",
        subject=invitation.enterprise.reference,
        by=by.reference,
        at=at,
        details={"invitation": invitation.reference},
    )
    return membership


@transaction.atomic(durable=True)
def decline_invitation(invitation: Invitation, *, by: User, at: datetime) -> None:
    """Say no to an invitation.

    :raises InvitationClosed: when it no longer stands.
    """
    _close(invitation, "enterprise.invitation_declined", by=by, at=at)


@transaction.atomic(durable=True)
def withdraw_invitation(invitation: Invitation, *, by: User, at: datetime) -> None:
    """Take an invitation back.

    :raises InvitationClosed: when it no longer stands.
    """
    _close(invitation, "enterprise.invitation_withdrawn", by=by, at=at)


def _close(invitation: Invitation, verb: str, *, by: User, at: datetime) -> None:
    invitation.refresh_from_db(from_queryset=Invitation.objects.locked())
    if invitation.accepted_at or invitation.withdrawn_at:
        raise InvitationClosed
    invitation.withdrawn_at = at
    invitation.save(update_fields=["withdrawn_at"])
    details = {"invitation": invitation.reference}
    audit.record(verb, subject=invitation.enterprise.reference, by=by.reference, at=at, details=details)


@transaction.atomic(durable=True)
def end_membership(membership: Membership, *, by: User, at: datetime) -> None:
    """End a membership; what the person did for the enterprise stays on record.

    :raises MembershipEnded: when it ended before.
    :raises LastOwner: when no owner would remain.
    """
    enterprise = Enterprise.objects.locked().get(pk=membership.enterprise_id)
    membership.refresh_from_db(from_queryset=Membership.objects.locked())
    if membership.ended_at:
        raise MembershipEnded
    owners = enterprise.memberships.owning().exclude(pk=membership.pk)
    if membership.role == MembershipRole.OWNER and not owners.exists():
        raise LastOwner
    membership.ended_at = at
    membership.save(update_fields=["ended_at"])
    audit.record(
        "enterprise.membership_ended",
        subject=enterprise.reference,
        by=by.reference,
        at=at,
        details={"person": membership.user.reference, "role": membership.role},
    )
