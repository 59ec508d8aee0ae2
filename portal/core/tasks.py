"""The kernel's own background work."""

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from portal.core import audit, jobs
from portal.core.notices import operations as notices
from portal.core.webhooks import operations as webhooks

HEARTBEAT = "worker-heartbeat"


@shared_task(name="core.sweep")
def sweep() -> None:
    """Send again what still waits."""
    jobs.sweep(at=timezone.now())


@shared_task(name="core.seal")
def seal() -> None:
    """Chain the audit events committed since the last time."""
    audit.seal()


@shared_task(name="core.heartbeat")
def heartbeat() -> None:
    """Show that a worker takes tasks."""
    cache.set(HEARTBEAT, timezone.now(), timeout=60)


@shared_task(name="core.nothing")
def nothing() -> None:
    """Do nothing: the yardstick that benchmarks hold a task's round trip against."""


@shared_task(name="core.sweep_webhooks")
def sweep_webhooks() -> None:
    """Try again the messages to others' programs that are due."""
    webhooks.sweep(at=timezone.now())


@shared_task(name="core.deliver_webhook")
def deliver_webhook(reference: str) -> None:
    """Try one message to somebody's program."""
    webhooks.deliver(reference, at=timezone.now())


@jobs.task(name="core.send_notice")
def send_notice(reference: str) -> None:
    """Send one notice."""
    notices.deliver(reference, at=timezone.now())
