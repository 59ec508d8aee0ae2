"""The loans' nightly work."""

import structlog
from celery import shared_task

from lending.loans import queries

log = structlog.get_logger(__name__)


@shared_task(name="lending.check_loans")
def check_loans() -> None:
    """Tie the loans to the ledger and raise the alarm on the least difference."""
    for found in queries.discrepancies():
        log.error(
            "lending.loans_wrong",
            kind=found.kind,
            loan=found.subject,
            kept=str(found.kept),
            booked=str(found.recomputed),
        )
