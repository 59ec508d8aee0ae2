"""What an enterprise has planted: told, seen by an officer, withdrawn."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.harvest import queries
from accounts.harvest.expectation import next_harvests
from accounts.harvest.models import Planting
from accounts.identity.models import Enterprise, User
from accounts.identity.queries import ever_acted_for
from portal.core import audit
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.refusals import Refusal, register

MOST_MU: Final = 100_000

register(
    {
        "not_a_grower": _("Plots are for enterprises that grow crops."),
        "crop_not_in_calendar": _("The bank's crop calendar does not know this crop here. Ask your branch."),
        "harvest_not_in_season": _("This crop is not harvested in that month here; choose a month of its season."),
        "area_not_possible": _("Enter an area above zero, in mu."),
        "share_not_possible": _("Enter a share between 0% and 100%."),
        "visit_in_future": _("The day of the visit cannot be in the future."),
        "visit_before_told": _("The visit must be after the plot was told."),
        "planting_settled": _("This plot was already seen or withdrawn."),
        "own_plot": _("Somebody else must see the plot: you act for this enterprise."),
    }
)


class PlantingRefused(Refusal):
    """The planting cannot be told, seen or withdrawn this way."""


@transaction.atomic(durable=True)
def tell_planting(
    enterprise: Enterprise, *, crop: str, area_mu: Decimal, harvest_from: date, key: str, by: User, at: datetime,
    irrigated_share: Decimal | None = None,
) -> Planting:  # fmt: skip
    """Keep what an enterprise says it has planted; the same key keeps it once.

    :param harvest_from: any day of the month in which the harvest begins, within the next twelve months.
    :raises PlantingRefused: when the enterprise grows nothing, or crop, month, area or share cannot be.
    :raises KeyMissing: when the key is empty.
    :raises KeyReused: when the key told another plot.
    """
    _check_told(enterprise, crop, area_mu, harvest_from, irrigated_share, on=timezone.localtime(at).date())
    fingerprint = fingerprint_of([enterprise.pk, crop, area_mu, harvest_from, irrigated_share])

    def make() -> str:
        planting = Planting.objects.create(
            enterprise=enterprise,
            crop=crop,
            area_mu=area_mu,
            harvest_from=harvest_from.replace(day=1),
            irrigated_share=irrigated_share,
            told_by=by.reference,
            told_at=at,
        )
        details = {"crop": crop, "area_mu": area_mu, "enterprise": enterprise.reference}
        audit.record("harvest.told", subject=planting.reference, by=by.reference, at=at, details=details)
        return planting.reference

    reference = answer_once(f"harvest.tell:{by.reference}", key, fingerprint=fingerprint, make=make)
    return Planting.objects.get(reference=reference)


def _check_told(
    enterprise: Enterprise, crop: str, area_mu: Decimal, harvest_from: date, share: Decimal | None, *, on: date
) -> None:
    if not queries.grows(enterprise):
        raise PlantingRefused("not_a_grower")
    _check_area(area_mu)
    if share is not None and not 0 <= share <= 1:
        raise PlantingRefused("share_not_possible")
    grown = queries.crops_for(enterprise, on=on).get(crop)
    if grown is None:
        raise PlantingRefused("crop_not_in_calendar")
    if harvest_from.replace(day=1) not in next_harvests(grown, on):
        raise PlantingRefused("harvest_not_in_season")


def _check_area(area_mu: Decimal) -> None:
    if not 0 < area_mu <= MOST_MU:
        raise PlantingRefused("area_not_possible")


@transaction.atomic(durable=True)
def confirm_planting(
    planting: Planting, *, visited_on: date, area_mu: Decimal, note: str, by: User, at: datetime
) -> None:
    """Keep what an officer saw on a visit; the area that was seen counts from now on.

    :raises PlantingRefused: when it was seen or withdrawn before, the visit lies in the future or before it was told,
        the area cannot be, or the officer acts, or acted, for the enterprise.
    """
    planting.refresh_from_db(from_queryset=Planting.objects.locked())
    if planting.confirmed_by or planting.superseded_at:
        raise PlantingRefused("planting_settled")
    if ever_acted_for(planting.enterprise, person=by.reference):
        raise PlantingRefused("own_plot")
    if visited_on > timezone.localtime(at).date():
        raise PlantingRefused("visit_in_future")
    if visited_on < timezone.localtime(planting.told_at).date():
        raise PlantingRefused("visit_before_told")
    _check_area(area_mu)
    planting.visited_on, planting.confirmed_area_mu, planting.note = visited_on, area_mu, note
    planting.confirmed_by, planting.confirmed_at = by.reference, at
    planting.save(update_fields=["visited_on", "confirmed_area_mu", "note", "confirmed_by", "confirmed_at"])
    details = {"visited_on": visited_on, "area_mu": area_mu}
    audit.record("harvest.seen", subject=planting.reference, by=by.reference, at=at, details=details)


@transaction.atomic(durable=True)
def withdraw_planting(planting: Planting, *, by: User, at: datetime) -> None:
    """Let a planting count no longer: it was told wrongly, or the crop failed. Withdrawn again, nothing changes."""
    if Planting.objects.filter(pk=planting.pk, superseded_at=None).update(superseded_at=at):
        audit.record("harvest.withdrawn", subject=planting.reference, by=by.reference, at=at)
    planting.refresh_from_db()
