"""Sessions in the database and, to be found sooner, in Redis: while Redis is away the database's copy does."""

from typing import Any

from django.contrib.sessions.backends.cached_db import SessionStore as CachedSessions
from redis.exceptions import RedisError


class SessionStore(CachedSessions):
    """Django's own cannot remember in Redis what it has just read from the database, and then fails."""

    def load(self) -> dict[str, Any]:
        """Read the session, from the database alone where Redis does not answer."""
        try:
            told: dict[str, Any] = super().load()
        except RedisError:
            kept = self._get_session_from_db()  # type: ignore[attr-defined]  # the stubs do not know it
            told = self.decode(kept.session_data) if kept else {}
        return told
