"""The days an entry is for: written beside it once, the same for everyone, and read in the reader's language."""

from datetime import date
from typing import Final

from portal.core import formats

BETWEEN: Final = " – "


def written(first: date, last: date) -> str:
    """Write a period as it is kept."""
    return f"{first.isoformat()}{BETWEEN}{last.isoformat()}"


def words(text: str) -> str:
    """Say a kept period in the active language; any other text stands for itself."""
    try:
        first, last = map(date.fromisoformat, text.split(BETWEEN))
    except ValueError:
        return text
    return formats.period(first, last)
