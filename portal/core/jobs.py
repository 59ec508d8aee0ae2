"""Promises of background work.

``ask`` writes the promise in the caller's transaction and sends the task by name at commit: the fast path. The sweeper
sends again what still waits: the guarantee. A task is run under ``@task``, which marks the promise kept.
"""

import functools
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from celery import current_app, shared_task
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from portal.core.models import Job

PATIENCE: Final = timedelta(seconds=30)
LONGEST_PATIENCE: Final = timedelta(hours=1)
BATCH: Final = 500
log = structlog.get_logger(__name__)


class NotYet(Exception):
    """What the task needs is not there yet: it asks to be called again in so many seconds."""

    def __init__(self, *, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def ask(name: str, reference: str, *, at: datetime) -> None:
    """Promise that the task ``name`` will run with ``reference``; asking again while it waits renews the promise."""
    assert connection.in_atomic_block, "a promise belongs to the transaction that needs it"
    renewed = Job.objects.filter(name=name, reference=reference, done_at=None).update(asked_at=at)
    if not renewed:
        job = Job(name=name, reference=reference, asked_at=at, due_at=at + PATIENCE)
        Job.objects.bulk_create([job], ignore_conflicts=True)
    transaction.on_commit(lambda: send(name, reference))


def ask_new(name: str, references: Sequence[str], *, at: datetime) -> None:
    """Promise that the task will run once with each of some references that are new: nothing waits for them yet."""
    assert connection.in_atomic_block, "a promise belongs to the transaction that needs it"
    Job.objects.bulk_create(
        Job(name=name, reference=reference, asked_at=at, due_at=at + PATIENCE) for reference in references
    )
    for reference in references:
        transaction.on_commit(functools.partial(send, name, reference))


def send(name: str, reference: str, *, countdown: int = 0) -> None:
    """Send the task to the broker; a broker that is away costs nothing, the sweeper comes by."""
    try:
        current_app.send_task(name, args=[reference], retry=False, countdown=countdown)
    except Exception:  # noqa: BLE001 - whatever the transport raises, the promise row stands
        log.warning("job.not_sent", job=name, reference=reference)


def attempts(name: str, reference: str) -> int:
    """Count how often a promise that still waits was begun since it was last asked for."""
    promises = Job.objects.filter(name=name, reference=reference, done_at=None)
    return promises.values_list("attempts", flat=True).first() or 0


def sweep(*, at: datetime) -> int:
    """Send again the promises that are overdue, each less often than before, and tell how many."""
    sent = 0
    for job in Job.objects.filter(done_at=None, due_at__lte=at).order_by("due_at")[:BATCH]:
        wait = min(PATIENCE * 2 ** min(job.attempts, 10), LONGEST_PATIENCE)
        claimed = Job.objects.filter(pk=job.pk, done_at=None, due_at=job.due_at).update(due_at=at + wait)
        if claimed:
            send(job.name, job.reference)
            sent += 1
    return sent


def task(*, name: str) -> Callable[[Callable[[str], None]], Any]:
    """Make a function of one reference a Celery task that keeps its promise.

    The promise is kept when the function returns, unless it was renewed meanwhile: then the function ran too early for
    what is asked now. When it raises ``NotYet`` it is called again soon; when it raises anything else, the error's kind
    is noted and the sweeper comes back.
    """

    def wrap(function: Callable[[str], None]) -> Any:
        @functools.wraps(function)
        def run(reference: str) -> None:
            promise = Job.objects.filter(name=name, reference=reference, done_at=None)
            asked_at: Any = promise.values_list("asked_at", flat=True).first()
            promise.update(attempts=F("attempts") + 1)
            with structlog.contextvars.bound_contextvars(task=name, reference=reference):
                try:
                    function(reference)
                except NotYet as pause:
                    send(name, reference, countdown=pause.seconds)
                    return
                except Exception as error:
                    promise.update(last_error=type(error).__name__)
                    log.exception("job.failed")
                    raise
            promise.filter(asked_at=asked_at).update(done_at=timezone.now(), last_error="")  # noqa: TID251 - a task's clock

        return shared_task(name=name)(run)

    return wrap
