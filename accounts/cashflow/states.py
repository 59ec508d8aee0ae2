"""Where an imported statement can stand, and what moves it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from portal.core.badges import Tones
from portal.core.transitions import Transition


class Status(TextChoices):
    """Where a statement stands."""

    READING = "reading", _("Being read")
    ASKS = "asks", _("Has a question")
    READ = "read", _("Read")
    REFUSED = "refused", _("Not accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")

    tone = Tones(reading="info", asks="warning", read="success", refused="danger")


class Event(StrEnum):
    """What happens to a statement."""

    READ = "read"
    ASK = "ask"
    ANSWER = "answer"
    REFUSE = "refuse"
    READ_AGAIN = "read_again"
    ASK_ANEW = "ask_anew"
    WITHDRAW = "withdraw"


WITHDRAWABLE: Final = frozenset({Status.ASKS, Status.READ, Status.REFUSED})
TRANSITIONS: Final[Mapping[Event, Transition]] = {
    Event.READ: Transition(frozenset({Status.READING}), Status.READ),
    Event.ASK: Transition(frozenset({Status.READING}), Status.ASKS),
    Event.ANSWER: Transition(frozenset({Status.ASKS}), Status.READING),
    Event.REFUSE: Transition(frozenset({Status.READING}), Status.REFUSED),
    Event.READ_AGAIN: Transition(frozenset({Status.READ}), Status.READING),
    Event.ASK_ANEW: Transition(frozenset({Status.ASKS, Status.READ}), Status.READING),
    Event.WITHDRAW: Transition(WITHDRAWABLE, Status.WITHDRAWN),
}
LEDGER_TRANSITIONS: Final[Mapping[Event, Transition]] = {  # an invoice ledger is read within the request
    **TRANSITIONS,
    Event.WITHDRAW: Transition(frozenset({Status.ASKS}), Status.WITHDRAWN),
}
CURRENT: Final = frozenset({Status.READING, Status.ASKS, Status.READ, Status.REFUSED})
EVIDENCE: Final = frozenset({Status.READING, Status.READ})


class Category(TextChoices):
    """What a payment was for; the codes are those of ``categories.py``."""

    CUSTOMER_RECEIPT = "customer_receipt", _("From customers")
    SUPPLIER_PAYMENT = "supplier_payment", _("To suppliers")
    SALARY = "salary", _("Wages")
    RENT = "rent", _("Rent")
    TAX = "tax", _("Taxes and social insurance")
    LOAN_PROCEEDS = "loan_proceeds", _("Loan paid out")
    LOAN_REPAYMENT = "loan_repayment", _("Loan paid back")
    OWN_TRANSFER = "own_transfer", _("Between own accounts")
    CASH_IN = "cash_in", _("Cash paid in")
    CASH_OUT = "cash_out", _("Cash taken out")
    MERCHANT_SETTLEMENT = "merchant_settlement", _("Card and wallet sales")
    FEE = "fee", _("Fees")
    INTEREST = "interest", _("Interest")
    OTHER_RECEIPT = "other_receipt", _("Refunds, grants and gifts")
    UNKNOWN = "unknown", _("Not known")


class Scope(TextChoices):
    """How far a correction of a category reaches."""

    COUNTERPARTY = "counterparty", _("All payments like it with the same counterparty, those to come as well")
    LINE = "line", _("This payment alone")


class Direction(TextChoices):
    """Which way an invoice goes."""

    SALE = "sale", _("Sales")
    PURCHASE = "purchase", _("Purchases")


class Way(TextChoices):
    """Which way planned money goes."""

    IN = "in", _("Comes in")
    OUT = "out", _("Goes out")


class Repeats(TextChoices):
    """How often planned money comes or goes."""

    ONCE = "once", _("Once")
    MONTHLY = "monthly", _("Every month")
