"""Where a write-off, and what reverses it, stand."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import pgettext_lazy

from lending.loans.proposals.states import TRANSITIONS as OF_PROPOSALS
from lending.loans.proposals.states import WAITS, Status
from portal.core.badges import Badge
from portal.core.transitions import Transition

REVERSED: Final = "reversed"
REVERSE: Final = "reverse"
BOOKED: Final = (Status.APPROVED, REVERSED)
TRANSITIONS: Final[Mapping[Any, Transition]] = {
    **OF_PROPOSALS,
    REVERSE: Transition(frozenset({Status.APPROVED}), REVERSED),
}

BADGES: Final = {
    Status.PROPOSED: WAITS,
    Status.APPROVED: Badge(pgettext_lazy("loan", "Written off"), "danger"),
    REVERSED: Badge(pgettext_lazy("write-off", "Reversed"), "neutral"),
    Status.DECLINED: Badge(pgettext_lazy("write-off", "Declined"), "neutral"),
    Status.WITHDRAWN: Badge(pgettext_lazy("write-off", "Withdrawn"), "neutral"),
    Status.LAPSED: Badge(pgettext_lazy("write-off", "Lapsed"), "neutral"),
}
REVERSAL_BADGES: Final = BADGES | {Status.APPROVED: Badge(pgettext_lazy("write-off", "Reversed"), "success")}
