"""What slices above know to be unfinished: told before a month is closed, each with its words and a way to count it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from django.utils.functional import Promise

Counter = Callable[[date], int]
_COUNTERS: Final[dict[str, tuple[str | Promise, Counter]]] = {}


def register(counters: Mapping[str, tuple[str | Promise, Counter]]) -> None:
    """Teach what a slice leaves unfinished: how many there are from up to a day.

    :raises ValueError: when something else is counted under the name.
    """
    for name, (words, count) in counters.items():
        if name in _COUNTERS and _COUNTERS[name][1] is not count:
            raise ValueError(f"{name} counts two things")
        _COUNTERS[name] = (words, count)


def up_to(last_date: date) -> list[tuple[str, int]]:
    """Tell what is unfinished from up to a day, in words, and how many of it."""
    counted = ((str(words), count(last_date)) for words, count in _COUNTERS.values())
    return [(words, number) for words, number in counted if number]
