"""Checking the books against their postings, and remembering what came of it."""

from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.ledger import queries
from accounts.ledger.models import BookCheck
from portal.core import audit

NAMED_AT_MOST: Final = 20


@transaction.atomic(durable=True)
def check_books(*, at: datetime) -> list[queries.Discrepancy]:
    """Recompute everything from the postings, keep how many differences there are, and tell them to the audit trail."""
    found = queries.discrepancies()
    BookCheck.objects.create(checked_at=at, difference_count=len(found))
    if found:
        told = [f"{each.kind} {each.subject}: {each.kept} / {each.recomputed}" for each in found[:NAMED_AT_MOST]]
        audit.record("ledger.books_wrong", subject=f"{at:%Y-%m-%d}", by="system", at=at, details={"differences": told})
    return found
