"""Signatures by the Standard Webhooks scheme: HMAC-SHA-256 over id, moment and body. Pure.

Source: Standard Webhooks 1.0, https://www.standardwebhooks.com
"""

import base64
import hashlib
import hmac
import secrets
from typing import Final

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32


def new_secret() -> str:
    """Make a secret as receivers' libraries take it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, *, message: str, moment: int, body: bytes) -> str:
    """Sign a message with its id and the Unix time at which it is sent, so that a copy sent later is noticed."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.new(key, f"{message}.{moment}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
