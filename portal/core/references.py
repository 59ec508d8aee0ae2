"""References people can read aloud: Crockford's base 32, random, without I, L, O and U."""

import secrets
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SIGNS: Final = (ALPHABET * 8).encode()  # the sign that each of 256 bytes is written as
MEANT: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})  # what people read into the others


def new_reference(prefix: str, length: int = 8) -> str:
    """Make a new reference such as ``A-7K3QX9TM`` (40 bits for eight characters; the column's uniqueness judges)."""
    return f"{prefix}-{secrets.token_bytes(length).translate(_SIGNS).decode()}"


def as_written(code: str) -> str:
    """Write a certificate's code the way its paper shows it: ``b 7k3q x9tm 4b2d`` becomes ``B-7K3QX9TM4B2D``."""
    bare = "".join(sign for sign in code.upper() if sign.isalnum())
    return f"{bare[:1]}-{bare[1:].translate(MEANT)}"
