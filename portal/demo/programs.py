"""The demo's own processes: each in a session of its own, watched, and ended with everything that it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from portal import engines

ENDING_SECONDS = 10
SHOWN_LINES = 15


class ProgramEnded(Exception):
    """A part of the demo ended by itself or did not come up; the message says which, and how it went."""


@dataclass(frozen=True)
class Program:
    """A part of the demo: what the terminal and its log file call it, and how it is started."""

    name: str
    command: Sequence[str]


@dataclass(frozen=True)
class Running:
    """A part of the demo that was started."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def look_after(self) -> None:
        """Make sure that it still runs.

        :raises ProgramEnded: it does not; with the end of its log.
        """
        code = self.process.poll()
        if code is not None:
            lines = self.log.read_text(errors="replace").splitlines()[-SHOWN_LINES:]
            raise ProgramEnded("\n".join([f"The {self.name} ended by itself ({code}). The end of {self.log}:", *lines]))


@contextlib.contextmanager
def running(programs: Sequence[Program], *, environment: Mapping[str, str], logs: Path) -> Iterator[list[Running]]:
    """Run programs until the block ends, then end them all at once."""
    started: list[Running] = []
    try:
        for program in programs:
            log = logs / f"{program.name}.log"
            if log.exists():
                log.replace(log.with_suffix(".log.1"))
            with log.open("wb") as output:
                started.append(Running(program.name, _start(program.command, environment, output), log))
        yield started
    finally:
        _end([part.process for part in started])


@contextlib.contextmanager
def finishing(command: Sequence[str], *, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program that ends by itself, on our terminal; it ends with the block at the latest."""
    process = _start(command, environment, None)
    try:
        yield process
    finally:
        _end([process])


def _start(command: Sequence[str], environment: Mapping[str, str], output: IO[bytes] | None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output else None,
        start_new_session=True,  # Ctrl-C is for us, who end them in good order
        preexec_fn=engines.dies_with_parent(signal.SIGTERM),  # noqa: PLW1509  # no threads here
    )


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """End processes and whatever they started: asked at first, and made to after some seconds."""
    with engines.endings_held():
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + ENDING_SECONDS
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
