"""Programs of others in dated editions, and introductions of enterprises to them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Consent, Enterprise, Setting
from lending.applications.models import Purpose
from lending.funding import states
from lending.funding.eligibility import Rules
from lending.funding.states import OPEN, Status
from portal.core import editions
from portal.core.badges import Badge
from portal.core.fields import EncryptedTextField
from portal.core.language import localized
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference


class Kind(models.TextChoices):
    """What a program gives."""

    GUARANTEE = "guarantee", _("Credit guarantee")
    INTEREST_SUBSIDY = "interest_subsidy", _("Interest subsidy")
    GRANT = "grant", _("Grant")
    LEASING = "leasing", _("Leasing")
    SUPPLIER_CREDIT = "supplier_credit", _("Supplier credit")
    INVOICE_FINANCE = "invoice_finance", _("Invoice finance")
    MUTUAL_AID = "mutual_aid", _("Mutual-aid fund")
    INSURANCE = "insurance", _("Credit backed by agricultural insurance")
    LENDER = "lender", _("Another lender")


class FundingProgramQuerySet(editions.EditionQuerySet["FundingProgram"]):
    """Editions of programs, by where they stand."""

    def published(self, on: date) -> FundingProgramQuerySet:
        """Those that owners may be introduced to on a day."""
        return self.out(on).filter(Q(apply_by=None) | Q(apply_by__gte=on))


class FundingProgram(editions.Edition):
    """One program of somebody else in one edition; amounts in the bank's currency, rates as fractions.

    Proposed by one person and approved by another. What an edition says is never changed: the next one replaces it, so
    an introduction always knows what its owner had read.
    """

    AREA, WORD, LOCK = "funding", "program", 7_203_015
    MADE, SINCE, UNTIL, ENDING = "proposed", "published_from", "published_until", "ended"
    OUT, OVER = states.PUBLISHED, states.ENDED

    proposed_by = models.CharField(max_length=40)
    proposed_at = models.DateTimeField()
    published_from = models.DateField(null=True)
    published_until = models.DateField(null=True, help_text="the first day on which it is no longer published")

    kind = models.CharField(max_length=20, choices=Kind.choices)
    name_en = models.CharField(max_length=80)
    name_zh_hans = models.CharField(max_length=80)
    summary_en = models.CharField(max_length=300)
    summary_zh_hans = models.CharField(max_length=300)
    run_by_en = models.CharField(max_length=120)
    run_by_zh_hans = models.CharField(max_length=120)
    website = models.URLField(blank=True, validators=[URLValidator(schemes=["https"])])
    phone = models.CharField(max_length=30, blank=True)
    min_amount = models.DecimalField(max_digits=14, decimal_places=2)
    max_amount = models.DecimalField(max_digits=14, decimal_places=2)
    cost_en = models.CharField(max_length=300)
    cost_zh_hans = models.CharField(max_length=300)
    papers_en = models.CharField(max_length=300)
    papers_zh_hans = models.CharField(max_length=300)
    apply_by = models.DateField(null=True, blank=True, help_text="the last day")
    commission_rate = models.DecimalField(max_digits=7, decimal_places=6, default=0)
    commission_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)

    industries = models.JSONField(default=list, blank=True, help_text="ISIC codes with all below them; empty: all")
    setting = models.CharField(max_length=10, choices=Setting.choices, blank=True)
    sizes = models.JSONField(default=list, blank=True)
    min_age_months = models.PositiveSmallIntegerField(null=True, blank=True)
    max_age_months = models.PositiveSmallIntegerField(null=True, blank=True)
    is_grower = models.BooleanField(null=True, blank=True)
    purposes = models.JSONField(default=list, blank=True)

    objects = models.Manager.from_queryset(FundingProgramQuerySet)()

    class Meta:
        constraints = [
            *editions.constraints(
                "funding_edition_is_written_once",
                "one_edition_of_a_program_is_published",
                "one_draft_of_a_program_is_open",
                "funding_status_is_known",
                "program_has_two_pairs_of_eyes",
                "program_is_approved_before_it_is_published",
                "program_is_published_before_it_ends",
                made="proposed",
                since="published_from",
                until="published_until",
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="funding_kind_is_known"),
            models.CheckConstraint(
                condition=Q(min_amount__gt=0, max_amount__gte=F("min_amount")), name="funding_amounts_are_a_range"
            ),
            models.CheckConstraint(
                condition=Q(min_age_months=None) | Q(max_age_months=None) | Q(max_age_months__gte=F("min_age_months")),
                name="funding_ages_are_a_range",
            ),
            models.CheckConstraint(
                condition=Q(commission_rate__gte=0, commission_rate__lt=1, commission_amount__gte=0),
                name="commission_is_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(website="") | Q(website__startswith="https://"), name="funding_website_is_https"
            ),
        ]

    def __str__(self) -> str:
        return localized(self, "name")

    def is_over(self, on: date) -> bool:
        """Tell whether it is published no longer on a day, or nobody can apply any more."""
        return super().is_over(on) or (self.apply_by is not None and self.apply_by < on)

    def rules(self) -> Rules:
        """Give whom it is for, as the arithmetic takes it."""
        return Rules(
            min_amount=self.min_amount,
            max_amount=self.max_amount,
            industries=tuple(self.industries),
            setting=self.setting,
            sizes=tuple(self.sizes),
            min_age_months=self.min_age_months,
            max_age_months=self.max_age_months,
            is_grower=self.is_grower,
            purposes=tuple(self.purposes),
        )


CONTENT: Final = FundingProgram.says()


class IntroductionQuerySet(LockableQuerySet["Introduction"]):
    """Which introductions one may see."""

    def visible_to(self, user: Any) -> IntroductionQuerySet:
        """Show those of the enterprises that one may see."""
        return self.filter(enterprise__in=Enterprise.objects.visible_to(user))

    def of_member(self, user: Any) -> IntroductionQuerySet:
        """Keep those of the enterprises that the person acts for."""
        return self.filter(enterprise__in=Enterprise.objects.of_member(user))

    def open(self) -> IntroductionQuerySet:
        """Those on which something may still come."""
        return self.filter(status__in=OPEN)


def _introduction_reference() -> str:
    return new_reference("FI")


class Introduction(models.Model):
    """An enterprise asks the bank to introduce it to a program: to which edition, and what exactly is passed on.

    What was agreed to is never changed; only where the introduction stands moves on.
    """

    reference = models.CharField(max_length=20, unique=True, default=_introduction_reference, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="introductions")
    program = models.ForeignKey(FundingProgram, on_delete=models.PROTECT, related_name="introductions")
    program_code = models.SlugField(max_length=40)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    consent = models.OneToOneField(Consent, on_delete=models.PROTECT, related_name="+")
    kept_content = EncryptedTextField(help_text="what may be passed on, word for word, as JSON")
    status = models.CharField(max_length=20, default=Status.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    passed_on_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    passed_on_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    funded_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    note = models.CharField(max_length=300, blank=True)

    objects = models.Manager.from_queryset(IntroductionQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "program_code"],
                condition=Q(status__in=sorted(OPEN)),
                name="introduction_to_a_program_is_open_once",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in Status]), name="introduction_status_is_known"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="introduction_amount_is_positive"),
            models.CheckConstraint(
                condition=Q(status__in=sorted(OPEN), ended_at=None)
                | ~Q(status__in=sorted(OPEN)) & Q(ended_at__isnull=False),
                name="introduction_has_ended_or_is_open",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.ASKED, passed_on_at=None)
                | Q(status__in=[Status.PASSED_ON, Status.FUNDED], passed_on_at__isnull=False)
                | Q(status__in=[Status.DECLINED, Status.WITHDRAWN, Status.LAPSED]),
                name="introduction_is_passed_on_before_it_is_answered",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.FUNDED, funded_amount__gt=0)
                | ~Q(status=Status.FUNDED) & Q(funded_amount=None),
                name="funded_introduction_names_the_amount",
            ),
        ]
        indexes = [models.Index(fields=["status", "asked_at"], name="introduction_queue")]

    def __str__(self) -> str:
        return self.reference

    @property
    def badge(self) -> Badge:
        """Say where it stands."""
        return states.BADGES[Status(self.status)]

    @property
    def shared(self) -> dict[str, dict[str, str]]:
        """Give what may be passed on, by item."""
        told: dict[str, dict[str, str]] = json.loads(self.kept_content)
        return told
