"""Run a seeded bank on this machine until Ctrl-C: engines, web, workers and beat."""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from portal import engines
from portal.demo.files import PREPARING, SIGN_INS
from portal.demo.programs import Program, ProgramEnded, Running, finishing, running
from portal.demo.terminal import say

READY_SECONDS = 90
LOOK_SECONDS = 0.5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo, or clear it, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m portal.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="where the site answers")
    parser.add_argument("--data", type=Path, default=None, help="data folder; by default one of this project")
    parser.add_argument("--empty", action="store_true", help="open a bank without people or cases")
    parser.add_argument("--reset", action="store_true", help="remove the data folder, and end")
    options = parser.parse_args(arguments)
    folder = (options.data or engines.default_folder()).expanduser().resolve()
    if "MAKELEVEL" in os.environ:
        engines.end_with_parent()  # make was asked for the demo: without make, no demo
    try:
        with engines.endings_raised():
            return _reset(folder) if options.reset else _run(folder, options.port, empty=options.empty)
    except (engines.EngineRefused, ProgramEnded) as refusal:
        say(str(refusal))
        return 1
    except engines.Ended:
        say("Stopped: no process of the demo is left.")
        return 0


def _reset(folder: Path) -> int:
    """Remove the demo's data, unless a run uses it.

    :raises EngineRefused: a run uses it.
    """
    if not folder.exists():
        say("Nothing to remove.")
        return 0
    with engines.alone_in(folder):
        shutil.rmtree(folder)
    say(f"Removed {folder}.")
    return 0


def _run(folder: Path, port: int, *, empty: bool) -> int:
    """Bring everything up, tell where it answers, and watch it until a signal ends it.

    :raises EngineRefused: the engines cannot run here, or the port is taken.
    :raises ProgramEnded: a part ended by itself.
    """
    began = time.monotonic()
    _check_port(port)
    if (folder / PREPARING).exists() and "DATABASE_URL" not in os.environ:
        say("The first run was interrupted; beginning anew.")
        _reset(folder)
    say("Starting PostgreSQL and Redis")
    with engines.running(folder, given=os.environ) as started:
        environment = {**_environment(folder, port), **os.environ, **started.environment(), "DEMO": "1"}
        _prepare(folder, environment, empty=empty)
        say("Starting web, workers and beat")
        with running(_programs(folder, port), environment=environment, logs=folder / "logs") as programs:
            _wait_until_ready(port, programs)
            _welcome(folder, port, seconds=time.monotonic() - began)
            while True:
                time.sleep(LOOK_SECONDS)
                for program in programs:
                    program.look_after()


def _check_port(port: int) -> None:
    """Refuse a port that something else answers on, by either address that "localhost" may mean."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
        except PermissionError as refusal:
            raise engines.EngineRefused(f"Port {port} needs more rights. Choose one above 1023: PORT=8001") from refusal
        except OSError as problem:
            if problem.errno == 98:  # address in use; any other answer means that this family is absent
                taken = f"Port {port} is in use. Choose another: make demo PORT={port + 1}"
                raise engines.EngineRefused(taken) from problem


def _environment(folder: Path, port: int) -> dict[str, str]:
    return engines.kept_settings(folder) | {
        "SITE_URL": f"http://localhost:{port}",
        "BANK_CNAPS": "317990000013",  # of no bank
    }


def _prepare(folder: Path, environment: Mapping[str, str], *, empty: bool) -> None:
    """Bring database and static files up to date, in one process of its own.

    :raises ProgramEnded: that failed.
    """
    command = [sys.executable, "-m", "portal.demo.preparing", str(folder), *(["--empty"] if empty else [])]
    with finishing(command, environment=environment) as process:
        code = process.wait()
    if code:
        raise ProgramEnded(f"Preparing the bank failed (exit {code}).")


def _programs(folder: Path, port: int) -> list[Program]:
    celery = [sys.executable, "-m", "celery", "--app", "portal"]
    web = ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--graceful-timeout", "5"]
    web += ["--preload", "--no-control-socket"]
    beat = ["--schedule", str(folder / "beat-schedule"), "--pidfile", "", "--loglevel", "WARNING"]
    worker = [*celery, "worker", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    return [
        Program("web", [sys.executable, "-m", "gunicorn", "portal.wsgi:application", *web]),
        Program("worker", [*worker, "--queues", "celery", "--concurrency", "2"]),
        Program("heavy-worker", [*worker, "--queues", "heavy", "--hostname", "heavy@%h", "--concurrency", "1"]),
        Program("beat", [*celery, "beat", *beat]),
    ]


def _wait_until_ready(port: int, programs: Sequence[Running]) -> None:
    """Wait until web, database, broker and worker answer.

    :raises ProgramEnded: a part ended, or does not answer in time.
    """
    deadline = time.monotonic() + READY_SECONDS
    answer = "nothing"
    while time.monotonic() < deadline:
        for program in programs:
            program.look_after()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5):  # our own
                return
        except urllib.error.HTTPError as refusal:
            answer = refusal.read().decode(errors="replace")[:200]
        except OSError as problem:
            answer = str(problem)
        time.sleep(0.2)
    raise ProgramEnded(f"The site did not become ready in {READY_SECONDS} s; it says: {answer}")


def _welcome(folder: Path, port: int, *, seconds: float) -> None:
    """Tell where the bank is, who can sign in, and how to end it."""
    sign_ins = folder / SIGN_INS
    lines = ["", f"The bank is open after {seconds:.0f} s:  http://localhost:{port}", ""]
    if sign_ins.exists():
        lines += [sign_ins.read_text().strip(), ""]
    say("\n".join([*lines, f"Logs are in {folder / 'logs'}. Ctrl-C ends everything."]))


if __name__ == "__main__":
    sys.exit(main())
