"""Payments that come back: wages, rent, taxes, standing orders, customers who pay every month. Pure.

Two passes over what flowed: first equal amounts to or from the same side, then everything with the same side where the
amount may differ. A side is a counterparty, or, for wages, fees and interest, whatever has that category. What comes
back is looked for in the last months only: a contract that ended must not be expected.
"""

import calendar
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from statistics import median
from typing import Final


class Rhythm(StrEnum):
    """How often a payment comes back."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


@dataclass(frozen=True)
class Flow:
    """Money in (positive) or out on a day, with whom, and what for."""

    on: date
    amount: float
    key: str = ""
    name: str = ""
    category: str = ""
    is_own: bool = False  # moved between the holder's own pockets: neither earned nor spent


@dataclass(frozen=True)
class Recurring:
    """A payment that came back and is expected again; amounts are signed, the latest last."""

    rhythm: Rhythm
    name: str
    category: str
    day: int  # of the month; of the week (Monday is 0) where it comes weekly
    latest: date
    amounts: tuple[float, ...]
    flows: tuple[Flow, ...]
    is_of_one_amount: bool = False  # others to or from the same side may be something else

    @property
    def amount(self) -> float:
        """The amount to expect."""
        return float(median(self.amounts))

    @property
    def is_own(self) -> bool:
        """Tell whether it moves between the holder's own pockets."""
        return self.flows[-1].is_own

    @property
    def is_whole_category(self) -> bool:
        """Tell whether it is of many sides that only their category joins."""
        return self.category in WHOLE_CATEGORIES

    def was(self, flow: Flow) -> bool:
        """Tell whether an earlier payment to or from the same side was of this kind, when its amount was another."""
        if not self.is_of_one_amount:
            return True
        if abs(flow.amount - self.amount) > ALIKE * abs(self.amount):
            return False
        if self.rhythm == Rhythm.WEEKLY:
            return flow.on.weekday() == self.day
        due = _day_in(_month_of(flow.on, self.day), self.day)
        return abs((flow.on - due).days) <= LATE_DAYS[self.rhythm]

    def dates(self, *, after: date, until: date) -> Iterator[date]:
        """Give the days on which it is expected, after one day and until another."""
        if self.rhythm == Rhythm.WEEKLY:
            day = self.latest + timedelta(days=7 - (self.latest.weekday() - self.day) % 7)
            while day <= until:
                if day > after:
                    yield day
                day += timedelta(days=7)
            return
        step = STEPS[self.rhythm]
        month = _month_of(self.latest, self.day)
        while (day := _day_in(month := month + step, self.day)) <= until:
            if day > after:
                yield day


STEPS: Final[Mapping[Rhythm, int]] = {Rhythm.MONTHLY: 1, Rhythm.QUARTERLY: 3}
DAYS_BETWEEN: Final[Mapping[Rhythm, int]] = {Rhythm.WEEKLY: 7, Rhythm.MONTHLY: 30, Rhythm.QUARTERLY: 91}
LOOK_BACK: Final[Mapping[Rhythm, int]] = {Rhythm.WEEKLY: 70, Rhythm.MONTHLY: 190, Rhythm.QUARTERLY: 400}
FEWEST: Final[Mapping[Rhythm, int]] = {Rhythm.WEEKLY: 6, Rhythm.MONTHLY: 3, Rhythm.QUARTERLY: 3}
LATE_DAYS: Final[Mapping[Rhythm, int]] = {Rhythm.WEEKLY: 1, Rhythm.MONTHLY: 4, Rhythm.QUARTERLY: 10}
WHOLE_CATEGORIES: Final = frozenset({"salary", "fee", "interest"})
ALIKE: Final = 0.35  # how far amounts may lie from their median, in the middle of them
MOST_AMOUNTS: Final = 6


def find(flows: Iterable[Flow], *, last: date) -> list[Recurring]:
    """Find what came back until ``last`` and is expected again, the largest first."""
    earliest = last - timedelta(days=max(LOOK_BACK.values()))
    left = [flow for flow in flows if earliest < flow.on <= last and flow.amount]
    found: list[Recurring] = []
    for side in (_side_and_amount, _side):
        groups: dict[tuple[object, ...], list[Flow]] = defaultdict(list)
        for flow in left:
            groups[side(flow)].append(flow)
        fresh = [
            each
            for group in groups.values()
            if len(group) >= min(FEWEST.values())
            and (each := _recurring(group, last=last, is_of_one_amount=side is _side_and_amount))
        ]
        taken = {id(flow) for each in fresh for flow in each.flows}
        left = [flow for flow in left if id(flow) not in taken]
        found += fresh
    return sorted(found, key=lambda each: (-abs(each.amount), each.latest, each.name))


