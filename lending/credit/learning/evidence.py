"""Lines of evidence as other systems export them, read once and held by enterprise: there may be millions.

The lines of an enterprise are held packed, many in a piece. An object for each line would take six times the room.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from zlib import compress, decompress

from accounts.statements.parsing.headers import INVOICES, INWARD, OUTWARD, STATEMENT, squeezed
from lending.credit.learning import columns as reading
from lending.credit.learning.columns import AS_TOLD, NOTHING, Writing, to_cents
from lending.credit.learning.rows import LearningRefused
from lending.credit.learning.sources import CASE, EXTRA, USUAL, Given, Row, Table, Words, roles_of

_BETWEEN, _END = "\x1f", "\x1e"  # what parts the units of a line, and lines
_APART: Final = str.maketrans({_BETWEEN: " ", _END: " "})
_PIECE: Final = 8_192  # bytes of lines that are packed together
_AMOUNTS: Final = ("amount", "inflow", "outflow", "balance", "net", "tax", "gross")
_KINDS: Final[Mapping[str, tuple[Mapping[str, tuple[str, ...]], tuple[tuple[str, ...], ...]]]] = {
    "invoices": (INVOICES, (("case",), ("date",), ("direction",), ("net", "gross"))),
    "transactions": (STATEMENT, (("case",), ("date",), ("amount", "inflow", "outflow"))),
}
Cell = Callable[[Any], str]


@dataclass(slots=True)
class Held:
    """The lines of each enterprise, of one kind: "invoices" or "transactions"."""

    kind: str
    roles: tuple[str, ...]
    words: Words = USUAL
    counts: Counter[str] = field(default_factory=Counter)  # of lines, by enterprise
    packed: defaultdict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))  # likewise
    is_signed: bool = False  # an amount below zero stands somewhere: then signs tell which way money went

    def rows_of(self, enterprise: str) -> list[Row]:
        """Give the lines of an enterprise by roles, in the order of days; money that went out is below zero."""
        told = b"".join(map(decompress, self.packed.get(enterprise, ()))).decode()
        return sorted(map(self._row, told.split(_END)[:-1]), key=lambda row: row["date"])

    def _row(self, line: str) -> Row:
        row: dict[str, Any] = dict(zip(self.roles, line.split(_BETWEEN), strict=True))
        row["date"] = date.fromisoformat(row["date"])
        if self.kind == "transactions":
            row["amount"] = self._signed(row)
        return row

    def _signed(self, row: Row) -> Decimal:
        if row.get("amount") in NOTHING:
            return to_cents(row.get("inflow") or 0) - abs(to_cents(row.get("outflow") or 0))
        amount, way = to_cents(row["amount"]), self.way(row.get("direction") or "")
        return way * abs(amount) if way else amount

    def way(self, direction: str) -> int:
        """Tell which way money went: 1 in, -1 out, 0 as the amount's sign has it.

        :raises LearningRefused: when words must tell, and one is not known.
        """
        word = squeezed(direction)
        if self.words.outward:
            return -1 if word in self.words.outward else 1
        if word in OUTWARD or word.startswith("withdrawal"):
            return -1
        if word in INWARD:
            return 1
        if not self.is_signed:
            raise LearningRefused("direction_unknown", value=word)
        return 0


def read(path: Path, *, kind: str, given: Given, words: Words = USUAL, writing: Writing = AS_TOLD) -> Held:
    """Read evidence, its columns known by roles.

    :raises LearningRefused: when a column that is needed cannot be found, or a value cannot be read.
    """
    table = Table(path)
    names, needed = _KINDS[kind]
    known = {role: (*names.get(role, ()), *EXTRA.get(role, ())) for role in (*EXTRA, *names)}
    roles = roles_of(table.names, {"case": CASE} | known, given)
    for either in needed:
        if not any(role in roles for role in either):
            raise LearningRefused("column_missing", role=either[0], name=path.name)
    places = {role: [table.names.index(column) for column in named] for role, named in roles.items()}
    held = Held(kind, tuple(role for role in places if role != "case"), words)
    with table.naming_rows(told_at=places["date"][0]):
        directions = _hold(held, table, places, _readers(table, places, writing))
        if kind == "transactions" and "amount" in roles:
            for direction in directions:
                held.way(direction)
    return held


def _readers(table: Table, places: Mapping[str, Sequence[int]], writing: Writing) -> dict[str, Cell]:
    """Go through a file for how it writes dates and amounts: the whole of it settles each cell."""
    days: dict[Any, None] = {}
    shapes: dict[str, str] = {}
    day_at, amounts_at = places["date"][0], [places[role][0] for role in _AMOUNTS if role in places]
    for cells in table:
        days[reading.day_part(cells[day_at])] = None
        shapes |= reading.shapes(cells[at] for at in amounts_at if isinstance(cells[at], str) and cells[at])
    known = dict(zip(days, reading.dates(days, writing), strict=True))
    read_amount = reading.amount_reader(shapes.values(), writing)

    def day(value: Any) -> str:
        found = known[reading.day_part(value)]
        if found is None:
            raise LearningRefused("date_unreadable", value="")
        return str(found)

    def amount(value: Any) -> str:
        return str(read_amount(value)) if isinstance(value, str) and value else _text(value)

    return {role: day if role == "date" else amount if role in _AMOUNTS else _text for role in places}


def _hold(held: Held, table: Table, places: Mapping[str, Sequence[int]], readers: Mapping[str, Cell]) -> set[str]:
    """Keep every line; give the different words for directions of those that tell an amount."""
    case_at = places["case"][0]
    plan = [(role, places[role], readers[role]) for role in held.roles]
    amount_at = held.roles.index("amount") if "amount" in held.roles else None
    way_at = held.roles.index("direction") if "direction" in held.roles else None
    waiting: defaultdict[str, bytearray] = defaultdict(bytearray)
    directions: set[str] = set()
    for cells in table:
        told = [
            read(cells[at[0]]) if len(at) == 1 else " ".join(filter(None, (read(cells[each]) for each in at)))
            for _role, at, read in plan
        ]
        if amount_at is not None and told[amount_at]:
            held.is_signed = held.is_signed or told[amount_at].startswith("-")
            directions.add(told[way_at] if way_at is not None else "")
        name = _text(cells[case_at]).strip()
        held.counts[name] += 1
        waiting[name] += f"{_BETWEEN.join(told)}{_END}".encode()
        if len(waiting[name]) > _PIECE:
            held.packed[name].append(compress(waiting.pop(name), 1))
    for name, rest in waiting.items():
        held.packed[name].append(compress(rest, 1))
    return directions


def _text(value: Any) -> str:
    """Write a value as a text; nothing is an empty one."""
    if value is None:
        return ""
    return value.translate(_APART) if isinstance(value, str) else str(value)
