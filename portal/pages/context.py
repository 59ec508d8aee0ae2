"""What every page's frame shows."""

from contextlib import suppress
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.translation import gettext as _

from accounts.identity import unsent
from portal.core.language import bank_name

BESIDE: Final = {"applications:list": ("loans:list",)}  # rooms that are reached by another's door


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give the frame the bank's name and the way around for this person."""
    return {
        "bank_name": bank_name(),
        "bank_phone": settings.BANK_PHONE,
        "is_demo": settings.DEMO,
        "navigation": navigation(request),
        "typed": _typed(request),
    }


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """List what a form held, for its page in another language; where it would have led on, the address still says.

    The page that says that a form cannot be read has a frame, too: nothing of it.
    """
    with suppress(MultiPartParserError, SuspiciousOperation):
        return [(name, answer) for name, answer in unsent.answers(request) if name != "next"]
    return []


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """List the doors open to this person: title, URL, whether we are in that room."""
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    places = _staff_places(user) if user.is_staff_member else _owner_places()
    rows = []
    for title, name in places:
        try:
            url = reverse(name)
        except NoReverseMatch:  # a room that is not built in this installation
            continue
        if not _admits(url, user):
            continue
        rooms = (url, *map(reverse, BESIDE.get(name, ())))
        current = request.path == url if url == "/" else request.path.startswith(rooms)
        rows.append({"title": title, "url": url, "current": current})
    return rows


def _admits(url: str, user: Any) -> bool:
    """Tell whether the door's own rule (``access.requires``) lets this person in."""
    roles = getattr(resolve(url).func, "admits", None)
    return roles is None or user.has_role(*roles)


def _owner_places() -> list[tuple[str, str]]:
    return [
        (_("Home"), "home"),
        (_("Enterprises"), "identity:enterprises"),
        (_("Loans"), "applications:list"),
        (_("Accounts"), "settlement:list"),
        (_("Cash flow"), "cashflow:list"),
        (_("Learn"), "training:catalogue"),
    ]


def _staff_places(user: Any) -> list[tuple[str, str]]:
    if not user.serves_customers:
        return [(_("Home"), "home"), (_("Courses"), "training:catalogue")]
    return [
        (_("Home"), "home"),
        (_("Cases"), "applications:queue"),
        (_("Loans"), "loans:list"),
        (_("Late loans"), "arrears:desk"),
        (_("Introductions"), "funding:introductions"),
        (_("Enterprises"), "identity:enterprises"),
        (_("Checks"), "identity:checks_due"),
        (_("Products"), "products:desk"),
        (_("Scorecards"), "credit:scorecards"),
        (_("Counter"), "settlement:cash_day"),
        (_("My drawer"), "settlement:own_drawer"),
        (_("Payments"), "settlement:payment_desk"),
        (_("Books"), "ledger:trial_balance"),
        (_("Portfolio"), "portfolio:overview"),
        (_("Courses"), "training:catalogue"),
        (_("Staff"), "identity:staff"),
        (_("Branches"), "identity:branches"),
        (_("Audit trail"), "audit"),
    ]
