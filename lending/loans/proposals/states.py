"""Where a proposal stands."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from portal.core.badges import Badge
from portal.core.transitions import Transition


class Status(StrEnum):
    """The life of a proposal."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Event(StrEnum):
    """What happens to it; the audit trail calls it so."""

    APPROVE = "approve"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"


LASTS: Final = timedelta(days=14)
PROPOSED: Final = frozenset({Status.PROPOSED})
TRANSITIONS: Final[Mapping[Event, Transition]] = {
    Event.APPROVE: Transition(PROPOSED, Status.APPROVED),
    Event.DECLINE: Transition(PROPOSED, Status.DECLINED),
    Event.WITHDRAW: Transition(PROPOSED, Status.WITHDRAWN),
    Event.LAPSE: Transition(PROPOSED, Status.LAPSED),
}
WAITS: Final = Badge(_("Waits for a second person"), "warning")
