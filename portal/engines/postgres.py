"""PostgreSQL, on a socket that only we can reach."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg2

from portal.engines.folders import EngineRefused, private_folder, short_hash
from portal.engines.locks import Locks
from portal.engines.processes import ServerUser, dies_with_parent, spawn, stop, switching, wait_until

OWNER = "portal_owner"
RUNTIME = "portal_runtime"
DATABASE = "portal"
LONGEST_SOCKET_FOLDER = 90  # a Unix socket's path must fit 107 bytes, its file name included
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=4GB", "autovacuum_naptime=10min")


@contextlib.contextmanager
def serving(folder: Path, programs: Path, user: ServerUser, locks: Locks, *, fast: bool) -> Iterator[Path]:
    """Run PostgreSQL and give the folder of its socket."""
    data = folder / "postgres"
    log = folder / "logs" / "postgres.log"
    sockets = _socket_folder(folder, user)
    user.own(sockets)
    if not data.exists():
        _initialize(data, programs, user, log=log, fast=fast)
    for leftover in (data / "postmaster.pid", *sockets.glob(".s.PGSQL.*")):  # we hold the lock: nobody uses them
        leftover.unlink(missing_ok=True)
    settings = [
        "listen_addresses=",
        f"unix_socket_directories={sockets}",
        "unix_socket_permissions=0700",
        "max_connections=100",
        "shared_buffers=128MB",
        "timezone=UTC",
        "log_timezone=UTC",
        "log_statement=none",
        "log_parameter_max_length_on_error=0",
        *(FAST if fast else ()),
    ]
    arguments = [str(programs / "postgres"), "-D", str(data)]
    for setting in settings:
        arguments += ["-c", setting]
    process = spawn(arguments, log=log, user=user, keep_open=locks.inherited, ends_with=signal.SIGINT)
    try:
        wait_until(lambda: _postgres_answers(sockets), process=process, name="PostgreSQL", log=log)
        _provide_roles(sockets)
        yield sockets
    finally:
        stop(process, *((signal.SIGQUIT,) if fast else (signal.SIGINT, signal.SIGQUIT)))


def _initialize(data: Path, programs: Path, user: ServerUser, *, log: Path, fast: bool) -> None:
    """Make a new database cluster, whole or not at all."""
    fresh = data.with_name("postgres.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    user.own(fresh)
    options = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--auth=trust"]
    options += ["--no-instructions", *(["--no-sync"] if fast else [])]
    arguments = [str(programs / "initdb"), "-D", str(fresh), "-U", "postgres", *options]
    with log.open("ab") as output:
        done = subprocess.run(
            arguments,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            check=False,
            start_new_session=True,
            preexec_fn=dies_with_parent(signal.SIGTERM),
            **switching(user),
        )
    if done.returncode != 0:
        raise EngineRefused(f"PostgreSQL could not make its data folder. The reason is at the end of {log}.")
    fresh.rename(data)


def _socket_folder(folder: Path, user: ServerUser) -> Path:
    """Give a folder for the socket that only we can enter, with a path short enough for one."""
    sockets = folder / "run"
    if len(os.fsencode(sockets)) <= LONGEST_SOCKET_FOLDER:
        sockets.mkdir(mode=0o700, exist_ok=True)
        return sockets
    if user.switched:
        raise EngineRefused(f"{folder} is too long a path for a socket. Name a shorter one with --data.")
    return private_folder(Path("/tmp") / f"portal-{user.uid}-{short_hash(folder)}")  # noqa: S108  # its owner is checked


def _connection(sockets: Path, database: str) -> psycopg2.extensions.connection:
    return psycopg2.connect(host=str(sockets), user="postgres", dbname=database, connect_timeout=5)


def _postgres_answers(sockets: Path) -> bool:
    try:
        _connection(sockets, "postgres").close()
    except psycopg2.OperationalError:
        return False
    return True


def _provide_roles(sockets: Path) -> None:
    """Make the owner, the runtime role and the database, where they are missing.

    The owner migrates and may create databases for tests; the runtime role gets its rights from the migrations.
    """
    connection = _connection(sockets, "postgres")
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles")
        roles = {name for (name,) in cursor.fetchall()}
        if RUNTIME not in roles:
            cursor.execute(f"CREATE ROLE {RUNTIME} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE")
        if OWNER not in roles:
            cursor.execute(f"CREATE ROLE {OWNER} LOGIN NOSUPERUSER CREATEDB NOCREATEROLE")
        cursor.execute(f"GRANT {RUNTIME} TO {OWNER}")
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
        cursor.execute(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
        cursor.execute(f"GRANT CONNECT ON DATABASE {DATABASE} TO {RUNTIME}")


def address(sockets: Path, role: str) -> str:
    """Give an address that libpq and Django's settings both understand."""
    return f"postgresql://{role}@/{DATABASE}?host={quote(str(sockets))}"
