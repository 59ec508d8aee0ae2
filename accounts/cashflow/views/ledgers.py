"""Pages of an invoice ledger: what it asks, and the answer."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.cashflow import asked, operations
from accounts.cashflow.models import InvoiceLedger
from accounts.cashflow.states import Status
from accounts.cashflow.views import doors
from accounts.identity.access import shows_books
from accounts.identity.models import Enterprise
from portal.core.refusals import shown_above, shown_on


def _ledger(enterprise: Enterprise, reference: str) -> InvoiceLedger:
    seen = InvoiceLedger.objects.select_related("file", "enterprise")
    return get_object_or_404(seen, enterprise=enterprise, reference=reference)


def tell_taken(request: HttpRequest, taken: Sequence[InvoiceLedger]) -> None:
    """Say what ledgers brought, together, and which of them ask."""
    asking = dict.fromkeys(each for each in taken if each.status == Status.ASKS)
    for each in asking:
        told = _("%(name)s has a question. Nothing of it counts until you answer.")
        messages.warning(request, told % {"name": each.file.original_name})
    read = [each for each in taken if each not in asking]
    counts = {name: sum(getattr(each, f"{name}_count") for each in read) for name in ("new", "changed", "known")}
    if read:
        told = _("Invoices read: %(new)d new, %(changed)d changed, %(known)d known before.")
        messages.success(request, told % counts)


def next_page(enterprise: Enterprise, taken: Sequence[InvoiceLedger]) -> HttpResponse:
    """Go on after ledgers were taken in: to the question of the only one, or to the cash flow."""
    if len(taken) == 1 and taken[0].status == Status.ASKS:
        return redirect("cashflow:ledger", enterprise.reference, taken[0].reference)
    return redirect("cashflow:enterprise", enterprise.reference)


@require_safe
@shows_books
def ledger(request: HttpRequest, reference: str, ledger: str) -> HttpResponse:
    """Show what a ledger asks, or what it brought."""
    return _page(request, _ledger(doors.visible(request, reference), ledger))


def _page(request: HttpRequest, shown: InvoiceLedger, *, form: Any = None, status: int = 200) -> HttpResponse:
    asks = shown.status == Status.ASKS
    context = {
        "enterprise": shown.enterprise,
        "ledger": shown,
        "may_bring": doors.may_bring(request, shown.enterprise),
        "form": form or (asked.form_of(shown) if asks else None),
        "asked": asked.table_of(shown) if asks else None,
    }
    return render(request, "cashflow/ledger.html", context, status=status)


@require_POST
def answer(request: HttpRequest, reference: str, ledger: str) -> HttpResponse:
    """Take the answer to what a ledger asks, and read it."""
    shown = _ledger(doors.served(request, reference), ledger)
    if shown.status != Status.ASKS:
        messages.error(request, _("This question was answered before."))
        return redirect("cashflow:ledger", reference, ledger)
    form = asked.form_of(shown, request.POST)
    if form.is_valid():
        with shown_on(form):
            operations.answer_ledger(shown, form.told(), by=doors.me(request).reference, at=timezone.now())
            tell_taken(request, [shown])
            return next_page(shown.enterprise, [shown])
    return _page(request, _ledger(shown.enterprise, ledger), form=form, status=422)


@require_safe
@shows_books
def file(request: HttpRequest, reference: str, ledger: str) -> Any:
    """Hand out the file as it came."""
    shown = _ledger(doors.visible(request, reference), ledger)
    return doors.handed_out(request, shown.file, shown.enterprise, ledger=shown.reference)


@require_POST
def withdraw(request: HttpRequest, reference: str, ledger: str) -> HttpResponse:
    """Take a ledger back that asks."""
    shown = _ledger(doors.served(request, reference), ledger)
    with shown_above(request):
        operations.withdraw_ledger(shown, by=doors.me(request).reference, at=timezone.now())
        messages.success(request, _("The invoice file was withdrawn."))
    return redirect("cashflow:enterprise", reference)
