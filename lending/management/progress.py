"""How far a long command is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from django.core.management.base import OutputWrapper

SECONDS: Final = 20


@dataclass
class Progress:
    """Tells now and then how much is done, and how long the rest will take at the pace so far."""

    what: str
    to: OutputWrapper
    clock: Callable[[], float] = monotonic
    seconds: float = SECONDS  # between two tellings, and before the first one
    began: float = field(init=False)
    told: float = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.told = self.clock()

    def say(self, done: int, whole: int) -> None:
        """Take note of what is done."""
        now = self.clock()
        if now - self.told < self.seconds or done == whole:
            return
        self.told = now
        minutes = (now - self.began) / done * (whole - done) / 60
        left = "less than a minute" if minutes < 1 else f"about {minutes:.0f} min"
        self.to.write(f"{done:,} of {whole:,} {self.what}, {left} left")
        self.to.flush()
