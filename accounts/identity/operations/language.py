"""The language a person reads."""

from accounts.identity.models import User


def keep_language(user: User, language: str) -> None:
    """Remember the language a person chose, for the messages we send and for their next device."""
    User.objects.filter(pk=user.pk).exclude(language=language).update(language=language)
    user.language = language
