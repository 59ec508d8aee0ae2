"""Moments, in the order in which what bears them came about."""

from datetime import datetime, timedelta
from typing import Final

NEXT: Final = timedelta(microseconds=1)  # the least that the database tells apart


def after(at: datetime, *others: datetime | None) -> datetime:
    """Give a moment, or the first one after all others; a clock is read before a lock is held."""
    return max([at, *(other + NEXT for other in others if other)])
