"""How a file writes dates and amounts, found out from all of them together; what stays ambiguous is refused."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from accounts.statements.parsing.refusals import refused
from accounts.statements.parsing.statement import LARGEST_AMOUNT

Told = tuple[int, str]  # a line number and what stands there

_ORDERS: Final = {
    "ymd": re.compile(r"(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})"),
    "compact": re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    "chinese": re.compile(r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日?"),
    "dmy": re.compile(r"(?P<d>\d{1,2})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<y>\d{4})"),
    "mdy": re.compile(r"(?P<m>\d{1,2})(?P<s>[-/])(?P<d>\d{1,2})(?P=s)(?P<y>\d{4})"),
}
_CLOCK: Final = re.compile(r"[T ]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$|(?<=^\d{8}) ?\d{6}$")
_SIGNED: Final = re.compile(
    r"(?P<open>\()?(?P<sign>[+-]?)[¥￥]?(?P<sign2>[+-]?)(?P<figure>\d[\d.,' ]*|[.,]\d+)(?P<close>\))?"
)
_DOT: Final = re.compile(r"(\d+|\d{1,3}([,' ]\d{3})+)?(\.\d*)?")
_COMMA: Final = re.compile(r"(\d+|\d{1,3}([.' ]\d{3})+)?(,\d*)?")
_UNCLEAR: Final = re.compile(r"\d{1,3}[.,]\d{3}")


def dates(told: Sequence[Told]) -> list[date]:
    """Read dates that are all written in one order.

    :raises StatementRefused: ``date_missing``, ``date_wrong``, ``dates_ambiguous``, each with the line.
    """
    bare = [(line, _CLOCK.sub("", unicodedata.normalize("NFKC", value).strip())) for line, value in told]
    for line, value in bare:
        if not value:
            raise refused("date_missing", line=line)
    readings = {order: [_day(order, value) for _line, value in bare] for order in _ORDERS}
    whole = {order: [day for day in days if day] for order, days in readings.items()}
    fitting = [order for order in _ORDERS if len(whole[order]) == len(bare)]
    if not fitting:
        best = readings[max(_ORDERS, key=lambda order: len(whole[order]))]
        line, value = next(each for each, day in zip(told, best, strict=True) if day is None)
        raise refused("date_wrong", line=line, value=value)
    first = whole[fitting[0]]
    for other in fitting[1:]:
        for (line, value), one, two in zip(told, first, whole[other], strict=True):
            if one != two:
                raise refused("dates_ambiguous", line=line, value=value)
    return first


def _day(order: str, value: str) -> date | None:
    found = _ORDERS[order].fullmatch(value)
    if not found:
        return None
    try:
        return date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        return None


def amount_reader(told: Iterable[Told]) -> Callable[[Told], Decimal]:
    """Find out whether a file writes 1,234.50 or 1.234,50 and hand back what reads its amounts.

    :raises StatementRefused: ``amount_wrong``, ``amounts_mixed``, ``amounts_ambiguous``, each with the line.
    """
    dotted, comma, unclear = None, None, None
    for line, value in told:
        figure = _figure(line, value)["figure"].strip()
        as_dot, as_comma = _DOT.fullmatch(figure), _COMMA.fullmatch(figure)
        if not as_dot and not as_comma:
            raise refused("amount_wrong", line=line, value=value)
        if as_dot and as_comma:
            unclear = unclear or ((line, value) if _UNCLEAR.fullmatch(figure) else None)
        elif as_dot:
            dotted = dotted or (line, value)
        else:
            comma = comma or (line, value)
    if dotted and comma:
        later = max(dotted, comma)
        raise refused("amounts_mixed", line=later[0], value=later[1])
    if unclear and not dotted and not comma:
        raise refused("amounts_ambiguous", line=unclear[0], value=unclear[1])
    return lambda each: _read(each, decimal="," if comma else ".")


def _figure(line: int, value: str) -> re.Match[str]:
    found = _SIGNED.fullmatch(unicodedata.normalize("NFKC", value).replace("−", "-").strip())
    if not found or bool(found["open"]) != bool(found["close"]) or (found["sign"] and found["sign2"]):
        raise refused("amount_wrong", line=line, value=value)
    return found


def _read(told: Told, *, decimal: str) -> Decimal:
    line, value = told
    found = _figure(line, value)
    figure = re.sub(rf"[^\d{decimal}]", "", found["figure"]).replace(",", ".")
    amount = Decimal(figure)
    if amount > LARGEST_AMOUNT or len(figure.partition(".")[2].rstrip("0")) > 3:
        raise refused("amount_wrong", line=line, value=value)
    negative = found["open"] or "-" in (found["sign"] + found["sign2"])
    return -amount if negative else amount
