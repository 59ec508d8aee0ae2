"""Labeled evidence as other systems export it: one file of outcomes, one of invoices or bank transactions.

Columns are known by name, in English or Chinese, or named by the person who imports (`--column role=name`). What is
read becomes files in the form that the portal's own import reads, one for each enterprise: nothing gets around it.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from accounts.statements.parsing.headers import INVOICES, INWARD, OUTWARD, STATEMENT, squeezed
from accounts.statements.parsing.table import likely_delimiter
from accounts.statements.parsing.text import decoded
from lending.credit.learning.rows import LearningRefused

Row = Mapping[str, Any]

_OUTCOMES: Final[dict[str, tuple[str, ...]]] = {
    "case": ("case", "firm id", "enterprise id", "customer id", "account id", "id", "企业代号", "客户号"),
    "bad": ("bad", "default", "defaulted", "is bad", "target", "label", "outcome", "是否违约", "违约"),
    "date": ("date", "as of", "loan date", "application date", "申请日期", "放款日期", "日期"),
    "setting": ("setting", "town or village"),
    "industry": ("industry", "trade", "行业"),
    "requested": ("requested amount", "loan amount", "amount", "principal", "申请金额", "贷款金额"),
    "term": ("term months", "term", "loan term", "duration", "months", "期限", "贷款期限"),
}
_CASE: Final = ("case", "firm id", "enterprise id", "customer id", "account id", "企业代号", "客户号", "账户")
_EXTRA: Final[dict[str, tuple[str, ...]]] = {
    "net": ("amount ex tax", "net of tax"),
    "gross": ("amount inc tax",),
    "counterparty": ("counterparty id",),
    "counterparty_number": ("counterparty account", "account to", "account", "对方账号"),
    "description": ("operation", "k symbol", "category", "purpose of payment"),
    "direction": ("type",),
    "number": ("invoice code",),
    "reference": ("trans id",),
    "counterparty_bank": ("bank", "bank to"),
}
_BAD: Final = {"1", "true", "yes", "y", "bad", "default", "是"}
_GOOD: Final = {"0", "false", "no", "n", "good", "否"}
_NOTHING: Final = {None, ""}
_START: Final = 100_000  # characters that tell a file's delimiter


@dataclass(frozen=True, slots=True)
class Words:
    """What a source calls things that usual words do not tell; each empty where they do."""

    bad: frozenset[str] = frozenset()  # outcomes; every other is good
    outward: frozenset[str] = frozenset()  # directions of money; every other is inward


USUAL: Final = Words()


@dataclass(frozen=True, slots=True)
class Outcome:
    """One enterprise of a source."""

    case: str
    is_bad: bool | None
    as_of: date | None
    segments: dict[str, str]
    requested_amount: Decimal | None = None
    term_months: int | None = None


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Read a Parquet file or a delimited one whole.

    :raises LearningRefused: when it is neither.
    """
    if path.suffix == ".parquet":
        import pyarrow.parquet

        rows: list[dict[str, Any]] = pyarrow.parquet.read_table(path).to_pylist()
        return rows
    if path.suffix in {".csv", ".txt", ".asc"}:
        text = decoded(path.read_bytes())
        return list(csv.DictReader(io.StringIO(text), delimiter=likely_delimiter(text[:_START])))
    raise LearningRefused("file_unknown", name=path.name)


def _roles(
    columns: Iterable[str], names: Mapping[str, tuple[str, ...]], given: Mapping[str, str]
) -> dict[str, list[str]]:
    """Say which columns play which role; several may describe a payment. What is given may stand in another file."""
    columns = list(columns)
    named = {role: [column] for role, column in given.items() if column in columns}
    roles = dict(named)
    for column in columns:
        role = next((role for role, known in names.items() if squeezed(column) in known), None)
        if role and role not in named and (role == "description" or role not in roles):
            roles.setdefault(role, []).append(column)
    return roles


def outcomes(path: Path, *, given: Mapping[str, str], words: Words = USUAL) -> list[Outcome]:
    """Read who there is and how it ended; a file without outcomes gives None for each.

    :raises LearningRefused: when no column tells who it is, or a value cannot be read.
    """
    rows = rows_of(path)
    roles = _roles(rows[0] if rows else (), _OUTCOMES, given)
    if "case" not in roles:
        raise LearningRefused("column_missing", role="case", name=path.name)
    return [_outcome(row, {role: columns[0] for role, columns in roles.items()}, words) for row in rows]


