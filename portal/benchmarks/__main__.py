"""Measure on engines of our own, with full durability, and fail when a figure exceeds its limit."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import django

from portal import engines
from portal.benchmarks.figures import HEADING, Figure, Lasted, Rate, Skill, Times
from portal.demo.programs import Program, ProgramEnded, running


def main() -> int:
    """Run every benchmark beside workers of both queues, and give 0 when all limits hold."""
    try:
        with engines.endings_raised(), engines.trial(os.environ, fast=False) as environment:
            os.environ.update(environment)
            os.environ["CELERY_RESULT_BACKEND"] = os.environ["REDIS_URL"]  # so that an empty task's end can be seen
            return _measure_all(Path(os.environ["FILES_ROOT"]).parent)
    except (engines.EngineRefused, ProgramEnded) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except engines.Ended as ending:
        return 128 + ending.signal


def _measure_all(folder: Path) -> int:
    django.setup()
    from django.core.management import call_command

    print("Laying out the database", flush=True)
    call_command("migrate", interactive=False, verbosity=0)
    backend = ["--result-backend", os.environ["REDIS_URL"]]
    options = ["--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    worker = [sys.executable, "-m", "celery", *backend, "--app", "portal", "worker", *options]
    workers = [
        Program("worker", [*worker, "--queues", "celery", "--concurrency", "2"]),
        Program("heavy-worker", [*worker, "--queues", "heavy", "--hostname", "heavy@%h", "--concurrency", "1"]),
    ]
    with running(workers, environment=os.environ, logs=folder / "logs") as programs:
        print(HEADING, flush=True)
        held = True
        for figure in _figures():
            for program in programs:
                program.look_after()
            print(figure.line(), flush=True)
            held = held and figure.holds
    return 0 if held else 1


def _figures() -> Iterator[Figure | Times | Rate | Skill | Lasted]:
    """Run the benchmarks one after the other, or those that the command names; a new one is named here."""
    from portal.benchmarks import baselines, book, decisions, forecast, ledger, queues, screening

    asked = set(sys.argv[1:])
    for benchmark in (baselines, ledger, decisions, queues, screening, forecast, book):
        if not asked or benchmark.__name__.rpartition(".")[2] in asked:
            yield from benchmark.measure()


if __name__ == "__main__":
    sys.exit(main())
