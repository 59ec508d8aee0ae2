"""Bringing something out in editions: one person makes one, another approves it from a day on, the next replaces it.

Each kind is a model with columns in its own words; its operations are the doors, what stands here are inner steps.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self, TypeVar

from django.db import connection, models
from django.db.models import Case, F, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core import audit
from portal.core.badges import Badge
from portal.core.querysets import LockableQuerySet
from portal.core.refusals import Refusal, register
from portal.core.transitions import Transition, target_of


class Status(StrEnum):
    """How far an edition's approval has come; whether it is out follows from its dates."""

    DRAFT = "draft"
    APPROVED = "approved"
    DISCARDED = "discarded"


class Event(StrEnum):
    """What happens to an edition."""

    CHANGE = "change"
    APPROVE = "approve"
    DISCARD = "discard"
    END = "end"


WAITING: Final = frozenset({Status.DRAFT})
TRANSITIONS: Final = {
    Event.CHANGE: Transition(WAITING, Status.DRAFT),
    Event.APPROVE: Transition(WAITING, Status.APPROVED),
    Event.DISCARD: Transition(WAITING, Status.DISCARDED),
    Event.END: Transition(frozenset({Status.APPROVED}), Status.APPROVED),
}
DRAFT: Final = Badge(_("Draft"), "warning")
DISCARDED: Final = Badge(_("Discarded"), "neutral")
LATER: Final = Badge(_("Later"), "info")
IN_FORCE: Final = Badge(_("In force"), "success")
NOT_IN_FORCE: Final = Badge(_("Not in force"), "neutral")

register({"same_preparer": _("Whoever prepared this cannot approve it. Ask a colleague.")})


class EditionRefused(Refusal):
    """It contradicts itself, or another edition is in its way; ``field`` names the place, if there is one."""

    def __init__(self, code: str, *, field: str = "", **params: Any) -> None:
        super().__init__(code, **params)
        self.field = field


class SamePreparer(Refusal):
    """The second pair of eyes belongs to the first."""

    code = "same_preparer"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What is wrong with what an edition says, with parameters, and the field where it is mended."""

    code: str
    field: str
    params: Mapping[str, Any]


E = TypeVar("E", bound="Edition")
Contradictions = Callable[[E, date], Iterable[Contradiction]]  # on a day


class EditionQuerySet(LockableQuerySet[E]):
    """Editions, by where they stand."""

    def drafts(self) -> Self:
        """Those that wait for a second pair of eyes."""
        return self.filter(status=Status.DRAFT)

    def waiting_for(self, person: str) -> Self:
        """Those that wait for this person's eyes, because another made them."""
        return self.drafts().exclude(**{f"{self.model.MADE}_by": person})

    def out(self, on: date) -> Self:
        """Those that are out on a day."""
        since, until = self.model.SINCE, self.model.UNTIL
        return self.filter(Q(**{until: None}) | Q(**{f"{until}__gt": on}), **{f"{since}__lte": on})

    def listed(self) -> Self:
        """What waits for approval, then by code, the newest first."""
        return self.order_by(Case(When(status=Status.DRAFT, then=0), default=1), "code", "-version")


