"""Where a settlement account can stand, and what moves it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.badges import Tones
from portal.core.transitions import Transition


class Status(TextChoices):
    """Where a settlement account stands."""

    OPEN = "open", _("Open")
    FROZEN = "frozen", _("Frozen")
    CLOSED = "closed", _("Closed")

    tone = Tones(open="success", frozen="warning")


class Event(StrEnum):
    """What happens to a settlement account."""

    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    CLOSE = "close"


TRANSITIONS: Final[Mapping[Event, Transition]] = {
    Event.FREEZE: Transition(frozenset({Status.OPEN}), Status.FROZEN),
    Event.UNFREEZE: Transition(frozenset({Status.FROZEN}), Status.OPEN),
    Event.CLOSE: Transition(frozenset({Status.OPEN}), Status.CLOSED),
}
PAYS: Final = frozenset({Status.OPEN})
RECEIVES: Final = frozenset({Status.OPEN, Status.FROZEN})


class Way(TextChoices):
    """Whether cash came to the bank or left it."""

    IN = "in", _("Paid in")
    OUT = "out", _("Paid out")


class KnownBy(TextChoices):
    """By what the bank knew who fetched cash."""

    CODE = "code", _("Code sent to their phone")
    IDENTITY_CARD = "identity_card", _("Resident identity card")
    TEMPORARY_CARD = "temporary_card", _("Temporary identity card")
    PASSPORT = "passport", _("Passport")


class CashStatus(TextChoices):
    """Where cash at the counter stands."""

    WAITING = "waiting", _("Waits for a second person")
    BOOKED = "booked", _("Booked")
    DECLINED = "declined", _("Not confirmed")
    REVERSED = "reversed", pgettext_lazy("cash", "Reversed")

    tone = Tones(waiting="warning", booked="success", reversed="danger")


class CheckEvent(StrEnum):
    """What the second person says; and to cash, what a correction does."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    REVERSE = "reverse"


CASH_TRANSITIONS: Final[Mapping[CheckEvent, Transition]] = {
    CheckEvent.CONFIRM: Transition(frozenset({CashStatus.WAITING}), CashStatus.BOOKED),
    CheckEvent.DECLINE: Transition(frozenset({CashStatus.WAITING}), CashStatus.DECLINED),
    CheckEvent.REVERSE: Transition(frozenset({CashStatus.BOOKED}), CashStatus.REVERSED),
}


class CorrectionStatus(TextChoices):
    """Where the correction of a cash movement stands."""

    WAITING = "waiting", _("Waits for a second person")
    BOOKED = "booked", _("Booked")
    DECLINED = "declined", _("Not confirmed")

    tone = Tones(waiting="warning", booked="success")


CORRECTION_TRANSITIONS: Final[Mapping[CheckEvent, Transition]] = {
    CheckEvent.CONFIRM: Transition(frozenset({CorrectionStatus.WAITING}), CorrectionStatus.BOOKED),
    CheckEvent.DECLINE: Transition(frozenset({CorrectionStatus.WAITING}), CorrectionStatus.DECLINED),
}


class InstructionStatus(TextChoices):
    """Where a payment to a payee stands."""

    WAITING = "waiting", _("Waits for a second person")
    DECLINED = "declined", _("Not confirmed")
    PENDING = "pending", _("Will be sent")
    SENT = "sent", _("Sent to the other bank")
    SETTLED = "settled", pgettext_lazy("money", "Paid")
    RETURNED = "returned", _("Came back")
    VOIDED = "voided", _("Canceled")

    tone = Tones(waiting="warning", pending="info", sent="info", settled="success", returned="danger")


class InstructionEvent(StrEnum):
    """What happens to a payment to a payee."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    VOID = "void"
    SEND = "send"
    SETTLE = "settle"
    RETURN = "return"


UNDERWAY: Final = (InstructionStatus.WAITING, InstructionStatus.PENDING, InstructionStatus.SENT)
ON_THE_WAY: Final = (InstructionStatus.PENDING, InstructionStatus.SENT, InstructionStatus.SETTLED)
INSTRUCTION_TRANSITIONS: Final[Mapping[InstructionEvent, Transition]] = {
    InstructionEvent.CONFIRM: Transition(frozenset({InstructionStatus.WAITING}), InstructionStatus.PENDING),
    InstructionEvent.DECLINE: Transition(frozenset({InstructionStatus.WAITING}), InstructionStatus.DECLINED),
    InstructionEvent.VOID: Transition(
        frozenset({InstructionStatus.WAITING, InstructionStatus.PENDING}), InstructionStatus.VOIDED
    ),
    InstructionEvent.SEND: Transition(frozenset({InstructionStatus.PENDING}), InstructionStatus.SENT),
    InstructionEvent.SETTLE: Transition(frozenset({InstructionStatus.SENT}), InstructionStatus.SETTLED),
    InstructionEvent.RETURN: Transition(
        frozenset({InstructionStatus.SENT, InstructionStatus.SETTLED}), InstructionStatus.RETURNED
    ),
}
