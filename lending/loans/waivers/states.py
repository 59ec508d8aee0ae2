"""Where a waiver stands."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.badges import Badge
from portal.core.transitions import Transition


class Status(StrEnum):
    """The life of a waiver."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Event(StrEnum):
    """What happens to it; the audit trail calls it so."""

    APPROVE = "approve"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


TRANSITIONS: Final[Mapping[Event, Transition]] = {
    Event.APPROVE: Transition(frozenset({Status.PROPOSED}), Status.APPROVED),
    Event.DECLINE: Transition(frozenset({Status.PROPOSED}), Status.DECLINED),
    Event.WITHDRAW: Transition(frozenset({Status.PROPOSED}), Status.WITHDRAWN),
}
BADGES: Final = {
    Status.PROPOSED: Badge(_("Waits for a second person"), "warning"),
    Status.APPROVED: Badge(pgettext_lazy("waiver", "Waived"), "success"),
    Status.DECLINED: Badge(pgettext_lazy("waiver", "Declined"), "danger"),
    Status.WITHDRAWN: Badge(pgettext_lazy("waiver", "Withdrawn"), "neutral"),
}
