"""Many rows at once, by COPY: a few microseconds each, where statements of INSERT take tens."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Model


def copy_in(rows: Sequence[Model]) -> None:
    """Insert rows of one model, in the caller's transaction; constraints hold as ever, keys are not handed back.

    A row's figures, texts and moments are written as they are: for models without fields that encrypt or compute.
    """
    assert connection.in_atomic_block, "rows belong to the transaction that needs them"
    if not rows:
        return
    meta = rows[0]._meta  # noqa: SLF001  public by Django's word
    fields: list[Any] = [field for field in meta.concrete_fields if not field.primary_key]
    names = [field.attname for field in fields]
    text = io.StringIO()
    csv.writer(text).writerows([getattr(row, name) for name in names] for row in rows)
    text.seek(0)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    # Missing and empty are written alike; where nothing may be missing, it is the empty text.
    told = ", ".join(quote(field.column) for field in fields if not field.null)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        driver: Any = cursor.cursor
        driver.copy_expert(
            f"COPY {quote(meta.db_table)} ({columns}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL ({told}))", text
        )
