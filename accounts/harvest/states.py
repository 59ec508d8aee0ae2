"""Where an edition of the crop calendar, and a planting, stand."""

from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from portal.core.badges import Badge
from portal.core.transitions import Transition


class EditionStatus(StrEnum):
    """How far an edition's approval has come; which one is in force follows from the dates."""

    DRAFT = "draft"
    APPROVED = "approved"
    DISCARDED = "discarded"


class EditionEvent(StrEnum):
    """What happens to an edition."""

    APPROVE = "approve"
    DISCARD = "discard"


TRANSITIONS: Final = {
    EditionEvent.APPROVE: Transition(frozenset({EditionStatus.DRAFT}), EditionStatus.APPROVED),
    EditionEvent.DISCARD: Transition(frozenset({EditionStatus.DRAFT}), EditionStatus.DISCARDED),
}
BADGES: Final = {
    EditionStatus.DRAFT: Badge(_("Draft"), "warning"),
    EditionStatus.APPROVED: Badge(_("Approved"), "success"),
    EditionStatus.DISCARDED: Badge(_("Discarded"), "neutral"),
}
TOLD: Final = Badge(_("Told"), "neutral")
SEEN: Final = Badge(_("Seen"), "success")
