"""What the demo says on the terminal."""

from __future__ import annotations

import contextlib


def say(text: str) -> None:
    """Print at once; a terminal that has gone away stops nothing."""
    with contextlib.suppress(OSError):
        print(text, flush=True)
