"""Who only keeps an enterprise's books: where they begin, and what they are told where they may not go."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from django.apps import apps
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.paginator import Page, Paginator
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import defaults
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.identity.models import Enterprise, User
from accounts.settlement.models import SettlementAccount
from portal.core import api

ON_A_PAGE: Final = 50
PATHS: Final = ("enterprise", "settlement_account__enterprise", "application__enterprise", "loan__enterprise")


@dataclass(frozen=True)
class Account:
    """An account with its newest statement: of the month before, or of its first days; each kind with its address."""

    account: SettlementAccount
    first: date
    last: date

    @property
    def statements(self) -> list[tuple[str, str]]:
        """Name the kinds of file, and where each is."""
        page = reverse("settlement:statement", args=[self.account.reference])
        period = {"first": self.first, "last": self.last}
        kinds = {"PDF": {"format": "pdf", "language": get_language() or "en"}, "CSV": {"format": "csv"}}
        kinds["camt.053"] = {"format": "xml"}
        return [(name, f"{page}?{urlencode(period | kind)}") for name, kind in kinds.items()]


@dataclass(frozen=True)
class Books:
    """An enterprise whose books one keeps."""

    enterprise: Enterprise
    accounts: list[Account]


def books_kept(user: User, *, page: str | None, on: date) -> Page[Any] | None:
    """List the enterprises whose books a person keeps, by name, in as many queries for many as for one; or nothing."""
    kept = list(Enterprise.objects.of_bookkeeper(user).order_by("legal_name", "pk"))
    if not kept:
        return None
    shown: Page[Any] = Paginator(kept, ON_A_PAGE).get_page(page)
    accounts: dict[int, list[Account]] = {each.pk: [] for each in shown}
    for each in SettlementAccount.objects.filter(enterprise__in=accounts).with_balances().order_by("pk"):
        accounts[each.enterprise_id].append(_with_period(each, on=on))
    shown.object_list = [Books(each, accounts[each.pk]) for each in shown]
    return shown


def _with_period(account: SettlementAccount, *, on: date) -> Account:
    this_month = on.replace(day=1)
    last = this_month - timedelta(days=1)
    if timezone.localtime(account.opened_at).date() > last:
        return Account(account, this_month, on)
    return Account(account, last.replace(day=1), last)


class OnlyReads(exceptions.PermissionDenied):
    """Who keeps the books of an enterprise asks for what is for who acts for it."""

    default_code = "only_reads"


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say on a page why somebody may not go on; a bookkeeper is told that they may read."""
    return _told(request) or defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say on a page that there is nothing; to a bookkeeper, of whose enterprise it is, that it is not theirs to use."""
    return _told(request) or defaults.page_not_found(request, exception)


def _told(request: HttpRequest) -> HttpResponse | None:
    kept = kept_among(_named_in(request, "POST"), getattr(request, "user", None))
    if kept is None:
        return None
    return render(request, "403.html", {"only_reads": sentence_for(kept)}, status=HTTPStatus.FORBIDDEN)


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Tell a program what is wrong, as ``api.problem`` does; a bookkeeper's, that they may read."""
    if isinstance(error, Http404 | PermissionDenied | exceptions.NotFound | exceptions.PermissionDenied):
        request = context["request"]
        kept = kept_among(_named_in(request, "data"), request.user)
        error = OnlyReads(sentence_for(kept)) if kept else error
    return api.problem(error, context)


def _named_in(request: HttpRequest | Request, body: str) -> Iterator[Any]:
    """Read what a request names: in its address, and which enterprise in its body, if that can be read."""
    if request.resolver_match:
        yield from request.resolver_match.kwargs.values()
    with suppress(exceptions.APIException, MultiPartParserError, SuspiciousOperation, AttributeError):
        yield getattr(request, body).get("enterprise")


def sentence_for(kept: Enterprise) -> str:
    """Say what a bookkeeper may do, and who does the rest."""
    told = _("You keep the books of %(name)s: you may read them, but not this, and change nothing. Ask an owner.")
    return told % {"name": kept.legal_name}


def kept_among(names: Iterable[Any], user: Any) -> Enterprise | None:
    """Find an enterprise whose books a person keeps by what an address names: itself, or anything of it.

    Who was let in to read misses only what is not there.
    """
    if not isinstance(user, User) or user.only_reads or user.is_staff_member:
        return None
    kept = Enterprise.objects.of_bookkeeper(user)
    if not kept.exists():
        return None
    asked = [each for each in names if isinstance(each, str) and each and "\0" not in each]
    for model, path in _of_enterprises():
        found = model._default_manager.filter(reference__in=asked)  # noqa: SLF001 - of whichever model
        if theirs := kept.filter(pk__in=found.values(path)).first():
            return theirs
    return None


def _of_enterprises() -> Iterator[tuple[type[Model], str]]:
    """List what people call by a reference, and how it leads to its enterprise."""
    yield Enterprise, "pk"
    for model in apps.get_models():
        fields = {each.name for each in model._meta.fields}  # noqa: SLF001 - its own, not what leads to it
        path = next((each for each in PATHS if each.split("__")[0] in fields), "")
        if path and "reference" in fields:
            yield model, path