def _outcome(row: Row, roles: Mapping[str, str], words: Words) -> Outcome:
    segments = {role: str(row[roles[role]]) for role in ("setting", "industry") if row.get(roles.get(role, ""))}
    requested, term = (row.get(roles.get(role, "")) for role in ("requested", "term"))
    return Outcome(
        str(row[roles["case"]]),
        _is_bad(row.get(roles.get("bad", "")), words),
        _day(row.get(roles.get("date", ""))),
        segments,
        requested_amount=None if requested in _NOTHING else _amount(requested),
        term_months=None if term in _NOTHING else int(_amount(term)),
    )


def _is_bad(value: Any, words: Words) -> bool | None:
    word = squeezed(str(value if value is not None else "").removesuffix(".0"))
    if word in {"", "nan"}:
        return None
    if not words.bad and word not in _BAD | _GOOD:
        raise LearningRefused("outcome_unknown", value=str(value))
    return word in (words.bad or _BAD)


def _day(value: Any) -> date | None:
    if value in _NOTHING:
        return None
    if isinstance(value, datetime):
        return value.date()
    try:
        return value if isinstance(value, date) else datetime.fromisoformat(str(value)).date()
    except ValueError:
        raise LearningRefused("date_unreadable", value=str(value)) from None


_KINDS: Final[Mapping[str, tuple[Mapping[str, tuple[str, ...]], tuple[tuple[str, ...], ...]]]] = {
    "invoices": (INVOICES, (("case",), ("date",), ("direction",), ("net", "gross"))),
    "transactions": (STATEMENT, (("case",), ("date",), ("amount", "inflow", "outflow"))),
}


def by_case(path: Path, *, kind: str, given: Mapping[str, str]) -> dict[str, list[Row]]:
    """Read evidence, its columns renamed to roles, by enterprise and in the order of days.

    :raises LearningRefused: when a column that is needed cannot be found.
    """
    rows = rows_of(path)
    names, needed = _KINDS[kind]
    known = {role: (*names.get(role, ()), *_EXTRA.get(role, ())) for role in (*_EXTRA, *names)}
    roles = _roles(rows[0] if rows else (), {"case": _CASE} | known, given)
    for either in needed:
        if not any(role in roles for role in either):
            raise LearningRefused("column_missing", role=either[0], name=path.name)
    held: dict[str, list[Row]] = {}
    for row in rows:
        told = {role: _joined(row, columns) for role, columns in roles.items()}
        told["date"] = _day(told["date"])
        held.setdefault(str(told.pop("case")), []).append(told)
    for lines in held.values():
        lines.sort(key=lambda told: told["date"])
    return held


def _joined(row: Row, columns: Sequence[str]) -> Any:
    if len(columns) == 1:
        return row[columns[0]]
    return " ".join(str(row[column]) for column in columns if row[column] not in _NOTHING)


def _amount(value: Any) -> Decimal:
    try:
        amount = Decimal(str(value)).quantize(Decimal("0.01"))
    except ArithmeticError:
        amount = Decimal("nan")
    if amount.is_nan():
        raise LearningRefused("amount_unreadable", value=str(value))
    return amount


