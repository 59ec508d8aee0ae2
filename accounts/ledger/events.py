"""The business events that entries name, each with the words a statement shows for it."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _

_NAMES: Final[dict[str, str | Promise]] = {}


def register(names: Mapping[str, str | Promise]) -> None:
    """Teach the words of a slice's events (``{"transfer": _("Transfer")}``).

    :raises ValueError: when an event is already taught with other words.
    """
    for event, words in names.items():
        if event in _NAMES and str(_NAMES[event]) != str(words):
            raise ValueError(f"event {event} has two names")
        _NAMES[event] = words


def name_of(event: str) -> str:
    """Name an event in the active language."""
    words = _NAMES.get(event)
    return str(words) if words is not None else _("Booking")
