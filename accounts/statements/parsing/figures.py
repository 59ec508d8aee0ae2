"""How a file writes dates and amounts, found out from all of them together; what stays ambiguous is asked about."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from accounts.statements.parsing.questions import AMOUNTS, DATES, SHOWN, Example, Option, Question
from accounts.statements.parsing.refusals import StatementRefused, refused
from accounts.statements.parsing.statement import LARGEST_AMOUNT

Told = tuple[int, str]  # a line number and what stands there

_ORDERS: Final = {
    "ymd": re.compile(r"(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})"),
    "compact": re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    "chinese": re.compile(r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日?"),
    "dmy": re.compile(r"(?P<d>\d{1,2})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<y>\d{4}|\d{2})"),
    "mdy": re.compile(r"(?P<m>\d{1,2})(?P<s>[-/])(?P<d>\d{1,2})(?P=s)(?P<y>\d{4}|\d{2})"),
    "short": re.compile(r"(?P<y>\d{2})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})"),
    "serial": re.compile(r"(?P<serial>[345]\d{4})(\.\d+)?"),  # how spreadsheets count days
    "named": re.compile(
        r"(?:(?P<d>\d{1,2})[ -]?(?P<m>[a-z]{3,9})|(?P<m2>[a-z]{3,9}) (?P<d2>\d{1,2})),?[ -]?(?P<y>\d{4}|\d{2})"
    ),
}
_MONTHS: Final = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_MONTH_NAMES: Final = {
    "january", "february", "march", "april", "june", "july", "august", "september", "sept", "october", "november",
    "december",
}  # fmt: skip
LONGEST_SPAN: Final = timedelta(days=3660)  # no statement covers more: a reading that would is none
_CLOCK: Final = re.compile(r"[T ]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$|(?<=^\d{8}) ?\d{6}$")
_SIGNED: Final = re.compile(
    r"(?P<open>\()?(?P<sign>[+-]?)[¥￥]?(?P<sign2>[+-]?)(?P<figure>\d[\d.,' ]*|[.,]\d+)元?(?P<close>\))?"
    r"(?P<sign3>[+-]?|(?i: ?(?:CR|DR|H|S))| ?[贷借])"
)
_MINUS: Final = frozenset({"-", "dr", "s", "借"})
LETTERED: Final = re.compile(r"\d\)? ?((?i:CR|DR|H|S|贷|借))$")
_DOT: Final = re.compile(r"(\d+|\d{1,3}([,' ]\d{3})+|\d{1,2}(,\d{2})+,\d{3})?(\.\d*)?")
_COMMA: Final = re.compile(r"(\d+|\d{1,3}([.' ]\d{3})+)?(,\d*)?")
_UNCLEAR: Final = re.compile(r"\d{1,3}[.,]\d{3}")
DECIMAL_MARKS: Final[Mapping[str, str]] = {"point": ".", "comma": ","}


def dates(told: Sequence[Told], *, order: str = "") -> list[date]:
    """Read dates that are all written in one order; ``order`` is the answer where several fit.

    :raises StatementRefused: ``date_missing``, ``date_wrong``, ``dates_ambiguous``, each with the line; the last one
        with the question which order is meant.
    """
    bare = [(line, _without_clock(value)) for line, value in told]
    for line, value in bare:
        if not value:
            raise refused("date_missing", line=line)
    values = [value for _line, value in bare]
    whole = {each: days for each in _ORDERS if (days := _days(each, values)) is not None}
    fitting = list(whole)
    if not fitting:
        raise _no_date(told, values)
    if order in fitting:
        return whole[order]
    likely = [each for each in fitting if _may_be_meant(whole[each])]
    apart = {tuple(whole[each]): each for each in reversed(likely or fitting)}
    if len(apart) > 1:
        raise _ambiguous_dates(told, {order: list(days) for days, order in reversed(apart.items())})
    return whole[(likely or fitting)[0]]


def is_day(told: str) -> bool:
    """Tell whether a text is a day, in whatever order it is written."""
    return any(_day(order, _without_clock(told)) for order in _ORDERS)


def _without_clock(told: str) -> str:
    return _CLOCK.sub("", unicodedata.normalize("NFKC", told).strip()).casefold()


def _may_be_meant(days: Sequence[date]) -> bool:
    """Tell whether a statement may have these days: not ten years of them, nor one day each year alone."""
    if max(days) - min(days) >= LONGEST_SPAN:
        return False
    apart = {*days}
    return not (
        len({each.year for each in apart}) == len(apart) >= 3 and len({(each.month, each.day) for each in apart}) == 1
    )


def _days(order: str, values: Sequence[str]) -> list[date] | None:
    """Read all values in one order, or none where one of them does not fit."""
    days = []
    for value in values:
        day = _day(order, value)
        if day is None:
            return None
        days.append(day)
    return days


def _no_date(told: Sequence[Told], values: Sequence[str]) -> StatementRefused:
    """Name the first value that is no date in the order that most of the others are written in."""
    readings = {each: [_day(each, value) for value in values] for each in _ORDERS}
    best = readings[max(_ORDERS, key=lambda each: sum(day is not None for day in readings[each]))]
    line, value = next(each for each, day in zip(told, best, strict=True) if day is None)
    return refused("date_wrong", line=line, value=value.strip())


def _ambiguous_dates(told: Sequence[Told], readings: Mapping[str, list[date]]) -> StatementRefused:
    """Show the first lines on which the readings differ."""
    differing = [index for index, days in enumerate(zip(*readings.values(), strict=True)) if len(set(days)) > 1]
    options = tuple(
        Option(
            order,
            tuple(Example(*told[index], days[index].isoformat()) for index in differing[:SHOWN]),
        )
        for order, days in readings.items()
    )
    line, value = told[differing[0]]
    return refused("dates_ambiguous", line=line, value=value, question=Question(DATES, options))


def _day(order: str, value: str) -> date | None:
    found = _ORDERS[order].fullmatch(value)
    if not found:
        return None
    named = found.groupdict()
    if "serial" in named:
        return date(1899, 12, 30) + timedelta(days=int(named["serial"]))
    year, month, day = named["y"], named["m"] or named.get("m2"), named["d"] or named.get("d2")
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), _month(month or ""), int(day or ""))
    except ValueError:
        return None


def _month(told: str) -> int:
    if told.isdigit():
        return int(told)
    return _MONTHS.get(told[:3], 0) if len(told) == 3 or told in _MONTH_NAMES else 0


def amount_reader(told: Iterable[Told], *, mark: str = "") -> Callable[[Told], Decimal]:
    """Find out whether a file writes 1,234.50 or 1.234,50 and hand back what reads its amounts.

    ``mark`` is the answer where both fit: ``point`` or ``comma`` before the decimals.

    :raises StatementRefused: ``amount_wrong``, ``amounts_mixed``, ``amounts_ambiguous``, each with the line; the last
        one with the question which is meant.
    """
    dotted, comma = None, None
    unclear: list[Told] = []
    for line, value in told:
        figure = _figure(line, value)["figure"].strip()
        as_dot, as_comma = _DOT.fullmatch(figure), _COMMA.fullmatch(figure)
        if not as_dot and not as_comma:
            raise refused("amount_wrong", line=line, value=value)
        if as_dot and as_comma:
            if len(unclear) < SHOWN and _UNCLEAR.fullmatch(figure):
                unclear.append((line, value))
        elif as_dot:
            dotted = dotted or (line, value)
        else:
            comma = comma or (line, value)
    if dotted and comma:
        later = max(dotted, comma)
        raise refused("amounts_mixed", line=later[0], value=later[1])
    if unclear and not dotted and not comma and mark not in DECIMAL_MARKS:
        raise _ambiguous_amounts(unclear)
    decimal = "," if comma else "." if dotted else DECIMAL_MARKS.get(mark, ".")
    return lambda each: _read(each, decimal=decimal)


def _ambiguous_amounts(told: Sequence[Told]) -> StatementRefused:
    options = tuple(
        Option(name, tuple(Example(*each, str(_read(each, decimal=decimal))) for each in told))
        for name, decimal in DECIMAL_MARKS.items()
    )
    return refused("amounts_ambiguous", line=told[0][0], value=told[0][1], question=Question(AMOUNTS, options))


@lru_cache(maxsize=20_000)  # each is looked at twice: for how the file writes amounts, and for what it says
def _signed(value: str) -> re.Match[str] | None:
    return _SIGNED.fullmatch(unicodedata.normalize("NFKC", value).replace("−", "-").strip())


def _figure(line: int, value: str) -> re.Match[str]:
    found = _signed(value)
    signs = [found[name] for name in ("sign", "sign2", "sign3", "open") if found[name]] if found else []
    if not found or bool(found["open"]) != bool(found["close"]) or len(signs) > 1:
        raise refused("amount_wrong", line=line, value=value)
    return found


def _read(told: Told, *, decimal: str) -> Decimal:
    line, value = told
    found = _figure(line, value)
    figure = re.sub(rf"[^\d{decimal}]", "", found["figure"]).replace(",", ".")
    amount = Decimal(figure)
    if amount > LARGEST_AMOUNT or len(figure.partition(".")[2].rstrip("0")) > 3:
        raise refused("amount_wrong", line=line, value=value)
    negative = found["open"] or {found["sign"], found["sign2"], found["sign3"].strip().casefold()} & _MINUS
    return -amount if negative else amount
