"""Background work of the case."""

from django.utils import timezone

from lending.applications import operations as applications
from portal.core import jobs


@jobs.task(name="lending.decide")
def decide(reference: str) -> None:
    """Decide one submitted application."""
    now = timezone.now()
    applications.decide(reference, at=now, on=timezone.localdate(now))
