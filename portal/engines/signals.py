"""Ending in good order when a signal asks for it."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator


class Ended(BaseException):
    """A signal asked us to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.signal = number


ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def endings_raised() -> Iterator[None]:
    """Turn the signals that end a process into an exception, so that what was started is stopped."""

    def end(number: int, _frame: object) -> None:
        for other in ENDINGS:  # once is enough: a second signal must not interrupt the stopping
            signal.signal(other, signal.SIG_IGN)
        raise Ended(number)

    before = {number: signal.signal(number, end) for number in ENDINGS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def endings_held() -> Iterator[None]:
    """Keep those signals waiting until the block ends, so that they cannot interrupt it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def at_the_terminal() -> bool:
    """Tell whether we are the terminal's foreground group."""
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False
