"""An enterprise's evidence written as the files that the portal's own import reads: nothing gets around it."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from lending.credit.learning.columns import NOTHING, to_cents
from lending.credit.learning.sources import Row


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
    if net in NOTHING:
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
    text = str(value or "").removesuffix(".0")
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
