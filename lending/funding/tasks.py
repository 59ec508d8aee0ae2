"""Background work of other funds."""

from functools import partial

from celery import shared_task
from django.utils import timezone

from lending.funding import operations, queries
from portal.core import jobs


@shared_task(name="lending.lapse_introductions")
def lapse_introductions() -> None:
    """End the introductions of which nothing came."""
    now = timezone.now()
    today = timezone.localdate(now)
    lapsing = queries.lapsing(at=now, on=today)
    jobs.each_alone(lapsing, partial(operations.lapse, at=now, on=today), failed="lending.introduction_not_lapsed")
