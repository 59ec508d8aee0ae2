"""Growers, calendars and plots with believable defaults."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from accounts.harvest import operations
from accounts.harvest.calendars import CropYield
from accounts.harvest.models import Planting
from accounts.identity.identifiers import household_number
from accounts.identity.models import Branch, Enterprise, Industry, User
from accounts.identity.tests.builders import make_enterprise
from portal.core.fields import lookup_hash

NOW: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY: Final = date(2026, 3, 2)
RICE: Final = CropYield("33", "rice", "Rice", "水稻", (5, 6), (10, 11), Decimal("520.00"), Decimal("2.90"))
TEA: Final = CropYield("330523", "tea", "White tea", "白茶", (), (3, 4), Decimal("16.00"), Decimal("600.00"))
WINTER: Final = CropYield("*", "citrus", "Citrus", "柑橘", (), (11, 12, 1), Decimal(1200), Decimal(3))


def install_calendar(*, on: date = date(2026, 1, 1)) -> None:
    """Let the shipped crop calendar count."""
    operations.install_shipped(approved_by="U-RISK", on=on, at=datetime(on.year, on.month, on.day, tzinfo=UTC))


def make_grower(owner: User, *, branch: Branch, industry: str = "0112", household: int = 1) -> Enterprise:
    """Make a farm household of the county 330523 that grows rice."""
    names = {"name_en": "Growing of rice", "name_zh_hans": "水稻种植"}
    Industry.objects.get_or_create(code=industry, defaults={"parent_id": "01", "section": "A", **names})
    number = household_number("330523104201", household)
    farm = make_enterprise(owner, branch=branch, legal_name="Terrace Farm", identifier=number, industry=industry)
    farm.identifier_kind = "farm_household"
    farm.identifier, farm.identifier_hash = number, lookup_hash(number)
    farm.save()
    return farm


def make_planting(enterprise: Enterprise, *, by: User, **changed: Any) -> Planting:
    """Tell 20 mu of rice, harvested from October on."""
    told: dict[str, Any] = {
        "crop": "rice",
        "area_mu": Decimal(20),
        "harvest_from": date(2026, 10, 1),
        "key": "plot",
        "at": NOW,
    }
    return operations.tell_planting(enterprise, by=by, **(told | changed))
