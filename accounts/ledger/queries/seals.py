"""Whether the books still say what they said when they were sealed."""

from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.db.models import IntegerField, Max
from django.db.models.functions import Cast

from accounts.ledger import chain
from accounts.ledger.models import Chain, ChainCheck, SealedBlock
from portal.core.models import AuditEvent

# All that an entry and its postings say, as canonical text: what the chain of seals is made of.
CONTENT: Final = """
jsonb_build_array(entry.id, entry.reference, entry.key, entry.fingerprint, entry.event, entry.subject, entry.text,
    entry.effective_date, to_char(entry.posted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), entry.by,
    entry.line_count, entry.reverses_id, (
        SELECT jsonb_agg(jsonb_build_array(posting.id, posting.line_number, posting.ledger_account_id,
            posting.direction, posting.amount::text, posting.effective_date) ORDER BY posting.id)
        FROM accounts_posting posting WHERE posting.entry_id = entry.id))::text"""
UNSEALED: Final = f"""
SELECT entry.id, entry.reference, {CONTENT} FROM accounts_journalentry entry
WHERE entry.id >= %s AND NOT EXISTS (SELECT FROM accounts_entryseal seal WHERE seal.entry_id = entry.id)
ORDER BY entry.id LIMIT %s"""  # noqa: S608 - our own text
SEALED: Final = f"""
SELECT seal.block_id, seal.place, seal.reference, seal.digest,
    CASE WHEN entry.reference = seal.reference THEN {CONTENT} END
FROM accounts_entryseal seal LEFT JOIN accounts_journalentry entry ON entry.id = seal.entry_id
WHERE seal.block_id BETWEEN %s AND %s ORDER BY seal.block_id, seal.place"""  # noqa: S608 - our own text
# What a block says of itself, and whether the audit trail was first told the same. Moments are compared here, because
# a forged one may be none that Python knows.
BLOCKS: Final = """
SELECT block.number, block.entry_count, block.digest, coalesce(
    block.digest = told.details->>'digest' AND block.sealed_at = told.at AND block.first_entry = (
        SELECT min(seal.entry_id) FROM accounts_entryseal seal WHERE seal.block_id = block.number), false)
FROM accounts_sealedblock block LEFT JOIN LATERAL (
    SELECT event.details, event.at FROM core_auditevent event
    WHERE event.verb = 'ledger.sealed' AND event.subject = block.number::text ORDER BY event.id LIMIT 1) told ON true
WHERE block.number BETWEEN %s AND %s"""
BLOCKS_AT_ONCE: Final = 20
A_NUMBER: Final = r"^[1-9][0-9]{0,8}$"


@dataclass(frozen=True)
class EntryContent:
    """What an entry says, for its seal."""

    pk: int
    reference: str
    content: str


def unsealed(*, from_entry: int, limit: int) -> list[EntryContent]:
    """List entries that are not sealed yet, in the order of their ids."""
    with connection.cursor() as cursor:
        cursor.execute(UNSEALED, [from_entry, limit])
        return [EntryContent(*row) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Broken:
    """Where the chain breaks: which block, which place in it, and the entry, as far as it can still be named."""

    block: int
    place: int
    reference: str


def first_broken() -> Broken | None:
    """Recompute the chain; name the first entry that was altered or removed, or none.

    Each block is compared with what the audit trail was first told of it, lest the chain be written anew; an event that
    tells of a block that cannot be is named behind the last. What is sealed while this reads is left to the next time.
    """
    events = AuditEvent.objects.filter(verb="ledger.sealed")
    told = events.filter(subject__regex=A_NUMBER).aggregate(last=Max(Cast("subject", IntegerField())))["last"] or 0
    last = max(told, SealedBlock.objects.aggregate(last=Max("number"))["last"] or 0)
    digest = chain.GENESIS
    for first in range(1, last + 1, BLOCKS_AT_ONCE):
        numbers = range(first, min(first + BLOCKS_AT_ONCE, last + 1))
        blocks = _blocks(numbers)
        links = iter(_links(numbers))
        for number in numbers:
            block = blocks.get(number)
            if block is None:
                return Broken(number, 1, "")
            link = None
            for place in range(1, block.entry_count + 1):
                link = next(links, None)
                if link is None or (link.block, link.place) != (number, place):
                    return Broken(number, place, "")
                digest = chain.linked(link.content or "", digest)
                if digest != link.digest:
                    return Broken(number, place, link.reference)
            if digest != block.digest or not block.was_told:
                return Broken(number, block.entry_count, link.reference if link else "")
    forged = events.exclude(subject__regex=A_NUMBER).order_by("pk").values_list("pk", flat=True).first()
    return Broken(last + 1, 1, f"event {forged}") if forged else None


@dataclass(frozen=True)
class _Block:
    number: int
    entry_count: int
    digest: str
    was_told: bool


def _blocks(numbers: range) -> dict[int, _Block]:
    with connection.cursor() as cursor:
        cursor.execute(BLOCKS, [numbers[0], numbers[-1]])
        return {row[0]: _Block(*row) for row in cursor.fetchall()}


@dataclass(frozen=True)
class _Link:
    block: int
    place: int
    reference: str
    digest: str
    content: str | None


def _links(blocks: range) -> list[_Link]:
    with connection.cursor() as cursor:
        cursor.execute(SEALED, [blocks[0], blocks[-1]])
        return [_Link(*row) for row in cursor.fetchall()]


def chain_checks() -> list[ChainCheck]:
    """Tell when each chain was last read, and what came of it."""
    return list(ChainCheck.objects.filter(chain__in=Chain).order_by("chain", "-checked_on").distinct("chain"))
