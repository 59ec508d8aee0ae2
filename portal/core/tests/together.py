"""Doing several things at the same moment, and telling how many wait for one another."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection


def together(*acts: Callable[[], Any], at_once: int = 0) -> list[Any]:
    """Do several things at once, all or so many; give what came of each on a connection of its own, or its refusal."""

    def run(act: Callable[[], Any]) -> Any:
        try:
            return act()
        except Exception as error:  # noqa: BLE001 - whatever came is what the proof looks at
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=at_once or len(acts)) as pool:
        return list(pool.map(run, acts))


def waiting_for_locks(cursor: Any) -> int:
    """Count the connections that wait for a lock of another one."""
    cursor.execute("SELECT pg_stat_clear_snapshot()")
    cursor.execute(
        """SELECT count(*) FROM pg_stat_activity
           WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"""
    )
    count: int = cursor.fetchone()[0]
    return count
