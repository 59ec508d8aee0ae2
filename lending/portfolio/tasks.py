"""The book's nightly work."""

import structlog
from celery import shared_task
from django.utils import timezone

from lending.portfolio import operations

log = structlog.get_logger(__name__)


@shared_task(name="lending.replay_decisions", acks_late=False)
def replay_decisions() -> None:
    """Repeat every decision, from its evidence on, and raise the alarm on the least difference."""
    done = operations.check_decisions(at=timezone.now())
    log.info("lending.decisions_replayed", decisions=done.decisions, differing=done.differing)
    if done.first:
        log.error(
            "lending.decision_differs",
            application=done.first.application,
            part=done.first.part,
            differing=done.differing,
        )
