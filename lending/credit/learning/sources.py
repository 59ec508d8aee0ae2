"""Labeled evidence as other systems export it: one file of outcomes, one of invoices or bank transactions.

Columns are known by name, in English or Chinese, or named by the person who imports (`--column role=name`). What is
read becomes files in the form that the portal's own import reads, one for each enterprise: nothing gets around it.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from accounts.statements.parsing.headers import INVOICES, INWARD, OUTWARD, STATEMENT, squeezed
from accounts.statements.parsing.refusals import StatementRefused
from accounts.statements.parsing.table import likely_delimiter
from accounts.statements.parsing.text import decoded
from lending.credit.learning import columns as reading
from lending.credit.learning.columns import AS_TOLD, NOTHING, Writing, to_cents
from lending.credit.learning.rows import LearningRefused

Row = Mapping[str, Any]
Given = Mapping[str, Sequence[str]]  # names of columns by role, of whichever file has them

_CASE: Final = (
    "case", "firm id", "enterprise id", "customer id", "account id", "企业代号", "客户号", "账户", "kundennummer",
)  # fmt: skip
_OUTCOMES: Final[dict[str, tuple[str, ...]]] = {
    "case": (*_CASE, "id"),
    "bad": ("bad", "default", "defaulted", "is bad", "target", "label", "outcome", "是否违约", "违约", "ausfall"),
    "date": ("date", "as of", "loan date", "application date", "申请日期", "放款日期", "日期", "antragsdatum", "datum"),
    "setting": ("setting", "town or village"),
    "industry": ("industry", "trade", "行业"),
    "requested": ("requested amount", "loan amount", "amount", "principal", "申请金额", "贷款金额", "kreditbetrag"),
    "term": ("term months", "term", "loan term", "duration", "months", "期限", "贷款期限", "laufzeit"),
}
_EXTRA: Final[dict[str, tuple[str, ...]]] = {
    "date": ("booked at", "posted at", "timestamp", "datetime"),
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
_AMOUNTS: Final = ("amount", "inflow", "outflow", "balance", "net", "tax", "gross")
_START: Final = 100_000  # characters that tell a file's delimiter


@dataclass(frozen=True, slots=True)
class Words:
    """What a source calls things that usual words do not tell; each empty where they do."""

    bad: frozenset[str] = frozenset()  # outcomes; every other is good, or those that are named
    good: frozenset[str] = frozenset()  # what is then neither has no outcome yet
    outward: frozenset[str] = frozenset()  # directions of money; every other is inward


USUAL: Final = Words()


@dataclass(frozen=True, slots=True)
class Outcome:
    """One loan of an enterprise of a source; a second one of the same enterprise is a case of its own."""

    case: str
    is_bad: bool | None
    as_of: date | None
    segments: tuple[tuple[str, str], ...]
    requested_amount: Decimal | None = None
    term_months: int | None = None
    enterprise: str = ""  # whose evidence it is, where the case is not its name

    @property
    def evidence(self) -> str:
        """Whose evidence it is."""
        return self.enterprise or self.case


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Read a Parquet file or a delimited one whole.

    :raises LearningRefused: when it is neither.
    """
    if not path.is_file():
        raise LearningRefused("file_missing", name=str(path))
    if path.suffix.lower() == ".parquet":
        import pyarrow.parquet

        rows: list[dict[str, Any]] = pyarrow.parquet.read_table(path).to_pylist()
        return rows
    if path.suffix.lower() in {".csv", ".tsv", ".txt", ".asc"}:
        return list(_delimited(path.read_bytes(), name=path.name))
    raise LearningRefused("file_unknown", name=path.name)


def _delimited(content: bytes, *, name: str) -> Iterator[dict[str, Any]]:
    try:
        text = decoded(content)
        yield from csv.DictReader(io.StringIO(text), delimiter=likely_delimiter(text[:_START]))
    except (csv.Error, StatementRefused):
        raise LearningRefused("file_unknown", name=name) from None


def check_given(given: Given, paths: Iterable[Path]) -> None:
    """Refuse a name that no file has as a column, or a role that none knows.

    :raises LearningRefused: naming it.
    """
    columns = {column for path in paths if given for row in rows_of(path)[:1] for column in row}
    for role, names in given.items():
        if role not in _ROLES:
            raise LearningRefused("role_unknown", role=role, known=", ".join(sorted(_ROLES)))
        for name in names:
            if name not in columns:
                raise LearningRefused("column_unknown", name=name, known=", ".join(sorted(columns)))


def _roles(columns: Iterable[str], names: Mapping[str, tuple[str, ...]], given: Given) -> dict[str, list[str]]:
    """Say which columns play which role; several may describe a payment. What is given may stand in another file."""
    columns = list(columns)
    named = {role: [each] for role, told in given.items() if role in names for each in told if each in columns}
    roles = dict(named)
    for column in columns:
        role = next((role for role, known in names.items() if squeezed(column) in known), None)
        if role and role not in named and (role == "description" or role not in roles):
            roles.setdefault(role, []).append(column)
    return roles


def outcomes(path: Path, *, given: Given, words: Words = USUAL, writing: Writing = AS_TOLD) -> list[Outcome]:
    """Read who there is and how it ended; a file without outcomes gives None for each.

    :raises LearningRefused: when no column tells who it is, or a value cannot be read.
    """
    rows = rows_of(path)
    roles = _roles(rows[0] if rows else (), _OUTCOMES, given)
    if "case" not in roles:
        raise LearningRefused("column_missing", role="case", name=path.name)
    told = [{role: row[columns[0]] for role, columns in roles.items()} for row in rows]
    reading.amounts(told, ["requested"], writing)
    days = reading.dates([row.get("date") for row in told], writing)
    _check_words(told, words)
    return _numbered(_outcome(row, day, words) for row, day in zip(told, days, strict=True))