class Edition(models.Model):
    """One edition of something with a code; once approved, what it says is never changed."""

    AREA: ClassVar[str]  # of the audit trail
    WORD: ClassVar[str]  # with which its refusals begin
    LOCK: ClassVar[int]  # a code's first edition has no row yet that could be locked
    MADE: ClassVar[str]  # its columns: by whom and when it was made,
    SINCE: ClassVar[str]  # the first day on which it is out,
    UNTIL: ClassVar[str]  # and the first on which it is out no longer
    ENDING: ClassVar[str]  # what the audit trail calls ending it
    ENDS_BY_THE_NEXT: ClassVar[bool] = False  # once it is out, nothing else ends it
    OUT: ClassVar[Badge]
    OVER: ClassVar[Badge]

    objects: Any
    code = models.SlugField(_("code"), max_length=40)
    version = models.PositiveIntegerField()
    status = models.CharField(max_length=10, default=Status.DRAFT)
    approved_by = models.CharField(max_length=40, blank=True)
    approved_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def reference(self) -> str:
        """What people call this edition."""
        return f"{self.code}/{self.version}"

    @property
    def made_by(self) -> str:
        """Name who made it, or changed it last."""
        return str(getattr(self, f"{self.MADE}_by"))

    @property
    def since(self) -> Any:
        """Tell the first day on which it is out; None before it is approved."""
        return getattr(self, self.SINCE)

    @property
    def until(self) -> Any:
        """Tell the first day on which it is out no longer, if there is one."""
        return getattr(self, self.UNTIL)

    @classmethod
    def says(cls) -> tuple[str, ...]:
        """Name the fields that hold what an edition says; the others hold where it stands."""
        return tuple(each.name for each in cls._meta.concrete_fields if each.name not in cls._standing())

    @classmethod
    def _standing(cls) -> set[str]:
        made = {f"{cls.MADE}_by", f"{cls.MADE}_at", "approved_by", "approved_at"}
        return {"id", "code", "version", "status", cls.SINCE, cls.UNTIL} | made

    @classmethod
    def last_before(cls) -> int:
        """Tell the last version from before editions were kept here."""
        return 0

    def content(self) -> dict[str, Any]:
        """Give what one person makes and another approves, field by field."""
        return {name: getattr(self, name) for name in self.says()}

    def told(self) -> dict[str, Any]:
        """Tell the audit trail what identifies its content."""
        return {}

    def is_over(self, on: date) -> bool:
        """Tell whether it is out no longer on a day; one that was ended before its day never is."""
        return self.until is not None and self.until <= max(on, self.since)

    def state_on(self, on: date) -> Badge:
        """Say where it stands on a day."""
        if self.status != Status.APPROVED:
            return DRAFT if self.status == Status.DRAFT else DISCARDED
        if self.is_over(on):
            return self.OVER
        return LATER if self.since > on else self.OUT

    def may_end(self, on: date) -> bool:
        """Tell whether ending it on a day would change anything; the next edition may end it on a later one."""
        is_open = self.since is not None and (self.until is None or self.until > max(on, self.since))
        return is_open and not (self.ENDS_BY_THE_NEXT and self.since <= on)


def constraints(*names: str, made: str, since: str, until: str) -> list[models.BaseConstraint]:
    """Let the database judge the editions of a kind; the names are its seven sentences, in this order."""
    written_once, one_is_out, one_draft, is_known, two_pairs_of_eyes, approved_first, ends_after = names
    return [
        models.UniqueConstraint(fields=["code", "version"], name=written_once),
        models.UniqueConstraint(fields=["code"], condition=Q(status=Status.APPROVED, **{until: None}), name=one_is_out),
        models.UniqueConstraint(fields=["code"], condition=Q(status=Status.DRAFT), name=one_draft),
        models.CheckConstraint(condition=Q(status__in=[status.value for status in Status]), name=is_known),
        models.CheckConstraint(condition=~Q(approved_by=F(f"{made}_by")), name=two_pairs_of_eyes),
        models.CheckConstraint(
            condition=Q(status=Status.APPROVED, approved_at__isnull=False, **{f"{since}__isnull": False})
            & ~Q(approved_by="")
            | ~Q(status=Status.APPROVED) & Q(approved_by="", **{since: None, until: None}),
            name=approved_first,
        ),
        models.CheckConstraint(condition=Q(**{until: None}) | Q(**{f"{until}__gte": F(since)}), name=ends_after),
    ]


def make(
    kind: type[E],
    code: str,
    content: Mapping[str, Any],
    *,
    contradictions: Contradictions[E],
    is_new: bool,
    by: str,
    at: datetime,
) -> E:
    """Make the next edition, or the first one alone; it is out once another person has approved it."""
    _lock(kind)
    editions = kind.objects.filter(code=code)
    if editions.drafts().exists():
        raise EditionRefused(f"{kind.WORD}_draft_open", field="code")
    if is_new and editions.exists():
        raise EditionRefused(f"{kind.WORD}_code_taken", field="code")
    newest = max(editions.values_list("version", flat=True), default=kind.last_before())
    edition = kind(code=code, version=newest + 1)
    _fill(edition, content, contradictions, by=by, at=at)
    edition.save(force_insert=True)
    _record(kind.MADE, edition, by=by, at=at)
    return edition


