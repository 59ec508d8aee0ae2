"""From parsed statements to evidence: what is new in a file, and where two files differ. Pure."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from accounts.cashflow.categories import counterparty_key
from accounts.statements.parsing import ParsedLine

MAX_ACCOUNTS: Final = 50
FEWEST_ALIKE: Final = 3  # fewer equal payments may be chance
Movements = Counter[tuple[date, Decimal, str]]  # day, amount, currency


@dataclass(frozen=True)
class Period:
    """From a first day to a last one, both included."""

    first: date
    last: date

    def inside(self, other: "Period") -> Iterable[date]:
        """Give the days that both periods hold whole: at their ends, a file may have begun or ended at noon."""
        first = max(self.first, other.first) + timedelta(days=1)
        days = (min(self.last, other.last) - first).days
        return (first + timedelta(days=number) for number in range(days))


def fingerprint(line: ParsedLine, *, account_key: str) -> str:
    """Make the mark by which a line is known again in another file.

    Files of one bank account agree on day, amount and currency, whatever format and words they use. Where the file does
    not say which account it is of, name and text must agree as well.
    """
    if account_key:
        return plain_mark(line.booked_on, line.amount, line.currency, account_key=account_key)
    words = (counterparty_key(line.counterparty_name), line.description.casefold())
    return _digest("", line.booked_on.isoformat(), f"{line.amount:.3f}", line.currency, *words)


def plain_mark(booked_on: date, amount: Decimal, currency: str, *, account_key: str) -> str:
    """Make the mark of a payment on a bank account that is known."""
    return _digest(account_key, booked_on.isoformat(), f"{amount:.3f}", currency)


def entry_mark(line: ParsedLine, *, account_key: str) -> str:
    """Make the mark of the whole entry of which a line is one part; empty where it is the whole."""
    if not line.entry_amount or not account_key:
        return ""
    return plain_mark(line.booked_on, line.entry_amount, line.currency, account_key=account_key)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def are_alike(one: Movements, two: Movements) -> bool:
    """Tell whether two files must be of one bank account: on the days that both reach, nearly all payments agree."""
    first = max(min(day for day, *_ in each) for each in (one, two) if each)
    last = min(max(day for day, *_ in each) for each in (one, two) if each)
    inside = [Counter({move: n for move, n in each.items() if first <= move[0] <= last}) for each in (one, two)]
    smaller, larger = sorted(each.total() for each in inside)
    shared = (inside[0] & inside[1]).total()
    return shared >= FEWEST_ALIKE and shared >= 0.8 * smaller and shared >= 0.5 * larger


def new_lines(
    marked: Sequence[tuple[ParsedLine, str]], *, known: Mapping[str, int], kept_numbers: frozenset[int]
) -> list[tuple[ParsedLine, str]]:
    """Pick the lines that are not evidence yet.

    Two equal lines in one file are two payments; in two files they are the same ones. So of each mark as many are new
    as this file has more of than is known, not counting the numbers this file has brought before.
    """
    missing = Counter(mark for _line, mark in marked)
    missing.subtract({mark: known.get(mark, 0) for mark in missing})
    picked = []
    for line, mark in marked:
        if missing[mark] > 0 and line.number not in kept_numbers:
            missing[mark] -= 1
            picked.append((line, mark))
    return picked


@dataclass(frozen=True)
class Movement:
    """A payment as two files of one bank account are compared: its mark, and that of the entry it is a part of."""

    on: date
    amount: Decimal
    mark: str
    entry_mark: str = ""

    @property
    def whole(self) -> str:
        """The mark of the whole entry."""
        return self.entry_mark or self.mark


def movements(marked: Sequence[tuple[ParsedLine, str]], *, account_key: str) -> list[Movement]:
    """See the lines of a file as movements."""
    return [
        Movement(line.booked_on, line.amount, mark, entry_mark(line, account_key=account_key)) for line, mark in marked
    ]


def not_told_otherwise(
    fresh: Sequence[tuple[ParsedLine, str]], *, told: Sequence[Movement], known: Sequence[Movement], account_key: str
) -> list[tuple[ParsedLine, str]]:
    """Leave out new lines whose entry is evidence in the other form: as a whole where this file has parts, or in parts.

    A batch is one entry in camt.053 and its payments in camt.054. Two equal entries are two: of each, as much is left
    out as is known in the other form beyond what this file tells in that form itself.
    """
    left: defaultdict[tuple[str, bool], Decimal] = defaultdict(Decimal)
    for each, sign in (*((one, 1) for one in known), *((one, -1) for one in told)):
        left[each.whole, bool(each.entry_mark)] += sign * abs(each.amount)
    picked = []
    for line, mark in fresh:
        part_of = entry_mark(line, account_key=account_key)
        other_form = (part_of or mark, not part_of)
        if left[other_form] >= abs(line.amount) > 0:
            left[other_form] -= abs(line.amount)
        else:
            picked.append((line, mark))
    return picked


def contradictions(
    told: Sequence[Movement], *, known: Sequence[Movement], period: Period, others: Sequence[Period]
) -> int:
    """Count the days on which this file and the files of the same bank account before it tell different payments."""
    return len(days_contradicted(told, known=known, period=period, others=others))


def days_contradicted(
    told: Sequence[Movement], *, known: Sequence[Movement], period: Period, others: Sequence[Period]
) -> frozenset[date]:
    """Find the days, of those that a period and others hold whole, of which one side tells otherwise than the other.

    They agree where the payments do, or the entries, of which one file may tell the whole and the other the parts.
    """
    shared = {day for other in others for day in period.inside(other)}
    days = [
        _days_apart(
            Counter((each.on, each.mark) for each in told if each.on in shared),
            Counter((each.on, each.mark) for each in known if each.on in shared),
        ),
        _days_apart(*(_entries(side, shared) for side in (told, known))),
    ]
    return frozenset(set.intersection(*days))


def _days_apart(one: Mapping[tuple[date, str], Any], two: Mapping[tuple[date, str], Any]) -> set[date]:
    return {day for day, mark in one.keys() | two.keys() if one.get((day, mark), 0) != two.get((day, mark), 0)}


def _entries(side: Sequence[Movement], shared: set[date]) -> dict[tuple[date, str], Decimal]:
    sums: dict[tuple[date, str], Decimal] = {}
    for each in side:
        if each.on in shared:
            sums[each.on, each.whole] = sums.get((each.on, each.whole), Decimal(0)) + each.amount
    return sums


def days_that_differ(
    marked: Sequence[tuple[ParsedLine, str]], booked: Iterable[tuple[date, str]], *, period: Period
) -> int:
    """Count the days on which a file about an account of ours tells what our books do not, or leaves out what they do.

    On its first and last day it may leave out: it was written before the day was over.
    """
    told = Counter((line.booked_on, mark) for line, mark in marked)
    before = Counter(booked)
    inside = set(period.inside(period))
    missing = {day for day, _mark in before - told if day in inside}
    return len(missing | {day for day, _mark in told - before})
