"""Where a credit line stands."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.utils.translation import pgettext_lazy

from portal.core.badges import Badge
from portal.core.transitions import Transition


class LineStatus(StrEnum):
    """The life of a credit line."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


class Event(StrEnum):
    """What happens to it; the audit trail calls it so."""

    SUSPEND = "suspend"
    RESUME = "resume"
    END = "end"


OPEN: Final = frozenset({LineStatus.ACTIVE, LineStatus.SUSPENDED})
TRANSITIONS: Final[Mapping[Event, Transition]] = {
    Event.SUSPEND: Transition(frozenset({LineStatus.ACTIVE}), LineStatus.SUSPENDED),
    Event.RESUME: Transition(frozenset({LineStatus.SUSPENDED}), LineStatus.ACTIVE),
    Event.END: Transition(OPEN, LineStatus.ENDED),
}
BADGES: Final = {
    LineStatus.ACTIVE: Badge(pgettext_lazy("credit line", "Can be drawn"), "success"),
    LineStatus.SUSPENDED: Badge(pgettext_lazy("credit line", "Suspended"), "warning"),
    LineStatus.ENDED: Badge(pgettext_lazy("credit line", "Ended"), "neutral"),
}
