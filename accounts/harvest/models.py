"""Crop calendars, approved by two people, and what an enterprise has planted."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.harvest import calendars, states
from accounts.harvest.expectation import Plot
from accounts.identity.models import Enterprise
from portal.core import editions
from portal.core.badges import Badge
from portal.core.language import localized
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference


class CropEdition(editions.Edition):
    """A crop calendar as of a day: proposed by one person, approved by another, dated, and kept for ever."""

    AREA, WORD, LOCK = "crops", "crop", 7_203_012
    MADE, SINCE, UNTIL, ENDING = "proposed", "in_force_from", "in_force_until", "withdrawn"
    ENDS_BY_THE_NEXT = True
    OUT, OVER = editions.IN_FORCE, editions.NOT_IN_FORCE
    CODE: Final = "crops"

    as_of = models.DateField(_("figures as of"))
    source = models.TextField(_("where it comes from"))
    prudent_share = models.DecimalField(_("prudent share"), max_digits=4, decimal_places=3)
    proposed_by = models.CharField(max_length=40)
    proposed_at = models.DateTimeField()
    in_force_from = models.DateField(null=True)
    in_force_until = models.DateField(null=True)

    objects = models.Manager.from_queryset(editions.EditionQuerySet)()

    class Meta:
        constraints = [
            *editions.constraints(
                "crop_edition_is_written_once",
                "one_crop_edition_is_in_force",
                "one_draft_of_crops_is_open",
                "crop_edition_status_is_known",
                "crop_edition_has_two_pairs_of_eyes",
                "crop_edition_is_approved_before_it_counts",
                "crop_edition_counts_before_it_ends",
                made="proposed",
                since="in_force_from",
                until="in_force_until",
            ),
            models.CheckConstraint(
                condition=Q(prudent_share__gt=0, prudent_share__lte=1), name="crop_prudence_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def told(self) -> dict[str, Any]:
        """Tell the audit trail of which day the figures are."""
        return {"as_of": self.as_of}


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

    @classmethod
    def of(cls, edition: CropEdition, row: calendars.CropYield) -> CropYield:
        """Make the line of an edition from a row as the arithmetic takes it."""
        months = {"sowing_months": list(row.sowing_months), "harvest_months": list(row.harvest_months)}
        return cls(edition=edition, **asdict(row) | months)

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
