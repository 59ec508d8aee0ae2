"""Editions of the crop calendar: proposed, approved by another person, counting from a day on."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.harvest import calendars
from accounts.harvest.models import CODE, CropEdition, CropYield
from accounts.harvest.states import TRANSITIONS, EditionEvent
from portal.core import audit
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

EDITIONS_LOCK: Final = 7_203_012  # the first edition has no row yet that could be locked
SHIPPED: Final = Path(__file__).parent.parent / "defaults" / "crops.csv"
SHIPPED_AS_OF: Final = date(2026, 1, 1)
SHIPPED_SOURCE: Final = (
    "系统默认值：参照中国农业统计的一般单产与产地价格并取整，非本行实测，请以本行数据替换。 "
    "Defaults of the portal, after usual yields and farm-gate prices in Chinese agricultural statistics, rounded; not "
    "measured by this bank. Replace them by the bank's own figures."
)
SHIPPED_BY: Final = "portal"
PRUDENT_SHARE: Final = Decimal("0.8")

register(
    {
        "crop_columns_missing": _("The file needs these columns: %(columns)s."),
        "crop_line_wrong": _("Line %(line)s: %(column)s cannot be used."),
        "crop_told_twice": _("Line %(line)s: this crop was already told for this region."),
        "crop_file_unreadable": _("Save the file as CSV in UTF-8, and bring it again."),
        "crop_proposer_approves": _("Whoever proposed this edition cannot approve it. Ask a colleague."),
        "crop_day_passed": _("An edition counts from today or a later day on."),
        "prudence_no_share": _("The prudent share lies above 0% and is 100% at most."),
    }
)


class EditionRefused(Refusal):
    """The edition cannot be proposed, or cannot count from this day."""


class ProposerApproves(Refusal):
    """The second pair of eyes belongs to the first."""

    code = "crop_proposer_approves"


@transaction.atomic(durable=True)
def propose_edition(
    text: str, *, as_of: date, source: str, by: str, at: datetime, prudent_share: Decimal = PRUDENT_SHARE
) -> CropEdition:
    """Propose the next edition from a CSV file's text, as ``calendars`` describes it.

    :param as_of: the day that the figures are of.
    :raises EditionRefused: when a line cannot be used, or the prudent share is none.
    """
    return _propose(text, as_of=as_of, source=source, by=by, at=at, prudent_share=prudent_share)


@transaction.atomic(durable=True)
def approve_edition(edition: CropEdition, *, in_force_from: date, by: str, at: datetime) -> None:
    """Approve an edition with a second pair of eyes; it counts from a day on.

    :raises TransitionRefused: when it does not wait for approval.
    :raises ProposerApproves: when the person proposed it.
    :raises EditionRefused: when the day has passed.
    """
    _approve(edition, in_force_from=in_force_from, by=by, at=at)


@transaction.atomic(durable=True)
def discard_edition(edition: CropEdition, *, by: str, at: datetime) -> None:
    """Drop an edition that waits for approval.

    :raises TransitionRefused: when it does not wait.
    """
    edition.refresh_from_db(from_queryset=CropEdition.objects.locked())
    edition.status = target_of(TRANSITIONS, EditionEvent.DISCARD, edition.status)
    edition.save(update_fields=["status"])
    audit.record("crops.discarded", subject=edition.reference, by=by, at=at)


@transaction.atomic(durable=True)
def install_shipped(*, approved_by: str, on: date, at: datetime) -> None:
    """Install the calendar that comes with the portal, once; whoever installs it answers for its approval."""
    if CropEdition.objects.exists():
        return
    text = SHIPPED.read_text(encoding="utf-8")
    edition = _propose(
        text, as_of=SHIPPED_AS_OF, source=SHIPPED_SOURCE, by=SHIPPED_BY, at=at, prudent_share=PRUDENT_SHARE
    )
    _approve(edition, in_force_from=on, by=approved_by, at=at)


def _propose(text: str, *, as_of: date, source: str, by: str, at: datetime, prudent_share: Decimal) -> CropEdition:
    if not 0 < prudent_share <= 1:
        raise EditionRefused("prudence_no_share")
    try:
        rows = calendars.read(text)
    except calendars.CalendarRefused as refusal:
        raise EditionRefused(refusal.code, **refusal.params) from refusal
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [EDITIONS_LOCK])
    newest = CropEdition.objects.filter(code=CODE).aggregate(newest=Max("version"))["newest"] or 0
    edition = CropEdition.objects.create(
        version=newest + 1, as_of=as_of, source=source, prudent_share=prudent_share, proposed_by=by, proposed_at=at
    )
    CropYield.objects.bulk_create(_kept(edition, rows))
    audit.record("crops.proposed", subject=edition.reference, by=by, at=at, details={"rows": len(rows)})
    return edition


def _kept(edition: CropEdition, rows: Iterable[calendars.CropYield]) -> Iterable[CropYield]:
    for row in rows:
        yield CropYield(
            edition=edition,
            region=row.region,
            crop=row.crop,
            name_en=row.name_en,
            name_zh_hans=row.name_zh_hans,
            sowing_months=list(row.sowing_months),
            harvest_months=list(row.harvest_months),
            yield_kg_per_mu=row.yield_kg_per_mu,
            price_per_kg=row.price_per_kg,
        )


def _approve(edition: CropEdition, *, in_force_from: date, by: str, at: datetime) -> None:
    edition.refresh_from_db(from_queryset=CropEdition.objects.locked())
    status = target_of(TRANSITIONS, EditionEvent.APPROVE, edition.status)
    if by == edition.proposed_by:
        raise ProposerApproves
    if in_force_from < timezone.localtime(at).date():
        raise EditionRefused("crop_day_passed")
    edition.status, edition.approved_by, edition.approved_at = status, by, at
    edition.in_force_from = in_force_from
    edition.save(update_fields=["status", "approved_by", "approved_at", "in_force_from"])
    audit.record("crops.approved", subject=edition.reference, by=by, at=at, details={"from": in_force_from})
