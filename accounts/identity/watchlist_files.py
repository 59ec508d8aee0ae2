"""Watchlists as files: CSV with a heading, UTF-8. Pure.

| column      | what it holds                                                         |
| ----------- | --------------------------------------------------------------------- |
| name        | the name as the list writes it; required                              |
| aliases     | other spellings and names, separated by semicolons                    |
| birth_year  | four digits, where known                                              |
| country     | as the list writes it                                                 |
| list_kind   | `sanctions` or `pep`; required                                        |
| reference   | the list's own number of the entry, once in the file; required        |

The `sdn.csv` of the United States' OFAC is read as it is published: no heading, the entry's number, name and type
first, remarks last (of which the year of birth is taken), `-0-` for nothing; all of it sanctions.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

COLUMNS: Final = ("name", "aliases", "birth_year", "country", "list_kind", "reference")
WHY: Final = frozenset(
    {"not_utf8", "not_csv", "empty", "too_long", "columns", "incomplete", "kind", "year", "repeated"}
)
MOST_LINES: Final = 200_000
MOST_CHARACTERS: Final = 60  # of a reference
KINDS: Final = frozenset({"sanctions", "pep"})
_NOTHING: Final = "-0-"
_SDN_COLUMNS: Final = 12
_BORN: Final = re.compile(r"\bDOB\b[^;]*?\b(1[89]\d\d|20\d\d)\b")
_ALSO: Final = re.compile(r"a\.k\.a\. '([^']+)'")


class FileUnreadable(Exception):
    """The file is not such a list; `line` says where, `why` is one of `WHY`, `value` what stands there."""

    def __init__(self, line: int, why: str, value: str = "") -> None:
        super().__init__(line, why, value)
        self.line = line
        self.why = why
        self.value = value[:60]


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as its file tells it."""

    reference: str
    kind: str
    name: str
    aliases: tuple[str, ...]
    birth_year: int | None
    country: str


def read(content: bytes) -> list[Line]:
    """Read a list.

    :raises FileUnreadable: when it is no such list, or names an entry twice.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise FileUnreadable(line, "not_utf8") from error
    rows = _rows(text)
    if not rows:
        raise FileUnreadable(1, "empty")
    heading = [cell.strip().lower() for cell in rows[0]]
    numbered = list(_documented(heading, rows[1:]) if set(COLUMNS) <= set(heading) else _sdn(rows))
    if not numbered:
        raise FileUnreadable(1, "empty")
    _check_once(numbered)
    return [line for _number, line in numbered]


def _rows(text: str) -> list[list[str]]:
    if "\0" in text:  # which the database keeps in no text
        raise FileUnreadable(text[: text.index("\0")].count("\n") + 1, "not_csv")
    reader = csv.reader(io.StringIO(text, newline=""))
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append(row)
            if len(rows) > MOST_LINES:
                raise FileUnreadable(len(rows), "too_long", str(MOST_LINES))
    except csv.Error as error:
        raise FileUnreadable(len(rows) + 1, "not_csv") from error
    return rows


def _check_once(numbered: Iterable[tuple[int, Line]]) -> None:
    seen: set[str] = set()
    for number, line in numbered:
        if line.reference[:MOST_CHARACTERS] in seen:
            raise FileUnreadable(number, "repeated", line.reference)
        seen.add(line.reference[:MOST_CHARACTERS])


def _documented(heading: list[str], rows: list[list[str]]) -> Iterator[tuple[int, Line]]:
    for number, row in enumerate(rows, start=2):
        if not any(cell.strip() for cell in row):
            continue
        cells = dict(zip(heading, (cell.strip() for cell in row), strict=False))
        if any(not cells.get(name) for name in ("name", "list_kind", "reference")):
            raise FileUnreadable(number, "incomplete")
        if cells["list_kind"] not in KINDS:
            raise FileUnreadable(number, "kind", cells["list_kind"])
        year = cells.get("birth_year", "")
        if year and not re.fullmatch(r"1[89]\d\d|20\d\d", year):
            raise FileUnreadable(number, "year", year)
        aliases = tuple(each.strip() for each in cells.get("aliases", "").split(";") if each.strip())
        born = int(year) if year else None
        country = cells.get("country", "")
        yield number, Line(cells["reference"], cells["list_kind"], cells["name"], aliases, born, country)


def _sdn(rows: list[list[str]]) -> Iterator[tuple[int, Line]]:
    for number, row in enumerate(rows, start=1):
        if len(row) < _SDN_COLUMNS:
            if len(row) == 1 and row[0].strip("\x1a ") == "":
                continue  # the file ends with a control character
            raise FileUnreadable(number, "columns", ", ".join(COLUMNS))
        cells = [cell.strip() for cell in row]
        remarks = "" if cells[11] == _NOTHING else cells[11]
        born = _BORN.search(remarks)
        aliases = tuple(_ALSO.findall(remarks))
        year = int(born[1]) if born else None
        yield number, Line(f"OFAC-{cells[0]}", "sanctions", cells[1], aliases, year, "")
