"""A forecast as a page shows it: charts, a sentence to act on, what comes back, and rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Final

from babel.dates import format_skeleton
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.cashflow.forecast import ComingWeek, Event, Expectation, Forecast
from accounts.cashflow.outlook import Outlook
from accounts.cashflow.recurring import Recurring, Rhythm
from accounts.cashflow.states import Category
from portal.core import formats
from portal.core.charts import Band, Chart
from portal.core.money import rounded

RHYTHMS: Final = {
    Rhythm.WEEKLY: gettext_lazy("every week"),
    Rhythm.MONTHLY: gettext_lazy("every month"),
    Rhythm.QUARTERLY: gettext_lazy("every three months"),
}


@dataclass(frozen=True)
class Range:
    """An expected amount and the band around it, in whole units of the bank's currency."""

    expected: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class WeekRow:
    """A coming week in words and figures; ``own`` is nothing where nothing moves between own pockets."""

    first_day: date
    last_day: date
    inflow: Range
    outflow: Range
    own: Decimal
    balance: Range


@dataclass(frozen=True)
class Back:
    """A payment that comes back."""

    name: str
    rhythm: str
    next_day: date
    amount: Decimal


@dataclass(frozen=True)
class Expected:
    """A payment expected on a day; planned ones were told by the owner."""

    on: date
    name: str
    amount: Decimal
    is_planned: bool


@dataclass(frozen=True)
class Advice:
    """What the forecast means, in one sentence or two."""

    text: str
    tone: str


@dataclass(frozen=True)
class About:
    """Where the balance ends, in round figures."""

    end: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class ForecastPicture:
    """The coming weeks, ready to be drawn; without known balances the chart begins at nothing."""

    has_balance: bool
    balance: Decimal
    about: About
    to_spare: Decimal
    advice: Advice
    balances: Chart
    flows: Chart
    rows: Sequence[WeekRow]
    has_own: bool
    back: Sequence[Back]
    events: Sequence[Expected]


def drawn(outlook: Outlook) -> ForecastPicture | None:
    """Draw a forecast; none where there is none, or where all its weeks are over."""
    told = outlook.forecast
    if told is None or outlook.is_outdated:
        return None
    rows = [_row(week) for week in told.weeks]
    lowest = min(rows, key=lambda row: row.balance.low)
    has_balance = outlook.balance is not None
    end = rows[-1].balance
    return ForecastPicture(
        has_balance=has_balance,
        balance=whole(float(outlook.balance or 0)),
        about=About(about(end.expected), about(end.low), about(end.high)),
        to_spare=about(max(min(lowest.balance.low, outlook.balance or Decimal(0)), Decimal(0)), down=True),
        advice=_advice(rows) if has_balance else _change(rows[-1]),
        balances=_balances(outlook, rows),
        flows=_flows(rows),
        rows=rows,
        has_own=any(row.own for row in rows),
        back=[_back(each, told) for each in told.recurring if _next(each, told)],
        events=[_expected(event) for event in told.events],
    )


def whole(amount: float) -> Decimal:
    """Round to whole units: a forecast to the cent would promise too much."""
    return rounded(Decimal(round(amount)), settings.BANK_CURRENCY)


def about(amount: Decimal, *, down: bool = False) -> Decimal:
    """Round to three figures that count, two if rounded down: what a person would say."""
    if not amount:
        return amount
    last = max(amount.adjusted() - (1 if down else 2), 0)
    step = Decimal(1).scaleb(last)
    return (amount / step).quantize(Decimal(1), rounding=ROUND_DOWN if down else ROUND_HALF_UP) * step


def _range(told: Expectation) -> Range:
    return Range(whole(told.expected), whole(told.low), whole(told.high))


def _row(week: ComingWeek) -> WeekRow:
    assert week.balance is not None, "an outlook always walks a balance"
    return WeekRow(
        first_day=week.first_day,
        last_day=week.last_day,
        inflow=_range(week.inflow),
        outflow=_range(week.outflow),
        own=whole(week.own.expected),
        balance=_range(week.balance),
    )


