"""What a person has shown to know or be."""

from datetime import datetime

from django.db import connection

from accounts.identity.models import Clearance, User
from portal.core import audit


def grant_clearance(user: User, code: str, *, at: datetime, source: str) -> Clearance:
    """Write down that a person has shown something; a clearance they hold already stays as it is.

    An inner step: it stands or falls with what earned it. ``source`` names that, e.g. a certificate's code.
    """
    assert connection.in_atomic_block, "a clearance belongs to the transaction that earns it"
    clearance, is_new = Clearance.objects.get_or_create(
        user=user, code=code, defaults={"source": source, "granted_at": at}
    )
    if is_new:
        details = {"code": code, "source": source}
        audit.record("identity.grant_clearance", subject=user.reference, by=None, at=at, details=details)
    return clearance
