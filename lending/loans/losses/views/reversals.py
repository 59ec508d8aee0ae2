"""Pages of reversals of write-offs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.identity.access import requires, user_of
from accounts.identity.models import READERS, Role
from lending.loans.losses import operations, queries
from lending.loans.losses.models import WriteOffReversal
from lending.loans.models import Repayment
from lending.loans.proposals import views as proposals
from lending.loans.proposals.forms import DecideForm
from lending.loans.proposals.queries import waiting_for


@require_safe
@requires(Role.APPROVER)
def waiting(request: HttpRequest) -> HttpResponse:
    """List the reversals of write-offs that wait for an approver."""
    waits = waiting_for(user_of(request), WriteOffReversal, on=timezone.localdate()).select_related("write_off")
    told = {"title": _("Reversals of write-offs to decide on"), "what": _("Reversal"), "amount": _("Principal")}
    return proposals.waiting(request, waits, "loans:write_off_reversal", **told)


def _find(request: HttpRequest, reference: str) -> WriteOffReversal:
    related = ("loan__enterprise", "loan__offer__application", "proposed_by", "decided_by", "write_off", "entry")
    seen = WriteOffReversal.objects.visible_to(user_of(request)).select_related(*related)
    return get_object_or_404(seen, reference=reference)


@require_safe
@requires(*READERS)
def reversal(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the reversal of a write-off: what it books, and what one may do about it."""
    return _page(request, _find(request, reference))


def _page(request: HttpRequest, found: WriteOffReversal, form: DecideForm | None = None) -> HttpResponse:
    is_open, loan = found.is_open, found.loan
    became = Repayment.objects.filter(rebooked__reversal=found).order_by("pk")
    context = proposals.choices(request, found, form) | {
        "reversal": found,
        "recoveries": queries.recoveries_of(loan) if is_open else became,
        "expense_amount": found.write_off.principal_amount - (found.write_off.allowance_amount or 0),
        "seen": queries.shown_of(found.write_off) if is_open else "",
    }
    return render(request, "loans/write_off_reversal.html", context, status=422 if form and form.errors else 200)


conclude = proposals.concluding(_find, _page, operations.approve_reversal, "loans:write_off_reversal")
withdraw = proposals.withdrawing(_find, "loans:write_off_reversal")
