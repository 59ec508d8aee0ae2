"""Settlement's regular work."""

from celery import shared_task
from django.utils import timezone

from accounts.ledger import queries as ledger
from accounts.settlement import operations


@shared_task(name="settlement.send_payments")
def send_payments() -> None:
    """Write the payments that wait into files for the other banks."""
    for currency in ledger.currencies():
        operations.send_payments(currency=currency, on=timezone.localdate(), at=timezone.now(), by="system")
