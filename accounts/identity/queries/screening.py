"""Questions of screening: whose names, which lists, what was found."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.identity import names
from accounts.identity.models import (
    BeneficialOwner,
    Enterprise,
    FormerName,
    HitStatus,
    ListKind,
    Membership,
    RelatedParty,
    Screening,
    SubjectKind,
    User,
    Watchlist,
    WatchlistEntry,
    WatchlistHit,
    WatchlistUpload,
)
from accounts.identity.watchlist_states import UploadStatus
from portal.core.idempotency import fingerprint_of

TOGETHER: Final = 500  # enterprises that are screened at once


@dataclass(frozen=True, slots=True)
class Subject:
    """A name of an enterprise that is held against the lists."""

    enterprise_id: int
    kind: str
    name: str
    birth_year: int | None

    @property
    def key(self) -> str:
        """What a ruling on this name is remembered by: the same name in another part of the enterprise is the same.

        By two of its forms, as those were that a name had when the first rulings were remembered.
        """
        return fingerprint_of([sorted(names.forms(self.name)[:2]) or self.name, self.birth_year])


def subjects_of(enterprises: Sequence[int]) -> dict[int, list[Subject]]:
    """Gather enterprises' names in six queries: theirs and their members' of now and before, and their parties'."""
    asked: dict[int, list[Subject]] = {pk: [] for pk in enterprises}
    members = Membership.objects.acting().filter(enterprise__in=asked)
    sources: list[tuple[str, Iterable[tuple[int, str, int | None]]]] = [
        (SubjectKind.ENTERPRISE, _with_year(Enterprise.objects.filter(pk__in=asked), "pk", "legal_name")),
        (SubjectKind.ENTERPRISE, _with_year(FormerName.objects.filter(enterprise__in=asked), "enterprise_id", "name")),
        (
            SubjectKind.MEMBER,
            _with_year(members, "enterprise_id", "user__full_name"),
        ),
        (
            SubjectKind.MEMBER,
            _with_year(members.filter(user__former_names__isnull=False), "enterprise_id", "user__former_names__name"),
        ),
        (SubjectKind.BENEFICIAL_OWNER, _parties(BeneficialOwner, asked)),
        (SubjectKind.RELATED_PARTY, _parties(RelatedParty, asked)),
    ]
    for kind, rows in sources:
        for enterprise_id, name, birth_year in rows:
            asked[enterprise_id].append(Subject(enterprise_id, kind, name, birth_year))
    return asked


def _with_year(rows: QuerySet[Any], key: str, name: str) -> list[tuple[int, str, None]]:
    return [(enterprise_id, told, None) for enterprise_id, told in rows.values_list(key, name)]


def _parties(model: type[BeneficialOwner | RelatedParty], enterprises: Iterable[int]) -> Iterable[Any]:
    rows = model.objects.current().filter(enterprise__in=list(enterprises))
    found: Iterable[Any] = rows.values_list("enterprise_id", "name", "birth_year")
    return found


def digest_of(subjects: Iterable[Subject]) -> str:
    """Digest an enterprise's names, so that a changed one is noticed."""
    return fingerprint_of(sorted([each.kind, each.name, each.birth_year or 0] for each in subjects))


def newest_lists() -> list[Watchlist]:
    """List the newest version of every list."""
    return list(Watchlist.objects.order_by("name", "-version").distinct("name"))


def kinds_of(lists: Iterable[Watchlist]) -> dict[str, str]:
    """Say what it means to be on each list, by its name: what the kinds of its lines are, in words."""
    told = WatchlistEntry.objects.filter(watchlist__in=lists).order_by("watchlist__name", "-kind")
    kinds: dict[str, list[str]] = {}
    for name, kind in told.values_list("watchlist__name", "kind").distinct():
        kinds.setdefault(name, []).append(str(ListKind(kind).label))
    return {name: _(", ").join(each) for name, each in kinds.items()}


