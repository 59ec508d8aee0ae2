"""Background work of the case."""

from functools import partial

from celery import shared_task
from django.utils import timezone

from lending.applications import operations as applications
from lending.applications import queries
from portal.core import jobs


@jobs.task(name="lending.decide")
def decide(reference: str) -> None:
    """Decide one submitted application."""
    now = timezone.now()
    applications.consult_register(reference, at=now, on=timezone.localdate(now))
    applications.decide(reference, at=timezone.now(), on=timezone.localdate(now))


@shared_task(name="lending.expire_offers")
def expire_offers() -> None:
    """End the offers whose days are over."""
    now = timezone.now()
    today = timezone.localdate(now)
    over = queries.ended_offers(on=today)
    jobs.each_alone(over, partial(applications.expire, at=now, on=today), failed="lending.offer_not_expired")
