"""Doing several things at the same moment, and telling how many wait for one another."""

import contextlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection


def together(*acts: Callable[[], Any], at_once: int = 0) -> list[Any]:
    """Do several things at once, all or so many; give what came of each on a connection of its own, or its refusal."""
    begin = Barrier(1 if at_once else len(acts))  # where all go at once, none begins before the last is there

    def run(act: Callable[[], Any]) -> Any:
        begin.wait(timeout=30)
        try:
            return act()
        except Exception as error:  # noqa: BLE001 - whatever came is what the proof looks at
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=at_once or len(acts)) as pool:
        return list(pool.map(run, acts))


def done_together(*acts: Callable[[], Any]) -> None:
    """Do several things at once, none of which may be refused."""
    for came in together(*acts):
        if isinstance(came, Exception):
            raise came


def waiting_for_locks(cursor: Any) -> int:
    """Count the connections that wait for a lock of another one."""
    cursor.execute("SELECT pg_stat_clear_snapshot()")
    cursor.execute(
        """SELECT count(*) FROM pg_stat_activity
           WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"""
    )
    count: int = cursor.fetchone()[0]
    return count


@contextlib.contextmanager
def while_read(part: str, act: Callable[[], object]) -> Iterator[None]:
    """Do something, once, as soon as a statement that has a part was carried out on this connection."""
    acts = [act]

    def carried_out(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if part in sql and acts:
            acts.pop()()
        return result

    with connection.execute_wrapper(carried_out):
        yield
    assert not acts, f"{part} is in a statement"


def waited_for(other: Executor, act: Callable[..., object], *told: object) -> None:
    """Do something on a connection of its own, and come back when it is done, or waits for a lock."""

    def run() -> None:
        try:
            act(*told)
        finally:
            connection.close()

    begun = other.submit(run)
    while not begun.done():
        with connection.cursor() as cursor:
            if waiting_for_locks(cursor):
                return
        time.sleep(0.01)
    begun.result()
