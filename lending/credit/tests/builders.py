"""Evidence for tests: books of many cases, as rows of the three tables that features read."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

AS_OF = date(2026, 6, 30)

CATEGORIES = (
    *("customer_receipt",) * 8,
    *("supplier_payment",) * 5,
    "salary",
    "rent",
    "tax",
    "loan_proceeds",
    "loan_repayment",
    "own_transfer",
    "cash_in",
    "cash_out",
    "merchant_settlement",
    "fee",
    "interest",
    "other_receipt",
    "unknown",
)
INCOMING = {"customer_receipt", "loan_proceeds", "cash_in", "merchant_settlement", "other_receipt"}


@dataclass
class Book:
    """Rows of `cases`, `bank_transactions` and `invoices`, in the order of the columns in `measures.py`."""

    cases: list[tuple[Any, ...]] = field(default_factory=list)
    bank_transactions: list[tuple[Any, ...]] = field(default_factory=list)
    invoices: list[tuple[Any, ...]] = field(default_factory=list)

    def add_case(self, case_id: int = 1) -> int:
        self.cases.append((case_id, AS_OF, "CNY"))
        return case_id

    def add_transaction(
        self,
        days_before: int,
        amount_minor: int,
        category: str = "customer_receipt",
        key: str = "",
        balance: int | None = None,
        case_id: int = 1,
        *,
        account: str = "",
    ) -> None:
        day = AS_OF - timedelta(days=days_before)
        self.bank_transactions.append((case_id, day, days_before, amount_minor, category, account, key, balance))

    def add_invoice(
        self,
        days_before: int,
        gross_minor: int,
        direction: str = "sale",
        key: str = "buyer",
        *,
        tax_minor: int = 0,
        is_valid: bool = True,
        is_credit_note: bool = False,
        case_id: int = 1,
    ) -> None:
        day = AS_OF - timedelta(days=days_before)
        row = (case_id, day, days_before, direction, gross_minor, tax_minor, is_valid, is_credit_note, key)
        self.invoices.append(row)


def make_book(*, cases: int, transactions: int, seed: int = 1) -> Book:
    """Generate cases of every shape: full years, gaps, a single month, nothing at all, and enormous amounts."""
    dice = random.Random(seed)
    book = Book()
    for case_id in range(1, cases + 1):
        book.add_case(case_id)
        shape = ("year", "gaps", "month", "empty", "enormous", "years", "invoices", "one")[case_id % 8]
        _fill_case(book, case_id, shape=shape, transactions=transactions, dice=dice)
    return book


def _fill_case(book: Book, case_id: int, *, shape: str, transactions: int, dice: random.Random) -> None:
    if shape == "empty":
        return
    if shape == "one":
        book.add_transaction(3, 12345, key="only", balance=12345, case_id=case_id)
        book.add_invoice(9, 777, case_id=case_id)
        return
    reach = {"month": 30, "years": 1095}.get(shape, 365)
    size = 10**15 if shape == "enormous" else 10 ** dice.randint(3, 7)
    if shape != "invoices":
        _fill_bank(book, case_id, days=_days(dice, reach, shape, transactions), size=size, dice=dice)
    if dice.random() < 0.8 or shape == "invoices":
        _fill_invoices(book, case_id, days=_days(dice, reach, shape, transactions // 2), size=size, dice=dice)


def _days(dice: random.Random, reach: int, shape: str, number: int) -> list[int]:
    days = sorted((dice.randrange(reach) for _ in range(number)), reverse=True)
    return [day for day in days if shape != "gaps" or not 60 < day < 170]


def _fill_bank(book: Book, case_id: int, *, days: list[int], size: int, dice: random.Random) -> None:
    balance = size * 10
    for day in days:
        category = dice.choice(CATEGORIES)
        sign = 1 if category in INCOMING or (category in {"unknown", "own_transfer"} and dice.random() < 0.5) else -1
        amount = sign * dice.randint(1, size)
        balance += amount
        party = dice.randint(1, 25)
        key = "" if dice.random() < 0.1 else f"party-{party}"
        account = "" if dice.random() < 0.5 else f"number-{dice.choice((party, party // 2, party // 8))}"
        stated = None if dice.random() < 0.05 else balance
        book.add_transaction(day, amount, category, key, stated, case_id, account=account)


def _fill_invoices(book: Book, case_id: int, *, days: list[int], size: int, dice: random.Random) -> None:
    for day in days:
        gross = dice.randint(100, size)
        note = dice.random() < 0.05
        book.add_invoice(
            day,
            -gross if note else gross,
            dice.choice(("sale", "sale", "purchase")),
            f"firm-{dice.randint(1, 12)}",
            tax_minor=gross * dice.choice((0, 3, 13)) // 100,
            is_valid=dice.random() > 0.07,
            is_credit_note=note,
            case_id=case_id,
        )


COLUMNS = {
    "cases": "case_id bigint, as_of date, currency text",
    "bank_transactions": (
        "case_id bigint, booked_on date, days_before bigint, amount_minor bigint, category text,"
        " counterparty_account text, counterparty_key text, balance_after_minor bigint"
    ),
    "invoices": (
        "case_id bigint, issued_on date, days_before bigint, direction text, gross_minor bigint, tax_minor bigint,"
        " is_valid boolean, is_credit_note boolean, counterparty_key text"
    ),
}


def measured_by_duckdb(book: Book) -> dict[int, dict[str, float | None]]:
    """Compute every feature of every case of the book on DuckDB, by case."""
    import duckdb

    from lending.credit.features import book_sql

    with duckdb.connect() as connection:
        load_into_duckdb(book, connection)
        cursor = connection.execute(book_sql("duckdb"))
        names = [column[0] for column in cursor.description]
        return {row[0]: dict(zip(names[1:], row[1:], strict=True)) for row in cursor.fetchall()}


def load_into_duckdb(book: Book, connection: Any) -> None:
    """Make the three tables of a book, whole columns at once: row by row takes half a minute."""
    for table, columns in COLUMNS.items():
        rows = getattr(book, table)
        connection.execute(f"CREATE TABLE {table} ({columns})")
        if rows:
            kinds = [column.split()[-1] for column in columns.split(",")]
            unnested = ", ".join(f"unnest(?::{kind}[])" for kind in kinds)
            connection.execute(
                f"INSERT INTO {table} SELECT {unnested}", [list(each) for each in zip(*rows, strict=True)]
            )


def write_parquet(book: Book, folder: Path) -> None:
    """Write a book as the Parquet files that `lending.credit.book` exports."""
    import duckdb

    with duckdb.connect() as connection:
        load_into_duckdb(book, connection)
        for table in COLUMNS:
            connection.table(table).write_parquet(str(folder / f"{table}.parquet"))


def measured_by_postgres(book: Book) -> dict[int, dict[str, float | None]]:
    """Compute every feature of every case of the book on PostgreSQL, by case. Requires a transaction."""
    from django.db import connection
    from psycopg2.extras import execute_values

    from lending.credit.features import book_sql

    with connection.cursor() as cursor:
        for table, columns in COLUMNS.items():
            cursor.execute(f"CREATE TEMPORARY TABLE {table} ({columns}) ON COMMIT DROP")
            if rows := getattr(book, table):
                execute_values(cursor.cursor, f"INSERT INTO {table} VALUES %s", rows)
        cursor.execute(book_sql("postgres"))
        names = [column[0] for column in cursor.description]
        return {row[0]: dict(zip(names[1:], row[1:], strict=True)) for row in cursor.fetchall()}
