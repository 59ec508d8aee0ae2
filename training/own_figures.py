"""Figures of the reader's own enterprise, for the place that a lesson's text marks.

Each is told by the queries that its own page asks, and is nothing where the evidence does not tell it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.cashflow import outlook, queries
from accounts.cashflow.models import BankTransaction
from accounts.cashflow.queries import Month
from accounts.cashflow.states import Category
from accounts.harvest import queries as harvest
from accounts.identity.models import Enterprise
from accounts.settlement.models import PaymentRequest
from portal.core import formats
from portal.core.dates import add_months

A_YEAR: Final = 12
A_QUARTER: Final = 3
WEAKEST: Final = 3


@dataclass(frozen=True)
class OwnFigure:
    """A figure in words, what it is made of, and the page that tells more."""

    label: str
    value: str
    note: str
    url: str


def enterprises_of(user: Any) -> QuerySet[Enterprise]:
    """List the enterprises that a reader acts for, those with evidence first; the bank's people read without."""
    if user.is_staff_member:
        return Enterprise.objects.none()
    told = BankTransaction.objects.current().filter(enterprise=OuterRef("pk"), is_counted=True)
    return Enterprise.objects.of_member(user).order_by(Exists(told).desc(), "legal_name", "pk")


def told(enterprise: Enterprise, names: Collection[str], *, on: date) -> dict[str, OwnFigure]:
    """Tell those of the named figures that are known of an enterprise."""
    found = {name: FIGURES[name](enterprise, on) for name in names}
    return {name: figure for name, figure in found.items() if figure}


def _whole(amount: Decimal) -> str:
    """Say an amount in whole units: beside a lesson, cents distract."""
    return formats.money(Decimal(round(amount)), whole=True)


def _whole_months(enterprise: Enterprise, months: int) -> list[Month]:
    """Give the last whole months that the evidence tells of, oldest first: the one in which it ends is left out."""
    whole = queries.monthly(enterprise, months=months + 1)[:-1]
    return [month for month in whole if month.inflow or month.outflow]


def _buffer_days(enterprise: Enterprise, _on: date) -> OwnFigure | None:
    last = queries.last_day_of(enterprise)
    months = _whole_months(enterprise, A_QUARTER)
    balance = queries.balance_on(enterprise, last) if last else None
    if balance is None or last is None or len(months) < A_QUARTER:
        return None
    spent = sum((month.outflow + month.repaid for month in months), Decimal(0))
    days = (add_months(months[-1].first_day, 1) - months[0].first_day).days
    if not spent:
        return None
    lasts = max(int(balance * days / spent), 0)
    return OwnFigure(
        _("Days your money would last"),
        ngettext("%(days)s day", "%(days)s days", lasts) % {"days": lasts},
        _("On %(day)s your accounts held %(balance)s. In the last three whole months %(spent)s a day went out.")
        % {
            "day": formats.day(last),
            "balance": _whole(balance),
            "spent": _whole(spent / days),
        },
        reverse("cashflow:enterprise", args=[enterprise.reference]),
    )


def _largest_customer(enterprise: Enterprise, _on: date) -> OwnFigure | None:
    last = queries.last_day_of(enterprise)
    paid = outlook.customers_of(enterprise, on=last, months=A_YEAR) if last else None
    if paid is None or not paid.rows:
        return None
    return OwnFigure(
        _("Your largest customer's share of a year's sales"),
        formats.percent(paid.share_of_first, 0),
        _("%(name)s. Of %(count)s customers known by name, %(returning)s paid in more than one month.")
        % {"name": paid.rows[0].name, "count": paid.count, "returning": paid.returning},
        reverse("cashflow:customers", args=[enterprise.reference]),
    )


def _weeks_ahead(enterprise: Enterprise, on: date) -> OwnFigure | None:
    seen = outlook.outlook_of(enterprise, on=on)
    if seen is None or seen.balance is None or seen.is_outdated or not seen.weeks:
        return None
    lowest, _place, week = min((week.balance.expected, n, week) for n, week in enumerate(seen.weeks) if week.balance)
    return OwnFigure(
        _("The lowest of your coming thirteen weeks"),
        _whole(Decimal(lowest)),
        _("Expected at the end of the week to %(day)s, beginning with %(balance)s on %(last)s.")
        % {
            "day": formats.day(week.last_day),
            "balance": _whole(seen.balance),
            "last": formats.day(seen.span.last),
        },
        reverse("cashflow:forecast", args=[enterprise.reference]),
    )


