"""Settlement's regular work."""

import structlog
from celery import shared_task
from django.utils import timezone

from accounts.ledger import queries as ledger
from accounts.settlement import operations

log = structlog.get_logger(__name__)


@shared_task(name="settlement.end_day")
def end_day() -> None:
    """Accrue interest, book the months that are over, and raise the alarm where the two do not tie."""
    today = timezone.localdate()
    operations.end_day(on=today, at=timezone.now())
    for found in operations.check_interest(on=today, at=timezone.now()):
        log.error(
            "settlement.interest_untied",
            subject=found.subject,
            kept=str(found.kept),
            recomputed=str(found.recomputed),
        )


@shared_task(name="settlement.announce")
def announce() -> None:
    """Tell owners and their programs what was sealed since the last time."""
    while operations.announce_next(at=timezone.now()):
        pass
    operations.tell_of_silent_webhooks(at=timezone.now())


@shared_task(name="settlement.send_payments")
def send_payments() -> None:
    """Write the payments that wait into files for the other banks."""
    for currency in ledger.currencies():
        operations.send_payments(currency=currency, on=timezone.localdate(), at=timezone.now(), by="system")
