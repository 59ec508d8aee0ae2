"""What the pages of harvests show: finished rows and a chart, in the reader's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import format_skeleton, get_month_names
from django.conf import settings
from django.utils.translation import gettext as _

from accounts.harvest import calendars, expectation
from accounts.harvest.calendars import MU_A_HECTARE
from accounts.harvest.models import CropEdition, Planting
from accounts.harvest.queries import Expected
from accounts.identity.models import User
from portal.core import formats
from portal.core.badges import Badge
from portal.core.charts import Chart
from portal.core.language import localized


@dataclass(frozen=True)
class PlotRow:
    """A plot in words and figures."""

    planting: Planting
    crop: str
    area: str
    harvest: str
    usual_amount: Decimal | None
    badge: Badge


@dataclass(frozen=True)
class Harvest:
    """What is expected, ready to be drawn."""

    chart: Chart
    rows: list[PlotRow]
    usual_amount: Decimal
    prudent_amount: Decimal
    confirmed_amount: Decimal
    prudent_share: Decimal
    edition: CropEdition


def drawn(expected: Expected | None) -> Harvest | None:
    """Draw what an enterprise's plots may bring; none where nothing is planted."""
    if expected is None:
        return None
    months = expected.months
    chart = Chart(
        _("Expected from the harvest, by month"),
        settings.BANK_CURRENCY,
        [f"{month.first_day:%y-%m}" for month in months],
        [
            (_("Usually"), [month.usual for month in months]),
            (_("Prudently"), [month.prudent for month in months]),
        ],
    )
    return Harvest(
        chart=chart,
        rows=[_row(planting, expected.crops) for planting in expected.plantings],
        usual_amount=expected.usual_amount,
        prudent_amount=expected.prudent_amount,
        confirmed_amount=expected.confirmed_amount,
        prudent_share=expected.edition.prudent_share,
        edition=expected.edition,
    )


def _row(planting: Planting, crops: Mapping[str, calendars.CropYield]) -> PlotRow:
    grown = crops.get(planting.crop)
    plot = planting.plot()
    return PlotRow(
        planting=planting,
        crop=localized(grown, "name") if grown else planting.crop,
        area=area(plot.area_mu),
        harvest=month_name(planting.harvest_from),
        usual_amount=expectation.income(plot, grown) if grown else None,
        badge=planting.badge,
    )


def area(mu: Decimal) -> str:
    """Write an area in mu and in hectares."""
    hectares = (mu / MU_A_HECTARE).quantize(Decimal("0.01"))
    return _("%(mu)s mu (%(hectares)s ha)") % {
        "mu": formats.number(mu.normalize()),
        "hectares": formats.number(hectares),
    }


def month_name(day: date) -> str:
    """Write a month with its year."""
    return str(format_skeleton("yMMMM", day, locale=formats.locale()))


def months_in_words(months: Iterable[int]) -> str:
    """Write months of the year, shortly."""
    names = get_month_names("abbreviated", locale=formats.locale())
    told = list(months)
    return _("all year") if len(told) == expectation.A_YEAR else _(", ").join(names[month] for month in told)


def crop_choices(crops: Mapping[str, calendars.CropYield]) -> list[tuple[str, str]]:
    """List crops by name, each with its harvest."""
    choices = [
        (code, _("%(crop)s, harvested: %(months)s") % {
            "crop": localized(grown, "name"), "months": months_in_words(grown.harvest_months)})
        for code, grown in crops.items()
    ]  # fmt: skip
    return sorted(choices, key=lambda choice: choice[1])


def name_of(reference: str) -> str:
    """Name a person by reference; what is nobody's stays as it is."""
    person = User.objects.filter(reference=reference).first()
    return str(person) if person else reference


@dataclass(frozen=True)
class YieldRow:
    """A line of the crop calendar in words."""

    region: str
    crop: str
    sowing: str
    harvest: str
    yield_per_mu: Decimal
    yield_per_hectare: Decimal
    price: Decimal
    income_per_mu: Decimal


def yields_of(edition: CropEdition) -> list[YieldRow]:
    """List an edition's lines, by crop and from everywhere to the county."""
    return [
        YieldRow(
            region=_("everywhere") if row.region == calendars.EVERYWHERE else row.region,
            crop=localized(row, "name"),
            sowing=months_in_words(row.sowing_months),
            harvest=months_in_words(row.harvest_months),
            yield_per_mu=row.yield_kg_per_mu,
            yield_per_hectare=row.yield_kg_per_mu * MU_A_HECTARE,
            price=row.price_per_kg,
            income_per_mu=row.as_row().income_per_mu,
        )
        for row in edition.yields.order_by("crop", "region")
    ]
