"""The arrears' regular work."""

from celery import shared_task
from django.utils import timezone

from lending.arrears import operations


@shared_task(name="lending.remind")
def remind() -> None:
    """Remind owners of what is due soon and of what is late, each moment of an installment once."""
    on, at = timezone.localdate(), timezone.now()
    operations.remind_short(on=on, at=at)
    operations.remind_late(on=on, at=at)
