"""Two runs never share a data folder."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from portal.engines.folders import EngineRefused

LONGEST_ENDING_SECONDS = 20


class Locks:
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
        """Give the descriptor that the servers inherit."""
        return self._servers.fileno()

    def take(self) -> None:
        """Take both locks, waiting only for servers that a killed run left behind.

        :raises EngineRefused: another run uses the folder, or its servers do not end.
        """
        if not _locked(self._run):
            self._run.seek(0)
            owner = self._run.read().strip() or "unknown"
            raise EngineRefused(f"Already running on {self.folder} (process {owner}). Stop it first, or use --data.")
        self._run.truncate(0)
        self._run.write(str(os.getpid()))
        self._run.flush()
        if not eventually(lambda: _locked(self._servers), seconds=LONGEST_ENDING_SECONDS):
            raise EngineRefused(f"Servers of an earlier run still use {self.folder} and do not end.")

    def release(self) -> None:
        """Give both locks back."""
        self._run.close()
        self._servers.close()


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def eventually(holds: Callable[[], bool], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.03)
    return True
