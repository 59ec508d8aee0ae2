"""Promises of background work.

``ask`` writes the promise in the caller's transaction and sends the task by name at commit: the fast path. The sweeper
sends again what still waits: the guarantee. A task is run under ``@task``, which marks the promise kept. Promises of a
lane take turns: one is with the broker, the others wait, so that many of one customer leave room for others'.
"""

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import structlog
from celery import current_app, shared_task
from django.db import Error, connection, transaction
from django.db.models import Count, Exists, F, Min, OuterRef
from django.utils import timezone

from portal.core import failures
from portal.core.models import Job

PATIENCE: Final = timedelta(seconds=30)
LONGEST_PATIENCE: Final = timedelta(hours=1)
BATCH: Final = 500
RUNNING_LOCKS: Final = 7_203_017  # the first of two numbers
T = TypeVar("T")
log = structlog.get_logger(__name__)


class NotYet(Exception):
    """What the task needs is not there yet: it asks to be called again in so many seconds."""

    def __init__(self, *, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def ask(name: str, reference: str, *, at: datetime, lane: str = "") -> None:
    """Promise that the task ``name`` will run with ``reference``; asking again while it waits renews the promise."""
    assert connection.in_atomic_block, "a promise belongs to the transaction that needs it"
    others = _out(name, lane).exclude(reference=reference) if lane else Job.objects.none()
    waits = others.exists()
    renewed = Job.objects.filter(name=name, reference=reference, done_at=None).update(asked_at=at)
    if not renewed:
        job = Job(name=name, reference=reference, lane=lane, asked_at=at, due_at=None if waits else at + PATIENCE)
        Job.objects.bulk_create([job], ignore_conflicts=True)
    if not waits:
        transaction.on_commit(lambda: send(name, reference))


def _out(name: Any, lane: Any) -> Any:
    """Pick the promises of a lane that are with the broker or a worker; one that failed rests and holds nobody up."""
    return Job.objects.filter(name=name, lane=lane, done_at=None, due_at__isnull=False, last_error="")


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


def waiting() -> list[tuple[str, int, datetime]]:
    """Count the promises that still wait, by task, with the moment at which the oldest was asked for."""
    told = Job.objects.filter(done_at=None).values("name").annotate(count=Count("pk"), oldest=Min("asked_at"))
    return list(told.order_by("name").values_list("name", "count", "oldest"))


def sweep(*, at: datetime) -> int:
    """Send again the promises that are overdue, each less often than before, and tell how many.

    A lane in which all wait goes on: a worker died between two, or one was asked for as the last one ended.
    """
    sent = 0
    for job in Job.objects.filter(done_at=None, due_at__lte=at).order_by("due_at")[:BATCH]:
        wait = min(PATIENCE * 2 ** min(job.attempts, 10), LONGEST_PATIENCE)
        claimed = Job.objects.filter(pk=job.pk, done_at=None, due_at=job.due_at).update(due_at=at + wait)
        if claimed:
            send(job.name, job.reference)
            sent += 1
    stuck = Job.objects.filter(done_at=None, due_at=None).exclude(Exists(_out(OuterRef("name"), OuterRef("lane"))))
    for name, lane in stuck.values_list("name", "lane").distinct():
        sent += _hand_on(name, lane)
    return sent


def _hand_on(name: str, lane: str) -> int:
    """Send the promise of a lane that waited longest, and tell how many that were."""
    queued = Job.objects.filter(name=name, lane=lane, done_at=None, due_at=None)
    first = queued.order_by("pk").first() if lane else None
    due_at = timezone.now() + PATIENCE  # noqa: TID251 - a task's clock
    if first is None or not queued.filter(pk=first.pk).update(due_at=due_at):
        return 0
    send(name, first.reference)
    return 1


@contextlib.contextmanager
def alone(name: str, reference: str = "") -> Iterator[bool]:
    """Tell whether nobody else is at a task, and keep others off it; who dies loses the lock with the connection."""
    lock: list[Any] = [RUNNING_LOCKS, f"{name} {reference}"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", lock)
        (taken,) = cursor.fetchone()
    try:
        yield taken
    finally:
        if taken:
            with contextlib.suppress(Error), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", lock)


def _name_of(thing: Any) -> str:
    return str(getattr(thing, "reference", thing))


def each_alone(
    things: Iterable[T], act: Callable[[T], object], *, failed: str, name_of: Callable[[T], str] = _name_of
) -> Exception | None:
    """Do something with each: one that fails through a fault of ours does not keep the others back.

    It is logged, and noted in the trail, of which ``/metrics`` and those who watch over the bank are told.

    :param failed: what log and trail call it.
    :param name_of: by what they name the thing; its reference unless told.
    :returns: the last failure, for whoever must not seem to have done all.
    """
    failure: Exception | None = None
    named = []
    for thing in things:
        try:
            act(thing)
        except Exception as error:
            named.append(name_of(thing))
            log.exception(failed, reference=named[-1])
            failure = error
    if named:
        failures.note(failed, named, at=timezone.now())  # noqa: TID251 - a task's clock
    return failure


def some_at_once(
    things: Sequence[T],
    act: Callable[[Sequence[T]], object],
    *,
    size: int,
    failed: str,
    name_of: Callable[[T], str] = _name_of,
) -> Exception | None:
    """Do something with some at a time; where that fails, with each of them, as ``each_alone``."""
    failure: Exception | None = None
    for first in range(0, len(things), size):
        some = things[first : first + size]
        try:
            act(some)
        except Exception:  # noqa: BLE001 - whoever of them fails alone is logged
            failure = each_alone(some, lambda one: act([one]), failed=failed, name_of=name_of) or failure
    return failure


def task(*, name: str) -> Callable[[Callable[[str], None]], Any]:
    """Make a function of one reference a Celery task that keeps its promise.

    The promise is kept when the function returns, unless it was renewed meanwhile: then the function ran too early for
    what is asked now, and is called again. When it raises ``NotYet`` it is called again soon; when it raises anything
    else, the error's kind is noted and the sweeper comes back. What is sent again while it runs is not run beside it.
    """

    def wrap(function: Callable[[str], None]) -> Any:
        @functools.wraps(function)
        def run(reference: str) -> None:
            with alone(name, reference) as free:
                if free:
                    _keep(name, reference, function)

        return shared_task(name=name)(run)

    return wrap


def _keep(name: str, reference: str, function: Callable[[str], None]) -> None:
    promise = Job.objects.filter(name=name, reference=reference, done_at=None)
    nothing: Any = (None, "")
    asked_at, lane = promise.values_list("asked_at", "lane").first() or nothing
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
            _hand_on(name, lane)
            raise
    now = timezone.now()  # noqa: TID251 - a task's clock
    if not promise.filter(asked_at=asked_at).update(done_at=now, last_error="") and promise.exists():
        send(name, reference)
        return
    _hand_on(name, lane)
