"""Standing orders: on which dates they pay, where they can stand, and what moves them. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import count, islice
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.badges import Tones
from portal.core.dates import BusinessDayRule, add_months, adjusted
from portal.core.transitions import Transition


class Frequency(TextChoices):
    """How often a standing order pays."""

    ONCE = "once", _("Once")
    WEEKLY = "weekly", _("Every week")
    MONTHLY = "monthly", _("Every month")
    QUARTERLY = "quarterly", _("Every three months")
    YEARLY = "yearly", _("Every year")


MONTHS: Final = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.YEARLY: 12}
UPCOMING: Final = 5  # dates that a page shows ahead


class DayRule(TextChoices):
    """What happens to a date on which the bank is closed, in words."""

    FOLLOWING = BusinessDayRule.FOLLOWING.value, _("On the next day the bank is open")
    MODIFIED_FOLLOWING = (
        BusinessDayRule.MODIFIED_FOLLOWING.value,
        _("On the next day the bank is open, within the month"),
    )
    PRECEDING = BusinessDayRule.PRECEDING.value, _("On the last day the bank is open before it")
    NONE = BusinessDayRule.NONE.value, _("On the day itself, holidays too")


@dataclass(frozen=True)
class Occurrence:
    """A date by the calendar, and the day on which it is paid."""

    due_date: date
    pay_date: date


@dataclass(frozen=True)
class Rhythm:
    """The dates of a standing order, counted from the first one: the 31st stays the 31st after a short month."""

    frequency: str
    first_date: date
    last_date: date | None
    on_last_day: bool
    rule: str
    country: str

    def occurrences(self, *, after: date | None = None) -> Iterator[Occurrence]:
        """Go through the dates later than ``after``, the first one included where it is not given."""
        for number in count(self._number_near(after)):
            due = self._due(number)
            if due is None or (self.last_date and due > self.last_date):
                return
            if after is None or due > after:
                yield Occurrence(due, adjusted(due, BusinessDayRule(self.rule), self.country))

    def next_to_pay(self, *, after: date | None, on: date) -> Occurrence | None:
        """Find the first date later than ``after`` that is paid on a day or later."""
        return next((each for each in self.occurrences(after=after) if each.pay_date >= on), None)

    def upcoming(self, *, after: date | None, on: date) -> list[Occurrence]:
        """List the next dates that are paid on a day or later."""
        return list(islice((each for each in self.occurrences(after=after) if each.pay_date >= on), UPCOMING))

    def _number_near(self, after: date | None) -> int:
        """Begin to count not far before a date."""
        if after is None or self.frequency == Frequency.ONCE or after <= self.first_date:
            return 0
        if self.frequency == Frequency.WEEKLY:
            return (after - self.first_date).days // 7
        months = (after.year - self.first_date.year) * 12 + after.month - self.first_date.month
        return max(0, months // MONTHS[Frequency(self.frequency)] - 1)

    def _due(self, number: int) -> date | None:
        if self.frequency == Frequency.ONCE:
            return self.first_date if number == 0 else None
        if self.frequency == Frequency.WEEKLY:
            return self.first_date + timedelta(weeks=number)
        day = add_months(self.first_date, number * MONTHS[Frequency(self.frequency)])
        return last_of_month(day) if self.on_last_day else day


def last_of_month(day: date) -> date:
    """Give the last day of a day's month."""
    return add_months(day.replace(day=1), 1) - timedelta(days=1)


class OrderStatus(TextChoices):
    """Where a standing order stands."""

    WAITING = "waiting", _("Waits for a second person")
    DECLINED = "declined", _("Not confirmed")
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    FINISHED = "finished", _("Completed")
    ENDED = "ended", _("Ended")

    tone = Tones(waiting="warning", active="success", paused="warning")


class OrderEvent(StrEnum):
    """What happens to a standing order."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    PAUSE = "pause"
    RESUME = "resume"
    FINISH = "finish"
    END = "end"


RUNNING: Final = (OrderStatus.ACTIVE, OrderStatus.PAUSED)
ORDER_TRANSITIONS: Final[Mapping[OrderEvent, Transition]] = {
    OrderEvent.CONFIRM: Transition(frozenset({OrderStatus.WAITING}), OrderStatus.ACTIVE),
    OrderEvent.DECLINE: Transition(frozenset({OrderStatus.WAITING}), OrderStatus.DECLINED),
    OrderEvent.PAUSE: Transition(frozenset({OrderStatus.ACTIVE}), OrderStatus.PAUSED),
    OrderEvent.RESUME: Transition(frozenset({OrderStatus.PAUSED}), OrderStatus.ACTIVE),
    OrderEvent.FINISH: Transition(frozenset({OrderStatus.ACTIVE}), OrderStatus.FINISHED),
    OrderEvent.END: Transition(
        frozenset({OrderStatus.WAITING, OrderStatus.ACTIVE, OrderStatus.PAUSED}), OrderStatus.ENDED
    ),
}


class RunStatus(TextChoices):
    """What became of one date of a standing order."""

    PAID = "paid", pgettext_lazy("money", "Paid")
    NOTHING = "nothing", _("Nothing to pay")
    RETRYING = "retrying", _("Is tried again")
    SKIPPED = "skipped", _("Left out")
    REFUSED = "refused", _("Not possible")

    tone = Tones(paid="success", retrying="warning", skipped="danger", refused="danger")
