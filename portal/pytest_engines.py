"""Pytest plugin: gives every test run its own engines and an environment to run in.

Loaded by `-p portal.pytest_engines`, before Django reads its settings. What the environment already names is left as it
is, so a run can be pointed at other servers; there the role of DATABASE_URL must be allowed to create databases.
The workers of a distributed run share the engines and nothing in them: pytest-django names a database for each, and we
a part of Redis and a folder of files.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from portal import catalogs, engines

ANSWERS_WITHOUT_ENGINES = ("help", "version", "collectonly", "showfixtures", "show_fixtures_per_test", "markers")

_open = pytest.StashKey[contextlib.ExitStack]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Start the engines and set the environment, before anything imports the settings."""
    asked = early_config.known_args_namespace
    with_engines = not any(getattr(asked, name, False) for name in ANSWERS_WITHOUT_ENGINES)
    stack = early_config.stash[_open] = contextlib.ExitStack()
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        engines.end_with_parent()
        os.environ.update(_own_part(worker, os.environ))
        return (yield)
    catalogs.compile_stale()
    try:
        environment = stack.enter_context(engines.trial(os.environ, with_engines=with_engines))
    except engines.EngineRefused as refusal:
        raise pytest.UsageError(str(refusal)) from refusal
    if "DATABASE_OWNER_URL" in environment:  # the owner makes the test database; the tests then take the runtime role
        environment["DATABASE_URL"] = environment["DATABASE_OWNER_URL"]
    os.environ.update(environment)
    for name in environment:
        stack.callback(os.environ.pop, name, None)
    return (yield)


def _own_part(worker: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Give what differs from one worker (`gw0`, `gw1` …) to the next."""
    number = int(worker.removeprefix("gw"))
    redis = urlsplit(environment["REDIS_URL"])
    files = Path(environment["FILES_ROOT"]) / worker
    return {"REDIS_URL": urlunsplit(redis._replace(path=f"/{number}")), "FILES_ROOT": str(files)}


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the engines and remove what they wrote."""
    if _open in config.stash:
        config.stash[_open].close()
