"""When owners are reminded, how late a loan is, and whether a promise was kept. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from portal.core.badges import Badge

AHEAD: Final = timedelta(days=3)  # an owner still has time to bring money
STALE_DAYS: Final = 60  # what became late so long ago is no news


class Moment(StrEnum):
    """When an owner is reminded of an installment."""

    SHORT = "short"
    LATE = "late"
    LATE_7 = "late_7"
    LATE_30 = "late_30"


LATE_FROM: Final = {Moment.LATE_30: 30, Moment.LATE_7: 7, Moment.LATE: 1}  # days past due


@dataclass(frozen=True)
class Band:
    """How late, in days past due; an open end has no last."""

    code: str
    first: int
    last: int | None
    label: str | Words


BANDS: Final = (
    Band("1-29", 1, 29, _("1 to 29 days")),
    Band("30-89", 30, 89, _("30 to 89 days")),
    Band("90", 90, None, _("90 days or more")),
)


WRITTEN_OFF: Final = "written-off"  # a band of its own: off the books, and owed


class Standing(StrEnum):
    """What became of a promise."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"


BADGES: Final = {
    Standing.OPEN: Badge(_("Promised"), "info"),
    Standing.KEPT: Badge(_("Promise kept"), "success"),
    Standing.BROKEN: Badge(_("Promise broken"), "danger"),
}


def standing_of(promised_amount: Decimal, promised_on: date, *, paid_amount: Decimal, on: date) -> Standing:
    """Tell what became of a promise by what was repaid after it and through its day."""
    if paid_amount >= promised_amount:
        return Standing.KEPT
    return Standing.BROKEN if on > promised_on else Standing.OPEN
