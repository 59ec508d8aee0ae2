"""Pages of plots, of what they may bring, and of the crop calendars behind it."""

from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.harvest import calendars as table
from accounts.harvest import operations, presentation, queries
from accounts.harvest.forms import EditionApprovalForm, EditionForm, PlantingForm, VisitForm
from accounts.harvest.models import CropEdition, Planting
from accounts.identity.access import requires, user_of
from accounts.identity.models import Enterprise, Role
from accounts.identity.queries import acts_for
from portal.core.editions import Status
from portal.core.files import private_file
from portal.core.refusals import shown_above, shown_on

SEERS: Final = (Role.OFFICER, Role.UNDERWRITER)  # who may say that they have seen a plot
READERS: Final = (Role.OFFICER, Role.UNDERWRITER, Role.APPROVER, Role.RISK_ANALYST, Role.AUDITOR, Role.ADMINISTRATOR)
form_page = require_http_methods(["GET", "HEAD", "POST"])


def _visible(request: HttpRequest, reference: str) -> Enterprise:
    """Find an enterprise that grows and that the person may see, or 404."""
    seen = Enterprise.objects.visible_to(request.user).select_related("industry")
    found = get_object_or_404(seen, reference=reference)
    if not queries.grows(found):
        raise Http404
    return found


def _own(request: HttpRequest, reference: str) -> Enterprise:
    """Find an enterprise that grows and that the person acts for; staff who may only look get 403."""
    found = _visible(request, reference)
    if not acts_for(user_of(request), found):
        raise PermissionDenied
    return found


def _planting(enterprise: Enterprise, reference: str) -> Planting:
    return get_object_or_404(Planting.objects.known(), enterprise=enterprise, reference=reference)


