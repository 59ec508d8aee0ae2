"""Corrections of what an enterprise or a person was registered with, and the names they had before."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.identity.correction_states import IN_EFFECT, WAITING, CorrectionStatus, Detail
from accounts.identity.models.enterprises import Enterprise, Membership
from accounts.identity.models.papers import Paper
from accounts.identity.models.people import User
from portal.core.badges import State
from portal.core.fields import EncryptedTextField
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference


class DetailsCorrectionQuerySet(LockableQuerySet["DetailsCorrection"]):
    """Which corrections one may see, and which wait."""

    def visible_to(self, user: Any) -> DetailsCorrectionQuerySet:
        """Show staff those of the enterprises they see; owners their enterprise's; a person those of the own name."""
        if user.is_staff_member:
            return self.filter(enterprise__in=Enterprise.objects.visible_to(user))
        of_enterprise = Q(person=None, enterprise__in=Enterprise.objects.of_owner(user))
        return self.filter(of_enterprise | Q(person=user))

    def waiting(self) -> DetailsCorrectionQuerySet:
        """Keep those that nobody has decided on."""
        return self.filter(status__in=sorted(WAITING))

    def in_effect(self) -> DetailsCorrectionQuerySet:
        """Keep those by which something was corrected."""
        return self.filter(status__in=sorted(IN_EFFECT))


def _correction_reference() -> str:
    return new_reference("DC")


class DetailsCorrection(models.Model):
    """Somebody asks that what was registered of an enterprise, or a person's name, be corrected."""

    reference = models.CharField(max_length=20, unique=True, default=_correction_reference, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="corrections")
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="corrections")  # whose name
    reason = models.CharField(_("reason"), max_length=200)
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=10, choices=CorrectionStatus.choices)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(_("why not"), max_length=200, blank=True)

    objects = models.Manager.from_queryset(DetailsCorrectionQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=CorrectionStatus.values), name="details_correction_status_is_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="details_correction_says_why"),
            models.CheckConstraint(
                condition=Q(status__in=sorted(WAITING), decided_by=None, decided_at=None)
                | (~Q(status__in=sorted(WAITING)) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="details_correction_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[CorrectionStatus.PROPOSED, CorrectionStatus.AGREED])
                | Q(proposed_by__isnull=False, proposed_at__isnull=False),
                name="details_correction_is_proposed_before_it_is_agreed",
            ),
            models.CheckConstraint(
                condition=~Q(status=CorrectionStatus.AGREED)
                | (~Q(decided_by=F("proposed_by")) & ~Q(decided_by=F("asked_by"))),
                name="details_correction_is_agreed_by_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(status=CorrectionStatus.REFUSED) | ~Q(note=""), name="refused_details_correction_says_why"
            ),
            models.UniqueConstraint(
                fields=["enterprise"],
                condition=Q(status__in=sorted(WAITING), person=None),
                name="enterprise_waits_for_one_correction",
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(status__in=sorted(WAITING)), name="person_waits_for_one_correction"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    badge = State(CorrectionStatus)

    @property
    def waits(self) -> bool:
        """Tell whether nobody has decided on it."""
        return self.status in WAITING

    @property
    def subject(self) -> str:
        """Name whose details it corrects, as the trail does."""
        return self.person.reference if self.person else self.enterprise.reference

    def enterprises(self) -> models.QuerySet[Enterprise]:
        """List whose names change with it: the enterprise's own, or those of all for which the person acts."""
        if self.person is None:
            return Enterprise.objects.filter(pk=self.enterprise_id)
        acting = Membership.objects.acting().filter(user=self.person)
        return Enterprise.objects.filter(pk__in=acting.values("enterprise"))


class CorrectedDetail(models.Model):
    """One detail of a correction: what was there, and what is to stand instead; never rewritten."""

    correction = models.ForeignKey(DetailsCorrection, on_delete=models.PROTECT, related_name="details")
    detail = models.CharField(max_length=30, choices=Detail.choices)
    before = EncryptedTextField()
    after = EncryptedTextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["correction", "detail"], name="details_correction_names_each_once"),
            models.CheckConstraint(condition=Q(detail__in=Detail.values), name="corrected_detail_is_known"),
        ]

    def __str__(self) -> str:
        return str(Detail(self.detail).label)


class FormerName(models.Model):
    """What an enterprise, or a person, was called until a moment; never rewritten."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, null=True, related_name="former_names")
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="former_names")
    name = models.CharField(max_length=120)
    until = models.DateTimeField()
    correction = models.OneToOneField(DetailsCorrection, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(enterprise__isnull=True, person__isnull=False)
                | Q(enterprise__isnull=False, person__isnull=True),
                name="former_name_is_of_one",
            )
        ]

    def __str__(self) -> str:
        return self.name
