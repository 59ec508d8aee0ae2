"""Scorecards, policies and industry standards, each approved by two people, and what an enterprise owes the bank."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Consent, Enterprise
from portal.core.badges import State, Tones
from portal.core.language import localized
from portal.core.querysets import LockableQuerySet
from portal.core.transitions import Transition


class RuleStatus(models.TextChoices):
    """How far a scorecard, a policy or an edition of standards has come."""

    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved")
    ACTIVE = "active", _("Active")
    RETIRED = "retired", _("Retired")
    DISCARDED = "discarded", _("Discarded")

    tone = Tones(approved="info", active="success")


class RuleEvent(models.TextChoices):
    """What happens to rules."""

    APPROVE = "approve", _("Approve")
    ACTIVATE = "activate", _("Activate")
    DISCARD = "discard", _("Discard")


TRANSITIONS: dict[RuleEvent, Transition] = {
    RuleEvent.APPROVE: Transition(frozenset({RuleStatus.DRAFT}), RuleStatus.APPROVED),
    RuleEvent.ACTIVATE: Transition(frozenset({RuleStatus.APPROVED}), RuleStatus.ACTIVE),
    RuleEvent.DISCARD: Transition(frozenset({RuleStatus.DRAFT}), RuleStatus.DISCARDED),
}
_UNAPPROVED = (RuleStatus.DRAFT, RuleStatus.DISCARDED)


class RuleSetQuerySet(LockableQuerySet[Any]):
    """Rules, by how far they have come."""

    def active(self) -> RuleSetQuerySet:
        """Those that decide."""
        return self.filter(status=RuleStatus.ACTIVE)

    def in_force(self, on: date) -> RuleSetQuerySet:
        """Those that decided on a day, the one put in force last first."""
        begun = self.filter(activated_on__lte=on)
        return begun.filter(Q(retired_on=None) | Q(retired_on__gt=on)).order_by("-activated_on", "-pk")

    def newest_first(self) -> RuleSetQuerySet:
        """By code, then from the newest version to the oldest."""
        return self.order_by("code", "-version")


class RuleSet(models.Model):
    """What decides: proposed by one person, approved by another, dated, and kept for ever."""

    word: ClassVar[str] = ""  # what the audit trail calls it

    code = models.CharField(_("code"), max_length=40)
    version = models.PositiveIntegerField(_("version"))
    name_en = models.CharField(max_length=120)
    name_zh_hans = models.CharField(max_length=120)
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    source = models.TextField(_("where it comes from"), blank=True)
    status = models.CharField(_("status"), max_length=10, choices=RuleStatus.choices, default=RuleStatus.DRAFT)
    proposed_by = models.CharField(_("proposed by"), max_length=40)
    proposed_at = models.DateTimeField()
    approved_by = models.CharField(_("approved by"), max_length=40, blank=True)
    approved_at = models.DateTimeField(null=True)
    activated_on = models.DateField(null=True)
    retired_on = models.DateField(null=True)

    objects = models.Manager.from_queryset(RuleSetQuerySet)()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="%(class)s_version_is_written_once"),
            models.CheckConstraint(condition=~Q(approved_by=F("proposed_by")), name="%(class)s_has_two_pairs_of_eyes"),
            models.CheckConstraint(
                condition=Q(status__in=_UNAPPROVED, approved_by="")
                | (~Q(status__in=_UNAPPROVED) & ~Q(approved_by="") & Q(approved_at__isnull=False)),
                name="%(class)s_is_approved_before_use",
            ),
            models.CheckConstraint(
                condition=~Q(status=RuleStatus.ACTIVE) | Q(activated_on__isnull=False), name="%(class)s_use_is_dated"
            ),
            models.UniqueConstraint(
                fields=["code"], condition=Q(status=RuleStatus.ACTIVE), name="%(class)s_of_a_code_is_active_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{localized(self, 'name')} {self.version}"

    @property
    def reference(self) -> str:
        """What decisions and the audit trail call it."""
        return f"{self.code}/{self.version}"

    state = State(RuleStatus)


class Scorecard(RuleSet):
    """A table of points, as `scorecards.py` reads it."""

    word = "scorecard"

    table = models.JSONField()
    card = models.JSONField(default=dict)  # what readers should know of it, as `model_card.py` reads it
    sections = models.JSONField(default=list)  # letters of the industry sections it is for; none: all others

    class Meta(RuleSet.Meta):
        abstract = False


class Challenger(RuleSet):
    """Boosted trees, as `challenger.py` reads them: scored beside the card in force, and never deciding."""

    word = "challenger"

    table = models.JSONField()

    class Meta(RuleSet.Meta):
        abstract = False


class Policy(RuleSet):
    """Knock-outs, referrals, grades and limits, as `policy.py` reads them."""

    word = "policy"

    table = models.JSONField()

    class Meta(RuleSet.Meta):
        abstract = False
        verbose_name_plural = "policies"


class StandardEdition(RuleSet):
    """A set of industry standards that belong together."""

    word = "standards"

    as_of = models.DateField()

    class Meta(RuleSet.Meta):
        abstract = False


class IndustryStandard(models.Model):
    """How a feature is spread over the enterprises of a trade."""

    ALL = "*"

    edition = models.ForeignKey(StandardEdition, on_delete=models.PROTECT, related_name="standards")
    industry = models.CharField(_("industry"), max_length=4)  # code of any level, or "*" for all
    feature = models.CharField(_("feature"), max_length=60)
    percentiles = models.JSONField()  # {"10": ..., "25": ..., "50": ..., "75": ..., "90": ...}
    n = models.PositiveIntegerField(_("number of enterprises"))  # 0: not counted, a documented default

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "industry", "feature"], name="standard_is_set_once_per_trade")
        ]

    def __str__(self) -> str:
        return f"{self.industry} {self.feature}"


class Exposure(models.Model):
    """What one offer or loan binds: written by those who know, read when the enterprise is judged."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="exposures")
    subject = models.CharField(max_length=40, unique=True)  # reference of the offer or loan
    reserved_amount = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    drawn_amount = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    monthly_payment_amount = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    changed_at = models.DateTimeField()

    objects = models.Manager.from_queryset(LockableQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reserved_amount__gte=0, drawn_amount__gte=0, monthly_payment_amount__gte=0),
                name="exposure_is_not_negative",
            )
        ]

    def __str__(self) -> str:
        return self.subject


