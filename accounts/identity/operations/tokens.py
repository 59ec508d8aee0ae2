"""Tokens by which machines act for a person."""

from datetime import datetime

from django.db import transaction
from knox.models import AuthToken

from accounts.identity.models import User
from accounts.identity.operations.signing import confirm_signing_code, send_signing_code
from portal.core import audit


def send_token_code(user: User, *, at: datetime) -> None:
    """Send the code by which a person lets a program in.

    :raises SigningPhoneMissing, SigningCodesTooMany: see ``send_signing_code``.
    """
    send_signing_code(user, subject=user.reference, at=at, notice="token_code")


@transaction.atomic(durable=True)
def give_token(user: User, *, at: datetime, code: str | None = None) -> tuple[str, datetime]:
    """Give a token for a person who has just shown who they are; tell it, once, and when it ends.

    :param code: the one sent to the phone, where that is the second step.
    :raises SigningCodeWrong, SigningCodeExpired, SigningCodeAttempts: see ``confirm_signing_code``.
    """
    if code is not None:
        confirm_signing_code(user, subject=user.reference, code=code, at=at)
    kept, token = AuthToken.objects.create(user=user)
    audit.record("identity.token_given", subject=user.reference, by=user.reference, at=at)
    return token, kept.expiry


@transaction.atomic(durable=True)
def end_token(kept: AuthToken, *, by: User, at: datetime) -> None:
    """End a token before its time."""
    kept.delete()
    audit.record("identity.token_ended", subject=by.reference, by=by.reference, at=at)


def end_tokens(user: User, *, at: datetime) -> None:
    """End every token of a person; an inner step."""
    for kept in AuthToken.objects.filter(user=user):
        kept.delete()
        audit.record("identity.token_ended", subject=user.reference, by=user.reference, at=at)
