"""Where a loan stands. Arrears is no status: it is derived from days past due."""

from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.badges import Badge


class LoanStatus(StrEnum):
    """The life of a loan."""

    ACTIVE = "active"
    REPAID = "repaid"


BADGES: Final = {
    LoanStatus.ACTIVE: Badge(_("Running"), "info"),
    LoanStatus.REPAID: Badge(_("Repaid"), "success"),
}
LATE: Final = Badge(_("Late"), "danger")
PAID: Final = Badge(_("Paid"), "success")
DUE: Final = Badge(pgettext_lazy("installment", "Due today"), "warning")
NEXT: Final = Badge(pgettext_lazy("installment", "Next"), "info")
LATER: Final = Badge(_("Later"), "neutral")
