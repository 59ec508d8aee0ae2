"""A status in a word and a color."""

from typing import NamedTuple

from django.utils.functional import Promise


class Badge(NamedTuple):
    """How a status is shown; ``tone`` is success, warning, danger, info or neutral."""

    label: str | Promise
    tone: str
