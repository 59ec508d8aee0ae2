"""What a person signs in with: every change is traced."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.db import connection

from accounts.identity.models import User
from portal.core import audit

SHOWN_DIGITS: Final = 4


class Change(StrEnum):
    """What may change about it."""

    SIGNED_UP = "signed_up"
    PHONE_CONFIRMED = "phone_confirmed"
    PHONE_CHANGED = "phone_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - no password
    PASSWORD_RESET = "password_reset"  # noqa: S105 - no password
    EMAIL_CONFIRMED = "email_confirmed"
    EMAIL_CHANGED = "email_changed"
    EMAIL_REMOVED = "email_removed"
    AUTHENTICATOR_ADDED = "authenticator_added"
    AUTHENTICATOR_REMOVED = "authenticator_removed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    RECOVERY_CODES_MADE = "recovery_codes_made"


def note_change(user: User, change: Change, *, at: datetime, details: Mapping[str, Any] | None = None) -> None:
    """Trace that a person changed what they sign in with, without any secret; an inner step."""
    assert connection.in_atomic_block, "a change and its trace stand or fall together"
    audit.record(f"identity.{change}", subject=user.reference, by=user.reference, at=at, details=details)


def ending(phone: str) -> str:
    """Name a number by its last digits: by them its owner knows it, and nobody else can call it."""
    return phone[-SHOWN_DIGITS:]
