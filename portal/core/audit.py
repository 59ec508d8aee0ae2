"""The audit trail: append-only events, sealed in a hash chain by a background task.

Events are written in the caller's transaction and nothing serializes on them; ``seal`` chains whatever has been
committed since. ``first_altered`` recomputes the chain and names the first event that no longer fits.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from portal.core.models import AuditEvent, AuditSeal

SEALING_LOCK: Final = 7_203_001
GENESIS: Final = "0" * 64
BATCH: Final = 5_000
CHUNK: Final = 2_000
# What an event says, and when, as far as that lies in a calendar that Python knows.
TOLD: Final = """event.id,
    CASE WHEN event.at >= '0001-01-02 00:00Z' AND event.at < '9999-12-31 00:00Z' THEN event.at END,
    event.by, event.verb, event.subject, event.details::text"""
UNSEALED: Final = f"""
SELECT {TOLD} FROM core_auditevent event
WHERE NOT EXISTS (SELECT FROM core_auditseal seal WHERE seal.event_id = event.id)
ORDER BY event.id LIMIT %s"""  # noqa: S608 - our own text


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
    return _chained(content, previous)


def _chained(content: list[Any], previous: str) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{previous}{canonical}".encode()).hexdigest()


@transaction.atomic(durable=True)
def seal() -> int:
    """Chain the events that are not sealed yet and tell how many; one sealer at a time, others leave at once.

    What nobody here wrote, and Python cannot read, is sealed as the database writes it, so that it stops nothing;
    ``first_altered`` names it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALING_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    last = AuditSeal.objects.order_by("-sequence").first()
    sequence, previous = (last.sequence, last.digest) if last else (0, GENESIS)
    seals = []
    with connection.cursor() as cursor:
        cursor.execute(UNSEALED, [BATCH])
        for event, *told in cursor.fetchall():
            digest = _digest_of_told(event, *told, previous=previous)
            sequence, previous = sequence + 1, digest or _chained([event, *map(str, told)], previous)
            seals.append(AuditSeal(sequence=sequence, event_id=event, digest=previous))
    AuditSeal.objects.bulk_create(seals)
    return len(seals)


@dataclass(frozen=True)
class Altered:
    """Where the chain breaks: the place in it, and the event that no longer fits (none when it was removed)."""

    sequence: int
    event_id: int | None


# Each link with its event, as far as it is there.
LINKS: Final = f"""
SELECT seal.sequence, seal.digest, {TOLD}
FROM core_auditseal seal LEFT JOIN core_auditevent event ON event.id = seal.event_id
ORDER BY seal.sequence"""  # noqa: S608 - our own text


def first_altered() -> Altered | None:
    """Recompute the chain; name the first event that was altered or removed, or none.

    What a forged event says may be nothing that Python can read: a moment beyond its calendar, a number without end.
    """
    previous = GENESIS
    expected = 1
    with connection.chunked_cursor() as cursor:
        cursor.execute(LINKS)
        for sequence, digest, event, *told in chain.from_iterable(iter(lambda: cursor.fetchmany(CHUNK), [])):
            if sequence != expected:
                return Altered(expected, None)
            if _digest_of_told(event, *told, previous=previous) != digest:
                return Altered(sequence, event)
            previous, expected = digest, expected + 1
    return None


def _digest_of_told(
    event: int | None, at: datetime | None, by: str, verb: str, subject: str, details: str, *, previous: str
) -> str | None:
    """Work out the digest of a sealed event as it stands; none where it is gone or cannot be read."""
    if event is None or at is None:
        return None
    try:
        told = json.loads(details)
        return digest_of(AuditEvent(pk=event, at=at, by=by, verb=verb, subject=subject, details=told), previous)
    except (ValueError, RecursionError):
        return None