def _weakest_months(enterprise: Enterprise, _on: date) -> OwnFigure | None:
    months = _whole_months(enterprise, A_YEAR)
    if len(months) < 2 * WEAKEST:
        return None
    weakest = sorted(months, key=lambda month: month.net)[:WEAKEST]
    average = sum((month.net for month in weakest), Decimal(0)) / WEAKEST
    named = [f"{formats.month(month.first_day)} {_whole(month.net)}" for month in weakest]
    return OwnFigure(
        _("What your three weakest months left, on average"),
        _whole(average),
        _("Before installments: %(months)s.") % {"months": _(", ").join(named)},
        reverse("cashflow:enterprise", args=[enterprise.reference]),
    )


def _left_over(enterprise: Enterprise, _on: date) -> OwnFigure | None:
    months = _whole_months(enterprise, A_YEAR)
    earned = sum((month.inflow for month in months), Decimal(0))
    if len(months) < A_QUARTER or not earned:
        return None
    left = sum((month.net for month in months), Decimal(0))
    return OwnFigure(
        _("Left of what you earned, before installments"),
        formats.percent(left / earned, 0),
        _("%(left)s of %(earned)s in %(count)s whole months.")
        % {
            "left": _whole(left),
            "earned": _whole(earned),
            "count": len(months),
        },
        reverse("cashflow:enterprise", args=[enterprise.reference]),
    )


def _unpaid_requests(enterprise: Enterprise, on: date) -> OwnFigure | None:
    asked = PaymentRequest.objects.filter(settlement_account__enterprise=enterprise).select_related(
        "settlement_account"
    )
    newest = asked.order_by("-pk").first()
    if newest is None:
        return None
    late = asked.overdue(on).aggregate(count=Count("pk"), open=Sum(F("amount") - F("received_amount")))
    return OwnFigure(
        _("Your requests for payment that are late"),
        formats.number(late["count"]),
        _("%(open)s in all is still open on them.") % {"open": formats.money(late["open"] or Decimal(0))},
        reverse("settlement:payment_requests", args=[newest.settlement_account.reference]),
    )


def _unknown_purpose(enterprise: Enterprise, _on: date) -> OwnFigure | None:
    last = queries.last_day_of(enterprise)
    if last is None:
        return None
    since = add_months(last.replace(day=1), 1 - A_YEAR)
    count = queries.lines(enterprise, category=Category.UNKNOWN).filter(booked_on__gte=since).count()
    address = reverse("cashflow:payments", args=[enterprise.reference])
    return OwnFigure(
        _("Your payments whose purpose is not known"),
        formats.number(count),
        _("In the year to %(day)s.") % {"day": formats.day(last)},
        f"{address}?category={Category.UNKNOWN.value}",
    )


def _harvest(enterprise: Enterprise, on: date) -> OwnFigure | None:
    brings = harvest.expected_of(enterprise, on=on)
    if brings is None or not brings.months:
        return None
    return OwnFigure(
        _("What your plots may bring in the coming year, carefully"),
        _whole(brings.prudent_amount),
        _("In a usual year %(usual)s; %(seen)s of the careful figure is from plots that an officer has seen.")
        % {
            "usual": _whole(brings.usual_amount),
            "seen": _whole(brings.confirmed_amount),
        },
        reverse("harvest:plots", args=[enterprise.reference]),
    )


FIGURES: Final[dict[str, Callable[[Enterprise, date], OwnFigure | None]]] = {
    "buffer_days": _buffer_days,
    "harvest": _harvest,
    "largest_customer": _largest_customer,
    "left_over": _left_over,
    "unknown_purpose": _unknown_purpose,
    "unpaid_requests": _unpaid_requests,
    "weakest_months": _weakest_months,
    "weeks_ahead": _weeks_ahead,
}