def _advice(rows: Sequence[WeekRow]) -> Advice:
    """Say when money runs short, first where it is expected to, then where it may; otherwise how low it falls."""
    short = next((row for row in rows if row.balance.expected < 0), None)
    if short:
        words = {"day": formats.day(short.first_day), "amount": _money(-short.balance.expected)}
        told = _("In the week of %(day)s your money is expected to run out: about %(amount)s will be missing.")
        return Advice(f"{told % words} {_what_to_do()}", "danger")
    risky = next((row for row in rows if row.balance.low < 0), None)
    if risky:
        words = {"day": formats.day(risky.first_day)}
        told = _(
            "In the week of %(day)s the balance may fall below zero if things go badly, as they do one time in ten."
        )
        return Advice(f"{told % words} {_what_to_do()}", "warning")
    lowest = min(rows, key=lambda row: row.balance.low)
    words = {"amount": _money(lowest.balance.low), "day": formats.day(lowest.first_day)}
    told = _(
        "Your money should last through all thirteen weeks. Even if things go badly, as they do one time in ten, "
        "about %(amount)s remains in the leanest week, that of %(day)s."
    )
    return Advice(told % words, "success")


def _what_to_do() -> str:
    return _("Plan for it now: ask customers to pay earlier, put off what can wait, or agree on a later day to pay.")


def _change(end: WeekRow) -> Advice:
    words = {"amount": _money(abs(end.balance.expected))}
    if end.balance.expected < 0:
        return Advice(
            _("In thirteen weeks you are expected to have about %(amount)s less than now.") % words, "warning"
        )
    return Advice(_("In thirteen weeks you are expected to have about %(amount)s more than now.") % words, "info")


def _money(amount: Decimal) -> str:
    return formats.money(about(amount), whole=True)


def _balances(outlook: Outlook, rows: Sequence[WeekRow]) -> Chart:
    past = [(day, whole(amount)) for day, amount in outlook.past_balances]
    ahead = [None] * len(rows)
    behind = [None] * (len(past) - 1)
    now = past[-1][1]
    title = _("Balance, so far and in the coming weeks") if outlook.balance is not None else _("Against today")
    return Chart(
        title,
        settings.BANK_CURRENCY,
        [_short(day) for day, _amount in past] + [_short(row.last_day) for row in rows],
        [
            (_("So far"), [*(amount for _day, amount in past), *ahead]),
            (_("Expected"), [*behind, now, *(row.balance.expected for row in rows)]),
        ],
        Band(
            _("Eight times in ten"),
            [*behind, now, *(row.balance.low for row in rows)],
            [*behind, now, *(row.balance.high for row in rows)],
        ),
    )


def _flows(rows: Sequence[WeekRow]) -> Chart:
    return Chart(
        _("Expected in and out by week"),
        settings.BANK_CURRENCY,
        [_short(row.first_day) for row in rows],
        [(_("In"), [row.inflow.expected for row in rows]), (_("Out"), [row.outflow.expected for row in rows])],
    )


def _short(day: date) -> str:
    return str(format_skeleton("Md", day, locale=formats.locale()))


def _next(source: Recurring, told: Forecast) -> date | None:
    return next((event.on for event in told.events if event.source is source), None)


def _back(source: Recurring, told: Forecast) -> Back:
    day = _next(source, told)
    assert day is not None, "only what is expected again comes back"
    return Back(_name(source), str(RHYTHMS[source.rhythm]), day, whole(source.amount))


def _name(source: Recurring) -> str:
    category = str(Category(source.category).label)
    if not source.name or source.is_whole_category:
        return category
    return f"{source.name} · {category}"


def _expected(event: Event) -> Expected:
    is_back = isinstance(event.source, Recurring)
    name = _name(event.source) if isinstance(event.source, Recurring) else event.source.text
    return Expected(event.on, name, whole(event.amount), is_planned=not is_back)
