"""Pages of waivers."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.identity.access import requires, user_of
from accounts.identity.models import Role
from accounts.identity.queries import acts_for
from lending.loans.models import Loan
from lending.loans.proposals import views as proposals
from lending.loans.proposals.forms import DecideForm
from lending.loans.proposals.queries import PROPOSERS, waiting_for
from lending.loans.queries import late_interest_of
from lending.loans.states import OWING
from lending.loans.views import form_page
from lending.loans.waivers import operations
from lending.loans.waivers.forms import ProposeForm
from lending.loans.waivers.models import Waiver
from portal.core.refusals import shown_on


def _find(request: HttpRequest, reference: str) -> Waiver:
    related = ("loan__enterprise__branch", "loan__offer__application__branch", "proposed_by", "decided_by")
    seen = Waiver.objects.visible_to(user_of(request)).select_related(*related)
    return get_object_or_404(seen, reference=reference)


@form_page
@requires(*PROPOSERS)
def propose(request: HttpRequest, reference: str) -> HttpResponse:
    """Propose to waive late interest that is open today."""
    loans = Loan.objects.visible_to(user_of(request)).select_related("enterprise")
    loan = get_object_or_404(loans, reference=reference, status__in=OWING)
    now = timezone.now()
    today = timezone.localdate(now)
    found = late_interest_of(loan, on=today)
    form = ProposeForm(request.POST or None, initial={"amount": found.open_amount})
    if request.method == "POST" and form.is_valid():
        with shown_on(form, ProposeForm.FIELDS):
            reason = form.cleaned_data["reason"]
            told: dict[str, Any] = {"reason": reason, "by": user_of(request), "at": now, "on": today}
            key, amount = form.cleaned_data["idempotency_key"], form.cleaned_data["amount"]
            made = operations.propose(loan, amount, key=key, **told)
            messages.success(request, _("The proposal was recorded. A second person decides."))
            return redirect("loans:waiver", made.reference)
    context = {"loan": loan, "form": form, "late_interest": found}
    context["already"] = proposals.already_open(loan, Waiver, "loans:waiver")
    return render(request, "loans/waive.html", context, status=422 if form.errors else 200)


@require_safe
@requires(Role.APPROVER)
def waiting(request: HttpRequest) -> HttpResponse:
    """List the proposals that wait for an approver."""
    listed = waiting_for(user_of(request), Waiver, on=timezone.localdate())
    told = {"title": _("Waivers to decide on"), "what": _("Waiver"), "amount": _("Late interest")}
    return proposals.waiting(request, listed, "loans:waiver", **told)


@require_safe
def waiver(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a waiver, and what one may do about it."""
    return _page(request, _find(request, reference))


def _page(request: HttpRequest, found: Waiver, form: DecideForm | None = None) -> HttpResponse:
    context = proposals.choices(request, found, form) | {
        "waiver": found,
        "late_interest": late_interest_of(found.loan, on=timezone.localdate()),
        "is_member": acts_for(user_of(request), found.loan.enterprise),
    }
    return render(request, "loans/waiver.html", context, status=422 if form and form.errors else 200)


conclude = proposals.concluding(_find, _page, operations.approve, "loans:waiver", is_read=False)
withdraw = proposals.withdrawing(_find, "loans:waiver")
