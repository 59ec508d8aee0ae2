"""What the proofs about pages share."""

from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.cashflow.tests.builders import make_parsed
from accounts.statements.writing import as_csv

YEAR = [
    ((date(2025, 3, 3) + timedelta(days=3 * step)).isoformat(), str(amount), f"Customer {step % 9}", f"order {step}")
    for step, amount in enumerate([120, -45, 310] * 40)
]


def page(name: str, *references: str) -> str:
    """Name a page."""
    return reverse(f"cashflow:{name}", args=references)


def upload(content: bytes = b"", name: str = "statement.csv") -> dict:
    """Fill in the form."""
    file = SimpleUploadedFile(name, content or as_csv(make_parsed([("2026-01-05", "100.00", "Li Ming", "order")])))
    return {"file": file, "idempotency_key": "once"}
