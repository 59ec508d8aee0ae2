"""From PostgreSQL to Parquet: the three tables that features read, of everyone who shows evidence."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, Q

from accounts.cashflow.models import BankTransaction, Invoice
from accounts.identity.models import Enterprise
from lending.credit.book.measuring import TABLES
from lending.credit.features import tables_sql
from portal.core import money

_EVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
_DUCKDB_TYPES: Final = {"int64": "BIGINT", "date": "DATE", "string": "VARCHAR", "boolean": "BOOLEAN"}


def export(folder: Path, *, as_of: date) -> int:
    """Write `cases.parquet`, `bank_transactions.parquet` and `invoices.parquet`, everyone as of one day.

    A case's number is its enterprise's key.

    :returns: the number of enterprises.
    """
    folder.mkdir(parents=True, exist_ok=True)
    keys = _shown()
    asked = {
        "case_ids": keys,
        "enterprise_ids": keys,
        "days": [as_of] * len(keys),
        "moments": [_EVER] * len(keys),
        "currency": settings.BANK_CURRENCY,
        "minor_per_unit": 10 ** money.digits(settings.BANK_CURRENCY),
    }
    for table, columns in TABLES.items():
        text = folder / f"{table}.csv"
        _copy(_rows_of(table, columns), asked, to=text)
        _as_parquet(text, columns)
        text.unlink()
    return len(keys)


def _shown() -> list[int]:
    own = {"enterprise": OuterRef("pk"), "superseded_at": None}
    shown = Q(Exists(BankTransaction.objects.filter(**own))) | Q(Exists(Invoice.objects.filter(**own)))
    return list(Enterprise.objects.filter(shown).order_by("pk").values_list("pk", flat=True))


def _rows_of(table: str, columns: dict[str, str]) -> str:
    return f"{tables_sql()} SELECT {', '.join(columns)} FROM {table} ORDER BY case_id"  # noqa: S608  our own names


def _copy(query: str, asked: dict[str, Any], *, to: Path) -> None:
    with connection.cursor() as cursor, to.open("w", encoding="utf-8") as file:
        driver: Any = cursor.cursor
        statement = driver.mogrify(query, asked).decode()
        # A text is always quoted, so that an empty one is not read as missing.
        driver.copy_expert(f"COPY ({statement}) TO STDOUT (FORMAT csv, HEADER, FORCE_QUOTE *)", file)


def _as_parquet(text: Path, columns: dict[str, str]) -> None:
    import duckdb

    kinds = ", ".join(f"'{column}': '{_DUCKDB_TYPES[kind]}'" for column, kind in columns.items())
    reading = f"header = true, auto_detect = false, columns = {{{kinds}}}, nullstr = '', allow_quoted_nulls = false"
    with duckdb.connect() as engine:
        engine.sql(f"FROM read_csv(?, {reading})", params=[str(text)]).write_parquet(
            str(text.with_suffix(".parquet")), compression="zstd"
        )
