"""Counting tries in the cache, where no refusal rolls the count back."""

from datetime import timedelta

from django.core.cache import cache

from portal.core.fields import lookup_hash


def count(about: str, *, within: timedelta) -> int:
    """Count one more try, and tell how many there were since the first, which is forgotten after a while."""
    key, timeout = _key(about), int(within.total_seconds())
    cache.add(key, 0, timeout=timeout)
    try:
        tries = cache.incr(key)
    except ValueError:  # the count ended in between
        cache.add(key, tries := 1, timeout=timeout)
    if tries == 1:  # Redis may have begun it anew, and then without an end
        cache.touch(key, timeout=timeout)
    return tries


def forget(about: str) -> None:
    """Begin the count anew: the try was right."""
    cache.delete(_key(about))


def _key(about: str) -> str:
    return f"tries:{lookup_hash(about)}"
