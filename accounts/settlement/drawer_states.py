"""Where drawers, the cash handed between them, and their counts can stand."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.settlement.states import CheckEvent
from portal.core.badges import Tones
from portal.core.transitions import Transition


class DrawerKind(TextChoices):
    """Where the cash lies."""

    VAULT = "vault", _("Vault")
    COUNTER = "counter", _("Drawer at the counter")
    CARRIED = "carried", _("Bag of a field agent")


class DrawerStatus(TextChoices):
    """Whether cash may move through a drawer."""

    OPEN = "open", pgettext_lazy("a drawer", "In use")
    CLOSED = "closed", pgettext_lazy("a drawer", "Given up")

    tone = Tones(open="success")


class HandoverStatus(TextChoices):
    """Where cash handed from one drawer to another stands."""

    WAITING = "waiting", _("Waits for the other side")
    TAKEN = "taken", _("Taken over")
    DECLINED = "declined", _("Not taken over")

    tone = Tones(waiting="warning", taken="success")


HANDOVER_TRANSITIONS: Final[Mapping[CheckEvent, Transition]] = {
    CheckEvent.CONFIRM: Transition(frozenset({HandoverStatus.WAITING}), HandoverStatus.TAKEN),
    CheckEvent.DECLINE: Transition(frozenset({HandoverStatus.WAITING}), HandoverStatus.DECLINED),
}


class DeliveryWay(TextChoices):
    """Where cash goes between a vault and the bank at which we keep our account."""

    BROUGHT = "brought", _("Brought to the other bank")
    FETCHED = "fetched", _("Fetched from the other bank")


class DeliveryStatus(TextChoices):
    """Where cash between a vault and the other bank stands."""

    WAITING = "waiting", _("Waits for a second person")
    ON_THE_WAY = "on_the_way", _("Not on a statement yet")
    SETTLED = "settled", _("Confirmed by the other bank")
    DECLINED = "declined", _("Not confirmed")

    tone = Tones(waiting="warning", on_the_way="info", settled="success")


OPEN_DELIVERIES: Final = frozenset({DeliveryStatus.WAITING, DeliveryStatus.ON_THE_WAY})


class DeliveryEvent(StrEnum):
    """What happens to cash between a vault and the other bank."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    SETTLE = "settle"


DELIVERY_TRANSITIONS: Final[Mapping[DeliveryEvent, Transition]] = {
    DeliveryEvent.CONFIRM: Transition(frozenset({DeliveryStatus.WAITING}), DeliveryStatus.ON_THE_WAY),
    DeliveryEvent.DECLINE: Transition(frozenset({DeliveryStatus.WAITING}), DeliveryStatus.DECLINED),
    DeliveryEvent.SETTLE: Transition(frozenset({DeliveryStatus.ON_THE_WAY}), DeliveryStatus.SETTLED),
}


class CountStatus(TextChoices):
    """Where a count stands."""

    AGREED = "agreed", _("Agrees")
    WAITING = "waiting", _("Difference waits for a second person")
    BOOKED = "booked", _("Difference booked")
    DECLINED = "declined", _("Must be counted again")

    tone = Tones(agreed="success", waiting="warning", booked="info")


COUNT_TRANSITIONS: Final[Mapping[CheckEvent, Transition]] = {
    CheckEvent.CONFIRM: Transition(frozenset({CountStatus.WAITING}), CountStatus.BOOKED),
    CheckEvent.DECLINE: Transition(frozenset({CountStatus.WAITING}), CountStatus.DECLINED),
}
