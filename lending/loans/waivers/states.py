"""Where a waiver stands, in words."""

from typing import Final

from django.utils.translation import pgettext_lazy

from lending.loans.proposals.states import WAITS, Status
from portal.core.badges import Badge

BADGES: Final = {
    Status.PROPOSED: WAITS,
    Status.APPROVED: Badge(pgettext_lazy("waiver", "Waived"), "success"),
    Status.DECLINED: Badge(pgettext_lazy("waiver", "Declined"), "danger"),
    Status.WITHDRAWN: Badge(pgettext_lazy("waiver", "Withdrawn"), "neutral"),
    Status.LAPSED: Badge(pgettext_lazy("waiver", "Lapsed"), "neutral"),
}
