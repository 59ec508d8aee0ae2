"""Where a version of a product stands: a status for its approval; whether it is offered follows from its dates."""

from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.badges import Badge
from portal.core.transitions import Transition


class Status(StrEnum):
    """How far a version's approval has come."""

    DRAFT = "draft"
    APPROVED = "approved"
    DISCARDED = "discarded"


class Event(StrEnum):
    """What happens to a version."""

    CHANGE = "change"
    APPROVE = "approve"
    DISCARD = "discard"
    WITHDRAW = "withdraw"


TRANSITIONS: Final = {
    Event.CHANGE: Transition(frozenset({Status.DRAFT}), Status.DRAFT),
    Event.APPROVE: Transition(frozenset({Status.DRAFT}), Status.APPROVED),
    Event.DISCARD: Transition(frozenset({Status.DRAFT}), Status.DISCARDED),
    Event.WITHDRAW: Transition(frozenset({Status.APPROVED}), Status.APPROVED),
}
DRAFT: Final = Badge(_("Draft"), "warning")
DISCARDED: Final = Badge(_("Discarded"), "neutral")
LATER: Final = Badge(_("Later"), "info")
OFFERED: Final = Badge(pgettext_lazy("product", "Offered"), "success")
ENDED: Final = Badge(_("No longer offered"), "neutral")
