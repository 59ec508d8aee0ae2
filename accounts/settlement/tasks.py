"""Settlement's regular work."""

import structlog
from celery import shared_task
from django.utils import timezone

from accounts.ledger import queries as ledger
from accounts.settlement import operations
from accounts.settlement.models import StandingOrder

log = structlog.get_logger(__name__)


@shared_task(name="settlement.send_payments")
def send_payments() -> None:
    """Write the payments that wait into files for the other banks."""
    for currency in ledger.currencies():
        operations.send_payments(currency=currency, on=timezone.localdate(), at=timezone.now(), by="system")


@shared_task(name="settlement.carry_out_standing_orders")
def carry_out_standing_orders() -> None:
    """Pay what standing orders have due, each date once; one that fails does not keep the others back."""
    for order in StandingOrder.objects.due(timezone.localdate()).order_by("pk"):
        try:
            while operations.carry_out(order, on=timezone.localdate(), at=timezone.now()):
                continue
        except Exception:
            log.exception("settlement.standing_order_failed", order=order.reference)
