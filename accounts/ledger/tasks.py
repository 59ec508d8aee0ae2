"""The books' nightly work."""

from datetime import timedelta

import structlog
from celery import shared_task
from django.utils import timezone

from accounts.ledger import operations
from accounts.ledger.models import Chain
from portal.core import jobs

log = structlog.get_logger(__name__)


@shared_task(name="ledger.take_snapshots")
def take_snapshots() -> None:
    """Remember the balances of the day before."""
    operations.take_snapshots(timezone.localdate() - timedelta(days=1), at=timezone.now())


@shared_task(name="ledger.check_books")
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


@shared_task(name="ledger.check_chains")
def check_chains() -> None:
    """Read the chains that seal the books and the audit trail, and raise the alarm where one breaks.

    The log names the digests: whoever keeps it elsewhere keeps a witness that nobody rewrites here.
    """
    with jobs.alone("ledger.check_chains") as alone:
        for chain in Chain if alone else []:
            check = operations.check_chain(chain, on=timezone.localdate(), at=timezone.now())
            told = {"chain": check.chain, "through": check.through, "digest": check.digest}
            if check.is_whole:
                log.info("ledger.chain_whole", **told)
            else:
                log.error("ledger.chain_broken", **told, broken_at=check.broken_at)


@shared_task(name="ledger.seal")
def seal() -> None:
    """Seal what was posted since the last time, block after block."""
    while operations.seal_entries(at=timezone.now()):
        pass


@shared_task(name="ledger.expire_holds")
def expire_holds() -> None:
    """Release the holds whose time is over."""
    operations.expire_holds(at=timezone.now())
