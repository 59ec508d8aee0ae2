"""Pages of payments: what each was for, and how that is corrected."""

from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.cashflow import operations, queries
from accounts.cashflow.forms import CategoryForm, PaymentsFilter
from accounts.cashflow.models import BankTransaction
from accounts.cashflow.views import doors
from accounts.identity.access import shows_books
from portal.core.refusals import shown_on

LINES_ON_A_PAGE: Final = 50


@require_safe
@shows_books
def payments(request: HttpRequest, reference: str) -> HttpResponse:
    """List an enterprise's payments with what each was for."""
    shown = doors.visible(request, reference)
    asked = PaymentsFilter(request.GET)
    asked.full_clean()
    wanted = {"category": "", "way": "", "q": ""} | asked.cleaned_data  # what is not known filters nothing, and is said
    found = queries.lines(shown, category=wanted["category"], way=wanted["way"], words=wanted["q"])
    context = {
        "enterprise": shown,
        "asked": asked,
        "page": Paginator(found, LINES_ON_A_PAGE).get_page(request.GET.get("page")),
        "may_correct": doors.may_bring(request, shown),
    }
    return render(request, "cashflow/payments.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@shows_books
def payment(request: HttpRequest, reference: str, line: int) -> HttpResponse:
    """Show a payment and what it was for, and let that be corrected."""
    shown = doors.visible(request, reference)
    found = get_object_or_404(BankTransaction, enterprise=shown, pk=line)
    now = queries.current_of(found)
    if now is None or (now.pk != found.pk and request.method != "POST"):
        return redirect("cashflow:payment", reference, now.pk) if now else redirect("cashflow:payments", reference)
    may_correct = doors.may_bring(request, shown) and not operations.is_told_by_our_books(now)
    form = CategoryForm(now, request.POST or None) if may_correct else None
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        if form.is_valid():
            with shown_on(form):
                return _corrected(request, now, form.cleaned_data)
    context = {"enterprise": shown, "line": now, "form": form, "like_it": queries.payments_like(now)}
    return render(request, "cashflow/payment.html", context, status=422 if form and form.errors else 200)


def _corrected(request: HttpRequest, line: BankTransaction, told: dict[str, str]) -> HttpResponse:
    me = doors.me(request)
    operations.correct(line, **told, by=me.reference, is_by_staff=me.is_staff_member, at=timezone.now())
    messages.success(request, _("Saved. What you said is remembered for the payments it holds for."))
    return redirect("cashflow:payments", line.enterprise.reference)
