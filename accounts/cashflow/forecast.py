"""The coming thirteen weeks: money in, money out, what the accounts hold, each with its uncertainty. Pure.

What comes back (``recurring.py``) and what the owner planned is laid on its days; the rest is as uncertain as the weeks
of the past were (``weekly.py``). A forecast knows only what happened until its last day. The same evidence always gives
the same forecast: the paths of the balance are drawn with evenly spread chances from a fixed source.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from random import Random
from statistics import NormalDist
from typing import Final

from accounts.cashflow import recurring, weekly
from accounts.cashflow.recurring import Flow, Recurring
from accounts.cashflow.weekly import DAYS, LEVELS, Past, Week

WEEKS: Final = 13
FEWEST_WEEKS: Final = 12
PATHS: Final = 400
# What remains of a week varies more than its past shows, and good and bad weeks come together; measured, not derived.
NET_LEVELS: Final = (0.08, 0.24, 0.50, 0.76, 0.92)
TOGETHER: Final = 0.06
IN, OUT = 1, -1


@dataclass(frozen=True)
class Planned:
    """Money that somebody knows will come (positive) or go."""

    on: date
    amount: float
    text: str = ""
    is_own: bool = False


@dataclass(frozen=True)
class Expectation:
    """What is expected, and the quantiles at ``LEVELS``."""

    expected: float
    quantiles: tuple[float, ...]

    @property
    def low(self) -> float:
        """Nine times in ten it is more."""
        return self.quantiles[0]

    @property
    def middle(self) -> float:
        """Half the times it is more."""
        return self.quantiles[len(LEVELS) // 2]

    @property
    def high(self) -> float:
        """Nine times in ten it is less."""
        return self.quantiles[-1]


@dataclass(frozen=True)
class ComingWeek:
    """A week to come, of seven days; both flows are positive, what moves between own pockets is signed."""

    first_day: date
    last_day: date
    inflow: Expectation
    outflow: Expectation
    own: Expectation
    net: Expectation
    balance: Expectation | None


@dataclass(frozen=True)
class Event:
    """A payment that is expected on a day."""

    on: date
    amount: float
    source: Recurring | Planned


@dataclass(frozen=True)
class Forecast:
    """The weeks to come, the last day that is known, and what comes back or is planned in them."""

    last_day: date
    weeks: tuple[ComingWeek, ...]
    recurring: tuple[Recurring, ...]
    events: tuple[Event, ...]


def forecast(
    flows: Iterable[Flow],
    *,
    first: date,
    last: date,
    balance: float | None = None,
    planned: Sequence[Planned] = (),
    festivals: Sequence[date] = (),
    uncovered: Sequence[date] = (),
    weeks: int = WEEKS,
) -> Forecast | None:
    """Tell the weeks after ``last`` from what flowed between ``first`` and ``last``; none where that is too short.

    :param balance: what the accounts hold at the end of ``last``, if that is known.
    :param festivals: days of Spring Festival, past and to come; empty where it is not kept.
    :param uncovered: days within that no evidence tells of; their weeks are left out.
    """
    told = sorted(
        (flow for flow in flows if first <= flow.on <= last), key=lambda flow: (flow.on, flow.amount, flow.key)
    )
    count = ((last - first).days + 1) // DAYS
    gaps = {_week_of(day, last, count) for day in uncovered}
    if count - len(gaps & set(range(count))) < FEWEST_WEEKS:
        return None
    found = recurring.find(told, last=last)
    events = _events(found, planned, last=last, weeks=weeks)
    rest = recurring.rest(told, found)

    def past(wanted: Iterable[tuple[date, float]]) -> list[Week]:
        sums = _sums(wanted, last, count, gaps)
        return weekly.coming(Past(sums, last, festivals), weeks=weeks)

    trade = [flow for flow in rest if not flow.is_own]
    into = past((flow.on, flow.amount) for flow in trade if flow.amount > 0)
    out = past((flow.on, -flow.amount) for flow in trade if flow.amount < 0)
    own = past((flow.on, flow.amount) for flow in rest if flow.is_own)
    net = past((flow.on, flow.amount) for flow in rest)
    told_weeks = [
        _week(last, number, (into[number], out[number], own[number], net[number]), events[number])
        for number in range(weeks)
    ]
    if balance is not None:
        told_weeks = _with_balances(balance, told_weeks, net, events)
    return Forecast(last, tuple(told_weeks), tuple(found), tuple(each for week in events for each in week))


def _week_of(day: date, last: date, count: int) -> int:
    return count - 1 - (last - day).days // DAYS


def _sums(wanted: Iterable[tuple[date, float]], last: date, count: int, gaps: set[int]) -> list[float | None]:
    sums: list[float | None] = [None if week in gaps else 0.0 for week in range(count)]
    for day, amount in wanted:
        week = _week_of(day, last, count)
        if week >= 0 and sums[week] is not None:
            sums[week] = (sums[week] or 0.0) + amount
    return sums


def _events(found: Sequence[Recurring], planned: Sequence[Planned], *, last: date, weeks: int) -> list[list[Event]]:
    until = last + timedelta(days=DAYS * weeks)
    events = [Event(day, each.amount, each) for each in found for day in each.dates(after=last, until=until)]
    events += [Event(each.on, each.amount, each) for each in planned if last < each.on <= until]
    events.sort(key=lambda event: (event.on, event.amount))
    return [
        [
            event
            for event in events
            if (event.on - last).days <= DAYS * (week + 1) and (event.on - last).days > DAYS * week
        ]
        for week in range(weeks)
    ]


def _week(last: date, number: int, told: tuple[Week, Week, Week, Week], events: Sequence[Event]) -> ComingWeek:
    into, out, own, net = told
    trade = [event for event in events if not event.source.is_own]
    inflow = _expectation(into, [event for event in trade if event.amount > 0], sign=IN)
    outflow = _expectation(out, [event for event in trade if event.amount < 0], sign=OUT)
    pocket = _expectation(own, [event for event in events if event.source.is_own], sign=IN)
    remains = _expectation(net, events, sign=IN, levels=NET_LEVELS)
    return ComingWeek(
        first_day=last + timedelta(days=DAYS * number + 1),
        last_day=last + timedelta(days=DAYS * (number + 1)),
        inflow=inflow,
        outflow=outflow,
        own=pocket,
        net=replace(remains, expected=inflow.expected - outflow.expected + pocket.expected),
        balance=None,
    )


def _expectation(week: Week, events: Sequence[Event], *, sign: int, levels: Sequence[float] = LEVELS) -> Expectation:
    """Add what is expected on a day, as its amounts varied, to what is as uncertain as ever.

    What is expected is told in whole units, so that a page's rows add up and promise no cents.
    """
    certain = math.fsum(sign * event.amount for event in events)
    told = [each + certain for each in week.quantiles(levels)]
    for event in events:
        if isinstance(event.source, Recurring):
            told = [each + more for each, more in zip(told, _variation(event.source, sign), strict=True)]
    return Expectation(float(round(week.mean + certain)), tuple(told))


def _variation(source: Recurring, sign: int) -> list[float]:
    apart = sorted(sign * (each - source.amount) for each in source.amounts)
    return Week(apart, [1.0] * len(apart), 1.0).quantiles()


def _with_balances(
    balance: float, weeks: Sequence[ComingWeek], net: Sequence[Week], events: Sequence[Sequence[Event]]
) -> list[ComingWeek]:
    """Let the balance run along many paths; the expected one is what the expected flows add up to."""
    paths, expected, told = [balance] * PATHS, balance, []
    for week, rest, known, chances in zip(weeks, net, events, _chances(len(net)), strict=True):
        certain = math.fsum(event.amount for event in known)
        paths = [path + drawn + certain for path, drawn in zip(paths, rest.draws(chances), strict=True)]
        expected += week.net.expected
        ends = Week(sorted(paths), [1.0] * PATHS, 1.0)
        told.append(replace(week, balance=Expectation(expected, tuple(ends.quantiles()))))
    return told


@cache
def _chances(weeks: int) -> tuple[tuple[float, ...], ...]:
    """Give each path a chance in each week; a path's chances lean the same way, by the share ``TOGETHER``."""
    rng, normal = Random(PATHS), NormalDist()  # noqa: S311 - the same evidence gives the same forecast
    spread = [normal.inv_cdf((each + 0.5) / PATHS) for each in range(PATHS)]
    lean = rng.sample(spread, PATHS)
    own = [rng.sample(spread, PATHS) for _ in range(weeks)]
    common, alone = math.sqrt(TOGETHER), math.sqrt(1 - TOGETHER)
    return tuple(
        tuple(normal.cdf(common * one + alone * two) for one, two in zip(lean, week, strict=True)) for week in own
    )
