"""The life of an application, as a table."""

from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from portal.core.badges import Badge
from portal.core.transitions import Transition


class Status(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REFERRED = "referred"
    RECOMMENDED = "recommended"
    APPROVED = "approved"
    DECLINED = "declined"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Event(StrEnum):
    """What happens to an application."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REFER = "refer"
    DECLINE = "decline"
    RECOMMEND = "recommend"
    RETURN = "return"
    CONFIRM = "confirm"
    REFUSE = "refuse"
    ACCEPT = "accept"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    REVOKE = "revoke"


def _from(*sources: Status, to: Status) -> Transition:
    return Transition(frozenset(sources), to)


TRANSITIONS: Final = {
    Event.SUBMIT: _from(Status.DRAFT, to=Status.SUBMITTED),
    Event.APPROVE: _from(Status.SUBMITTED, to=Status.APPROVED),  # by the machine
    Event.REFER: _from(Status.SUBMITTED, to=Status.REFERRED),
    Event.DECLINE: _from(Status.SUBMITTED, to=Status.DECLINED),
    Event.RECOMMEND: _from(Status.REFERRED, to=Status.RECOMMENDED),
    Event.RETURN: _from(Status.RECOMMENDED, to=Status.REFERRED),
    Event.CONFIRM: _from(Status.RECOMMENDED, to=Status.APPROVED),  # by a second person
    Event.REFUSE: _from(Status.RECOMMENDED, to=Status.DECLINED),
    Event.ACCEPT: _from(Status.APPROVED, to=Status.ACCEPTED),
    Event.WITHDRAW: _from(
        Status.DRAFT, Status.SUBMITTED, Status.REFERRED, Status.RECOMMENDED, Status.APPROVED, to=Status.WITHDRAWN
    ),
    Event.EXPIRE: _from(Status.APPROVED, to=Status.EXPIRED),
    Event.REVOKE: _from(Status.APPROVED, to=Status.WITHDRAWN),  # by the bank
}
OPEN: Final = frozenset({Status.DRAFT, Status.SUBMITTED, Status.REFERRED, Status.RECOMMENDED, Status.APPROVED})
LENT: Final = frozenset({Status.APPROVED, Status.ACCEPTED})
WAITING_FOR_STAFF: Final = frozenset({Status.REFERRED, Status.RECOMMENDED})


BADGES: Final = {
    Status.DRAFT: Badge(_("Not sent yet"), "neutral"),
    Status.SUBMITTED: Badge(_("Being decided"), "info"),
    Status.REFERRED: Badge(_("With an officer"), "warning"),
    Status.RECOMMENDED: Badge(_("Second check"), "warning"),
    Status.APPROVED: Badge(_("Approved"), "success"),
    Status.DECLINED: Badge(_("Declined"), "danger"),
    Status.ACCEPTED: Badge(_("Signed"), "success"),
    Status.WITHDRAWN: Badge(_("Withdrawn"), "neutral"),
    Status.EXPIRED: Badge(_("Offer ended"), "neutral"),
}
REVOKED: Final = Badge(_("Revoked by the bank"), "neutral")