@require_safe
def plots(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what grows and what it may bring."""
    enterprise = _visible(request, reference)
    today = timezone.localdate()
    context = {
        "enterprise": enterprise,
        "harvest": presentation.drawn(queries.expected_of(enterprise, on=today)),
        "may_tell": acts_for(user_of(request), enterprise),
        "may_see": user_of(request).has_role(*SEERS),
        "may_read_calendar": user_of(request).has_role(*READERS),
        "has_calendar": bool(queries.crops_for(enterprise, on=today)),
    }
    return render(request, "harvest/plots.html", context)


@form_page
def tell(request: HttpRequest, reference: str) -> HttpResponse:
    """Tell of one more plot."""
    enterprise = _own(request, reference)
    today = timezone.localdate()
    crops = queries.crops_for(enterprise, on=today)
    form = PlantingForm(request.POST or None, crops=crops, today=today)
    if request.method == "POST" and form.is_valid():
        with shown_on(form, PlantingForm.FIELDS):
            operations.tell_planting(enterprise, **form.told(), by=user_of(request), at=timezone.now())
            messages.success(request, _("The plot was added."))
            return redirect("harvest:plots", reference)
    context = {"enterprise": enterprise, "form": form}
    return render(request, "harvest/tell.html", context, status=422 if form.is_bound else 200)


@require_POST
def withdraw(request: HttpRequest, reference: str, planting: str) -> HttpResponse:
    """Take a plot back: it was told wrongly, or the crop failed."""
    told = _planting(_own(request, reference), planting)
    operations.withdraw_planting(told, by=user_of(request), at=timezone.now())
    messages.success(request, _("The plot counts no longer."))
    return redirect("harvest:plots", reference)


@form_page
@requires(*SEERS)
def visit(request: HttpRequest, reference: str, planting: str) -> HttpResponse:
    """Keep what an officer saw on a plot."""
    enterprise = _visible(request, reference)
    told = _planting(enterprise, planting)
    today = timezone.localdate()
    form = VisitForm(request.POST or None, planting=told, today=today)
    if request.method == "POST" and form.is_valid():
        with shown_on(form, VisitForm.FIELDS):
            operations.confirm_planting(told, **form.cleaned_data, by=user_of(request), at=timezone.now())
            messages.success(request, _("Thank you. What you saw counts from now on."))
            return redirect("harvest:plots", reference)
    expected = queries.expected_of(enterprise, on=today)
    rows = presentation.drawn(expected).rows if expected else []  # type: ignore[union-attr]
    row = next((each for each in rows if each.planting == told), None)
    context = {"enterprise": enterprise, "planting": told, "row": row, "form": form}
    return render(request, "harvest/visit.html", context, status=422 if form.is_bound else 200)


@require_safe
@requires(*READERS)
def calendars(request: HttpRequest) -> HttpResponse:
    """List the editions of the crop calendar."""
    today = timezone.localdate()
    listed = list(CropEdition.objects.listed())
    is_waiting = any(each.status == Status.DRAFT for each in listed)
    context = {
        "editions": [{"edition": each, "state": each.state_on(today)} for each in listed],
        "may_propose": not is_waiting and user_of(request).has_role(*queries.DECIDERS),
    }
    return render(request, "harvest/calendars.html", context)


@require_safe
@requires(*READERS)
def calendar(request: HttpRequest, version: int) -> HttpResponse:
    """Show an edition's lines."""
    edition = get_object_or_404(CropEdition, version=version)
    today = timezone.localdate()
    is_draft = edition.status == Status.DRAFT
    may_decide = user_of(request).has_role(*queries.DECIDERS)
    decides = is_draft and may_decide
    is_own = edition.proposed_by == user_of(request).reference
    context = {
        "edition": edition,
        "rows": presentation.yields_of(edition),
        "state": edition.state_on(today),
        "approve_form": EditionApprovalForm(initial={"in_force_from": today}) if decides and not is_own else None,
        "may_discard": decides,
        "may_withdraw": may_decide and edition.may_end(today),
        "waits_for_another": is_draft and is_own,
        "proposer": presentation.name_of(edition.proposed_by),
        "approver": presentation.name_of(edition.approved_by),
    }
    return render(request, "harvest/calendar.html", context)


@require_safe
@requires(*READERS)
def download(_request: HttpRequest, version: int) -> HttpResponse:
    """Hand an edition out as CSV, to be changed in a spreadsheet."""
    edition = get_object_or_404(CropEdition, version=version)
    text = table.write(row.as_row() for row in edition.yields.order_by("pk"))
    return private_file(text.encode("utf-8-sig"), name=f"crops-{version}.csv", media_type="text/csv; charset=utf-8")


@form_page
@requires(*queries.DECIDERS)
def propose(request: HttpRequest) -> HttpResponse:
    """Propose a new edition of the crop calendar."""
    form = EditionForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with shown_on(form, {"prudence_no_share": "prudent_percent"}):
            edition = operations.propose_edition(
                form.text(),
                as_of=given["as_of"],
                source=given["source"],
                prudent_share=given["prudent_percent"] / 100,
                by=user_of(request).reference,
                at=timezone.now(),
            )
            messages.success(request, _("Proposed. A second person approves it before it counts."))
            return redirect("harvest:calendar", edition.version)
    context = {"form": form, "in_force": queries.edition_on(timezone.localdate())}
    return render(request, "harvest/propose.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires(*queries.DECIDERS)
def approve(request: HttpRequest, version: int) -> HttpResponse:
    """Approve an edition as a second person."""
    edition = get_object_or_404(CropEdition, version=version)
    form = EditionApprovalForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say from which day it counts."))
        return redirect("harvest:calendar", version)
    with shown_above(request):
        operations.approve_edition(edition, **form.cleaned_data, by=user_of(request).reference, at=timezone.now())
        messages.success(request, _("Approved."))
    return redirect("harvest:calendar", version)


@require_POST
@requires(*queries.DECIDERS)
def discard(request: HttpRequest, version: int) -> HttpResponse:
    """Drop an edition that waits for approval."""
    edition = get_object_or_404(CropEdition, version=version)
    with shown_above(request):
        operations.discard_edition(edition, by=user_of(request).reference, at=timezone.now())
        messages.success(request, _("Discarded."))
    return redirect("harvest:calendars")


@require_POST
@requires(*queries.DECIDERS)
def call_off(request: HttpRequest, version: int) -> HttpResponse:
    """Let an edition whose day has not come never count."""
    edition, now = get_object_or_404(CropEdition, version=version), timezone.now()
    with shown_above(request):
        operations.withdraw_edition(edition, on=timezone.localdate(now), by=user_of(request).reference, at=now)
        messages.success(request, _("Withdrawn. The edition in force goes on."))
    return redirect("harvest:calendar", version)
