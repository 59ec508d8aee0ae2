"""A bank before its first customer, and a Celery worker on the test database."""

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection
from django.utils import timezone

from portal.demo.programs import Program, running
from portal.seed.story import Story, found_the_bank

CELERY = ("-m", "celery", "--app", "portal", "worker", "--pool", "solo", "--loglevel", "WARNING")
QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat")


@pytest.fixture
def story(transactional_db: None) -> Story:
    """A founded bank: branches, staff with authenticators, books, rules, products and courses."""
    founded = Story(today=timezone.localdate(), rng=Random(7), say=lambda _text: None)
    found_the_bank(founded)
    return founded


@pytest.fixture(scope="module")
def worker(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Run a real worker in the runtime role; what other tests left in the broker is cleared away first."""
    import sys

    current_app.control.purge()
    logs: Path = tmp_path_factory.mktemp("worker")
    environment = {**os.environ, "DATABASE_URL": _address_of_the_test_database()}
    program = Program("worker", [sys.executable, *CELERY, *QUIET])
    with running([program], environment=environment, logs=logs) as (started,):
        yield
        started.look_after()


def _address_of_the_test_database() -> str:
    name: Any = connection.settings_dict["NAME"]
    if not str(name).startswith("test_"):
        name = f"test_{name}"
    parts = urlsplit(os.environ["DATABASE_URL"])
    query = "&".join(filter(None, [parts.query, f"assume_role={settings.RUNTIME_ROLE}"]))
    return urlunsplit(parts._replace(path=f"/{name}", query=query))
