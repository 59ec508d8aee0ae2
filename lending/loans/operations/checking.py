"""Tying the loans to the books, and raising the alarm."""

from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.ledger import operations as ledger
from accounts.ledger.queries import Discrepancy
from lending.loans import queries
from portal.core import audit

NAMED_AT_MOST: Final = 20


@transaction.atomic(durable=True)
def check_loans(*, at: datetime) -> list[Discrepancy]:
    """Tie every loan to the books; where one does not, the trail names it, and administrators and auditors are told."""
    found = queries.discrepancies()
    if found:
        told = [f"{each.kind} {each.subject}: {each.kept} / {each.recomputed}" for each in found[:NAMED_AT_MOST]]
        audit.record("loans.found_wrong", subject=f"{at:%Y-%m-%d}", by="system", at=at, details={"differences": told})
        ledger.alarm("untied", at=at)
    return found
