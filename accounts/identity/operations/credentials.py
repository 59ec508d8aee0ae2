"""What a person signs in with: every change is traced, and told to the person where they were reached before."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from django.db import connection

from accounts.identity import queries
from accounts.identity.models import User
from accounts.identity.operations.telling import address_of
from portal.core import audit
from portal.core.models import Channel
from portal.core.notices import operations as notices

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
    LET_IN_AGAIN = "let_in_again"


BEGINNINGS: Final = frozenset({Change.SIGNED_UP, Change.PHONE_CONFIRMED})  # nothing was there that somebody could lose


def note_change(
    user: User,
    change: Change,
    *,
    at: datetime,
    phone: str = "",
    email: str = "",
    by: User | None = None,
) -> None:
    """Trace a change of what a person signs in with, and tell them, without any secret; an inner step.

    :param phone: the confirmed number that was theirs before, where this changed; it is told instead of the new one.
    :param email: likewise the e-mail.
    :param by: who did it, where it was not the person.
    """
    assert connection.in_atomic_block, "a change and its trace stand or fall together"
    is_new = phone not in {"", user.phone}
    details = {"from": ending(phone), "to": ending(user.phone)} if is_new else {}
    audit.record(f"identity.{change}", subject=user.reference, by=(by or user).reference, at=at, details=details)
    if change not in BEGINNINGS:
        _tell(user, {"change": change, **details}, phone=phone, email=email, at=at)


def _tell(user: User, params: Mapping[str, Any], *, phone: str, email: str, at: datetime) -> None:
    told = {**params, "telephone": queries.telephone_for(user)}
    for channel, before in ((Channel.SMS, phone), (Channel.MAIL, email)):
        if to := notices.Address(channel, before) if before else address_of(user, channel):
            notices.send("credentials_changed", address=to, language=user.language, params=told, at=at)


def ending(phone: str) -> str:
    """Name a number by its last digits: by them its owner knows it, and nobody else can call it."""
    return phone[-SHOWN_DIGITS:]
