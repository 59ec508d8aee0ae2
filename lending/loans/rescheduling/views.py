"""Pages of reschedulings."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.identity import operations as identity
from accounts.identity.access import only_owners, requires, user_of
from accounts.identity.models import Role
from accounts.identity.queries import acts_for, awaits_signing_code, owns, signs_with_authenticator
from lending.loans.models import Loan
from lending.loans.proposals import views as proposals
from lending.loans.proposals.forms import DecideForm
from lending.loans.proposals.queries import PROPOSERS
from lending.loans.rescheduling import documents, operations, queries
from lending.loans.rescheduling.forms import AgreeForm, ProposeForm
from lending.loans.rescheduling.models import Rescheduling
from lending.loans.rescheduling.states import Status
from lending.loans.states import LoanStatus
from lending.loans.views import form_page
from portal.core.files import private_file
from portal.core.refusals import shown_above, shown_on


def _find(request: HttpRequest, reference: str) -> Rescheduling:
    related = ("loan__enterprise__branch", "loan__offer__application__branch", "proposed_by", "decided_by", "agreed_by")
    seen = Rescheduling.objects.visible_to(user_of(request)).select_related(*related)
    return get_object_or_404(seen, reference=reference)


def _own(request: HttpRequest, reference: str) -> Rescheduling:
    rescheduling = _find(request, reference)
    only_owners(user_of(request), rescheduling.loan.enterprise)
    return rescheduling


@form_page
@requires(*PROPOSERS)
def propose(request: HttpRequest, reference: str) -> HttpResponse:
    """Propose another schedule; the old and the new one are shown side by side first."""
    loans = Loan.objects.visible_to(user_of(request)).select_related("enterprise")
    loan = get_object_or_404(loans, reference=reference, status=LoanStatus.ACTIVE)
    now = timezone.now()
    today = timezone.localdate(now)
    form = ProposeForm(request.POST or None, initial=_as_it_stands(loan))
    found = None
    if request.method == "POST" and form.is_valid():
        with shown_on(form, ProposeForm.FIELDS):
            found = operations.preview(loan, form.wanted(), on=today)[1]
            if form.cleaned_data["seen"] == found.shown:
                key, reason = form.cleaned_data["idempotency_key"], form.cleaned_data["reason"]
                told: dict[str, Any] = {"reason": reason, "key": key, "by": user_of(request), "at": now, "on": today}
                made = operations.propose(loan, form.wanted(), **told)
                messages.success(request, _("The proposal was recorded. A second person decides."))
                return redirect("loans:rescheduling", made.reference)
            form.mark_seen(found.shown)
    context = {"loan": loan, "form": form, "comparison": found}
    context["already"] = proposals.already_open(loan, Rescheduling, "loans:rescheduling")
    return render(request, "loans/reschedule.html", context, status=422 if form.errors else 200)


def _as_it_stands(loan: Loan) -> dict[str, Any]:
    """Begin with what is left as it is: the installments that are not due yet, and the method."""
    left = loan.installments.current().filter(due_date__gt=timezone.localdate())
    first = left.first()
    return {
        "first_due_date": first.due_date if first else None,
        "installments": max(left.count(), 1),
        "interest_method": loan.terms.interest_method.value,
    }


@require_safe
@requires(Role.APPROVER)
def waiting(request: HttpRequest) -> HttpResponse:
    """List the proposals that wait for an approver."""
    listed = queries.waiting_on(user_of(request), on=timezone.localdate())
    told = {"title": _("Reschedulings to decide on"), "what": _("Rescheduling"), "amount": _("Principal still open")}
    return proposals.waiting(request, listed, "loans:rescheduling", **told)


@require_safe
def rescheduling(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a rescheduling: both schedules, and what one may do about it."""
    return _page(request, _find(request, reference))


def _page(
    request: HttpRequest, found: Rescheduling, decide_form: DecideForm | None = None, *, form: AgreeForm | None = None
) -> HttpResponse:
    user, enterprise = user_of(request), found.loan.enterprise
    if form is None and owns(user, enterprise) and found.status == Status.APPROVED:
        form = AgreeForm()
    context = proposals.choices(request, found, decide_form) | {
        "rescheduling": found,
        "comparison": queries.comparison_of(found, on=timezone.localdate()),
        "is_member": acts_for(user, enterprise),
        "form": form,
        "by_authenticator": signs_with_authenticator(user),
        "is_code_sent": awaits_signing_code(user, subject=found.reference, at=timezone.now()),
    }
    has_errors = any(each and each.errors for each in (decide_form, form))
    return render(request, "loans/rescheduling.html", context, status=422 if has_errors else 200)


conclude = proposals.concluding(_find, _page, operations.approve, "loans:rescheduling")
withdraw = proposals.withdrawing(_find, "loans:rescheduling")


@require_POST
def send_code(request: HttpRequest, reference: str) -> HttpResponse:
    """Send the code that confirms the agreement."""
    found = _own(request, reference)
    page = reverse("loans:rescheduling", args=[reference])
    with shown_above(request):
        identity.send_signing_code(user_of(request), subject=found.reference, at=timezone.now())
        page += "#sign"  # where it says that the code was sent
    return redirect(page)


@form_page
@reauthentication_required(allow_get=False)
def agree(request: HttpRequest, reference: str) -> HttpResponse:
    """Agree to a new schedule, as an owner."""
    found = _own(request, reference)
    if request.method != "POST":
        return redirect("loans:rescheduling", reference)
    form = AgreeForm(request.POST)
    if form.is_valid():
        now = timezone.now()
        told: dict[str, Any] = {"seen": request.POST.get("seen", ""), "code": form.cleaned_data["code"]}
        with shown_on(form, AgreeForm.FIELDS):
            operations.agree(found, by=user_of(request), at=now, on=timezone.localdate(now), **told)
            messages.success(request, _("Agreed. The new schedule counts from today."))
            return redirect("loans:detail", found.loan.reference)
    return _page(request, found, form=form)


@require_safe
def amendment(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand out the amendment to the contract as PDF, in the reader's language."""
    found = _find(request, reference)
    content = documents.amendment(found, on=timezone.localdate(), language=get_language() or "en")
    if content is None:
        raise Http404
    return private_file(content, name=f"{found.reference}.pdf", media_type="application/pdf")
