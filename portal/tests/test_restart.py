"""A proof that decisions outlast the engines and workers that took them, and whatever happens to what they rest on."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest

from portal import engines
from portal.demo.programs import Program, running
from portal.engines.folders import PROJECT
from portal.tests.processes import plain_environment, servers_are_gone

DECISIONS = 150
WORKER = ("-m", "celery", "--app", "portal", "worker", "--concurrency", "2", "--loglevel", "WARNING")
DECIDED = "SELECT outcome, count(*) FROM lending_creditdecision GROUP BY outcome"

pytestmark = pytest.mark.prove


@contextmanager
def bank(folder: Path) -> Iterator[dict[str, str]]:
    """Run the engines and the workers on what the folder keeps, and give the environment to run in."""
    with engines.running(folder) as started:
        environment = plain_environment() | engines.kept_settings(folder) | started.environment()
        done = run(environment, "manage.py", "migrate", "--no-input")
        assert done.returncode == 0, done.stderr
        with running([Program("worker", [sys.executable, *WORKER])], environment=environment, logs=folder / "logs"):
            yield environment
    assert servers_are_gone(folder)


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )


def outcomes(environment: dict[str, str]) -> dict[str, int]:
    connection = psycopg2.connect(environment["DATABASE_URL"])
    try:
        with connection.cursor() as cursor:
            cursor.execute(DECIDED)
            return dict(cursor.fetchall())
    finally:
        connection.close()


class TestRestart:
    def test_leaves_decisions_as_they_were(self) -> None:
        with engines.temporary_folder("portal-proof-") as folder:
            with bank(folder) as environment:
                done = run(environment, "-m", "portal.tests.deciding", str(DECISIONS))
                assert done.returncode == 0, done.stdout + done.stderr
                before = outcomes(environment)
                assert set(before) == {"approved", "referred", "declined"}
                assert sum(before.values()) == DECISIONS
            with bank(folder) as environment:
                assert outcomes(environment) == before
                for options in ((), ("--evidence",)):
                    done = run(environment, "manage.py", "replay_decisions", "--sample", str(DECISIONS), *options)
                    assert done.returncode == 0, done.stdout + done.stderr
                    assert f"{DECISIONS} decisions, all the same" in done.stdout
                    assert "earlier version" not in done.stdout