def rest(flows: Iterable[Flow], found: Iterable[Recurring]) -> list[Flow]:
    """Leave out what came back, from before it was looked for as well: it must not be expected twice."""
    taken = {id(flow) for each in found for flow in each.flows}
    by_side: dict[tuple[object, ...], list[Recurring]] = defaultdict(list)
    for each in found:
        by_side[_side(each.flows[0])].append(each)
    return [
        flow
        for flow in flows
        if id(flow) not in taken and not any(each.was(flow) for each in by_side.get(_side(flow), ()))
    ]


def _side_and_amount(flow: Flow) -> tuple[object, ...]:
    return (*_side(flow), flow.amount)


def _side(flow: Flow) -> tuple[object, ...]:
    if flow.category in WHOLE_CATEGORIES:
        return (flow.amount > 0, flow.category)
    return (flow.amount > 0, flow.category, flow.key)


def _recurring(group: Sequence[Flow], *, last: date, is_of_one_amount: bool) -> Recurring | None:
    for rhythm in Rhythm:
        recent = [flow for flow in group if flow.on > last - timedelta(days=LOOK_BACK[rhythm])]
        by_day: dict[date, float] = defaultdict(float)
        for flow in recent:
            by_day[flow.on] += flow.amount
        days = sorted(by_day)
        if len(days) < FEWEST[rhythm] or not _is_alive(days[-1], rhythm, last):
            continue
        day = _DAY_OF[rhythm](days)
        amounts = [by_day[each] for each in days]
        if day is None or not _alike(amounts):
            continue
        named = max(recent, key=lambda flow: flow.on)
        return Recurring(
            rhythm,
            named.name,
            named.category,
            day,
            days[-1],
            tuple(amounts[-MOST_AMOUNTS:]),
            tuple(recent),
            is_of_one_amount=is_of_one_amount,
        )
    return None


def _is_alive(latest: date, rhythm: Rhythm, last: date) -> bool:
    return (last - latest).days <= DAYS_BETWEEN[rhythm] + LATE_DAYS[rhythm]


def _alike(amounts: Sequence[float]) -> bool:
    middle = median(amounts)
    return float(median([abs(each - middle) for each in amounts])) <= ALIKE * abs(middle)


def _weekday(days: Sequence[date]) -> int | None:
    gaps = [(two - one).days for one, two in itertools.pairwise(days)]
    regular = sum(6 <= gap <= 8 for gap in gaps)
    return days[-1].weekday() if regular >= 0.8 * len(gaps) and max(gaps) <= 15 else None


def _day_each_month(days: Sequence[date]) -> int | None:
    return _day_every(days, 1, LATE_DAYS[Rhythm.MONTHLY])


def _day_each_quarter(days: Sequence[date]) -> int | None:
    return _day_every(days, 3, LATE_DAYS[Rhythm.QUARTERLY])


def _day_every(days: Sequence[date], step: int, late: int) -> int | None:
    """Find the day of the month that most dates are near, once in each step of months, if there is one."""
    day = _middle_day(days)
    months = [_month_of(each, day) for each in days]
    near = [abs((each - _day_in(month, day)).days) <= late for each, month in zip(days, months, strict=True)]
    steps = [two - one for one, two in itertools.pairwise(months)]
    missed = sum(each != step for each in steps)
    is_regular = sum(near) >= 0.8 * len(near) and missed <= 0.2 * len(steps) and min(steps) > 0
    return day if is_regular else None


def _middle_day(days: Sequence[date]) -> int:
    """Take the day of the month in the middle; the last days of months count as one day, the 31st."""
    numbers = [31 if each.day == _length(each.year, each.month) else each.day for each in days]
    if max(numbers) - min(numbers) > 15:  # around the end of the month: early days belong behind late ones
        numbers = [number + 31 if number <= 15 else number for number in numbers]
    middle = int(median(numbers))
    return middle - 31 if middle > 31 else middle


def _month_of(day: date, due: int) -> int:
    """Number the month whose due day is nearest."""
    month = day.year * 12 + day.month - 1
    return min((month - 1, month, month + 1), key=lambda each: abs((day - _day_in(each, due)).days))


def _day_in(month: int, due: int) -> date:
    year, number = divmod(month, 12)
    return date(year, number + 1, min(due, _length(year, number + 1)))


@cache
def _length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


_DAY_OF: Final[Mapping[Rhythm, Callable[[Sequence[date]], int | None]]] = {
    Rhythm.WEEKLY: _weekday,
    Rhythm.MONTHLY: _day_each_month,
    Rhythm.QUARTERLY: _day_each_quarter,
}
