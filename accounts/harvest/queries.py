"""Questions about crops, plots and what they may bring."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from accounts.harvest import calendars, expectation
from accounts.harvest.expectation import Month
from accounts.harvest.models import CropEdition, CropYield, Planting
from accounts.identity.identifiers import USCC
from accounts.identity.models import Enterprise, Role

# Groups of ISIC Rev. 4: annual crops, perennial crops, plant propagation, mixed farming.
GROWING: Final = ("011", "012", "013", "015")
DECIDERS: Final = (Role.RISK_ANALYST, Role.APPROVER, Role.ADMINISTRATOR)  # on crop calendars


def grows(enterprise: Enterprise) -> bool:
    """Tell whether an enterprise's trade is to grow crops."""
    return enterprise.industry_id.startswith(GROWING)


def region_of(enterprise: Enterprise) -> str:
    """Name the county of an enterprise by its identifier: a credit code and a household's number both begin with it."""
    skipped = 2 if enterprise.identifier_kind == USCC else 0
    code = enterprise.identifier[skipped : skipped + 6]
    return code if code.isdigit() else ""


def edition_on(on: date) -> CropEdition | None:
    """Find the edition of the crop calendar that counts on a day."""
    return CropEdition.objects.out(on).first()


def crops_for(enterprise: Enterprise, *, on: date) -> dict[str, calendars.CropYield]:
    """List what each crop brings where an enterprise is, by the calendar that counts on a day."""
    edition = edition_on(on)
    if edition is None:
        return {}
    region = region_of(enterprise)
    rows = CropYield.objects.filter(edition=edition, region__in=calendars.lineage(region))
    return calendars.nearest((row.as_row() for row in rows.order_by("pk")), region)


def plantings_of(enterprise: Enterprise, *, at: datetime | None = None) -> list[Planting]:
    """List what is planted, as known now or at a moment, the next harvest first."""
    return list(Planting.objects.known(at).filter(enterprise=enterprise).order_by("harvest_from", "pk"))


@dataclass(frozen=True)
class Expected:
    """What an enterprise's plots may be expected to bring in the coming twelve months."""

    plantings: list[Planting]
    crops: Mapping[str, calendars.CropYield]
    months: list[Month]
    edition: CropEdition

    @property
    def usual_amount(self) -> Decimal:
        """Add up what usual yields and prices would bring."""
        return expectation.total(self.months, "usual")

    @property
    def prudent_amount(self) -> Decimal:
        """Add up the prudent figures of all plots."""
        return expectation.total(self.months, "prudent")

    @property
    def confirmed_amount(self) -> Decimal:
        """Add up the prudent figures of the plots that an officer has seen."""
        return expectation.total(self.months, "confirmed")


def expected_of(enterprise: Enterprise, *, on: date, at: datetime | None = None) -> Expected | None:
    """Work out what an enterprise's harvests may bring from a day on, on what was known at a moment.

    None where nothing is planted or no calendar counts.
    """
    plantings = plantings_of(enterprise, at=at)
    edition = edition_on(on) if plantings else None
    if edition is None:
        return None
    crops = crops_for(enterprise, on=on)
    months = expectation.expected(
        [planting.plot(at) for planting in plantings], crops, prudent_share=edition.prudent_share, on=on
    )
    return Expected(plantings, crops, months, edition)
