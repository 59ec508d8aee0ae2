"""Pytest plugin: gives every test run its own engines and an environment to run in.

Loaded by `-p portal.pytest_engines`, before Django reads its settings. What the environment already names is left as it
is, so a run can be pointed at other servers; there the role of DATABASE_URL must be allowed to create databases.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import engines

FOLDER_PREFIX = "portal-tests-"
YOUNGEST_LEFTOVER_SECONDS = 60  # a run that is just starting has a lock file that it does not hold yet
ANSWERS_WITHOUT_ENGINES = ("help", "version", "collectonly", "showfixtures", "show_fixtures_per_test", "markers")

_open = pytest.StashKey[contextlib.ExitStack]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """This will start the engines and set the environment, before anything imports the settings."""
    stack = contextlib.ExitStack()
    early_config.stash[_open] = stack
    try:
        _prepare(stack, with_engines=not _answers_without_engines(early_config))
    except BaseException as problem:
        stack.close()
        if isinstance(problem, engines.EngineRefused):
            raise pytest.UsageError(str(problem)) from problem
        raise
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """This will stop the engines and remove what they wrote."""
    if _open in config.stash:
        config.stash[_open].close()


def _answers_without_engines(config: pytest.Config) -> bool:
    return any(getattr(config.known_args_namespace, name, False) for name in ANSWERS_WITHOUT_ENGINES)


def _prepare(stack: contextlib.ExitStack, *, with_engines: bool) -> None:
    """This will set what the environment does not name, for as long as the stack is open."""
    home = engines.shared_temporary_folder()
    _remove_leftovers(home)
    folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX, dir=home))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    wanted = {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "LOOKUP_KEY": secrets.token_urlsafe(32),
        "ALLOWED_HOSTS": "localhost,testserver,127.0.0.1",
        "SITE_URL": "http://localhost:8000",
        "FILES_ROOT": str(folder / "files"),
        "STATIC_ROOT": str(folder / "static"),
        "DEMO": "0",
        "SECURE": "0",
    }
    if with_engines:
        running = stack.enter_context(engines.running(folder, fast=True, given=os.environ))
        # Test databases are made and migrated by the owner; proofs about the runtime role assume it.
        wanted |= running.environment() | {"DATABASE_URL": running.database_owner_url or running.database_url}
    else:
        wanted |= {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    for name, value in wanted.items():
        if name not in os.environ:
            os.environ[name] = value
            stack.callback(os.environ.pop, name, None)


def _remove_leftovers(home: Path) -> None:
    """This will remove the folders of test runs that were killed: those whose lock nobody holds."""
    for lock in home.glob(f"{FOLDER_PREFIX}*/servers.lock"):
        with contextlib.suppress(OSError), lock.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if time.time() - lock.stat().st_mtime > YOUNGEST_LEFTOVER_SECONDS:
                shutil.rmtree(lock.parent, ignore_errors=True)
