"""Columns that hide what they hold: personal identifiers, encrypted at rest and found again by a keyed hash."""

import hashlib
import hmac
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> str:
    """Encrypt with the newest key."""
    return _cipher(tuple(settings.FIELD_KEYS)).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Decrypt with whichever key fits."""
    return _cipher(tuple(settings.FIELD_KEYS)).decrypt(token.encode()).decode()


def lookup_hash(value: str) -> str:
    """Hash a normalized identifier under the look-up key (HMAC-SHA-256, hex), equal for equal values only."""
    return hmac.new(settings.LOOKUP_KEY.encode(), value.encode(), hashlib.sha256).hexdigest()


class EncryptedTextField(models.TextField):
    """Text that the database sees only encrypted; it cannot be searched, so keep a ``lookup_hash`` beside it."""

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way in."""
        return encrypt(str(value)) if value else value

    def from_db_value(self, value: str | None, *_args: Any) -> str | None:
        """Decrypt on the way out."""
        return decrypt(value) if value else value
