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
KINDS: Final = frozenset({"sanctions", "pep"})
_NOTHING: Final = "-0-"
_SDN_COLUMNS: Final = 12
_BORN: Final = re.compile(r"\bDOB\b[^;]*?\b(1[89]\d\d|20\d\d)\b")
_ALSO: Final = re.compile(r"a\.k\.a\. '([^']+)'")


class FileUnreadable(Exception):
    """The file is not such a list; `line` says where, `why` what is wrong there."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(line, why)
        self.line = line
        self.why = why


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
        raise FileUnreadable(1, "not UTF-8") from error
    rows = list(csv.reader(io.StringIO(text)))
    if not rows:
        raise FileUnreadable(1, "empty")
    heading = [cell.strip().lower() for cell in rows[0]]
    lines = list(_documented(heading, rows[1:]) if set(COLUMNS) <= set(heading) else _sdn(rows))
    if not lines:
        raise FileUnreadable(1, "no entries")
    _check_once(lines)
    return lines


def _check_once(lines: Iterable[Line]) -> None:
    seen: set[str] = set()
    for number, line in enumerate(lines, start=2):
        if line.reference in seen:
            raise FileUnreadable(number, f"reference {line.reference} twice")
        seen.add(line.reference)


def _documented(heading: list[str], rows: list[list[str]]) -> Iterator[Line]:
    for number, row in enumerate(rows, start=2):
        if not any(cell.strip() for cell in row):
            continue
        cells = dict(zip(heading, (cell.strip() for cell in row), strict=False))
        if any(not cells.get(name) for name in ("name", "list_kind", "reference")):
            raise FileUnreadable(number, "name, list_kind or reference is missing")
        if cells["list_kind"] not in KINDS:
            raise FileUnreadable(number, f"list_kind {cells['list_kind']}")
        year = cells.get("birth_year", "")
        if year and not re.fullmatch(r"1[89]\d\d|20\d\d", year):
            raise FileUnreadable(number, f"birth_year {year}")
        aliases = tuple(each.strip() for each in cells.get("aliases", "").split(";") if each.strip())
        born = int(year) if year else None
        yield Line(cells["reference"], cells["list_kind"], cells["name"], aliases, born, cells.get("country", ""))


def _sdn(rows: list[list[str]]) -> Iterator[Line]:
    for number, row in enumerate(rows, start=1):
        if len(row) < _SDN_COLUMNS:
            if len(row) == 1 and row[0].strip("\x1a ") == "":
                continue  # the file ends with a control character
            raise FileUnreadable(number, f"columns {', '.join(COLUMNS)} are expected")
        cells = [cell.strip() for cell in row]
        remarks = "" if cells[11] == _NOTHING else cells[11]
        born = _BORN.search(remarks)
        aliases = tuple(_ALSO.findall(remarks))
        yield Line(f"OFAC-{cells[0]}", "sanctions", cells[1], aliases, int(born[1]) if born else None, "")
