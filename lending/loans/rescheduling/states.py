"""Where a rescheduling stands."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lending.loans.proposals.states import WAITS
from portal.core.badges import Badge
from portal.core.transitions import Transition


class Status(StrEnum):
    """The life of a rescheduling."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    AGREED = "agreed"
    LAPSED = "lapsed"


class Event(StrEnum):
    """What happens to it; the audit trail calls it so."""

    APPROVE = "approve"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    AGREE = "agree"
    LAPSE = "lapse"


OPEN: Final = frozenset({Status.PROPOSED, Status.APPROVED})
TRANSITIONS: Final[Mapping[Event, Transition]] = {
    Event.APPROVE: Transition(frozenset({Status.PROPOSED}), Status.APPROVED),
    Event.DECLINE: Transition(frozenset({Status.PROPOSED}), Status.DECLINED),
    Event.WITHDRAW: Transition(OPEN, Status.WITHDRAWN),
    Event.AGREE: Transition(frozenset({Status.APPROVED}), Status.AGREED),
    Event.LAPSE: Transition(OPEN, Status.LAPSED),
}
BADGES: Final = {
    Status.PROPOSED: WAITS,
    Status.APPROVED: Badge(_("Waits for the borrower"), "info"),
    Status.DECLINED: Badge(pgettext_lazy("rescheduling", "Declined"), "danger"),
    Status.WITHDRAWN: Badge(pgettext_lazy("rescheduling", "Withdrawn"), "neutral"),
    Status.AGREED: Badge(_("Agreed"), "success"),
    Status.LAPSED: Badge(pgettext_lazy("rescheduling", "Lapsed"), "neutral"),
}
RESCHEDULED: Final = Badge(_("Rescheduled"), "warning")
