"""Devices on which a person is signed in, or need not confirm that it is theirs."""

from datetime import datetime

from django.db import connection

from accounts.identity.models import User
from accounts.identity.operations.tokens import end_tokens
from portal.core import audit


def forget_devices(user: User, *, at: datetime) -> None:
    """Trust no device any more and end every token, where the person signs the others out; an inner step."""
    assert connection.in_atomic_block, "sessions, trust and tokens end together"
    user.devices_trusted_from = at
    user.save(update_fields=["devices_trusted_from"])
    audit.record("identity.devices_forgotten", subject=user.reference, by=user.reference, at=at)
    end_tokens(user, at=at)
