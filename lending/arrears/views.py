"""The desk of those who call late borrowers: the list, and a loan's contacts."""

from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.identity.access import requires, user_of
from accounts.identity.models import READERS
from lending.arrears import operations as arrears
from lending.arrears import queries
from lending.arrears.forms import ContactForm
from lending.arrears.models import Reminder
from lending.arrears.operations.contacts import RECORDERS
from lending.arrears.states import BANDS, WRITTEN_OFF
from lending.loans import queries as loans
from portal.core.refusals import shown_on

ON_A_PAGE: Final = 25


@require_safe
@requires(*READERS)
def desk(request: HttpRequest) -> HttpResponse:
    """List the loans that are late, the longest first or by the next step."""
    told, today = request.GET, timezone.localdate()
    band, step, asked = told.get("band", ""), told.get("step", ""), told.get("q", "").strip()
    order = told.get("order", "")
    found = queries.late_loans(user_of(request), on=today, band=band, step_due=step == "due", asked=asked)
    listed = found.order_by(*queries.ORDERS.get(order, queries.ORDERS["days"]))
    page = Paginator(listed, ON_A_PAGE).get_page(told.get("page"))
    context = {"page": page, "rows": queries.rows_of(page, on=today), "bands": BANDS, "today": today}
    context |= {"written_off": WRITTEN_OFF, "band": band, "step": step, "order": order, "asked": asked}
    return render(request, "arrears/desk.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*READERS)
def contacts(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what was said with a borrower and what became of it; record another contact while something is late."""
    related = ("enterprise__branch", "settlement_account")
    loan = get_object_or_404(queries.readable(user_of(request)).select_related(*related), reference=reference)
    may_record = user_of(request).has_role(*RECORDERS)
    form = ContactForm(request.POST or None)
    now = timezone.now()
    today = timezone.localdate(now)
    if request.method == "POST":
        if not may_record:
            raise PermissionDenied
        if form.is_valid():
            with shown_on(form, ContactForm.FIELDS):
                key = form.cleaned_data["idempotency_key"]
                arrears.record(loan, form.said(), key=key, by=user_of(request), at=now, on=today)
                messages.success(request, _("The contact was recorded."))
                return redirect("arrears:contacts", reference)
    page = Paginator(queries.contacts_of(loan), ON_A_PAGE).get_page(request.GET.get("page"))
    standing = loans.standing_of(loan, on=today)
    context = {
        "loan": loan,
        "standing": standing,
        "page": page,
        "rows": [{"contact": each, "badge": each.badge(on=today)} for each in page],
        "reminders": Reminder.objects.filter(installment__loan=loan).select_related("installment").order_by("-pk")[:12],
        "offered": loan.reschedulings.open().first(),
        "form": form if may_record and (standing.late_amount or form.errors) else None,
    }
    return render(request, "arrears/contacts.html", context, status=422 if form.errors else 200)
