"""Which moment a change of what an enterprise is judged by bears."""

from datetime import datetime

from django.db import connection
from django.db.models import Value
from django.db.models.functions import Greatest

from accounts.identity.models import Enterprise
from portal.core import moments


def lock_to_change(*enterprises: int, at: datetime) -> datetime:
    """Lock enterprises, and tell the moment that a change of what they are judged by bears; an inner step.

    A clock is read before a lock is held. What was judged in between did not see the change, so this comes after it;
    what was changed in between may be what is changed now, so this comes no earlier, nor does what is changed next.

    :param enterprises: their primary keys.
    :returns: ``at``, or the first moment after the last judgment and none before the last change.
    """
    assert connection.in_atomic_block, "a lock belongs to the transaction that needs it"
    changing = Enterprise.objects.filter(pk__in=enterprises)
    at = moments.after(at, *changing.locked().values_list("judged_at", flat=True))
    changing.update(judged_at=at - moments.NEXT)
    return at


def note_judged(enterprise: Enterprise, *, at: datetime) -> None:
    """Write down that an enterprise was judged by what was known at a moment; an inner step on a locked enterprise."""
    judged_at = Greatest("judged_at", Value(at))  # which leaves out what is null
    Enterprise.objects.filter(pk=enterprise.pk).update(judged_at=judged_at)
