"""A replaced statement, as whoever looks at it and clears it sees it."""

from datetime import date
from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.cashflow import operations
from accounts.cashflow.forms import ClearingForm
from accounts.cashflow.models import StatementImport
from accounts.cashflow.views import doors
from accounts.identity.queries import ever_acted_for
from portal.core import refusals


@require_http_methods(["GET", "HEAD", "POST"])
def replaced(request: HttpRequest, reference: str, statement: str, by: str) -> HttpResponse:
    """Show a withdrawn statement and what counts instead, and record that a person looked at both."""
    enterprise = doors.visible(request, reference)
    user = doors.me(request)
    may_clear = user.has_role(*operations.CLEARERS)
    if not user.is_staff_member or (request.method == "POST" and not may_clear):
        raise PermissionDenied
    if ever_acted_for(enterprise, person=user.reference):
        raise PermissionDenied
    files = StatementImport.objects.filter(enterprise=enterprise).select_related("file", "enterprise")
    withdrawn, other = (get_object_or_404(files, reference=each) for each in (statement, by))
    form = ClearingForm(request.POST or None) if may_clear else None
    if form and request.method == "POST" and form.is_valid():
        with refusals.shown_on(form, ClearingForm.FIELDS):
            operations.clear(withdrawn, replaced_by=other, by=user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("It was recorded that you looked at both files."))
            return redirect("cashflow:replaced", reference, statement, by)
    context = {
        "enterprise": enterprise,
        "withdrawn": withdrawn,
        "by": other,
        "days": _told_otherwise(withdrawn, other),
        "cleared": withdrawn.clearings.filter(replaced_by=other, superseded_at=None).select_related("by").first(),
        "form": form,
    }
    return render(request, "cashflow/replaced.html", context, status=422 if form and form.errors else 200)


def _told_otherwise(withdrawn: StatementImport, other: StatementImport) -> list[dict[str, date | Decimal | None]]:
    """List the days that were told otherwise, each with the sum that either file was found to tell, if it is known."""
    sums = {
        each["day"]: (each["here"], each["there"])
        for each in withdrawn.contradictions
        if other.reference in each["with"]
    }
    for each in other.contradictions:
        if withdrawn.reference in each["with"]:
            sums[each["day"]] = (each["there"], each["here"])
    found: list[dict[str, date | Decimal | None]] = []
    for each in withdrawn.replaced_days if withdrawn.replaced_by == other else ():
        gone, now = map(Decimal, sums[each]) if each in sums else (None, None)
        found.append({"day": date.fromisoformat(each), "withdrawn": gone, "instead": now})
    return found
