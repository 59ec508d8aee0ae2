"""The two engines together."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.engines import postgres, redis_server
from portal.engines.folders import EngineRefused, private_folder, reachable
from portal.engines.locks import Locks
from portal.engines.processes import SYSTEM_USER, programs, server_user


@dataclass(frozen=True)
class Engines:
    """Where the servers answer."""

    database_url: str  # the role that the portal runs as
    database_owner_url: str  # the role that migrates
    redis_url: str
    embedded: bool  # production refuses those that are started here

    def environment(self) -> dict[str, str]:
        """Give the variables that the settings read."""
        names = {
            "DATABASE_URL": self.database_url,
            "DATABASE_OWNER_URL": self.database_owner_url,
            "REDIS_URL": self.redis_url,
            "ENGINES_EMBEDDED": "1" if self.embedded else "",
        }
        return {name: value for name, value in names.items() if value}


@contextlib.contextmanager
def running(
    folder: Path,
    *,
    fast: bool = False,
    given: Mapping[str, str] | None = None,
) -> Iterator[Engines]:
    """Run the engines in a data folder until the block ends.

    :param fast: gives durability up for speed; for tests.
    :param given: DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL of servers that exist and are not to be embedded.
    :raises EngineRefused: they cannot run here, or already do.
    """
    given = given or {}
    database_url, redis_url = given.get("DATABASE_URL", ""), given.get("REDIS_URL", "")
    owner_url = given.get("DATABASE_OWNER_URL", "")
    folder = _data_folder(folder)
    if database_url and redis_url:
        yield Engines(database_url, owner_url, redis_url, embedded=False)
        return
    user = server_user()
    with contextlib.ExitStack() as stack:
        locks = stack.enter_context(alone_in(folder))
        if user.switched and not reachable(folder):
            raise EngineRefused(f"User {SYSTEM_USER} cannot reach {folder}. Name a folder under /var/tmp with --data.")
        postgres_programs, redis_program = programs(folder, user)
        if not database_url:
            sockets = stack.enter_context(postgres.serving(folder, postgres_programs, user, locks, fast=fast))
            database_url = postgres.address(sockets, postgres.RUNTIME)
            owner_url = postgres.address(sockets, postgres.OWNER)
        if not redis_url:
            redis_url = stack.enter_context(redis_server.serving(folder, redis_program, user, locks))
        yield Engines(database_url, owner_url, redis_url, embedded=True)


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[Locks]:
    """Hold a data folder that exists, so that no other run uses it.

    :raises EngineRefused: another run does.
    """
    locks = Locks(folder)
    try:
        locks.take()
        yield locks
    finally:
        locks.release()


def _data_folder(folder: Path) -> Path:
    """Make the data folder; as root others may pass through it, because the servers are others."""
    folder = folder.expanduser().resolve()
    private_folder(folder, mode=0o711 if os.geteuid() == 0 else 0o700)
    private_folder(folder / "logs")
    return folder
