"""What everything else is read against: this machine's database and its empty task."""

from __future__ import annotations

from collections.abc import Iterator

from celery import current_app
from django.db import connection

from portal.benchmarks.figures import Figure, timed


def measure() -> Iterator[Figure]:
    """Time a question to the database and a task that does nothing, there and back."""
    yield Figure("a question to the database", timed(_ask, runs=500))
    yield Figure("an empty Celery task, sent and answered", timed(_empty_task, runs=200))


def _ask() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def _empty_task() -> None:
    current_app.send_task("core.nothing", ignore_result=False).get(timeout=30, interval=0.001)
