"""The audit trail: append-only events, sealed in a hash chain by a background task.

Events are written in the caller's transaction and nothing serializes on them; ``seal`` chains whatever has been
committed since. ``first_altered`` recomputes the chain and names the first event that no longer fits.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Case, F, Max, Q, TextField, When
from django.db.models.functions import Cast

from portal.core.models import AuditEvent, AuditSeal

SEALING_LOCK: Final = 7_203_001
GENESIS: Final = "0" * 64
BATCH: Final = 5_000


def record(verb: str, *, subject: str, by: str | None, at: datetime, details: Mapping[str, Any] | None = None) -> None:
    """Write an event inside the caller's transaction, so that the act and its trace stand or fall together."""
    record_many(verb, [(subject, details or {})], by=by, at=at)


def record_many(verb: str, about: Iterable[tuple[str, Mapping[str, Any]]], *, by: str | None, at: datetime) -> None:
    """Write one event for each subject with its details, together, as ``record`` does."""
    assert connection.in_atomic_block, "an audit event belongs to the transaction it tells of"
    AuditEvent.objects.bulk_create(
        AuditEvent(
            verb=verb,
            subject=subject,
            by=by or "system",
            at=at,
            details=json.loads(json.dumps(details, cls=DjangoJSONEncoder)),
        )
        for subject, details in about
    )


def digest_of(event: AuditEvent, previous: str) -> str:
    """Chain an event to the digest before it (SHA-256 over canonical JSON)."""
    content = [event.pk, event.at.astimezone(UTC).isoformat(), event.by, event.verb, event.subject, event.details]
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{previous}{canonical}".encode()).hexdigest()


@transaction.atomic(durable=True)
def seal() -> int:
    """Chain the events that are not sealed yet and tell how many; one sealer at a time, others leave at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALING_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    last = AuditSeal.objects.order_by("-sequence").first()
    sequence, previous = (last.sequence, last.digest) if last else (0, GENESIS)
    seals = []
    for event in AuditEvent.objects.filter(seal=None).order_by("pk")[:BATCH]:
        sequence, previous = sequence + 1, digest_of(event, previous)
        seals.append(AuditSeal(sequence=sequence, event=event, digest=previous))
    AuditSeal.objects.bulk_create(seals)
    return len(seals)


@dataclass(frozen=True)
class Altered:
    """Where the chain breaks: the place in it, and the event that no longer fits (none when it was removed)."""

    sequence: int
    event_id: int | None


def first_altered() -> Altered | None:
    """Recompute the chain; name the first event that was altered or removed, or none.

    What a forged event says may be nothing that Python can read: a moment beyond its calendar, a number without end.
    """
    newest = AuditSeal.objects.aggregate(newest=Max("sequence"))["newest"] or 0
    previous = GENESIS
    expected = 1
    readable = Q(event__at__gte=datetime(1, 1, 2, tzinfo=UTC), event__at__lt=datetime(9999, 12, 31, tzinfo=UTC))
    columns = ("sequence", "digest", "event_id", "event__by", "event__verb", "event__subject")
    links = AuditSeal.objects.annotate(
        moment=Case(When(readable, then=F("event__at"))), told=Cast("event__details", TextField())
    ).values_list(*columns, "moment", "told", named=True)
    for link in links.order_by("sequence").iterator(chunk_size=2_000):
        if link.sequence != expected:
            return Altered(expected, None)
        if _digest_of_link(link, previous) != link.digest:
            return Altered(link.sequence, link.event_id)
        previous, expected = link.digest, expected + 1
    return Altered(expected, None) if expected <= newest else None  # a link without its event is not even read


def _digest_of_link(link: Any, previous: str) -> str | None:
    """Work out the digest of a sealed event as it stands; none where it cannot be read."""
    event = AuditEvent(
        pk=link.event_id, at=link.moment, by=link.event__by, verb=link.event__verb, subject=link.event__subject
    )
    try:
        event.details = json.loads(link.told)
        return digest_of(event, previous) if event.at else None
    except (ValueError, RecursionError):
        return None
