"""Where a loan stands. Arrears is no status: it is derived from days past due."""

from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.badges import Badge
from portal.core.transitions import Transition


class LoanStatus(StrEnum):
    """The life of a loan."""

    ACTIVE = "active"
    REPAID = "repaid"
    WRITTEN_OFF = "written_off"
    SETTLED = "settled"


class LoanEvent(StrEnum):
    """What happens to a loan."""

    REPAY = "repay"
    REOPEN = "reopen"
    WRITE_OFF = "write_off"
    SETTLE = "settle"
    UNSETTLE = "unsettle"
    REVERSE_WRITE_OFF = "reverse_write_off"
    REVERSE_SETTLED = "reverse_settled"


OWING: Final = frozenset({LoanStatus.ACTIVE, LoanStatus.WRITTEN_OFF})
TRANSITIONS: Final = {
    LoanEvent.REPAY: Transition(frozenset({LoanStatus.ACTIVE}), LoanStatus.REPAID),
    LoanEvent.REOPEN: Transition(frozenset({LoanStatus.REPAID}), LoanStatus.ACTIVE),
    LoanEvent.WRITE_OFF: Transition(frozenset({LoanStatus.ACTIVE}), LoanStatus.WRITTEN_OFF),
    LoanEvent.SETTLE: Transition(frozenset({LoanStatus.WRITTEN_OFF}), LoanStatus.SETTLED),
    LoanEvent.UNSETTLE: Transition(frozenset({LoanStatus.SETTLED}), LoanStatus.WRITTEN_OFF),
    LoanEvent.REVERSE_WRITE_OFF: Transition(frozenset({LoanStatus.WRITTEN_OFF}), LoanStatus.ACTIVE),
    LoanEvent.REVERSE_SETTLED: Transition(frozenset({LoanStatus.SETTLED}), LoanStatus.REPAID),
}

BADGES: Final = {
    LoanStatus.ACTIVE: Badge(_("Running"), "info"),
    LoanStatus.REPAID: Badge(_("Repaid"), "success"),
    LoanStatus.WRITTEN_OFF: Badge(pgettext_lazy("loan", "Written off"), "danger"),
    LoanStatus.SETTLED: Badge(pgettext_lazy("loan", "Settled after a write-off"), "success"),
}
LATE: Final = Badge(_("Late"), "danger")
PAID: Final = Badge(_("Paid"), "success")
DUE: Final = Badge(pgettext_lazy("installment", "Due today"), "warning")
NEXT: Final = Badge(pgettext_lazy("installment", "Next"), "info")
LATER: Final = Badge(_("Later"), "neutral")
