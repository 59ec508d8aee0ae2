"""Sessions in the database and, to be found sooner, in Redis: while Redis is away the database's copy does."""

from typing import Any

from django.contrib.sessions.backends.cached_db import SessionStore as CachedSessions
from django.contrib.sessions.backends.db import SessionStore as KeptSessions
from redis.exceptions import RedisError


class SessionStore(CachedSessions):
    """Django's own cannot remember in Redis what it has just read from the database, and then fails."""

    def load(self) -> dict[str, Any]:
        """Read the session, from the database alone where Redis does not answer."""
        try:
            told: dict[str, Any] | None = self._cache.get(self.cache_key)  # type: ignore[attr-defined]  # asked once: each try waits
            return super().load() if told is None else told
        except RedisError:
            kept = self._get_session_from_db()  # type: ignore[attr-defined]  # the stubs do not know it
            return self.decode(kept.session_data) if kept else {}

    def delete(self, session_key: str | None = None) -> None:
        """End it in Redis first: what has ended must not be found there once Redis is back."""
        if key := session_key or self.session_key:
            self._cache.delete(self.cache_key_prefix + key)  # type: ignore[attr-defined]
        KeptSessions.delete(self, session_key)
