"""What the bank checked of its customers, and who stands behind them."""

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity import operations, queries
from accounts.identity.access import requires, user_of
from accounts.identity.forms.diligence import BeneficialOwnerForm, CheckForm, PartyForm, RelatedPartyForm, RulingForm
from accounts.identity.models import (
    CUSTOMER_HELPERS,
    READERS,
    BeneficialOwner,
    Enterprise,
    HitStatus,
    RelatedParty,
    Role,
    WatchlistHit,
)
from accounts.identity.views.enterprises import visible_enterprise
from portal.core import files, refusals

PER_PAGE: Final = 25
CHECKERS: Final = CUSTOMER_HELPERS
RULERS: Final = (Role.RISK_ANALYST, Role.APPROVER)
PARTIES: Final[dict[str, tuple[type[BeneficialOwner | RelatedParty], type[PartyForm], Any]]] = {
    "owners": (BeneficialOwner, BeneficialOwnerForm, operations.add_beneficial_owner),
    "related": (RelatedParty, RelatedPartyForm, operations.add_related_party),
}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*READERS)
def checks(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what was checked and what is missing, and record a check."""
    found = visible_enterprise(request, reference)
    user = user_of(request)
    may_check = user.has_role(*CHECKERS)
    if request.method == "POST" and not may_check:
        raise PermissionDenied
    members = queries.members_of(found)
    on_file = list(queries.papers_of(found))
    form = CheckForm(
        request.POST or None,
        request.FILES or None,
        initial={"paper": request.GET.get("paper", "")},
        enterprise=found,
        people=[m.user for m in members],
        papers=on_file,
    )
    if request.method == "POST" and form.is_valid():
        with refusals.shown_on(form, CheckForm.FIELDS):
            key = form.cleaned_data["idempotency_key"]
            operations.record_check(found, form.finding(), person=form.person(), key=key, by=user, at=timezone.now())
            messages.success(request, _("The check was recorded."))
            return redirect("identity:checks", found.reference)
    needed = queries.requirements_of([found], on=timezone.localdate())[found.pk]
    context = {
        "enterprise": found,
        "needed": needed,
        "lacking": [each for each in needed if not each.holds],
        "history": queries.checks_of(found),
        "papers": on_file,
        "taken_back": queries.papers_taken_back(found),
        "hits": queries.hits_of(found),
        "form": form if may_check else None,
    }
    return render(request, "diligence/checks.html", context, status=422 if form.errors else 200)


@require_safe
@requires(*READERS)
def evidence(request: HttpRequest, reference: str, check: str) -> Any:
    """Hand out what a check was made by."""
    found = visible_enterprise(request, reference)
    kept = get_object_or_404(queries.checks_of(found).exclude(file=None), reference=check)
    assert kept.file is not None
    named, now = {"check": kept.reference}, timezone.now()
    return files.as_attachment(operations.hand_out_file(kept.file, found, named=named, to=user_of(request), at=now))


@require_safe
@requires(*READERS)
def due(request: HttpRequest) -> HttpResponse:
    """List the papers nobody has looked at and the enterprises that lack a check; say how many hits wait."""
    user = user_of(request)
    today = timezone.localdate()
    page = Paginator(queries.checks_due(user, on=today), PER_PAGE).get_page(request.GET.get("page"))
    needed = queries.requirements_of(list(page.object_list), on=today)
    rows = [{"enterprise": each, "lacking": _lacking(needed[each.pk])} for each in page.object_list]
    waiting = queries.papers_waiting(user)
    context = {"page": page, "rows": rows, "open_hits": queries.hits(user).count()}
    context |= {"waiting": waiting[:PER_PAGE], "waiting_count": waiting.count()}
    context["may_let_in"] = user.has_role(*CUSTOMER_HELPERS, Role.ADMINISTRATOR)
    return render(request, "diligence/due.html", context)


def _lacking(needed: list[Any]) -> list[Any]:
    return [each for each in needed if each.state != "good"]


@require_safe
@requires(*READERS)
def hits(request: HttpRequest) -> HttpResponse:
    """List the hits that wait for a person, or those already ruled on."""
    asked = request.GET.get("status", "")
    status = asked if asked in HitStatus.values else HitStatus.OPEN.value
    page = Paginator(queries.hits(user_of(request), status=status), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "diligence/hits.html", {"page": page, "status": status, "statuses": HitStatus.choices})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*READERS)
def hit(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a name beside the list's entry, and record what a person says."""
    user = user_of(request)
    related = WatchlistHit.objects.visible_to(user).select_related("enterprise__branch", "entry__watchlist")
    found = get_object_or_404(related, reference=reference)
    if request.method == "POST" and not user.has_role(*RULERS):
        raise PermissionDenied
    form = RulingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals.shown_on(form, RulingForm.FIELDS):
            operations.rule_on_hit(found, by=user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Your ruling was recorded."))
            return redirect("identity:hit", found.reference)
    context = {
        "hit": found,
        "rulings": found.rulings.select_related("by").order_by("-pk"),
        "form": form if user.has_role(*RULERS) else None,
    }
    return render(request, "diligence/hit.html", context, status=422 if form.errors else 200)


@require_safe
def parties(request: HttpRequest, reference: str) -> HttpResponse:
    """Show who stands behind and beside an enterprise."""
    found = visible_enterprise(request, reference)
    owners = BeneficialOwner.objects.filter(enterprise=found).order_by("until", "pk")
    related = RelatedParty.objects.filter(enterprise=found).order_by("until", "pk")
    context = {
        "enterprise": found,
        "sections": [
            {"kind": "owners", "title": _("Beneficial owners"), "rows": owners},
            {"kind": "related", "title": _("Related parties"), "rows": related},
        ],
        "may_change": _may_change(request, found),
    }
    return render(request, "diligence/parties.html", context)


def _may_change(request: HttpRequest, enterprise: Enterprise) -> bool:
    """Tell whether a person tells of parties: the enterprise's owners, and staff who record checks."""
    user = user_of(request)
    return user.has_role(*CHECKERS) or queries.owns(user, enterprise)


def _changeable(request: HttpRequest, reference: str) -> Enterprise:
    found = visible_enterprise(request, reference)
    if not _may_change(request, found):
        raise PermissionDenied
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def add_party(request: HttpRequest, reference: str, kind: str) -> HttpResponse:
    """Ask for a beneficial owner or a related party."""
    if kind not in PARTIES:
        raise Http404
    found = _changeable(request, reference)
    _model, form_class, add = PARTIES[kind]
    user = user_of(request)
    form = form_class(request.POST or None, by_owner=not user.is_staff_member, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        with refusals.shown_on(form, PartyForm.FIELDS):
            add(found, form.details(), key=form.cleaned_data["idempotency_key"], by=user, at=timezone.now())
            messages.success(request, _("%(name)s was added.") % {"name": form.cleaned_data["name"]})
            return redirect("identity:parties", found.reference)
    context = {"enterprise": found, "form": form, "kind": kind}
    return render(request, "diligence/party.html", context, status=422 if form.errors else 200)


@require_POST
def end_party(request: HttpRequest, reference: str, kind: str, party: int) -> HttpResponse:
    """Write down that a party is none any more."""
    if kind not in PARTIES:
        raise Http404
    found = _changeable(request, reference)
    held = get_object_or_404(PARTIES[kind][0].objects.select_related("enterprise"), pk=party, enterprise=found)
    with refusals.shown_above(request):
        operations.end_party(held, by=user_of(request), at=timezone.now())
        messages.success(request, _("Done."))
    return redirect("identity:parties", found.reference)
