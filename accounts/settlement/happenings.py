"""What can be told about an account: to owners by notice, to their programs by webhook. Pure."""

from collections.abc import Mapping
from typing import Final

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Happening(TextChoices):
    """What an owner may want to know of."""

    MONEY_IN = "money_in", _("Money came in")
    MONEY_OUT = "money_out", _("Money went out")
    LOW_BALANCE = "low_balance", _("The balance is low")
    PAYMENT_RETURNED = "payment_returned", _("A payment came back")
    COLLECTION_FAILED = "collection_failed", _("An installment could not be collected")
    KEPT_ENDED = "kept_ended", _("An amount is no longer kept back")
    INSTALLMENT_SHORT = "installment_short", _("An installment falls due soon and the account does not hold enough")
    INSTALLMENT_LATE = "installment_late", _("An installment is late")


# What money or a deadline hangs on: owners are told by text message, until they choose otherwise.
ON_BY_DEFAULT: Final = frozenset(
    {
        Happening.PAYMENT_RETURNED,
        Happening.COLLECTION_FAILED,
        Happening.INSTALLMENT_SHORT,
        Happening.INSTALLMENT_LATE,
    }
)


# Those that are told only from, or below, an amount; and what stands in the form at first.
AMOUNT_LABELS: Final[Mapping[Happening, str | Promise]] = {
    Happening.MONEY_IN: _("From which amount on"),
    Happening.MONEY_OUT: _("From which amount on"),
    Happening.LOW_BALANCE: _("Below which balance"),
}

WEBHOOK_EVENTS: Final[Mapping[str, str | Promise]] = {
    "account.money_in": _("Money came in"),
    "account.money_out": _("Money went out"),
    "payment.accepted": _("A payment is on its way"),
    "payment.settled": _("A payment was paid"),
    "payment.returned": _("A payment came back"),
    "payment.voided": _("A payment was canceled"),
}
# By which entries of the books a payment's states show.
PAYMENT_EVENTS: Final[Mapping[str, str]] = {
    "payment_out": "payment.accepted",
    "payment_settled": "payment.settled",
    "payment_returned": "payment.returned",
    "payment_out_reversed": "payment.voided",
}
