"""Pages of waivers."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.identity.access import requires
from accounts.identity.models import Enterprise, Role, User
from accounts.identity.queries import ever_acted_for
from lending.loans.models import Loan
from lending.loans.queries import late_interest_of
from lending.loans.rescheduling.forms import DecideForm
from lending.loans.rescheduling.queries import PROPOSERS
from lending.loans.states import OWING
from lending.loans.views import form_page
from lending.loans.waivers import operations, queries
from lending.loans.waivers.forms import ProposeForm
from lending.loans.waivers.models import Waiver
from portal.core.refusals import shown_above, shown_on


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def _find(request: HttpRequest, reference: str) -> Waiver:
    related = ("loan__enterprise__branch", "loan__offer__application__branch", "proposed_by", "decided_by")
    seen = Waiver.objects.visible_to(_user(request)).select_related(*related)
    return get_object_or_404(seen, reference=reference)


@form_page
@requires(*PROPOSERS)
def propose(request: HttpRequest, reference: str) -> HttpResponse:
    """Propose to waive late interest that is open today."""
    loans = Loan.objects.visible_to(_user(request)).select_related("enterprise")
    loan = get_object_or_404(loans, reference=reference, status__in=OWING)
    now = timezone.now()
    today = timezone.localdate(now)
    found = late_interest_of(loan, on=today)
    form = ProposeForm(request.POST or None, initial={"amount": found.open_amount})
    if request.method == "POST" and form.is_valid():
        with shown_on(form, ProposeForm.FIELDS):
            told: dict[str, Any] = {"reason": form.cleaned_data["reason"], "by": _user(request), "at": now, "on": today}
            key, amount = form.cleaned_data["idempotency_key"], form.cleaned_data["amount"]
            made = operations.propose(loan, amount, key=key, **told)
            messages.success(request, _("The proposal was recorded. A second person decides."))
            return redirect("loans:waiver", made.reference)
    context = {"loan": loan, "form": form, "late_interest": found}
    return render(request, "loans/waive.html", context, status=422 if form.errors else 200)


@require_safe
@requires(Role.APPROVER)
def waiting(request: HttpRequest) -> HttpResponse:
    """List the proposals that wait for an approver."""
    return render(request, "loans/waivers.html", {"waiting": queries.waiting_for(_user(request))})


@require_safe
def waiver(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a waiver, and what one may do about it."""
    return _page(request, _find(request, reference))


def _page(request: HttpRequest, found: Waiver, *, decide_form: DecideForm | None = None) -> HttpResponse:
    user, enterprise = _user(request), found.loan.enterprise
    if decide_form is None and found.is_open and user.has_role(Role.APPROVER) and user != found.proposed_by:
        decide_form = DecideForm()
    may_withdraw = found.is_open and user.has_role(*PROPOSERS) and not ever_acted_for(enterprise, person=user.reference)
    context = {
        "waiver": found,
        "late_interest": late_interest_of(found.loan, on=timezone.localdate()),
        "is_member": Enterprise.objects.of_member(user).filter(pk=enterprise.pk).exists(),
        "decide_form": decide_form,
        "may_withdraw": may_withdraw,
    }
    has_errors = decide_form and decide_form.errors
    return render(request, "loans/waiver.html", context, status=422 if has_errors else 200)


@require_POST
@requires(Role.APPROVER)
def conclude(request: HttpRequest, reference: str) -> HttpResponse:
    """Approve or decline, as the second person."""
    found = _find(request, reference)
    form = DecideForm(request.POST)
    if form.is_valid():
        now = timezone.now()
        told: dict[str, Any] = {"note": form.cleaned_data["note"], "by": _user(request), "at": now}
        with shown_on(form, {"waiver_reason_missing": "note"}):
            if form.cleaned_data["outcome"] == "approve":
                operations.approve(found, on=timezone.localdate(now), **told)
            else:
                operations.decline(found, **told)
            messages.success(request, _("The decision was recorded."))
            return redirect("loans:waiver", reference)
    return _page(request, _find(request, reference), decide_form=form)


@require_POST
@requires(*PROPOSERS)
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a proposal back."""
    found = _find(request, reference)
    with shown_above(request):
        operations.withdraw(found, by=_user(request), at=timezone.now())
        messages.success(request, _("The proposal was withdrawn."))
    return redirect("loans:waiver", reference)
