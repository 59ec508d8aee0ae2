"""Checking the books against their postings and both chains of seals, and remembering what came of it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from accounts.identity import operations as identity
from accounts.identity.models import Role, StaffPost
from accounts.ledger import queries
from accounts.ledger.chain import GENESIS
from accounts.ledger.models import BookCheck, Chain, ChainCheck, SealedBlock
from portal.core import audit
from portal.core.models import AuditSeal

NAMED_AT_MOST: Final = 20


@transaction.atomic(durable=True)
def check_books(*, at: datetime) -> list[queries.Discrepancy]:
    """Recompute everything from the postings, keep how many differences there are, and tell them to the audit trail."""
    found = queries.discrepancies()
    BookCheck.objects.create(checked_at=at, difference_count=len(found))
    if found:
        told = [f"{each.kind} {each.subject}: {each.kept} / {each.recomputed}" for each in found[:NAMED_AT_MOST]]
        audit.record("ledger.books_wrong", subject=f"{at:%Y-%m-%d}", by="system", at=at, details={"differences": told})
        alarm("books_wrong", at=at)
    return found


@transaction.atomic(durable=True)
def check_chain(chain: Chain, *, on: date, at: datetime) -> ChainCheck:
    """Read a chain from its beginning, and hold it against what it was the night before; once a night.

    Where it breaks, administrators and auditors are told, and the audit trail.
    """
    done = ChainCheck.objects.filter(chain=chain, checked_on=on).first()
    if done:
        return done
    newest = _newest(chain)
    broken = _break_in(chain)
    earlier = ChainCheck.objects.filter(chain=chain, is_whole=True, through__gt=0).order_by("-checked_on")
    before = earlier.values_list("through", "digest").first()
    if broken is None and before and _digest(chain, before[0]) != before[1]:
        broken = (before[0], "")
    through = min(newest, broken[0] - 1) if broken else newest
    check = ChainCheck.objects.create(
        chain=chain,
        checked_on=on,
        checked_at=at,
        through=through,
        digest=_digest(chain, through),
        is_whole=broken is None,
        broken_at=broken[1] if broken else "",
    )
    if broken:
        details = {"through": through, "broken_at": check.broken_at}
        audit.record("ledger.chain_broken", subject=str(chain), by="system", at=at, details=details)
        alarm("chain_broken", at=at)
    return check


def _break_in(chain: Chain) -> tuple[int, str] | None:
    """Tell at which block or event a chain breaks, and name what stands there."""
    if chain == Chain.TRAIL:
        altered = audit.first_altered()
        return (altered.sequence, str(altered.event_id or "")) if altered else None
    broken = queries.first_broken()
    return (broken.block, broken.reference) if broken else None


def _newest(chain: Chain) -> int:
    links = AuditSeal.objects.order_by("-sequence").values_list("sequence", flat=True)
    blocks = SealedBlock.objects.order_by("-number").values_list("number", flat=True)
    return (links if chain == Chain.TRAIL else blocks).first() or 0


def _digest(chain: Chain, through: int) -> str:
    """Look up the digest of a block or event; that of none is where the chain begins."""
    links = AuditSeal.objects.filter(sequence=through).values_list("digest", flat=True)
    blocks = SealedBlock.objects.filter(number=through).values_list("digest", flat=True)
    return (links if chain == Chain.TRAIL else blocks).first() or GENESIS


def alarm(code: str, *, at: datetime, params: Mapping[str, Any] | None = None) -> None:
    """Tell administrators and auditors what a night found wrong in the books, or beside them; an inner step."""
    posts = StaffPost.objects.filter(role__in=(Role.ADMINISTRATOR, Role.AUDITOR), ended_at=None)
    identity.tell_staff(posts, code, params=params or {}, at=at)
