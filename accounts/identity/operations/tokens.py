"""Tokens by which machines act for a person."""

from datetime import datetime

from django.db import transaction
from knox.models import AuthToken

from accounts.identity.models import User
from portal.core import audit


@transaction.atomic(durable=True)
def give_token(user: User, *, at: datetime) -> tuple[str, datetime]:
    """Give a token for a person who has just shown who they are; tell it, once, and when it ends."""
    kept, token = AuthToken.objects.create(user=user)
    audit.record("identity.token_given", subject=user.reference, by=user.reference, at=at)
    return token, kept.expiry


@transaction.atomic(durable=True)
def end_token(kept: AuthToken, *, by: User, at: datetime) -> None:
    """End a token before its time."""
    kept.delete()
    audit.record("identity.token_ended", subject=by.reference, by=by.reference, at=at)


def end_tokens(user: User, *, at: datetime) -> None:
    """End every token of a person, whose password is another now; an inner step."""
    for kept in AuthToken.objects.filter(user=user):
        kept.delete()
        audit.record("identity.token_ended", subject=user.reference, by=user.reference, at=at)
