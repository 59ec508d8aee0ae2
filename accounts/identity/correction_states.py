"""What is corrected of an enterprise or a person, and the way of a correction, as tables."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.badges import Tones
from portal.core.transitions import Transition


class Detail(TextChoices):
    """What can be corrected; a registration of another kind is another enterprise."""

    LEGAL_NAME = "legal_name", _("Name of the enterprise")
    IDENTIFIER = "identifier", _("Its number")
    FOUNDED_ON = "founded_on", _("Founded on")
    INDUSTRY = "industry", _("Trade")
    BRANCH = "branch", _("Branch")
    SETTING = "setting", _("Town or village")
    EMPLOYEES = "employees", _("People who work there")
    ANNUAL_REVENUE = "annual_revenue_amount", _("Revenue in a year")
    FULL_NAME = "full_name", pgettext_lazy("person", "Name")


# What nobody of the bank ever checked: told once, it is told again, and no check, screening or rule rests on it.
AT_ONCE: Final = frozenset({Detail.SETTING, Detail.EMPLOYEES, Detail.ANNUAL_REVENUE})
# What the bank's rules, its screening and its contracts rest on.
JUDGED_BY: Final = frozenset({Detail.LEGAL_NAME, Detail.IDENTIFIER, Detail.FOUNDED_ON, Detail.INDUSTRY})
# What papers were held against: a check from before rests on what was there then.
ON_PAPERS: Final = frozenset({Detail.LEGAL_NAME, Detail.IDENTIFIER, Detail.FULL_NAME})


class CorrectionStatus(TextChoices):
    """Where a correction stands."""

    ASKED = "asked", _("Waits for somebody of the bank")
    PROPOSED = "proposed", _("Waits for a second person")
    AGREED = "agreed", _("Corrected")
    DONE = "done", _("Corrected at once")
    REFUSED = "refused", _("Not corrected")
    WITHDRAWN = "withdrawn", _("Withdrawn")

    tone = Tones(asked="warning", proposed="warning", agreed="success", done="success", refused="danger")


class CorrectionEvent(StrEnum):
    """What happens to a correction."""

    PROPOSE = "propose"
    AGREE = "agree"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


_Status = CorrectionStatus
WAITING: Final = frozenset({_Status.ASKED, _Status.PROPOSED})
IN_EFFECT: Final = frozenset({_Status.AGREED, _Status.DONE})
TRANSITIONS: Final[Mapping[CorrectionEvent, Transition]] = {
    CorrectionEvent.PROPOSE: Transition(frozenset({_Status.ASKED}), _Status.PROPOSED),
    CorrectionEvent.AGREE: Transition(frozenset({_Status.PROPOSED}), _Status.AGREED),
    CorrectionEvent.REFUSE: Transition(WAITING, _Status.REFUSED),
    CorrectionEvent.WITHDRAW: Transition(WAITING, _Status.WITHDRAWN),
}
