"""A credit register that is a file: answers by identifier, as a CSV or JSON that the bank brings in.

`CREDIT_REGISTER_FILE` names it. CSV has a heading and JSON is a list of objects, both with `identifier`, `as_of` (ISO
date) and, where they are not zero, `lender_count`, `outstanding_amount`, `overdue_amount`, `worst_days_past_due`;
`reference` is optional. An identifier that the file does not name is unknown to the register as of its newest day.
"""

import csv
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings

from lending.credit.register import Told


class FileRegister:
    """Answers from a file."""

    name = "file"

    def ask(self, *, identifier_kind: str, identifier: str, seconds: float) -> Told | None:  # noqa: ARG002 - the port's shape
        """Look the identifier up."""
        rows = _rows(Path(settings.CREDIT_REGISTER_FILE))
        if not rows:
            return None
        for row in rows:
            if str(row["identifier"]).strip().upper() == identifier:
                return _told(row)
        return Told(as_of=max(date.fromisoformat(str(row["as_of"])) for row in rows), is_known=False)


def _rows(path: Path) -> list[dict[str, Any]]:
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix == ".json":
        rows: list[dict[str, Any]] = json.loads(text)
        return rows
    return [dict(row) for row in csv.DictReader(text.splitlines())]


def _told(row: Mapping[str, Any]) -> Told:
    return Told(
        as_of=date.fromisoformat(str(row["as_of"])),
        lender_count=int(row.get("lender_count") or 0),
        outstanding_amount=Decimal(str(row.get("outstanding_amount") or 0)),
        overdue_amount=Decimal(str(row.get("overdue_amount") or 0)),
        worst_days_past_due=int(row.get("worst_days_past_due") or 0),
        reference=str(row.get("reference") or ""),
    )
