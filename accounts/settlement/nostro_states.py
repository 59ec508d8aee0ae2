"""Where a nostro statement, its lines and what waits in suspense can stand."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.badges import Tones
from portal.core.transitions import Transition


class StatementStatus(TextChoices):
    """Where a statement of our account at another bank stands."""

    READING = "reading", _("Being read")
    REFUSED = "refused", pgettext_lazy("a file", "Not accepted")
    WAITING = "waiting", _("Waits for a second person")
    AGREED = "agreed", pgettext_lazy("a file", "Agreed to")
    SET_ASIDE = "set_aside", pgettext_lazy("a file", "Set aside")

    tone = Tones(reading="info", refused="danger", waiting="warning", agreed="success")


class StatementEvent(StrEnum):
    """What happens to such a statement."""

    REFUSE = "refuse"
    READ = "read"
    AGREE = "agree"
    SET_ASIDE = "set_aside"


STATEMENT_TRANSITIONS: Final[Mapping[StatementEvent, Transition]] = {
    StatementEvent.REFUSE: Transition(frozenset({StatementStatus.READING}), StatementStatus.REFUSED),
    StatementEvent.READ: Transition(frozenset({StatementStatus.READING}), StatementStatus.WAITING),
    StatementEvent.AGREE: Transition(frozenset({StatementStatus.WAITING}), StatementStatus.AGREED),
    StatementEvent.SET_ASIDE: Transition(frozenset({StatementStatus.WAITING}), StatementStatus.SET_ASIDE),
}


class LineStatus(TextChoices):
    """Where a line of such a statement stands."""

    NEW = "new", _("Waits to be booked")
    MATCHED = "matched", _("Matched")
    SUSPENSE = "suspense", _("In suspense")
    CLEARED = "cleared", pgettext_lazy("suspense", "Cleared")
    LEFT_OUT = "left_out", pgettext_lazy("a line", "Left out")

    tone = Tones(new="info", matched="success", suspense="warning", cleared="success")


class LineKind(TextChoices):
    """What a line turned out to be."""

    PAID = "paid", _("Payment confirmed")
    FILE = "file", _("Payment file confirmed")
    RETURNED = "returned", _("Payment came back")
    RECEIPT = "receipt", _("Money received")
    SENT_BACK = "sent_back", _("Sent back to the sender")
    CASH = "cash", _("Cash confirmed")


class Foreseen(TextChoices):
    """What a line would do if its statement were agreed to."""

    RECEIPT = "receipt", _("Credits an account")
    REQUEST = "request", _("Pays a request for payment")
    RETURNED = "returned", _("Gives a payment back to its account")
    PAID = "paid", _("Confirms a payment")
    FILE = "file", _("Confirms a payment file")
    SENT_BACK = "sent_back", _("Confirms what went back to its sender")
    CASH = "cash", _("Confirms cash to or from the other bank")
    SUSPENSE = "suspense", _("Goes to suspense")
    LEFT_OUT = "left_out", _("Nothing: another file told it before")


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
    AMOUNT_DIFFERS = "amount_differs", _("It names a payment or cash of another amount.")
    SEVERAL_FIT = "several_fit", _("More than one fits it.")
    NOT_EXPECTED = "not_expected", _("It names a payment or cash for which no money is expected.")
    NOT_POSSIBLE = "not_possible", _("It fits, but could not be booked.")
    NOT_AGREED = "not_agreed", _("It fits something else than what was agreed to.")


class SuspenseStatus(TextChoices):
    """Where money in suspense stands."""

    WAITING = "waiting", _("Waits for a decision")
    PROPOSED = "proposed", _("Waits for a second person")
    CLEARED = "cleared", pgettext_lazy("suspense", "Cleared")

    tone = Tones(waiting="warning", proposed="warning", cleared="success")


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
    TAKE_BACK = "take_back"


SUSPENSE_TRANSITIONS: Final[Mapping[SuspenseEvent, Transition]] = {
    SuspenseEvent.PROPOSE: Transition(frozenset({SuspenseStatus.WAITING}), SuspenseStatus.PROPOSED),
    SuspenseEvent.CONFIRM: Transition(frozenset({SuspenseStatus.PROPOSED}), SuspenseStatus.CLEARED),
    SuspenseEvent.DECLINE: Transition(frozenset({SuspenseStatus.PROPOSED}), SuspenseStatus.WAITING),
    SuspenseEvent.BOUNCE: Transition(frozenset({SuspenseStatus.CLEARED}), SuspenseStatus.WAITING),
    SuspenseEvent.TAKE_BACK: Transition(frozenset({SuspenseStatus.CLEARED}), SuspenseStatus.WAITING),
}
