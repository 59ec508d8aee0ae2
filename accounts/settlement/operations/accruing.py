"""The turn of whoever accrues: nobody else accrues meanwhile, nor is interest given that is counted as owed."""

from typing import Final

from django.db import connection

ACCRUAL_LOCK: Final = 7_203_013  # after accounts, before balances


def wait_for_the_turn() -> None:
    """Let whoever accrues or gives end, and none begin until the transaction ends; an inner step.

    Two who accrue would both see what is missing; what is given meanwhile would be owed still, and its account empty.
    """
    _lock("pg_advisory_xact_lock")


def keep_off() -> None:
    """Let whoever accrues end, and none begin until the transaction ends; others may give beside. An inner step."""
    _lock("pg_advisory_xact_lock_shared")


def _lock(taken_by: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {taken_by}(%s)", [ACCRUAL_LOCK])
