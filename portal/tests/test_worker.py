"""Proofs that a worker ends when it is told to, and that its pool is whole again after a process of it was killed."""

import os
import signal
import sys
import time
from pathlib import Path

from portal import engines
from portal.demo.programs import Program, Running, running
from portal.tests.processes import plain_environment, until

WORKER = ("-m", "celery", "--app", "portal", "worker", "--concurrency", "2", "--loglevel", "INFO")
QUIET = ("--without-gossip", "--without-mingle")


def children_of(part: Running) -> list[str]:
    return Path(f"/proc/{part.process.pid}/task/{part.process.pid}/children").read_text().split()


class TestPool:
    def test_waits_for_a_new_process_that_comes_up_slowly(self) -> None:
        with engines.temporary_folder("portal-proof-") as folder, engines.running(folder, fast=True) as started:
            environment = plain_environment() | engines.kept_settings(folder) | started.environment()
            worker = Program("worker", [sys.executable, *WORKER, *QUIET])
            with running([worker], environment=environment, logs=folder / "logs") as (part,):
                assert until(lambda: "succeeded" in part.log.read_text()), part.log.read_text()
                first, other = children_of(part)
                os.kill(int(first), signal.SIGKILL)
                while not (fresh := [each for each in children_of(part) if each not in {first, other}]):
                    time.sleep(0.005)
                os.kill(int(fresh[0]), signal.SIGSTOP)  # longer than Celery would wait
                time.sleep(6)
                assert fresh[0] in children_of(part)
                os.kill(int(fresh[0]), signal.SIGCONT)
                assert "Timed out waiting for UP" not in part.log.read_text()


class TestEndInTime:
    def test_ends_a_worker_whose_pool_does_not(self) -> None:
        with engines.temporary_folder("portal-proof-") as folder, engines.running(folder, fast=True) as started:
            environment = plain_environment() | engines.kept_settings(folder) | started.environment()
            environment |= {"WORKER_ENDING_SECONDS": "3"}
            worker = Program("worker", [sys.executable, *WORKER, *QUIET])
            with running([worker], environment=environment, logs=folder / "logs") as (part,):
                assert until(lambda: "succeeded" in part.log.read_text()), part.log.read_text()
                children = children_of(part)
                assert len(children) == 2
                os.kill(int(children[0]), signal.SIGSTOP)  # it neither works nor ends: the worker waits for it
                part.process.terminate()
                assert part.process.wait(30) == 1
                assert "Timeout (0:00:03)!" in part.log.read_text()
                assert until(lambda: not any(Path(f"/proc/{child}").exists() for child in children))
