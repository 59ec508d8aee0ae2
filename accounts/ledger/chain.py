"""The chain that seals the books: pure hashing."""

import hashlib
from typing import Final

GENESIS: Final = "0" * 64


def linked(content: str, previous: str) -> str:
    """Chain what an entry says to the digest before it (SHA-256 over both)."""
    return hashlib.sha256(f"{previous}{content}".encode()).hexdigest()