class LateMonth(models.Model):
    """How late a loan was at worst in a month; none is written of a month in which it was not."""

    exposure = models.ForeignKey(Exposure, on_delete=models.PROTECT, related_name="late_months")
    month = models.DateField()  # its first day
    worst_days_past_due = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["exposure", "month"], name="late_month_is_kept_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="late_month_is_its_first_day"),
            models.CheckConstraint(condition=Q(worst_days_past_due__gt=0), name="late_month_is_late"),
        ]

    def __str__(self) -> str:
        return f"{self.exposure} {self.month:%Y-%m}"


class RegisterAnswer(models.Model):
    """What the credit register said of an enterprise, when, and by whose consent; the newest counts."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="register_answers")
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=60)
    source_reference = models.CharField(max_length=60, blank=True)
    is_known = models.BooleanField()  # the register knows the enterprise
    lender_count = models.PositiveIntegerField(default=0)
    outstanding_amount = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    overdue_amount = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    worst_days_past_due = models.PositiveIntegerField(default=0)
    as_of = models.DateField()
    fetched_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outstanding_amount__gte=0, overdue_amount__gte=0), name="register_answer_is_not_negative"
            ),
        ]
        indexes = [models.Index(fields=["enterprise", "-fetched_at"], name="register_answer_newest")]

    def __str__(self) -> str:
        return f"{self.enterprise} {self.as_of}"


class LabeledCase(models.Model):
    """An enterprise that was brought in to learn from, the day its evidence ends on, and how its loan ended."""

    dataset = models.CharField(max_length=40)
    case = models.CharField(max_length=80)  # what the source calls it
    enterprise = models.OneToOneField(Enterprise, on_delete=models.PROTECT, related_name="labeled_case")
    as_of = models.DateField()
    is_bad = models.BooleanField(null=True)  # None: no outcome is known, for standards and stability
    segments = models.JSONField(default=dict)
    requested_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    term_months = models.PositiveSmallIntegerField(null=True)
    imported_at = models.DateTimeField()
    evidence_read_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(LockableQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "case"], name="labeled_case_is_brought_in_once"),
        ]

    def __str__(self) -> str:
        return f"{self.dataset} {self.case}"
