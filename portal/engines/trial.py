"""A passing environment for tests, checks and measurements: fresh secrets, private folders, nothing kept."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from portal.engines.folders import shared_temporary_folder
from portal.engines.pair import Engines, running

FOLDER_PREFIX = "portal-trial-"
YOUNGEST_LEFTOVER_SECONDS = 60  # a run that is just starting has a lock file that it does not hold yet
NOWHERE = Engines("postgresql://nobody@127.0.0.1:1/none", "", "redis://127.0.0.1:1/0", embedded=False)


@contextlib.contextmanager
def trial(given: Mapping[str, str], *, fast: bool = True, with_engines: bool = True) -> Iterator[dict[str, str]]:
    """Run engines in a folder that ends with the block, and give the variables that the settings read.

    :param given: the environment as it is; what it names already is kept.
    :param fast: gives durability up for speed.
    :param with_engines: without them the addresses lead nowhere; enough to read the settings.
    :raises EngineRefused: the engines cannot run here.
    """
    _remove_leftovers(shared_temporary_folder())
    with temporary_folder(FOLDER_PREFIX) as folder, contextlib.ExitStack() as stack:
        engines = stack.enter_context(running(folder, fast=fast, given=given)) if with_engines else NOWHERE
        wanted = secrets_of_settings() | _places(folder) | engines.environment()
        yield {name: value for name, value in wanted.items() if name not in given}


@contextlib.contextmanager
def temporary_folder(prefix: str) -> Iterator[Path]:
    """Make a folder that the servers' user can reach, and remove it when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=shared_temporary_folder()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def secrets_of_settings() -> dict[str, str]:
    """Make fresh secrets, under the names that the settings read."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "LOOKUP_KEY": secrets.token_urlsafe(32),
    }


def _places(folder: Path) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "ALLOWED_HOSTS": "localhost,testserver,127.0.0.1",
        "SITE_URL": "http://localhost:8000",
        "FILES_ROOT": str(folder / "files"),
        "STATIC_ROOT": str(folder / "static"),
        "DEMO": "0",
        "SECURE": "0",
    }


def _remove_leftovers(home: Path) -> None:
    """Remove the folders of runs that were killed: those whose lock nobody holds."""
    for lock in home.glob(f"{FOLDER_PREFIX}*/servers.lock"):
        with contextlib.suppress(OSError), lock.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if time.time() - lock.stat().st_mtime > YOUNGEST_LEFTOVER_SECONDS:
                shutil.rmtree(lock.parent, ignore_errors=True)
