"""Pages for running the business: the forecast, customers, categories, seasons, and what is planned."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.cashflow import forecast_picture, outlook, planning, queries, seasons_picture
from accounts.cashflow.forms import PlannedItemForm
from accounts.cashflow.models import PlannedItem
from accounts.cashflow.views import doors
from accounts.identity.access import shows_books
from accounts.identity.models import Enterprise
from accounts.identity.queries import acts_for
from portal.core.files import private_file
from portal.core.refusals import shown_above, shown_on


def _shown(
    request: HttpRequest, template: str, enterprise: Enterprise, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"enterprise": enterprise, "months": doors.period(request), "periods": doors.PERIODS, **more}
    return render(request, f"cashflow/{template}.html", context, status=status)


@require_safe
@shows_books
def forecast(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the coming thirteen weeks, what comes back in them, and what is planned."""
    return _forecast(request, doors.visible(request, reference), PlannedItemForm(action=_plan_path(reference)))


def _plan_path(reference: str) -> str:
    return reverse("cashflow:plan", args=[reference])


def _forecast(request: HttpRequest, enterprise: Enterprise, form: PlannedItemForm) -> HttpResponse:
    seen = outlook.outlook_of(enterprise, on=timezone.localdate())
    return _shown(
        request,
        "forecast",
        enterprise,
        status=422 if form.is_bound else 200,
        outlook=seen,
        picture=forecast_picture.drawn(seen) if seen else None,
        may_plan=not doors.me(request).is_staff_member and acts_for(doors.me(request), enterprise),
        form=form,
    )


@require_POST
def plan(request: HttpRequest, reference: str) -> HttpResponse:
    """Add a planned item."""
    enterprise = doors.own(request, reference)
    form = PlannedItemForm(request.POST, action=request.path)
    if form.is_valid():
        asked = dict(form.cleaned_data)
        key = asked.pop("idempotency_key")
        with shown_on(form):
            planning.plan(enterprise, **asked, key=key, by=doors.me(request).reference, at=timezone.now())
            messages.success(request, _("Planned. The forecast counts it from now on."))
            return redirect("cashflow:forecast", reference)
    return _forecast(request, enterprise, form)


@require_POST
def remove(request: HttpRequest, reference: str, item: str) -> HttpResponse:
    """Remove a planned item."""
    enterprise = doors.own(request, reference)
    removed = get_object_or_404(PlannedItem, enterprise=enterprise, reference=item)
    with shown_above(request):
        planning.remove(removed, by=doors.me(request).reference, at=timezone.now())
        messages.success(request, _("The planned item was removed."))
    return redirect("cashflow:forecast", reference)


@require_safe
@shows_books
def customers(request: HttpRequest, reference: str) -> HttpResponse:
    """Show who pays, who comes back, and how much hangs on few."""
    enterprise = doors.visible(request, reference)
    last = queries.last_day_of(enterprise)
    seen = outlook.customers_of(enterprise, on=last, months=doors.period(request)) if last else None
    return _shown(request, "customers", enterprise, customers=seen)


@require_safe
@shows_books
def categories(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what money came from and went to."""
    enterprise = doors.visible(request, reference)
    last = queries.last_day_of(enterprise)
    seen = outlook.categories_of(enterprise, on=last, months=doors.period(request)) if last else None
    return _shown(request, "categories", enterprise, categories=seen)


@require_safe
@shows_books
def seasons(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the rhythm of the year, the week and the month."""
    enterprise = doors.visible(request, reference)
    seen = outlook.seasons_of(enterprise)
    return _shown(request, "seasons", enterprise, seasons=seen, picture=seasons_picture.drawn(seen) if seen else None)


@require_safe
@shows_books
def months_file(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand out the monthly table for a spreadsheet."""
    enterprise = doors.visible(request, reference)
    told = queries.monthly(enterprise, months=doors.period(request))
    titles = [
        _("Month"),
        _("In"),
        _("Out"),
        _("Remains"),
        _("Loans paid out"),
        _("Loans paid back"),
        _("Balance at the end"),
    ]
    rows = (
        [f"{each.first_day:%Y-%m}", each.inflow, each.outflow, each.net, each.borrowed, each.repaid, each.balance]
        for each in told
    )
    return _file("months.csv", titles, rows)


@require_safe
@shows_books
def forecast_file(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand out the forecast for a spreadsheet; only its titles where there is none."""
    enterprise = doors.visible(request, reference)
    seen = outlook.outlook_of(enterprise, on=timezone.localdate())
    drawn = forecast_picture.drawn(seen) if seen else None
    into, out, balance = _("In"), _("Out"), _("Balance")
    titles = [_("From"), _("To"), *_with_edges(into), *_with_edges(out), _("To and from yourself")]
    titles += _with_edges(balance)
    rows = (
        [row.first_day, row.last_day, *_three(row.inflow), *_three(row.outflow), row.own, *_three(row.balance)]
        for row in (drawn.rows if drawn else ())
    )
    return _file("forecast.csv", titles, rows)


def _with_edges(name: str) -> list[str]:
    low, high = _("%(name)s, at least"), _("%(name)s, at most")
    return [name, low % {"name": name}, high % {"name": name}]


def _three(told: forecast_picture.Range) -> list[Any]:
    return [told.expected, told.low, told.high]


def _file(name: str, titles: list[str], rows: Iterable[list[Any]]) -> HttpResponse:
    """Write a file that spreadsheets open with its Chinese intact; it holds figures and our own words only."""
    text = io.StringIO()
    csv.writer(text).writerows([titles, *rows])
    return private_file(text.getvalue().encode("utf-8-sig"), name=name, media_type="text/csv; charset=utf-8")
