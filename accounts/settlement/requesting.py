"""Requests for payment: structured references, where a request can stand, when a customer is reminded. Pure."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

from portal.core.badges import Tones
from portal.core.transitions import Transition

PREFIX: Final = "RQ-"
IN_A_TEXT: Final = re.compile(r"(?<![0-9A-Z])RF ?\d\d ?RQ(?: ?[0-9A-Z]){8}(?![0-9A-Z])")


def creditor_reference(reference: str) -> str:
    """Turn a request's reference into the one its payer writes (ISO 11649): two check digits notice every slip."""
    body = reference.replace("-", "")
    return f"RF{mod_97_10.calc_check_digits(body + 'RF')}{body}"


def grouped(structured: str) -> str:
    """Write a structured reference in groups of four, as people read it."""
    return str(iso11649.format(structured))


def reference_in(text: str) -> str:
    """Find the request that a text names by its structured reference; empty where none, or where digits are wrong."""
    found = IN_A_TEXT.search(" ".join(text.upper().split()))
    structured = found.group().replace(" ", "") if found else ""
    return PREFIX + structured[6:] if structured and iso11649.is_valid(structured) else ""


class RequestStatus(TextChoices):
    """Where a request for payment stands; that it is overdue is never a status, it follows from its date."""

    OPEN = "open", pgettext_lazy("request for payment", "Open")
    PARTLY = "partly", _("Paid in part")
    PAID = "paid", pgettext_lazy("money", "Paid")
    EXPIRED = "expired", _("Expired")
    CANCELED = "canceled", _("Canceled")

    tone = Tones(open="info", partly="warning", paid="success")


class RequestEvent(StrEnum):
    """What happens to a request for payment."""

    RECEIVE_PART = "receive_part"
    RECEIVE_REST = "receive_rest"
    CANCEL = "cancel"
    EXPIRE = "expire"
    WITHDRAW_PART = "withdraw_part"
    WITHDRAW_ALL = "withdraw_all"


PAYABLE: Final = (RequestStatus.OPEN, RequestStatus.PARTLY)
_PAYABLE: Final = frozenset(PAYABLE)
_RECEIVED: Final = frozenset({RequestStatus.PARTLY, RequestStatus.PAID})
REQUEST_TRANSITIONS: Final[Mapping[RequestEvent, Transition]] = {
    RequestEvent.RECEIVE_PART: Transition(_PAYABLE, RequestStatus.PARTLY),
    RequestEvent.RECEIVE_REST: Transition(_PAYABLE, RequestStatus.PAID),
    RequestEvent.CANCEL: Transition(_PAYABLE, RequestStatus.CANCELED),
    RequestEvent.EXPIRE: Transition(_PAYABLE, RequestStatus.EXPIRED),
    RequestEvent.WITHDRAW_PART: Transition(_RECEIVED, RequestStatus.PARTLY),
    RequestEvent.WITHDRAW_ALL: Transition(_RECEIVED, RequestStatus.OPEN),
}


class PlanStatus(TextChoices):
    """Whether a bill plan still makes bills."""

    ACTIVE = "active", _("Active")
    FINISHED = "finished", _("Completed")
    STOPPED = "stopped", _("Stopped")

    tone = Tones(active="success")


class Occasion(TextChoices):
    """Why a customer is written to."""

    SENT = "sent", _("Request sent")
    BEFORE = "before", _("Reminder before the date")
    OVERDUE_1 = "overdue_1", _("First reminder after the date")
    OVERDUE_7 = "overdue_7", _("Second reminder after the date")
    OVERDUE_14 = "overdue_14", _("Third reminder after the date")
    BY_HAND = "by_hand", _("Reminder sent by you")


# How many days from the due date each reminder goes out by itself.
REMINDERS: Final = ((Occasion.BEFORE, -3), (Occasion.OVERDUE_1, 1), (Occasion.OVERDUE_7, 7), (Occasion.OVERDUE_14, 14))
FIRST_REMINDER: Final = timedelta(days=3)


def occasion_on(on: date, *, due: date, made: date) -> Occasion | None:
    """Tell the latest reminder whose day has come, after the day on which the request was made; none if none has."""
    reached = [occasion for occasion, days in REMINDERS if made < due + timedelta(days=days) <= on]
    return reached[-1] if reached else None
