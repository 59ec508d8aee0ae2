"""What becomes of a hold."""

from enum import StrEnum
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.badges import Tones
from portal.core.transitions import Transition


class HoldStatus(models.TextChoices):
    """Where a hold stands."""

    PENDING = "pending", _("Pending")
    CAPTURED = "captured", _("Captured")
    VOIDED = "voided", _("Voided")
    EXPIRED = "expired", _("Expired")

    tone = Tones(pending="warning", captured="success")


class HoldEvent(StrEnum):
    """What happens to a hold."""

    CAPTURE = "capture"
    VOID = "void"
    EXPIRE = "expire"


class ClosingStatus(models.TextChoices):
    """Where the closing of a month stands."""

    WAITING = "waiting", _("Waits for a second person")
    CLOSED = "closed", pgettext_lazy("a month", "Closed")
    DECLINED = "declined", _("Not confirmed")

    tone = Tones(waiting="warning", closed="success")


class ClosingEvent(StrEnum):
    """What the second person says to closing a month."""

    CLOSE = "close"
    DECLINE = "decline"


CLOSING_TRANSITIONS: Final = {
    ClosingEvent.CLOSE: Transition(frozenset({ClosingStatus.WAITING}), ClosingStatus.CLOSED),
    ClosingEvent.DECLINE: Transition(frozenset({ClosingStatus.WAITING}), ClosingStatus.DECLINED),
}
PENDING: Final = frozenset({HoldStatus.PENDING})
TRANSITIONS: Final = {
    HoldEvent.CAPTURE: Transition(PENDING, HoldStatus.CAPTURED),
    HoldEvent.VOID: Transition(PENDING, HoldStatus.VOIDED),
    HoldEvent.EXPIRE: Transition(PENDING, HoldStatus.EXPIRED),
}
