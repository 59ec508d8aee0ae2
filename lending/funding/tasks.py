"""Background work of other funds."""

from celery import shared_task
from django.utils import timezone

from lending.funding import operations, queries


@shared_task(name="lending.lapse_introductions")
def lapse_introductions() -> None:
    """End the introductions of which nothing came."""
    now = timezone.now()
    today = timezone.localdate(now)
    for reference in queries.lapsing(at=now, on=today):
        operations.lapse(reference, at=now, on=today)
