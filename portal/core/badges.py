"""A status in a word and a color."""

from typing import Any, Generic, NamedTuple, TypeVar

from django.db.models import TextChoices
from django.utils.functional import Promise

S = TypeVar("S", bound=TextChoices)


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


class State(Generic[S]):
    """A row's ``status`` with its words and color, as its ``state``."""

    def __init__(self, statuses: type[S]) -> None:
        self.statuses = statuses

    def __get__(self, row: Any, kind: type | None = None) -> S:
        return self.statuses(row.status)
