"""Labeled evidence as other systems export it: one file of outcomes, one of invoices or bank transactions.

Columns are known by name, in English or Chinese, or named by the person who imports (`--column role=name`). What is
read becomes files in the form that the portal's own import reads, one for each enterprise: nothing gets around it.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from math import isnan
from pathlib import Path
from typing import Any, Final

from accounts.statements.parsing.headers import INVOICES, STATEMENT, squeezed
from accounts.statements.parsing.refusals import StatementRefused
from accounts.statements.parsing.table import likely_delimiter
from accounts.statements.parsing.text import decoded
from lending.credit.learning import columns as reading
from lending.credit.learning.columns import AS_TOLD, NOTHING, Writing, to_cents
from lending.credit.learning.rows import LearningRefused

Row = Mapping[str, Any]
Given = Mapping[str, Sequence[str]]  # names of columns by role, of whichever file has them

CASE: Final = (
    "case", "firm id", "enterprise id", "customer id", "account id", "企业代号", "客户号", "账户", "kundennummer",
)  # fmt: skip
_OUTCOMES: Final[dict[str, tuple[str, ...]]] = {
    "case": (*CASE, "id"),
    "bad": ("bad", "default", "defaulted", "is bad", "target", "label", "outcome", "是否违约", "违约", "ausfall"),
    "date": ("date", "as of", "loan date", "application date", "申请日期", "放款日期", "日期", "antragsdatum", "datum"),
    "setting": ("setting", "town or village"),
    "industry": ("industry", "trade", "行业"),
    "requested": ("requested amount", "loan amount", "amount", "principal", "申请金额", "贷款金额", "kreditbetrag"),
    "term": ("term months", "term", "loan term", "duration", "months", "期限", "贷款期限", "laufzeit"),
}
EXTRA: Final[dict[str, tuple[str, ...]]] = {
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
_BATCH: Final = 50_000


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


class Table:
    """A Parquet file or a delimited one, whose rows can be gone through again and again: there may be millions."""

    def __init__(self, path: Path) -> None:
        """Read the names of the columns.

        :raises LearningRefused: when it is no such file.
        """
        if not path.is_file():
            raise LearningRefused("file_missing", name=str(path))
        self._path, self._text, self._delimiter = path, "", ","
        self._is_parquet = path.suffix.lower() == ".parquet"
        if self._is_parquet:
            self.names = self._parquet().schema_arrow.names
        elif path.suffix.lower() in {".csv", ".tsv", ".txt", ".asc"}:
            try:
                self._text = decoded(path.read_bytes())
            except StatementRefused:
                raise LearningRefused("file_unknown", name=path.name) from None
            self._delimiter = likely_delimiter(self._text[:_START])
            self.names = next(self._delimited(), [])
        else:
            raise LearningRefused("file_unknown", name=path.name)

    def __iter__(self) -> Iterator[Sequence[Any]]:
        """Give the cells of each row; what a short one lacks is None."""
        if self._is_parquet:
            yield from self._of_parquet()
            return
        rows, width = self._delimited(), len(self.names)
        next(rows, None)
        for cells in filter(None, rows):
            yield cells if len(cells) >= width else [*cells, *[None] * (width - len(cells))]

    @contextmanager
    def naming_rows(self, *, told_at: int) -> Iterator[None]:
        """Let a refusal of what a row tells name the row; the column at ``told_at`` may not be empty."""
        try:
            yield
        except LearningRefused as refusal:
            row = self._row_of(refusal.params.get("value"), told_at)
            if row is None:
                raise
            place = {"row": row, "file": self._path.name}
            raise LearningRefused(refusal.code, **refusal.params, **place) from None

    def _row_of(self, value: str | None, told_at: int) -> int | None:
        """Find the first row that tells a value, counted as a spreadsheet does: the heading is the first."""
        for number, cells in enumerate(self, start=1 if self._is_parquet else 2) if value is not None else ():
            told = [str(cell if cell is not None else "").strip() for cell in cells]
            if value in told or value in map(squeezed, told) if value else not told[told_at]:
                return number
        return None

    def dicts(self) -> Iterator[dict[str, Any]]:
        """Give each row by the names of its columns."""
        return (dict(zip(self.names, cells, strict=False)) for cells in self)

    def _parquet(self) -> Any:
        import pyarrow.parquet

        try:
            return pyarrow.parquet.ParquetFile(self._path)
        except pyarrow.ArrowInvalid:
            raise LearningRefused("file_unknown", name=self._path.name) from None

    def _of_parquet(self) -> Iterator[Sequence[Any]]:
        for batch in self._parquet().iter_batches(_BATCH):
            yield from zip(*map(_cells, batch.columns), strict=True)

    def _delimited(self) -> Iterator[list[str]]:
        try:
            yield from csv.reader(_lines(self._text), delimiter=self._delimiter)
        except csv.Error:
            raise LearningRefused("file_unknown", name=self._path.name) from None


def _cells(column: Any) -> list[Any]:
    """Give the values of a column; programs write numbers of things as 12.0 and what is missing as not a number."""
    import pyarrow as pa

    if not pa.types.is_floating(column.type):
        values: list[Any] = column.to_pylist()
        return values
    told = column.to_pylist()
    return [None if value is None or isnan(value) else int(value) if value.is_integer() else value for value in told]


def _lines(text: str) -> Iterator[str]:
    """Cut a text at its line ends, one after the other: all at once would take the room of several texts."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


def check_given(given: Given, paths: Iterable[Path]) -> None:
    """Refuse a name that no file has as a column, or a role that none knows.

    :raises LearningRefused: naming it.
    """
    columns = {column for path in paths if given for column in Table(path).names}
    for role, names in given.items():
        if role not in _ROLES:
            raise LearningRefused("role_unknown", role=role, known=", ".join(sorted(_ROLES)))
        for name in names:
            if name not in columns:
                raise LearningRefused("column_unknown", name=name, known=", ".join(sorted(columns)))


def roles_of(columns: Iterable[str], names: Mapping[str, tuple[str, ...]], given: Given) -> dict[str, list[str]]:
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
    table = Table(path)
    roles = roles_of(table.names, _OUTCOMES, given)
    if "case" not in roles:
        raise LearningRefused("column_missing", role="case", name=path.name)
    with table.naming_rows(told_at=table.names.index(roles["case"][0])):
        told = [{role: row[columns[0]] for role, columns in roles.items()} for row in table.dicts()]
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
        _case(row["case"]),
        _is_bad(row.get("bad"), words),
        day,
        tuple((role, str(row[role])) for role in ("setting", "industry") if row.get(role)),
        requested_amount=None if requested in NOTHING else to_cents(requested),
        term_months=reading.months(row.get("term")),
    )


def _case(value: Any) -> str:
    name = str(value if value is not None else "").strip()
    if not name:
        raise LearningRefused("case_missing", value="")
    return name


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


_ROLES: Final = frozenset({*_OUTCOMES, *EXTRA, *STATEMENT, *INVOICES})
