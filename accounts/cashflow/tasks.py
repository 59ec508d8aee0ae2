"""Reading in the background."""

from django.utils import timezone

from accounts.cashflow import operations
from portal.core import jobs


@jobs.task(name="cashflow.read")
def read(reference: str) -> None:
    """Read a received statement."""
    operations.read(reference, at=timezone.now())