def _check_words(rows: Iterable[Row], words: Words) -> None:
    """Refuse words of which no row tells any: a slip of the pen would make everybody good."""
    told = {_word(row.get("bad")) for row in rows}
    for named in (words.bad, words.good):
        if named and not named & told:
            raise LearningRefused("word_unknown", word=min(named), told=", ".join(sorted(told - {""})[:10]))


def _numbered(told: Iterable[Outcome]) -> list[Outcome]:
    """Make a case of each loan of an enterprise; what stands twice is one."""
    found: list[Outcome] = []
    seen: Counter[str] = Counter()
    for each in dict.fromkeys(told):
        seen[each.case] += 1
        number = seen[each.case]
        found.append(each if number == 1 else replace(each, case=f"{each.case}/{number}", enterprise=each.case))
    return found


def _outcome(row: Row, day: date | None, words: Words) -> Outcome:
    requested = row.get("requested")
    return Outcome(
        str(row["case"]).strip(),
        _is_bad(row.get("bad"), words),
        day,
        tuple((role, str(row[role])) for role in ("setting", "industry") if row.get(role)),
        requested_amount=None if requested in NOTHING else to_cents(requested),
        term_months=reading.months(row.get("term")),
    )


def _word(value: Any) -> str:
    return squeezed(str(value if value is not None else "").removesuffix(".0"))


def _is_bad(value: Any, words: Words) -> bool | None:
    word = _word(value)
    if word in {"", "nan"}:
        return None
    if not words.bad and word not in _BAD | _GOOD | words.good:
        raise LearningRefused("outcome_unknown", value=str(value))
    is_bad = word in (words.bad or _BAD)
    return None if words.good and not is_bad and word not in words.good else is_bad


_KINDS: Final[Mapping[str, tuple[Mapping[str, tuple[str, ...]], tuple[tuple[str, ...], ...]]]] = {
    "invoices": (INVOICES, (("case",), ("date",), ("direction",), ("net", "gross"))),
    "transactions": (STATEMENT, (("case",), ("date",), ("amount", "inflow", "outflow"))),
}
_ROLES: Final = frozenset({*_OUTCOMES, *_EXTRA, *STATEMENT, *INVOICES})


def by_case(path: Path, *, kind: str, given: Given, writing: Writing = AS_TOLD) -> dict[str, list[Row]]:
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
    lines = [{role: _joined(row, columns) for role, columns in roles.items()} for row in rows]
    reading.amounts(lines, _AMOUNTS, writing)
    held: dict[str, list[Row]] = {}
    for told, day in zip(lines, reading.dates([told["date"] for told in lines], writing), strict=True):
        if day is None:
            raise LearningRefused("date_unreadable", value="")
        told["date"] = day
        held.setdefault(str(told.pop("case")).strip(), []).append(told)
    for each in held.values():
        each.sort(key=lambda told: told["date"])
    return held


def _joined(row: Row, columns: Sequence[str]) -> Any:
    if len(columns) == 1:
        return row[columns[0]]
    return " ".join(str(row[column]) for column in columns if row[column] not in NOTHING)


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
    return (
        row.get("number") or number,
        row["date"],
        counterparty,
        to_cents(net),
        to_cents(tax),
        row["direction"],
        valid,
    )


_STATEMENT: Final = ("date", "amount", "balance", "counterparty", "counterparty account", "description", "reference")


def signed(held: Mapping[str, Sequence[Row]], words: Words = USUAL) -> dict[str, list[Row]]:
    """Give the lines of each enterprise amounts below zero for what went out.

    :raises LearningRefused: when words must tell which way money went, and one is not known.
    """
    rows = [row for lines in held.values() for row in lines]
    is_told = any(to_cents(row["amount"]) < 0 for row in rows if row.get("amount") not in NOTHING)
    return {
        case: [{**row, "amount": _signed(row, words, is_told=is_told)} for row in lines] for case, lines in held.items()
    }


def _signed(row: Row, words: Words, *, is_told: bool) -> Decimal:
    if row.get("amount") in NOTHING:
        return to_cents(row.get("inflow") or 0) - to_cents(row.get("outflow") or 0)
    amount, word = to_cents(row["amount"]), squeezed(str(row.get("direction") or ""))
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
    if any(row.get("balance") in NOTHING for row, _amount_ in lines):
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
                if row["date"] == today and abs(stated + amount - to_cents(row["balance"])) <= NEAR
            ),
            None,
        )
        if place is None or waiting[place][0]["date"] != today:
            return None
        row, amount = waiting.pop(place)
        running, stated = running + amount, to_cents(row["balance"])
        ordered.append((row, amount))
        balances.append(running)
    lines[:] = ordered
    return balances


def _start(first_day: list[tuple[Row, Decimal]]) -> Decimal | None:
    """Find the balance before the first day: one from which no other line of the day leads."""
    afters = [to_cents(row["balance"]) for row, _amount_ in first_day]
    for row, amount in first_day:
        before = to_cents(row["balance"]) - amount
        if len(first_day) == 1 or not any(abs(before - after) <= NEAR for after in afters):
            return before
    return None
