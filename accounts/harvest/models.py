"""Crop calendars, approved by two people, and what an enterprise has planted."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.harvest import calendars, states
from accounts.harvest.expectation import Plot
from accounts.harvest.states import EditionStatus
from accounts.identity.models import Enterprise
from portal.core.badges import Badge
from portal.core.language import localized
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference

CODE: Final = "crops"


class CropEditionQuerySet(LockableQuerySet["CropEdition"]):
    """Editions of the crop calendar."""

    def in_force(self, on: date) -> CropEditionQuerySet:
        """Those that counted on a day, the one that counts first."""
        begun = self.filter(status=EditionStatus.APPROVED, in_force_from__lte=on)
        return begun.order_by("-in_force_from", "-version")


class CropEdition(models.Model):
    """A crop calendar as of a day: proposed by one person, approved by another, dated, and kept for ever."""

    code = models.CharField(max_length=10, default=CODE, editable=False)
    version = models.PositiveIntegerField(_("version"))
    as_of = models.DateField(_("figures as of"))
    source = models.TextField(_("where it comes from"))
    prudent_share = models.DecimalField(_("prudent share"), max_digits=4, decimal_places=3)
    status = models.CharField(max_length=10, default=EditionStatus.DRAFT)
    proposed_by = models.CharField(max_length=40)
    proposed_at = models.DateTimeField()
    approved_by = models.CharField(max_length=40, blank=True)
    approved_at = models.DateTimeField(null=True)
    in_force_from = models.DateField(null=True)

    objects = models.Manager.from_queryset(CropEditionQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="crop_edition_is_written_once"),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in EditionStatus]), name="crop_edition_status_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(approved_by=F("proposed_by")), name="crop_edition_has_two_pairs_of_eyes"
            ),
            models.CheckConstraint(
                condition=Q(status=EditionStatus.APPROVED, approved_at__isnull=False, in_force_from__isnull=False)
                & ~Q(approved_by="")
                | ~Q(status=EditionStatus.APPROVED) & Q(approved_by="", in_force_from=None),
                name="crop_edition_is_approved_before_it_counts",
            ),
            models.CheckConstraint(
                condition=Q(prudent_share__gt=0, prudent_share__lte=1), name="crop_prudence_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What the audit trail calls it."""
        return f"{self.code}/{self.version}"

    @property
    def badge(self) -> Badge:
        """Say how far it has come."""
        return states.BADGES[EditionStatus(self.status)]


class CropYield(models.Model):
    """What a crop usually brings in a region, and when: kilograms a mu, the bank's currency a kilogram."""

    edition = models.ForeignKey(CropEdition, on_delete=models.PROTECT, related_name="yields")
    region = models.CharField(_("region"), max_length=6)  # a division code of 2, 4 or 6 digits, or "*"
    crop = models.CharField(_("crop"), max_length=30)
    name_en = models.CharField(max_length=80)
    name_zh_hans = models.CharField(max_length=80)
    sowing_months = models.JSONField(default=list)
    harvest_months = models.JSONField()
    yield_kg_per_mu = models.DecimalField(_("kilograms a mu"), max_digits=9, decimal_places=2)
    price_per_kg = models.DecimalField(_("price a kilogram"), max_digits=9, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "region", "crop"], name="crop_is_told_once_for_a_region"),
            models.CheckConstraint(
                condition=Q(yield_kg_per_mu__gt=0, price_per_kg__gt=0), name="crop_brings_something"
            ),
        ]

    def __str__(self) -> str:
        return localized(self, "name")

    def as_row(self) -> calendars.CropYield:
        """Give the row as the arithmetic takes it."""
        return calendars.CropYield(
            region=self.region,
            crop=self.crop,
            name_en=self.name_en,
            name_zh_hans=self.name_zh_hans,
            sowing_months=tuple(self.sowing_months),
            harvest_months=tuple(self.harvest_months),
            yield_kg_per_mu=self.yield_kg_per_mu,
            price_per_kg=self.price_per_kg,
        )


class PlantingQuerySet(LockableQuerySet["Planting"]):
    """What is planted, as it was known."""

    def known(self, at: datetime | None = None) -> PlantingQuerySet:
        """Those that count now, or counted at a moment."""
        if at is None:
            return self.filter(superseded_at=None)
        return self.filter(Q(superseded_at=None) | Q(superseded_at__gt=at), told_at__lte=at)


def _planting_reference() -> str:
    return new_reference("G")


class Planting(models.Model):
    """A plot and what grows on it: told by the enterprise, perhaps seen by an officer; never changed."""

    reference = models.CharField(max_length=20, unique=True, default=_planting_reference, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="plantings")
    crop = models.CharField(_("crop"), max_length=30)
    area_mu = models.DecimalField(_("area in mu"), max_digits=9, decimal_places=2)
    harvest_from = models.DateField(_("harvest begins"))  # the first day of the month
    irrigated_share = models.DecimalField(_("irrigated share"), max_digits=4, decimal_places=3, null=True)
    told_by = models.CharField(max_length=40)
    told_at = models.DateTimeField()
    visited_on = models.DateField(null=True)
    confirmed_area_mu = models.DecimalField(_("area as seen, in mu"), max_digits=9, decimal_places=2, null=True)
    confirmed_by = models.CharField(max_length=40, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    note = models.CharField(_("what was seen"), max_length=300, blank=True)
    superseded_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(PlantingQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(area_mu__gt=0), name="planting_has_an_area"),
            models.CheckConstraint(condition=Q(harvest_from__day=1), name="planting_is_harvested_in_a_month"),
            models.CheckConstraint(
                condition=Q(irrigated_share=None) | Q(irrigated_share__gte=0, irrigated_share__lte=1),
                name="irrigation_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by="", confirmed_at=None, visited_on=None, confirmed_area_mu=None)
                | ~Q(confirmed_by="")
                & Q(confirmed_at__isnull=False, visited_on__isnull=False, confirmed_area_mu__gt=0),
                name="planting_is_confirmed_by_a_visit",
            ),
            models.CheckConstraint(condition=~Q(confirmed_by=F("told_by")), name="planting_is_confirmed_by_another"),
        ]

    def __str__(self) -> str:
        return self.reference

    def is_confirmed(self, at: datetime | None = None) -> bool:
        """Tell whether an officer has seen it, now or at a moment."""
        return self.confirmed_at is not None and (at is None or self.confirmed_at <= at)

    def plot(self, at: datetime | None = None) -> Plot:
        """Give it as the arithmetic takes it: with the area that was seen, or else the one that was told."""
        seen = self.is_confirmed(at)
        area: Any = self.confirmed_area_mu if seen else self.area_mu
        told_on = timezone.localtime(self.told_at).date()
        return Plot(self.crop, Decimal(area), self.harvest_from, told_on, is_confirmed=seen)

    @property
    def badge(self) -> Badge:
        """Say whether it was seen."""
        return states.SEEN if self.is_confirmed() else states.TOLD
