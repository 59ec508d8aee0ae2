"""What failed through a fault of ours, one among many, while the others went on: kept in the audit trail."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import F, Func, IntegerField, Max, QuerySet, Sum
from django.db.models.fields.json import KT
from django.utils import timezone

from portal.core import audit
from portal.core.models import AuditEvent

# What the trail tells of it, and under which subject it is found.
FAILED, TOLD, SUBJECT = "jobs.failed_alone", "jobs.failures_told", "failures"
NAMED_AT_ONCE: Final = 100
NOTING_LOCK: Final = 7_203_018  # one at a time: two would both find what is not noted yet


def note(failure: str, references: Sequence[str], *, at: datetime) -> None:
    """Keep which failed: each once a day, however often it is tried."""
    day = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    today = _failed().filter(at__gte=day, details__failure=failure)
    with transaction.atomic():
        _wait_for_others()
        noted = {each for named in today.values_list("details__references", flat=True) for each in named}
        new = [each for each in dict.fromkeys(references) if each not in noted]
        some = [new[first : first + NAMED_AT_ONCE] for first in range(0, len(new), NAMED_AT_ONCE)]
        told = [(SUBJECT, {"failure": failure, "references": named}) for named in some]
        audit.record_many(FAILED, told, by="system", at=at)


def counted() -> list[tuple[str, int]]:
    """Count all that ever failed, each once a day, by what failed."""
    many = Func(F("details__references"), function="jsonb_array_length", output_field=IntegerField())
    rows = _failed().annotate(failure=KT("details__failure")).values_list("failure")
    return list(rows.annotate(count=Sum(many)).order_by("failure"))


def take_untold(*, at: datetime) -> dict[str, list[str]]:
    """List what failed since this was last asked, by what failed, and note that it is told now; an inner step."""
    _wait_for_others()
    told_through = AuditEvent.objects.filter(subject=SUBJECT, verb=TOLD).aggregate(last=Max("pk"))["last"] or 0
    found: dict[str, list[str]] = defaultdict(list)
    for details in _failed().filter(pk__gt=told_through).order_by("pk").values_list("details", flat=True):
        found[details["failure"]] += details["references"]
    if found:
        audit.record(TOLD, subject=SUBJECT, by="system", at=at, details={"failure": sorted(found)})
    return {failure: list(dict.fromkeys(references)) for failure, references in found.items()}


def _failed() -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(subject=SUBJECT, verb=FAILED)


def _wait_for_others() -> None:
    """Let those who note or tell take turns: what is noted later has a higher number, and is told the next time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NOTING_LOCK])
