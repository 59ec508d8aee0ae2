"""Dates and amounts of a source, read as those of statements are: the whole file settles each cell. Pure.

Six figures are a date, too, in what older systems export: 970131 or 310197.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from accounts.statements.parsing import figures
from accounts.statements.parsing.refusals import StatementRefused
from lending.credit.learning.rows import LearningRefused

NOTHING: Final = {None, ""}
_DIGITS: Final = {ord(digit): "0" for digit in "123456789"}
_PLAIN: Final = re.compile(r"-?\d{1,12}(\.\d{1,2})?")  # read in one way only, and most are
ORDERS: Final = ("ymd", "dmy", "mdy")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d[ T]\d")
_SIX: Final = re.compile(r"(\d\d)(\d\d)(\d\d)")
_COMPUTED: Final = re.compile(
    r"[+-]?\d*\.\d{4,}|[+-]?\d+(\.\d+)?e[+-]?\d{1,2}", re.IGNORECASE
)  # a program's, not a bank's
_CENTURY: Final = 69  # 69 to 99 are of the last century, as POSIX has it
_MONTHS: Final = re.compile(r"\s*(months?|mths?|mo|monate?|个?月)\s*$", re.IGNORECASE)
_CODES: Final = {"date_wrong": "date_unreadable", "amount_wrong": "amount_unreadable"}


@dataclass(frozen=True, slots=True)
class Writing:
    """How a source writes what could be read in two ways; empty where its files tell."""

    order: str = ""  # of `ORDERS`
    decimal: str = ""  # "point" or "comma"


AS_TOLD: Final = Writing()


def dates(values: Iterable[Any], writing: Writing = AS_TOLD) -> list[date | None]:
    """Read a column of dates, moments or their text.

    :raises LearningRefused: when one is no date, or all could be read in two ways.
    """
    held = [day_part(value) for value in values]
    places = [place for place, value in enumerate(held) if not isinstance(value, date) and str(value or "").strip()]
    texts = [str(held[place]).strip().removesuffix(".0") for place in places]
    read = dict(zip(places, _days(texts, writing.order), strict=True))
    return [read.get(place, value if isinstance(value, date) else None) for place, value in enumerate(held)]


def day_part(value: Any) -> Any:
    """Leave out the clock of a moment: of millions, the days are few."""
    if isinstance(value, datetime):
        return value.date()
    return value[:10] if isinstance(value, str) and _MOMENT.match(value) else value


def _days(texts: Sequence[str], order: str) -> Sequence[date]:
    different = list(dict.fromkeys(texts))
    if different and all(_SIX.fullmatch(text) for text in different):
        known = dict(zip(different, _sixes(different, order), strict=True))
    else:
        try:
            known = (
                dict(zip(different, figures.dates([*enumerate(different)], order=order), strict=True)) if texts else {}
            )
        except StatementRefused as refusal:
            raise _refused(refusal) from None
    return [known[text] for text in texts]


def _sixes(texts: Sequence[str], order: str) -> list[date]:
    """Read dates of six figures; where they could be read from either end, the order must be told."""
    readings: dict[str, list[date]] = {}
    for name in (order,) if order else ORDERS:
        try:
            readings[name] = [_six(text, name) for text in texts]
        except ValueError:
            continue
    if not readings:
        raise LearningRefused("date_unreadable", value=texts[0])
    if len({tuple(days) for days in readings.values()}) > 1:
        raise LearningRefused("dates_ambiguous", value=texts[0])
    return next(iter(readings.values()))


def _six(text: str, order: str) -> date:
    parts = dict(zip(order, (int(text[start : start + 2]) for start in (0, 2, 4)), strict=True))
    return date(parts["y"] + (1900 if parts["y"] >= _CENTURY else 2000), parts["m"], parts["d"])


def amounts(rows: Sequence[dict[str, Any]], roles: Sequence[str], writing: Writing = AS_TOLD) -> None:
    """Make decimals of what stands under these roles, in place.

    :raises LearningRefused: when one is no amount, or all could be read in two ways.
    """
    told = [(row, role) for row in rows for role in roles if isinstance(row.get(role), str) and row[role]]
    read = amount_reader(shapes(row[role] for row, role in told).values(), writing)
    for row, role in told:
        row[role] = read(row[role])


def shapes(texts: Iterable[str]) -> dict[str, str]:
    """Give an example of each way in which amounts are written: only their digits differ otherwise."""
    found: dict[str, str] = {}
    for text in texts:
        found.setdefault(text.translate(_DIGITS), text)
    return found


def amount_reader(examples: Collection[str], writing: Writing = AS_TOLD) -> Callable[[str], Decimal]:
    """Find out how a file writes amounts, and give what reads them.

    :param examples: one of each way in which the file writes them.
    :raises LearningRefused: when one is no amount, or all could be read in two ways; the reader, when one is too large.
    """
    written = [text for text in examples if not _COMPUTED.fullmatch(text.strip())]
    mark = writing.decimal or ("point" if len(written) < len(examples) else "")
    try:
        read = figures.amount_reader(enumerate(written), mark=mark)
    except StatementRefused as refusal:
        raise _refused(refusal) from None

    def reader(text: str) -> Decimal:
        if _PLAIN.fullmatch(text) or _COMPUTED.fullmatch(text.strip()):
            return Decimal(text)
        try:
            return read((0, text))
        except StatementRefused as refusal:
            raise _refused(refusal) from None

    return reader


def _refused(refusal: StatementRefused) -> LearningRefused:
    return LearningRefused(_CODES.get(refusal.code, refusal.code), value=refusal.params.get("value", ""))


def months(value: Any) -> int | None:
    """Read a term such as 36 or "36 months"."""
    if value in NOTHING:
        return None
    text = _MONTHS.sub("", str(value)).strip().removesuffix(".0")
    if not text.isdecimal():
        raise LearningRefused("term_unreadable", value=str(value))
    return int(text)


def to_cents(value: Any) -> Decimal:
    """Bring a figure to two decimals.

    :raises LearningRefused: when it is none.
    """
    try:
        found = Decimal(str(value)).quantize(Decimal("0.01"))
    except ArithmeticError:
        found = Decimal("nan")
    if found.is_nan():
        raise LearningRefused("amount_unreadable", value=str(value))
    return found
