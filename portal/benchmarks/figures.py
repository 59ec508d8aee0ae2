"""What a benchmark tells: a figure, the most it may be, and what it is read against."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

WARM_UP = 3  # runs that do not count


@dataclass(frozen=True)
class Figure:
    """One measured figure, in milliseconds."""

    name: str
    times_ms: Sequence[float]
    limit_p95_ms: float | None = None  # None: a baseline that others are read against

    @property
    def holds(self) -> bool:
        """Tell whether the figure keeps within its limit."""
        return self.limit_p95_ms is None or percentile(self.times_ms, 95) <= self.limit_p95_ms

    def line(self) -> str:
        """Give the figure as a row of the table that the terminal shows."""
        told = [f"{percentile(self.times_ms, rank):10.2f}" for rank in (50, 95, 100)]
        limit = "baseline" if self.limit_p95_ms is None else f"<= {self.limit_p95_ms:.0f}"
        return f"{self.name:48} {len(self.times_ms):6} {' '.join(told)} {limit:>10} {'' if self.holds else 'EXCEEDED'}"


@dataclass(frozen=True)
class Times:
    """How many times as long as something else it took."""

    name: str
    times: float
    holds = True

    def line(self) -> str:
        """Give the ratio below the figure that it belongs to."""
        return f"  {self.name:46} {self.times:17.2f} times"


@dataclass(frozen=True)
class Rate:
    """How often a second something was done, and at least how many times as often as something else."""

    name: str
    per_second: float
    beside: float | None = None
    of: str = ""
    at_least: float | None = None

    @property
    def holds(self) -> bool:
        """Tell whether the rate keeps up with what it is read beside."""
        return self.beside is None or self.at_least is None or self.per_second >= self.at_least * self.beside

    def line(self) -> str:
        """Give the rate as a row of the table that the terminal shows."""
        told = f"{self.name:64} {self.per_second:12.0f} a second"
        if self.beside is None:
            return told
        limit = f", >= {self.at_least:.2f}" if self.at_least is not None else ""
        return f"{told}, {self.per_second / self.beside:.2f} of {self.of}{limit} {'' if self.holds else 'MISSED'}"


@dataclass(frozen=True)
class Skill:
    """How well a forecast does beside a naive one: losses, shares of weeks within the 80 % band, how often it won."""

    name: str
    firms: int
    lost: float
    naive_lost: float
    covered: float
    naive_covered: float
    better: float
    bounds: tuple[float, float] | None = (0.70, 0.90)  # None: the coverage is shown, not judged

    @property
    def holds(self) -> bool:
        """Tell whether it loses less and its band covers what it says, give or take ten percent."""
        low, high = self.bounds or (0.0, 1.0)
        return self.lost < self.naive_lost and low <= self.covered <= high

    def line(self) -> str:
        """Give the comparison as a row."""
        lost = f"{self.name:40} {self.firms:5} firms  pinball {self.lost:.4f}, naive {self.naive_lost:.4f}"
        limit = f", {self.bounds[0]:.2f} to {self.bounds[1]:.2f} wanted" if self.bounds else ""
        covered = f"80 % band covers {self.covered:.2f}, naive {self.naive_covered:.2f}{limit}"
        return f"{lost}, better for {self.better:.0%}; {covered} {'' if self.holds else 'MISSED'}"


@dataclass(frozen=True)
class Lasted:
    """How long something took at its fastest, and at most how many times as long as something else."""

    name: str
    seconds: float
    processor_seconds: float  # of all threads: what the machine's other work disturbs least
    beside: Lasted | None = None
    at_most: float | None = None
    limit: float | None = None

    @property
    def times(self) -> float | None:
        """Tell how many times as long as what it is read beside, by processor time."""
        return self.processor_seconds / self.beside.processor_seconds if self.beside else None

    @property
    def holds(self) -> bool:
        """Tell whether it keeps within its limits."""
        in_ratio = self.times is None or self.at_most is None or self.times <= self.at_most
        return in_ratio and (self.limit is None or self.seconds <= self.limit)

    def line(self) -> str:
        """Give it as a row of the table that the terminal shows."""
        told = f"{self.name:76} {self.seconds:6.2f} s, processor {self.processor_seconds:5.2f} s"
        if self.times is None:
            return told
        ratio = f", {self.times:.2f} times" + (f", <= {self.at_most:.2f}" if self.at_most else "")
        limit = f", <= {self.limit:.0f} s" if self.limit else ""
        return f"{told}{ratio}{limit} {'' if self.holds else 'EXCEEDED'}"


HEADING = f"{'milliseconds':48} {'runs':>6} {'median':>10} {'p95':>10} {'slowest':>10} {'p95 limit':>10}"


def percentile(times: Sequence[float], rank: float) -> float:
    """Give the nearest-rank percentile: the smallest time that so many percent of the runs kept within."""
    return sorted(times)[max(0, math.ceil(len(times) * rank / 100) - 1)]


def timed(run: Callable[[], object], *, runs: int, clock: Callable[[], float] = time.perf_counter) -> list[float]:
    """Time a function in milliseconds, after `WARM_UP` runs."""
    for _ in range(WARM_UP):
        run()
    times = []
    for _ in range(runs):
        began = clock()
        run()
        times.append((clock() - began) * 1000)
    return times
