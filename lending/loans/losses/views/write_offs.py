"""Pages of write-offs: deciding on one, and proposing to reverse it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.identity.access import requires, user_of
from accounts.identity.models import READERS, Role
from lending.loans.losses import operations, queries
from lending.loans.losses.forms import ReverseForm
from lending.loans.losses.models import WriteOff, WriteOffReversal
from lending.loans.proposals import views as proposals
from lending.loans.proposals.forms import DecideForm
from lending.loans.proposals.queries import PROPOSERS, waiting_for
from lending.loans.proposals.states import Status
from portal.core import files
from portal.core.refusals import shown_on


@require_safe
@requires(Role.APPROVER)
def waiting(request: HttpRequest) -> HttpResponse:
    """List the write-offs that wait for an approver."""
    listed = waiting_for(user_of(request), WriteOff, on=timezone.localdate())
    told = {"title": _("Write-offs to decide on"), "what": _("Write-off"), "amount": _("Principal")}
    return proposals.waiting(request, listed, "loans:write_off_proposal", **told)


def _find(request: HttpRequest, reference: str) -> WriteOff:
    related = ("loan__enterprise", "loan__offer__application", "proposed_by", "decided_by", "file", "entry")
    seen = WriteOff.objects.visible_to(user_of(request)).select_related(*related)
    return get_object_or_404(seen, reference=reference)


@require_safe
@requires(*READERS)
def write_off(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a write-off, and what one may do about it."""
    return _page(request, _find(request, reference))


def _page(
    request: HttpRequest, found: WriteOff, form: DecideForm | None = None, reverse_form: ReverseForm | None = None
) -> HttpResponse:
    already = None
    if found.status == Status.APPROVED:
        already = proposals.already_open(found.loan, WriteOffReversal, "loans:write_off_reversal")
        if already is None and queries.may_judge(user_of(request), found.loan):
            reverse_form = reverse_form or ReverseForm()
            reverse_form.helper.form_action = reverse("loans:reverse_write_off", args=[found.reference])
    context = proposals.choices(request, found, form) | {
        "write_off": found,
        "already": already,
        "reverse_form": reverse_form,
        "reversals": found.reversals.order_by("-pk"),
        "found": queries.class_of(found.loan, on=timezone.localdate()) if found.is_open else None,
        "split": queries.split_of(found.loan, found.principal_amount) if found.is_open else None,
        "expense_amount": found.principal_amount - (found.allowance_amount or 0),
        "recovered_amount": queries.recovered_amount(found.loan) if found.status == Status.APPROVED else None,
    }
    has_errors = (form and form.errors) or (reverse_form and reverse_form.errors)
    return render(request, "loans/write_off.html", context, status=422 if has_errors else 200)


conclude = proposals.concluding(_find, _page, operations.approve, "loans:write_off_proposal")
withdraw = proposals.withdrawing(_find, "loans:write_off_proposal")


@require_POST
@requires(*PROPOSERS)
def propose_reversal(request: HttpRequest, reference: str) -> HttpResponse:
    """Propose to reverse a write-off."""
    found, form, now = _find(request, reference), ReverseForm(request.POST), timezone.now()
    if form.is_valid():
        told = form.cleaned_data
        with shown_on(form, ReverseForm.FIELDS):
            made = operations.propose_reversal(
                found,
                reason=told["reason"],
                key=told["idempotency_key"],
                by=user_of(request),
                at=now,
                on=timezone.localdate(now),
            )
            messages.success(request, _("The proposal was recorded. A second person decides."))
            return redirect("loans:write_off_reversal", made.reference)
    return _page(request, found, reverse_form=form)


@require_safe
@requires(*READERS)
def download(request: HttpRequest, reference: str) -> Any:
    """Hand out the document that a write-off rests on."""
    kept = _find(request, reference).file
    if kept is None:
        raise Http404
    return files.as_attachment(kept)
