"""The books' nightly work."""

from datetime import timedelta
from typing import Final

import structlog
from celery import shared_task
from django.utils import timezone

from accounts.ledger import operations

A_NIGHT: Final = 4 * 3600  # seconds
log = structlog.get_logger(__name__)


@shared_task(name="ledger.take_snapshots")
def take_snapshots() -> None:
    """Remember the balances of the day before."""
    operations.take_snapshots(timezone.localdate() - timedelta(days=1), at=timezone.now())


@shared_task(name="ledger.check_books", time_limit=A_NIGHT)
def check_books() -> None:
    """Recompute the books from their postings and raise the alarm on the least difference."""
    for found in operations.check_books(at=timezone.now()):
        log.error(
            "ledger.books_wrong",
            kind=found.kind,
            subject=found.subject,
            kept=str(found.kept),
            recomputed=str(found.recomputed),
        )


@shared_task(name="ledger.seal")
def seal() -> None:
    """Seal what was posted since the last time, block after block."""
    while operations.seal_entries(at=timezone.now()):
        pass


@shared_task(name="ledger.expire_holds")
def expire_holds() -> None:
    """Release the holds whose time is over."""
    while operations.expire_holds(at=timezone.now()):
        pass
