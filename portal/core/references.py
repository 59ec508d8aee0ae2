"""References people can read aloud: Crockford's base 32, random, without I, L, O and U."""

import secrets
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference(prefix: str, length: int = 8) -> str:
    """Make a new reference such as ``A-7K3QX9TM`` (40 bits for eight characters; the column's uniqueness judges)."""
    return f"{prefix}-" + "".join([ALPHABET[byte % len(ALPHABET)] for byte in secrets.token_bytes(length)])
