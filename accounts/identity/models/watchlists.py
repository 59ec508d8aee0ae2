"""Lists of names with which a bank may not lightly do business, where they meet our customers, and what was ruled."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.identity.models.enterprises import Enterprise
from accounts.identity.models.people import User
from accounts.identity.watchlist_states import ON_ITS_WAY, UploadStatus
from portal.core.badges import State, Tones
from portal.core.models import StoredFile
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference


class ListKind(models.TextChoices):
    """What it means to be on a list."""

    SANCTIONS = "sanctions", _("Sanctions")
    PEP = "pep", _("Politically exposed")


def _watchlist_reference() -> str:
    return new_reference("N")


class Watchlist(models.Model):
    """A version of a list, as its file was; versions are kept, the newest of a name is screened by."""

    reference = models.CharField(max_length=20, unique=True, default=_watchlist_reference, editable=False)
    name = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    as_of = models.DateField()
    sha256 = models.CharField(max_length=64)
    entry_count = models.PositiveIntegerField()
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=40)
    screened_at = models.DateTimeField(null=True)  # when the whole book had been held against it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="watchlist_version_is_loaded_once"),
            models.CheckConstraint(condition=models.Q(entry_count__gt=0), name="watchlist_has_entries"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


def _upload_reference() -> str:
    return new_reference("WF")


class WatchlistUpload(models.Model):
    """A list's file that one person brought and another has loaded: what it holds, and what it changes."""

    reference = models.CharField(max_length=20, unique=True, default=_upload_reference, editable=False)
    name = models.CharField(_("list"), max_length=40)
    as_of = models.DateField(_("as of"))
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT)
    status = models.CharField(max_length=10, choices=UploadStatus.choices, default=UploadStatus.READING)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    entry_count = models.PositiveIntegerField(null=True)
    new_count = models.PositiveIntegerField(null=True)  # lines that the newest version does not have, or has otherwise
    gone_count = models.PositiveIntegerField(null=True)  # lines of the newest version that are not in the file
    problem = models.CharField(max_length=40, blank=True)  # the code of a refusal
    problem_params = models.JSONField(default=dict)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    watchlist = models.OneToOneField(Watchlist, on_delete=models.PROTECT, null=True)

    objects = models.Manager.from_queryset(LockableQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=UploadStatus.values), name="upload_status_is_known"),
            models.CheckConstraint(
                condition=~models.Q(status=UploadStatus.REFUSED) | ~models.Q(problem=""),
                name="refused_watchlist_file_says_why",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=[UploadStatus.LOADING, UploadStatus.LOADED])
                | (models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("uploaded_by"))),
                name="watchlist_file_is_loaded_by_four_eyes",
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(status__in=sorted(ON_ITS_WAY)),
                name="watchlist_has_one_file_on_its_way",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    badge = State(UploadStatus)


class WatchlistEntry(models.Model):
    """A line of a list: a name, its other spellings, and what tells its bearer from others."""

    watchlist = models.ForeignKey(Watchlist, on_delete=models.PROTECT, related_name="entries")
    reference = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=ListKind.choices)
    name = models.CharField(max_length=200)
    aliases = models.JSONField(default=list)
    birth_year = models.PositiveSmallIntegerField(null=True)
    country = models.CharField(max_length=60, blank=True)
    forms = models.JSONField()  # the spellings by which it is compared, as `names.py` writes them
    fingerprint = models.CharField(max_length=64)  # equal in every version in which the line says the same

    class Meta:
        verbose_name_plural = "watchlist entries"
        constraints = [
            models.UniqueConstraint(fields=["watchlist", "reference"], name="watchlist_names_an_entry_once"),
            models.CheckConstraint(condition=models.Q(kind__in=ListKind.values), name="watchlist_entry_kind_is_known"),
        ]

    def __str__(self) -> str:
        return self.name


class SubjectKind(models.TextChoices):
    """Who of an enterprise was compared."""

    ENTERPRISE = "enterprise", _("The enterprise")
    MEMBER = "member", _("Acts for it")
    BENEFICIAL_OWNER = "beneficial_owner", _("Beneficial owner")
    RELATED_PARTY = "related_party", _("Related party")


class HitStatus(models.TextChoices):
    """What is known of a hit."""

    OPEN = "open", _("Waits for a ruling")
    CLEARED = "cleared", _("Cleared")
    CONFIRMED = "confirmed", _("Confirmed")

    tone = Tones(open="warning", cleared="success", confirmed="danger")


def _hit_reference() -> str:
    return new_reference("H")


class WatchlistHitQuerySet(LockableQuerySet["WatchlistHit"]):
    """Which hits one may see."""

    def visible_to(self, user: Any) -> WatchlistHitQuerySet:
        """Show staff those of the enterprises they see, and customers none: they must not be warned."""
        if not user.serves_customers:
            return self.none()
        return self.filter(enterprise__in=Enterprise.objects.visible_to(user))


class WatchlistHit(models.Model):
    """A name of an enterprise is like a name on a list; a person says whether it is the same one."""

    reference = models.CharField(max_length=20, unique=True, default=_hit_reference, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="watchlist_hits")
    entry = models.ForeignKey(WatchlistEntry, on_delete=models.PROTECT, related_name="hits")
    entry_fingerprint = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, choices=ListKind.choices)
    subject_kind = models.CharField(max_length=20, choices=SubjectKind.choices)
    subject_name = models.CharField(max_length=120)
    subject_birth_year = models.PositiveSmallIntegerField(null=True)
    subject_key = models.CharField(max_length=64)
    score = models.PositiveSmallIntegerField()  # how alike, 100 is the same
    status = models.CharField(max_length=10, choices=HitStatus.choices, default=HitStatus.OPEN)
    found_at = models.DateTimeField()

    objects = models.Manager.from_queryset(WatchlistHitQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "subject_key", "entry_fingerprint"], name="watchlist_hit_is_found_once"
            ),
            models.CheckConstraint(condition=models.Q(status__in=HitStatus.values), name="hit_status_is_known"),
            models.CheckConstraint(condition=models.Q(score__lte=100), name="hit_score_is_at_most_a_hundred"),
        ]
        indexes = [
            models.Index(fields=["found_at"], condition=models.Q(status=HitStatus.OPEN), name="watchlist_hits_open")
        ]

    def __str__(self) -> str:
        return self.reference

    badge = State(HitStatus)


class HitRuling(models.Model):
    """A person cleared or confirmed a hit, and said why; the newest counts, the others stay."""

    hit = models.ForeignKey(WatchlistHit, on_delete=models.PROTECT, related_name="rulings")
    outcome = models.CharField(max_length=10, choices=HitStatus.choices)
    reason = models.TextField(_("why"), max_length=2000)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=[HitStatus.CLEARED, HitStatus.CONFIRMED]), name="ruling_decides_a_hit"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="ruling_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.hit}: {self.outcome}"


class Screening(models.Model):
    """Until when an enterprise's names were held against the lists, and which names and lists these were."""

    enterprise = models.OneToOneField(Enterprise, on_delete=models.PROTECT, related_name="screening")
    lists_digest = models.CharField(max_length=64)
    subjects_digest = models.CharField(max_length=64)
    screened_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.enterprise)
