"""The way of a file to being a watchlist, as a table: read by a task, approved by a second person, loaded by a task."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from portal.core.badges import Tones
from portal.core.transitions import Transition


class UploadStatus(TextChoices):
    """How far a file has come."""

    READING = "reading", _("Is being read")
    WAITING = "waiting", _("Waits for a second person")
    LOADING = "loading", _("Is being loaded")
    LOADED = "loaded", _("Loaded")
    REFUSED = "refused", _("Cannot be used")
    DISCARDED = "discarded", _("Discarded")

    tone = Tones(reading="info", waiting="warning", loading="info", loaded="success", refused="danger")


class UploadEvent(StrEnum):
    """What happens to a file."""

    READ = "read"
    APPROVE = "approve"
    LOAD = "load"
    REFUSE = "refuse"
    DISCARD = "discard"


_Status = UploadStatus
ON_ITS_WAY: Final = frozenset({_Status.READING, _Status.WAITING, _Status.LOADING})
MOVING: Final = frozenset({_Status.READING, _Status.LOADING})
TRANSITIONS: Final[Mapping[UploadEvent, Transition]] = {
    UploadEvent.READ: Transition(frozenset({_Status.READING}), _Status.WAITING),
    UploadEvent.APPROVE: Transition(frozenset({_Status.WAITING}), _Status.LOADING),
    UploadEvent.LOAD: Transition(frozenset({_Status.LOADING}), _Status.LOADED),
    UploadEvent.REFUSE: Transition(MOVING, _Status.REFUSED),
    UploadEvent.DISCARD: Transition(frozenset({_Status.READING, _Status.WAITING}), _Status.DISCARDED),
}