def change(edition: E, content: Mapping[str, Any], *, contradictions: Contradictions[E], by: str, at: datetime) -> None:
    """Change what waits for approval; whoever changed it last cannot approve it."""
    _move(edition, Event.CHANGE)
    _fill(edition, content, contradictions, by=by, at=at)
    edition.save()
    _record("changed", edition, by=by, at=at)


def discard(edition: Edition, *, by: str, at: datetime) -> None:
    """Drop an edition that waits for approval."""
    _move(edition, Event.DISCARD)
    edition.save(update_fields=["status"])
    _record("discarded", edition, by=by, at=at)


def check_approving(edition: Edition, *, by: str) -> None:
    """Lock an edition for its approval; whoever made it cannot approve it."""
    _lock(type(edition))
    _move(edition, Event.APPROVE)
    if by == edition.made_by:
        raise SamePreparer


def bring_out(edition: Edition, *, since: date, by: str, at: datetime) -> None:
    """Let an edition that was checked be out from a day on, and the one before no longer."""
    if since < timezone.localtime(at).date():
        raise EditionRefused(f"{edition.WORD}_day_passed", field=edition.SINCE)
    standing = type(edition).objects.filter(code=edition.code, status=Status.APPROVED)
    if before := standing.filter(**{edition.UNTIL: None}).first():
        if since < before.since:
            raise EditionRefused(f"{edition.WORD}_before_the_one_before", field=edition.SINCE, day=before.since)
        _end(before, since)
    edition.approved_by, edition.approved_at = by, at
    setattr(edition, edition.SINCE, since)
    edition.save(update_fields=["status", "approved_by", "approved_at", edition.SINCE])
    _record("approved", edition, by=by, at=at, **{edition.SINCE: since})


def end(edition: Edition, *, on: date, by: str, at: datetime) -> None:
    """Let an edition be out no longer from a day on. Ended again, nothing changes.

    One whose day has not come is never out: what is out until that day stays, until the next one after.
    """
    _lock(type(edition))
    _move(edition, Event.END)
    if not edition.may_end(on):
        return
    next_since = edition.until
    _end(edition, max(on, edition.since))
    if edition.since > on:
        before = type(edition).objects.filter(code=edition.code, **{edition.UNTIL: edition.since})
        before.filter(**{f"{edition.SINCE}__lt": edition.since}).update(**{edition.UNTIL: next_since})
    _record(edition.ENDING, edition, by=by, at=at, **{edition.UNTIL: edition.until})


def _move(edition: Edition, event: Event) -> None:
    edition.refresh_from_db(from_queryset=type(edition).objects.locked())
    edition.status = target_of(TRANSITIONS, event, edition.status)


def _record(verb: str, edition: Edition, *, by: str, at: datetime, **details: Any) -> None:
    told = edition.told() | details
    audit.record(f"{edition.AREA}.{verb}", subject=edition.reference, by=by, at=at, details=told)


def _lock(kind: type[Edition]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [kind.LOCK])


def _fill(edition: E, content: Mapping[str, Any], contradictions: Contradictions[E], *, by: str, at: datetime) -> None:
    assert set(content) <= {"code", *edition.says()}, content
    for name, value in {**content, f"{edition.MADE}_by": by, f"{edition.MADE}_at": at}.items():
        setattr(edition, name, value)
    edition.clean_fields(exclude=edition._standing() - {"code"})  # noqa: SLF001 - of this file
    for found in contradictions(edition, timezone.localtime(at).date()):
        raise EditionRefused(found.code, field=found.field, **found.params)


def _end(edition: Edition, day: date) -> None:
    setattr(edition, edition.UNTIL, day)
    edition.save(update_fields=[edition.UNTIL])
