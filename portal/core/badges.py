"""A status in a word and a color."""

from typing import Any, NamedTuple

from django.utils.functional import Promise


class Badge(NamedTuple):
    """How a status is shown; ``tone`` is success, warning, danger, info or neutral."""

    label: str | Promise
    tone: str


class Tones:
    """The badges' colors of an enumeration's statuses, by their values, as its ``tone``; one not named is neutral."""

    def __init__(self, **tones: str) -> None:
        self.tones = tones

    def __get__(self, status: Any, kind: type | None = None) -> str:
        return self.tones.get(status.value, "neutral")
