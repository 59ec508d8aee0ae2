"""Taking an unsigned offer back: one of the bank's people asks, a second one says so where two approved it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.identity.access import requires, user_of
from accounts.identity.models import Role
from lending.applications import operations as applications
from lending.applications.forms import RevokeForm
from lending.applications.operations.revoke import REVOKERS
from lending.applications.views.case import case_page
from lending.applications.views.finding import visible
from portal.core.refusals import shown_above, shown_on


@require_POST
@requires(*REVOKERS)
def revoke(request: HttpRequest, reference: str) -> HttpResponse:
    """Revoke an offer, or ask a second person to."""
    application = visible(request, reference)
    form = RevokeForm(request.POST)
    if form.is_valid():
        with shown_on(form, RevokeForm.FIELDS):
            made = applications.revoke(application, by=user_of(request), at=timezone.now(), **form.cleaned_data)
            waits = _("A second person decides. Until then the offer cannot be signed.")
            messages.success(request, waits if made.needs_second else _("The offer is revoked."))
            return redirect("applications:detail", reference)
    return case_page(request, application, revoke_form=form)


@require_POST
@requires(*REVOKERS)
def drop(request: HttpRequest, reference: str) -> HttpResponse:
    """Take back what one asked for oneself."""
    application = visible(request, reference)
    with shown_above(request):
        applications.drop_revocation(application, by=user_of(request), at=timezone.now())
        messages.success(request, _("The decision was recorded."))
    return redirect("applications:detail", reference)


@require_POST
@requires(Role.APPROVER)
def conclude(request: HttpRequest, reference: str) -> HttpResponse:
    """Say, as a second person, whether the offer is revoked."""
    application = visible(request, reference)
    outcome, seen = request.POST.get("outcome", ""), request.POST.get("seen", "")
    with shown_above(request):
        applications.conclude_revocation(
            application, outcome=outcome, by=user_of(request), at=timezone.now(), seen=seen
        )
        messages.success(request, _("The decision was recorded."))
    return redirect("applications:detail", reference)
