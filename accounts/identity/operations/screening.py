"""Watchlists held against the book, and what people say of the hits."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import (
    Enterprise,
    HitRuling,
    HitStatus,
    Screening,
    User,
    Watchlist,
    WatchlistHit,
)
from accounts.identity.queries import ever_acted_for
from accounts.identity.queries import screening as queries
from portal.core import audit, jobs
from portal.core.refusals import Refusal, register

BATCH: Final = 2_000

register(
    {
        "ruling_without_reason": _("Say why, so that somebody else can follow it."),
        "ruling_on_own": _("This is your own enterprise. A colleague has to say."),
        "ruling_unknown": _("Choose one of the answers."),
        "ruling_repeated": _("This was said before, and nothing has changed."),
    }
)


class RulingRefused(Refusal):
    """The ruling says too little, or is not this person's to make."""

    code = "ruling_without_reason"


def ask_to_screen(enterprise: Enterprise, *, at: datetime) -> None:
    """Promise to hold an enterprise's names against the lists: they changed. An inner step."""
    jobs.ask("identity.screen", enterprise.reference, at=at)


def ask_to_screen_new(enterprises: Sequence[Enterprise], *, at: datetime) -> None:
    """Promise to hold the names of enterprises that are new against the lists. An inner step."""
    jobs.ask_new("identity.screen", [each.reference for each in enterprises], at=at)


@transaction.atomic(durable=True)
def screen(references: Sequence[str], *, at: datetime) -> int:
    """Hold the names of enterprises against the newest lists where either changed; tell how many new hits there are.

    :param references: the enterprises'.
    """
    return bring_up_to_date(Enterprise.objects.filter(reference__in=references), at=at)


def bring_up_to_date(enterprises: Iterable[Enterprise], *, at: datetime) -> int:
    """Screen the enterprises whose names or whose lists changed since they were screened; an inner step.

    Two at once find the same hits, and the database keeps each once; both write in the order of keys, so that neither
    waits for the other in a circle.
    """
    assert connection.in_atomic_block, "a screening belongs to the transaction that needs it"
    lists = queries.newest_lists()
    subjects = queries.subjects_of([enterprise.pk for enterprise in enterprises])
    digests = {pk: queries.digest_of(told) for pk, told in subjects.items()}
    lists_digest = queries.lists_digest(lists)
    done = Screening.objects.filter(enterprise__in=subjects, lists_digest=lists_digest)
    kept = dict(done.values_list("enterprise_id", "subjects_digest"))
    stale = sorted(pk for pk in subjects if kept.get(pk) != digests[pk])
    if not stale or not lists:
        return 0
    shelf = queries.shelf_of(tuple(sorted(each.pk for each in lists)))
    found = [_hit(subject, shelf, key, score, at=at) for pk in stale for subject in subjects[pk]
             for key, score in shelf.register.alike(subject.name, subject.birth_year).items()]  # fmt: skip
    new = _keep_new(found, at=at)
    states = [
        Screening(enterprise_id=pk, lists_digest=lists_digest, subjects_digest=digests[pk], screened_at=at)
        for pk in stale
    ]
    columns = ["lists_digest", "subjects_digest", "screened_at"]
    Screening.objects.bulk_create(
        states, update_conflicts=True, unique_fields=["enterprise"], update_fields=columns, batch_size=BATCH
    )
    return new


def _hit(subject: queries.Subject, shelf: queries.Shelf, key: int, score: int, *, at: datetime) -> WatchlistHit:
    line = shelf.lines[key]
    return WatchlistHit(
        enterprise_id=subject.enterprise_id,
        entry_id=key,
        entry_fingerprint=line.fingerprint,
        kind=line.kind,
        subject_kind=subject.kind,
        subject_name=subject.name,
        subject_birth_year=subject.birth_year,
        subject_key=subject.key,
        score=score,
        found_at=at,
    )


def _keep_new(found: list[WatchlistHit], *, at: datetime) -> int:
    """Keep the hits that were not known: what was ruled on a line that still says the same stands."""
    known = set(
        WatchlistHit.objects.filter(enterprise__in={hit.enterprise_id for hit in found}).values_list(
            "enterprise_id", "subject_key", "entry_fingerprint"
        )
    )
    new = {
        place: hit
        for hit in found
        if (place := (hit.enterprise_id, hit.subject_key, hit.entry_fingerprint)) not in known
    }
    WatchlistHit.objects.bulk_create(new.values(), ignore_conflicts=True, batch_size=BATCH)
    if new:
        details = {"hits": [hit.reference for hit in new.values()]}
        audit.record("identity.watchlist_hits_found", subject="watchlists", by=None, at=at, details=details)
    return len(new)


@transaction.atomic(durable=True)
def note_screened(watchlist: Watchlist, *, at: datetime) -> None:
    """Write down that the whole book was held against a list."""
    Watchlist.objects.filter(pk=watchlist.pk, screened_at=None).update(screened_at=at)


@transaction.atomic(durable=True)
def rule_on_hit(hit: WatchlistHit, *, outcome: str, reason: str, by: User, at: datetime) -> HitRuling:
    """Say whether a hit is the same person or enterprise; said again, the newest counts and the others stay.

    :param outcome: ``"cleared"``: another one; ``"confirmed"``: the same.
    :raises RulingRefused: without a reason, by a member of the enterprise, or when it says what stands already.
    """
    hit.refresh_from_db(from_queryset=WatchlistHit.objects.locked())
    if outcome not in {HitStatus.CLEARED, HitStatus.CONFIRMED}:
        raise RulingRefused("ruling_unknown")
    if not reason.strip():
        raise RulingRefused
    if hit.status == outcome:
        raise RulingRefused("ruling_repeated")
    if ever_acted_for(hit.enterprise, person=by.reference):
        raise RulingRefused("ruling_on_own")
    ruling: HitRuling = HitRuling.objects.create(hit=hit, outcome=outcome, reason=reason.strip(), by=by, at=at)
    hit.status = outcome
    hit.save(update_fields=["status"])
    audit.record(f"identity.hit_{outcome}", subject=hit.reference, by=by.reference, at=at)
    return ruling
