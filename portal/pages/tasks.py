"""Background work that spans departments."""

from celery import shared_task
from django.utils import timezone

from portal.core import jobs
from portal.pages import failures


@shared_task(name="portal.tell_of_failures")
def tell_of_failures() -> None:
    """Tell what failed since the night before; a run beside another has nothing to do."""
    with jobs.alone("portal.tell_of_failures") as alone:
        if alone:
            failures.tell(at=timezone.now())
