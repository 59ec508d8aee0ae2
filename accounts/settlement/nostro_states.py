"""Where a nostro statement, its lines and what waits in suspense can stand."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.transitions import Transition


class StatementStatus(TextChoices):
    """Where a statement of our account at another bank stands."""

    READING = "reading", _("Being read")
    READ = "read", _("Read")
    REFUSED = "refused", pgettext_lazy("a file", "Not accepted")

    @property
    def tone(self) -> str:
        """The color of its badge."""
        return {"reading": "info", "read": "success", "refused": "danger"}[self.value]


class LineStatus(TextChoices):
    """Where a line of such a statement stands."""

    NEW = "new", _("Waits to be booked")
    MATCHED = "matched", _("Matched")
    SUSPENSE = "suspense", _("In suspense")
    CLEARED = "cleared", pgettext_lazy("suspense", "Cleared")

    @property
    def tone(self) -> str:
        """The color of its badge."""
        return {"new": "info", "matched": "success", "suspense": "warning", "cleared": "success"}[self.value]


class LineKind(TextChoices):
    """What a line turned out to be."""

    PAID = "paid", _("Payment confirmed")
    FILE = "file", _("Payment file confirmed")
    RETURNED = "returned", _("Payment came back")
    RECEIPT = "receipt", _("Money received")
    SENT_BACK = "sent_back", _("Sent back to the sender")
    CASH = "cash", _("Cash confirmed")


class Rule(TextChoices):
    """What a line was known by."""

    REFERENCE = "reference", _("by its reference")
    AMOUNT_AND_DATE = "amount_and_date", _("by payee, amount and date")
    CASH_AND_DATE = "cash_and_date", _("by amount and date")
    NUMBER = "number", _("by the account number")
    AGREEMENT = "agreement", _("by the reference of an agreement")
    REQUEST = "request", _("by the reference of a request for payment")


class Doubt(TextChoices):
    """Why a line waits in suspense."""

    NO_MATCH = "no_match", _("Nothing here fits it.")
    AMOUNT_DIFFERS = "amount_differs", _("It names a payment of another amount.")
    SEVERAL_FIT = "several_fit", _("More than one fits it.")
    NOT_EXPECTED = "not_expected", _("It names a payment for which no money is expected.")
    NOT_POSSIBLE = "not_possible", _("It fits, but could not be booked.")


class SuspenseStatus(TextChoices):
    """Where money in suspense stands."""

    WAITING = "waiting", _("Waits for a decision")
    PROPOSED = "proposed", _("Waits for a second person")
    CLEARED = "cleared", pgettext_lazy("suspense", "Cleared")

    @property
    def tone(self) -> str:
        """The color of its badge."""
        return {"waiting": "warning", "proposed": "warning", "cleared": "success"}[self.value]


class Clearing(TextChoices):
    """How money in suspense is cleared."""

    ACCOUNT = "account", _("To a customer's account")
    INSTRUCTION = "instruction", _("To a payment")
    SENDER = "sender", _("Back to the sender")
    CHARGE = "charge", _("A charge of the other bank")
    CASH = "cash", _("Cash that went to or came from the other bank")


class SuspenseEvent(StrEnum):
    """What happens to money in suspense."""

    PROPOSE = "propose"
    CONFIRM = "confirm"
    DECLINE = "decline"
    BOUNCE = "bounce"


SUSPENSE_TRANSITIONS: Final[Mapping[SuspenseEvent, Transition]] = {
    SuspenseEvent.PROPOSE: Transition(frozenset({SuspenseStatus.WAITING}), SuspenseStatus.PROPOSED),
    SuspenseEvent.CONFIRM: Transition(frozenset({SuspenseStatus.PROPOSED}), SuspenseStatus.CLEARED),
    SuspenseEvent.DECLINE: Transition(frozenset({SuspenseStatus.PROPOSED}), SuspenseStatus.WAITING),
    SuspenseEvent.BOUNCE: Transition(frozenset({SuspenseStatus.CLEARED}), SuspenseStatus.WAITING),
}
