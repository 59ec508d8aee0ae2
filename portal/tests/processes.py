"""What the proofs about engines and demo ask of the operating system."""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.engines.folders import PROJECT

SETTINGS = ("URL", "KEY", "KEYS", "ROOT", "HOSTS", "EMBEDDED", "DEMO", "SECURE", "MAKELEVEL")


def plain_environment() -> dict[str, str]:
    """Give the environment without what this test run set for itself."""
    return {name: value for name, value in os.environ.items() if not name.endswith(SETTINGS)}


@contextmanager
def started(*arguments: str, output: Path) -> Iterator[subprocess.Popen]:
    """Start a module of ours as a command of its own; whatever a test leaves running is killed."""
    with output.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments], cwd=PROJECT, env=plain_environment(), stdout=file, stderr=file
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(holds: Callable[[], bool], *, seconds: float = 180) -> bool:
    """Wait for something to hold, and tell whether it did."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return holds()


def processes_of(folder: Path) -> list[str]:
    """List the processes that work in a data folder, by their command or their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            state = (process / "stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if str(folder).encode() in told and state != "Z" and process.name != str(os.getpid()):
            found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


def servers_are_gone(folder: Path) -> bool:
    """Tell whether no server process holds the folder any more: each of them inherits its lock."""
    with (folder / "servers.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return not processes_of(folder)
