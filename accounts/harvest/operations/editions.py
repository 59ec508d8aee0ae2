"""Editions of the crop calendar: one person proposes one, another approves it from a day on."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.harvest import calendars
from accounts.harvest.models import CropEdition, CropYield
from portal.core import editions
from portal.core.editions import Contradiction, EditionRefused
from portal.core.refusals import register

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
        "crop_draft_open": _("An edition already waits for approval. Discard that one first."),
        "crop_day_passed": _("An edition counts from today or a later day on."),
        "crop_before_the_one_before": _(
            "The edition before is in force only from %(day)s; choose that day or a later one."
        ),
        "crop_not_to_come": _(
            "Only an approved edition whose day has not come is withdrawn. One in force ends with the next."
        ),
        "prudence_no_share": _("The prudent share lies above 0% and is 100% at most."),
    }
)


@transaction.atomic(durable=True)
def propose_edition(
    text: str, *, as_of: date, source: str, by: str, at: datetime, prudent_share: Decimal = PRUDENT_SHARE
) -> CropEdition:
    """Propose the next edition from a CSV file's text, as ``calendars`` describes it.

    :param as_of: the day that the figures are of.
    :raises ValidationError: when a figure is missing or out of its range.
    :raises EditionRefused: when a line cannot be used, the prudent share is none, or an edition waits already.
    """
    return _propose(text, as_of=as_of, source=source, by=by, at=at, prudent_share=prudent_share)


@transaction.atomic(durable=True)
def approve_edition(edition: CropEdition, *, in_force_from: date, by: str, at: datetime) -> None:
    """Approve an edition with a second pair of eyes; it counts from a day on.

    :raises TransitionRefused: when it does not wait for approval.
    :raises SamePreparer: when the person proposed it.
    :raises EditionRefused: when the day is too early.
    """
    _approve(edition, in_force_from=in_force_from, by=by, at=at)


@transaction.atomic(durable=True)
def discard_edition(edition: CropEdition, *, by: str, at: datetime) -> None:
    """Drop an edition that waits for approval.

    :raises TransitionRefused: when it does not wait.
    """
    editions.discard(edition, by=by, at=at)


@transaction.atomic(durable=True)
def withdraw_edition(edition: CropEdition, *, on: date, by: str, at: datetime) -> None:
    """Let an edition whose day has not come never count; the one in force until that day stays in force.

    :raises EditionRefused: when it was never approved, or its day has come: the next edition replaces it then.
    """
    if not edition.may_end(on):
        raise EditionRefused("crop_not_to_come")
    editions.end(edition, on=on, by=by, at=at)


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


def _propose(text: str, *, by: str, at: datetime, **content: date | str | Decimal) -> CropEdition:
    try:
        rows = calendars.read(text)
    except calendars.CalendarRefused as refusal:
        raise EditionRefused(refusal.code, **refusal.params) from refusal
    code = CropEdition.CODE
    edition = editions.make(CropEdition, code, content, contradictions=_contradictions, is_new=False, by=by, at=at)
    CropYield.objects.bulk_create(CropYield.of(edition, row) for row in rows)
    return edition


def _contradictions(edition: CropEdition, _on: date) -> Iterator[Contradiction]:
    if not 0 < edition.prudent_share <= 1:
        yield Contradiction("prudence_no_share", "prudent_share", {})


def _approve(edition: CropEdition, *, in_force_from: date, by: str, at: datetime) -> None:
    editions.check_approving(edition, by=by)
    editions.bring_out(edition, since=in_force_from, by=by, at=at)
