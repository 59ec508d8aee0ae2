"""Redis, on a port of this machine behind a fresh password."""

from __future__ import annotations

import contextlib
import secrets
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import redis

from portal.engines.locks import Locks
from portal.engines.processes import ServerUser, spawn, stop, wait_until


@contextlib.contextmanager
def serving(folder: Path, program: Path, user: ServerUser, locks: Locks) -> Iterator[str]:
    """Run Redis and give its address: a port of this machine behind a fresh password.

    A socket file would need two spellings of the address, one for the broker and one for the cache. Nothing outlives
    the run: what must still be done is written in PostgreSQL, as promises.
    """
    data = folder / "redis"
    data.mkdir(mode=0o700, exist_ok=True)
    user.own(data)
    log = folder / "logs" / "redis.log"
    password = secrets.token_urlsafe(24)
    port = free_port()
    lines = ["bind 127.0.0.1", f"port {port}", f"requirepass {password}", f"dir {data}"]
    lines += ["daemonize no", 'save ""']
    process = spawn(
        [str(program), "-"],
        log=log,
        user=user,
        keep_open=locks.inherited,
        ends_with=signal.SIGTERM,
        stdin=subprocess.PIPE,
    )
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    try:
        assert process.stdin is not None
        process.stdin.write("\n".join(lines).encode())
        process.stdin.close()
        wait_until(lambda: _redis_answers(url), process=process, name="Redis", log=log)
        yield url
    finally:
        stop(process, signal.SIGTERM)


def _redis_answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def free_port() -> int:
    """Find a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
