"""Sealing entries in blocks of a hash chain, behind the postings' backs."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from accounts.ledger import chain, queries
from accounts.ledger.models import EntrySeal, SealedBlock
from portal.core import audit

SEALING_LOCK: Final = 7_203_003
LARGEST_BLOCK: Final = 5_000
LONGEST_TRANSACTION: Final = timedelta(days=1)


@transaction.atomic(durable=True)
def seal_entries(*, at: datetime) -> int:
    """Chain entries that are not sealed yet in a new block, and tell how many; one sealer at a time.

    Posting never waits for it. The block's digest also goes into the audit trail, so that rewriting the books and
    their chain is not enough.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALING_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    last = SealedBlock.objects.order_by("-number").first()
    number, digest = (last.number + 1, last.digest) if last else (1, chain.GENESIS)
    told = queries.unsealed(from_entry=_floor(at), limit=LARGEST_BLOCK)
    if not told:
        return 0
    block = SealedBlock(number=number, entry_count=len(told), first_entry=told[0].pk, sealed_at=at)
    seals = []
    for place, entry in enumerate(told, 1):
        digest = chain.linked(entry.content, digest)
        seals.append(EntrySeal(entry_id=entry.pk, reference=entry.reference, block=block, place=place, digest=digest))
    block.digest = digest
    block.save(force_insert=True)
    EntrySeal.objects.bulk_create(seals)
    audit.record("ledger.sealed", subject=str(number), by="system", at=at, details={"digest": digest})
    return len(told)


def _floor(at: datetime) -> int:
    """Tell below which id every entry is sealed: commits come out of order, but no transaction stays open for a day."""
    settled = SealedBlock.objects.filter(sealed_at__lt=at - LONGEST_TRANSACTION).order_by("-number").first()
    return settled.first_entry if settled else 0
