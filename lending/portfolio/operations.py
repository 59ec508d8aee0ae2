"""Repeating what was decided, and raising the alarm."""

from datetime import datetime

from django.db import transaction

from accounts.ledger import operations as ledger
from lending.portfolio import queries
from lending.portfolio.queries.replay import DIFFER, REPEATED, SUBJECT
from portal.core import audit


def check_decisions(*, at: datetime) -> queries.Replay:
    """Repeat every decision from its evidence on, and keep in the trail what came of it.

    Where one differs, the trail names the first, and administrators and auditors are told. Nothing stays open while it
    reads, which takes minutes in a large book.
    """
    done = queries.replay(evidence=True)
    _keep(done, at=at)
    return done


@transaction.atomic(durable=True)
def _keep(done: queries.Replay, *, at: datetime) -> None:
    details: dict[str, object] = {"decisions": done.decisions, "differing": done.differing}
    if done.first:
        first = done.first
        details["differences"] = [f"{first.application} {first.part}: {first.kept} / {first.repeated}"]
        ledger.alarm("decisions_differ", at=at)
    audit.record(DIFFER if done.first else REPEATED, subject=SUBJECT, by="system", at=at, details=details)