def _file(heading: Sequence[str], lines: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows(lines)
    return text.getvalue().encode()


MOST_LINES: Final = 40_000


def invoice_files(rows: Sequence[Row]) -> Iterator[bytes]:
    """Write an enterprise's invoices as ledgers; tax is what the total is more than the net amount."""
    for start in range(0, len(rows), MOST_LINES):
        yield _file(
            ("number", "date", "counterparty", "net", "tax", "direction", "valid"),
            (_invoice(number, row) for number, row in enumerate(rows[start : start + MOST_LINES], start=start + 1)),
        )


def _invoice(number: int, row: Row) -> tuple[Any, ...]:
    net, tax = row.get("net"), row.get("tax") or 0
    if net is None:
        net = Decimal(str(row["gross"])) - Decimal(str(tax))
    valid = (
        "void" if str(row.get("valid", "valid")).casefold() in {"false", "0", "void", "作废发票", "作废"} else "valid"
    )
    counterparty = row.get("counterparty") or ""
    return (row.get("number") or number, row["date"], counterparty, _amount(net), _amount(tax), row["direction"], valid)


_STATEMENT: Final = ("date", "amount", "balance", "counterparty", "counterparty account", "description", "reference")


def signed(held: Mapping[str, Sequence[Row]], words: Words = USUAL) -> dict[str, list[Row]]:
    """Give the lines of each enterprise amounts below zero for what went out.

    :raises LearningRefused: when words must tell which way money went, and one is not known.
    """
    rows = [row for lines in held.values() for row in lines]
    is_told = any(_amount(row["amount"]) < 0 for row in rows if row.get("amount") not in _NOTHING)
    return {
        case: [{**row, "amount": _signed(row, words, is_told=is_told)} for row in lines] for case, lines in held.items()
    }


def _signed(row: Row, words: Words, *, is_told: bool) -> Decimal:
    if row.get("amount") in _NOTHING:
        return _amount(row.get("inflow") or 0) - _amount(row.get("outflow") or 0)
    amount, word = _amount(row["amount"]), squeezed(str(row.get("direction") or ""))
    if words.outward:
        return -abs(amount) if word in words.outward else abs(amount)
    if word in OUTWARD or word.startswith("withdrawal"):
        return -abs(amount)
    if word in INWARD:
        return abs(amount)
    if not is_told:
        raise LearningRefused("direction_unknown", value=word)
    return amount


def statement_files(rows: Sequence[Row]) -> Iterator[bytes]:
    """Write an enterprise's bank transactions, signed, as one statement whose balances roll."""
    lines = [(row, row["amount"]) for row in rows]
    balances = rolled(lines)
    yield _file(_STATEMENT, (_line(row, amount, after) for (row, amount), after in _paired(lines, balances)))


def _paired(lines: list[tuple[Row, Decimal]], balances: list[Decimal] | None) -> Iterator[tuple[Any, Decimal | None]]:
    known: Sequence[Decimal | None] = balances or [None] * len(lines)
    return zip(lines, known, strict=True)


def _line(row: Row, amount: Decimal, after: Decimal | None) -> tuple[Any, ...]:
    name, bank, number = (_name(row.get(role)) for role in ("counterparty", "counterparty_bank", "counterparty_number"))
    account = f"{bank} {number}".strip() if number else ""
    balance = "" if after is None else after
    return (row["date"], amount, balance, name, account, row.get("description") or "", row.get("reference") or "")


def _name(value: Any) -> str:
    """Give a counterparty's number or name; 0 is nobody."""
    text = str(value if value is not None else "").removesuffix(".0")
    return "" if text in {"0", "nan", "None"} else text


NEAR: Final = Decimal("1.00")  # sources round balances to tenths or whole units


def rolled(lines: list[tuple[Row, Decimal]]) -> list[Decimal] | None:
    """Bring the lines of each day into the order in which the stated balances follow, and work the balances out anew.

    :returns: the balance after each line, or None where the source's own do not follow from its amounts.
    """
    if any(row.get("balance") in _NOTHING for row, _amount_ in lines):
        return None
    ordered, waiting = [], list(lines)
    row, amount = waiting[0]
    first_day = [each for each in waiting if each[0]["date"] == row["date"]]
    start = _start(first_day)
    if start is None:
        return None
    running, stated, balances = start, start, []
    while waiting:
        today = waiting[0][0]["date"]
        place = next(
            (
                place
                for place, (row, amount) in enumerate(waiting)
                if row["date"] == today and abs(stated + amount - _amount(row["balance"])) <= NEAR
            ),
            None,
        )
        if place is None or waiting[place][0]["date"] != today:
            return None
        row, amount = waiting.pop(place)
        running, stated = running + amount, _amount(row["balance"])
        ordered.append((row, amount))
        balances.append(running)
    lines[:] = ordered
    return balances


def _start(first_day: list[tuple[Row, Decimal]]) -> Decimal | None:
    """Find the balance before the first day: one from which no other line of the day leads."""
    afters = [_amount(row["balance"]) for row, _amount_ in first_day]
    for row, amount in first_day:
        before = _amount(row["balance"]) - amount
        if len(first_day) == 1 or not any(abs(before - after) <= NEAR for after in afters):
            return before
    return None
