"""Where a write-off stands, in words."""

from typing import Final

from django.utils.translation import pgettext_lazy

from lending.loans.proposals.states import WAITS, Status
from portal.core.badges import Badge

BADGES: Final = {
    Status.PROPOSED: WAITS,
    Status.APPROVED: Badge(pgettext_lazy("loan", "Written off"), "danger"),
    Status.DECLINED: Badge(pgettext_lazy("write-off", "Declined"), "neutral"),
    Status.WITHDRAWN: Badge(pgettext_lazy("write-off", "Withdrawn"), "neutral"),
    Status.LAPSED: Badge(pgettext_lazy("write-off", "Lapsed"), "neutral"),
}