def versions() -> QuerySet[Watchlist]:
    """List every version of every list, the newest first, with the file and the two people that it came by."""
    related = ("watchlistupload__uploaded_by", "watchlistupload__decided_by")
    return Watchlist.objects.select_related(*related).order_by("-loaded_at", "-pk")


def brought() -> QuerySet[WatchlistUpload]:
    """List the files that became no list, or not yet, the newest first."""
    found = WatchlistUpload.objects.exclude(status=UploadStatus.LOADED)
    return found.select_related("file", "uploaded_by", "decided_by").order_by("-pk")


def lists_digest(lists: Iterable[Watchlist]) -> str:
    """Digest which versions of which lists hold."""
    return fingerprint_of(sorted([each.name, each.version] for each in lists))


@dataclass(frozen=True, slots=True)
class ShelfLine:
    """What a hit keeps of an entry."""

    kind: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """The lists laid out for comparison."""

    register: names.Register
    lines: dict[int, ShelfLine]


@lru_cache(maxsize=2)
def shelf_of(lists: tuple[int, ...]) -> Shelf:
    """Lay out versions of lists; they never change, so a process does it once."""
    rows = WatchlistEntry.objects.filter(watchlist__in=lists).order_by("pk")
    bearers, lines = [], {}
    for pk, written, birth_year, kind, fingerprint in rows.values_list(
        "pk", "forms", "birth_year", "kind", "fingerprint"
    ):
        bearers.append(names.Bearer(pk, written, birth_year))
        lines[pk] = ShelfLine(kind, fingerprint)
    return Shelf(names.Register.of(bearers), lines)


def book() -> list[str]:
    """Name all enterprises."""
    return list(Enterprise.objects.order_by("pk").values_list("reference", flat=True))


@dataclass(frozen=True, slots=True)
class HitCounts:
    """What the newest lists say of an enterprise; None: it was not held against them yet, or there are none."""

    open: int | None
    sanctions_confirmed: int | None
    pep_confirmed: int | None


def hits_on(enterprise: Enterprise) -> HitCounts:
    """Count the open and the confirmed hits."""
    lists = newest_lists()
    screened = Screening.objects.filter(enterprise=enterprise, lists_digest=lists_digest(lists)).first()
    if not lists or screened is None:
        return HitCounts(None, None, None)
    confirmed = Q(status=HitStatus.CONFIRMED)
    counts = WatchlistHit.objects.filter(enterprise=enterprise).aggregate(
        open=Count("pk", filter=Q(status=HitStatus.OPEN)),
        sanctions=Count("pk", filter=confirmed & Q(kind=ListKind.SANCTIONS)),
        pep=Count("pk", filter=confirmed & Q(kind=ListKind.PEP)),
    )
    return HitCounts(counts["open"], counts["sanctions"], counts["pep"])


def stands_in_the_way(enterprise: Enterprise) -> bool:
    """Tell whether a hit on the enterprise is open or a sanction is confirmed: nothing is lent to it now."""
    bars = Q(status=HitStatus.OPEN) | Q(status=HitStatus.CONFIRMED, kind=ListKind.SANCTIONS)
    return bool(WatchlistHit.objects.filter(bars, enterprise=enterprise).exists())


def hits(user: User, *, status: str = HitStatus.OPEN) -> QuerySet[WatchlistHit]:
    """List the hits that a member of staff may see, the longest known first."""
    seen = WatchlistHit.objects.visible_to(user).filter(status=status)
    return seen.select_related("enterprise__branch", "entry__watchlist").order_by("found_at", "pk")


def hits_of(enterprise: Enterprise) -> list[WatchlistHit]:
    """List an enterprise's hits, the open ones first."""
    by_status: dict[str, list[WatchlistHit]] = defaultdict(list)
    rows = WatchlistHit.objects.filter(enterprise=enterprise).select_related("entry__watchlist").order_by("pk")
    for hit in rows:
        by_status[hit.status].append(hit)
    return [hit for status in (HitStatus.OPEN, HitStatus.CONFIRMED, HitStatus.CLEARED) for hit in by_status[status]]
