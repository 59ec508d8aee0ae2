"""The lines' nightly work."""

from celery import shared_task
from django.utils import timezone

from lending.loans.lines import operations, queries


@shared_task(name="lending.end_lines")
def end_lines() -> None:
    """End the lines whose last day is over, and tell the owners of those that end soon."""
    now = timezone.now()
    today = timezone.localdate(now)
    over, soon = queries.ending(on=today)
    for reference in over:
        operations.end_over(reference, at=now, on=today)
    for reference in soon:
        operations.remind(reference, at=now, on=today)
