"""The lines' nightly work."""

from functools import partial

from celery import shared_task
from django.utils import timezone

from lending.loans.lines import operations, queries
from portal.core import jobs


@shared_task(name="lending.end_lines")
def end_lines() -> None:
    """End the lines whose last day is over, and tell the owners of those that end soon."""
    now = timezone.now()
    today = timezone.localdate(now)
    over, soon = queries.ending(on=today)
    jobs.each_alone(over, partial(operations.end_over, at=now, on=today), failed="lending.line_not_ended")
    jobs.each_alone(soon, partial(operations.remind, at=now, on=today), failed="lending.line_not_reminded")
