"""Where the data is, and who may reach it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent


class EngineRefused(Exception):
    """The engines cannot run here; the message says why and what to do."""


def default_folder() -> Path:
    """Name the data folder of this project: `.data` in it, or a stable name under /var/tmp for root."""
    if os.geteuid() != 0:
        return PROJECT / ".data"
    return Path("/var/tmp") / f"loan-portal-{short_hash(PROJECT)}"  # noqa: S108  # its owner is checked before use


def private_folder(path: Path, *, mode: int = 0o700) -> Path:
    """Make a folder of our own, and check that it is one.

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
    """Name a folder for short-lived data folders that the servers' user can reach."""
    home = Path(tempfile.gettempdir()).resolve()
    if os.geteuid() == 0 and not reachable(home):
        return Path("/var/tmp")  # noqa: S108  # each folder in it is made fresh
    return home


def reachable(folder: Path) -> bool:
    return all(part.stat().st_mode & stat.S_IXOTH for part in (folder, *folder.parents))


def short_hash(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:10]
