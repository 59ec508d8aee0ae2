"""Settlement's regular work, and what it does in the background."""

from typing import Final

from celery import shared_task
from django.utils import timezone

from accounts.ledger import queries as ledger
from accounts.settlement import nostro_queries, operations
from accounts.statements.parsing import StatementRefused
from portal.core import jobs

MOST_ATTEMPTS: Final = 3


@shared_task(name="settlement.send_payments")
def send_payments() -> None:
    """Write the payments that wait into files for the other banks."""
    for currency in ledger.currencies():
        operations.send_payments(currency=currency, on=timezone.localdate(), at=timezone.now(), by="system")


@jobs.task(name="settlement.read_nostro")
def read_nostro(reference: str) -> None:
    """Read a file from the other bank; what fails through a fault of ours three times is refused, and logged."""
    attempts = jobs.attempts("settlement.read_nostro", reference)
    try:
        operations.read_nostro(reference, on=timezone.localdate(), at=timezone.now())
    except Exception:
        if attempts >= MOST_ATTEMPTS:
            operations.refuse_nostro(reference, StatementRefused("nostro_unreadable"), at=timezone.now())
        raise


@jobs.task(name="settlement.reconcile")
def reconcile(reference: str) -> None:
    """Book the lines of a statement one by one; one that fails through a fault of ours does not keep the others."""
    failed: Exception | None = None
    for line in nostro_queries.lines_to_book(reference):
        try:
            operations.reconcile_line(line, at=timezone.now())
        except Exception as error:  # noqa: BLE001 - raised below, when the others are booked
            failed = error
    if failed:
        raise failed
