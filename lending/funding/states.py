"""How it is said whether a program's edition is published, and where an introduction stands."""

from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.badges import Badge
from portal.core.transitions import Transition

PUBLISHED: Final = Badge(_("Published"), "success")
ENDED: Final = Badge(_("No longer published"), "neutral")


class Status(StrEnum):
    """Where an introduction stands."""

    ASKED = "asked"
    PASSED_ON = "passed_on"
    FUNDED = "funded"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Event(StrEnum):
    """What happens to an introduction."""

    PASS_ON = "pass_on"  # noqa: S105 - a verb
    FUND = "fund"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"


OPEN: Final = frozenset({Status.ASKED, Status.PASSED_ON})
TRANSITIONS: Final = {
    Event.PASS_ON: Transition(frozenset({Status.ASKED}), Status.PASSED_ON),
    Event.FUND: Transition(frozenset({Status.PASSED_ON}), Status.FUNDED),
    Event.DECLINE: Transition(OPEN, Status.DECLINED),  # by the program, or by the bank before it passes anything on
    Event.WITHDRAW: Transition(OPEN, Status.WITHDRAWN),
    Event.LAPSE: Transition(OPEN, Status.LAPSED),
}
BADGES: Final = {
    Status.ASKED: Badge(_("With your branch"), "warning"),
    Status.PASSED_ON: Badge(_("Passed on"), "info"),
    Status.FUNDED: Badge(_("Funded"), "success"),
    Status.DECLINED: Badge(_("Declined"), "danger"),
    Status.WITHDRAWN: Badge(_("Withdrawn"), "neutral"),
    Status.LAPSED: Badge(pgettext_lazy("introduction", "Lapsed"), "neutral"),
}
