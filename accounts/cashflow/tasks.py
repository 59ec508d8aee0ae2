"""Reading in the background."""

from collections.abc import Sequence
from typing import Final

from celery import shared_task
from django.utils import timezone

from accounts.cashflow import operations, queries
from portal.core import jobs

MOST_ATTEMPTS: Final = 3
TOGETHER: Final = 50  # enterprises that are locked at once


@shared_task(name="cashflow.absorb")
def absorb() -> None:
    """Take in what our own books tell anew, some enterprises at a time; a run beside another has nothing to do."""
    with jobs.alone("cashflow.absorb") as alone:
        behind = queries.not_absorbed() if alone else []
        jobs.some_at_once(behind, _absorb, size=TOGETHER, failed="cashflow.not_absorbed")


def _absorb(references: Sequence[str]) -> None:
    operations.absorb_new(*references, at=timezone.now())


@jobs.task(name="cashflow.know_by_new_name")
def know_by_new_name(reference: str) -> None:
    """Look again at files and payments that turn out to be an enterprise's own, whose name was corrected."""
    operations.know_by_new_name(reference, at=timezone.now())


@jobs.task(name="cashflow.read")
def read(reference: str) -> None:
    """Read a received statement.

    What fails through a fault of ours is tried three times, the sweeper's rest between; then the file is given up, so
    that its owner is told and its case goes on. The failure is raised all the same, so that it stands in the log.
    A file of which the worker itself died is given up before it is tried once more.
    """
    attempts = queries.attempts_to_read(reference)
    if attempts > MOST_ATTEMPTS:
        operations.give_up(reference, error="", attempts=attempts, at=timezone.now())
        return
    try:
        operations.read(reference, at=timezone.now())
    except Exception as error:
        if attempts == MOST_ATTEMPTS:
            operations.give_up(reference, error=type(error).__name__, attempts=attempts, at=timezone.now())
        raise
