"""Papers on file: brought by members, looked at by staff, handed out to those who may see them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity import operations, queries
from accounts.identity.access import requires, user_of
from accounts.identity.forms.papers import PaperForm
from accounts.identity.models import Enterprise, Paper
from accounts.identity.queries.diligence import Requirement
from accounts.identity.views.diligence import CHECKERS
from accounts.identity.views.enterprises import visible_enterprise
from portal.core import files, refusals
from portal.core.uploads import each_of


@require_http_methods(["GET", "HEAD", "POST"])
def papers(request: HttpRequest, reference: str) -> HttpResponse:
    """Show members which papers the bank asks for and has, and keep one more; staff see them beside the checks."""
    found = visible_enterprise(request, reference)
    user = user_of(request)
    if not Enterprise.objects.of_member(user).filter(pk=found.pk).exists():
        if request.method == "POST":
            raise PermissionDenied
        return redirect("identity:checks", found.reference)
    owners = [member.user for member in queries.members_of(found)]
    needed = queries.requirements_of([found], on=timezone.localdate())[found.pk]
    form = PaperForm(
        request.POST or None,
        request.FILES or None,
        initial={"what": _lacking(found, needed)},
        enterprise=found,
        people=owners,
    )
    if request.method == "POST" and form.is_valid():
        told, now = form.details(), timezone.now()
        added = each_of(form, lambda file, key: operations.add_paper(found, file, told, key=key, by=user, at=now))
        if len(added) > 1:
            looks = _("The bank has %(count)s papers now. Somebody of your branch looks at them.")
            messages.success(request, looks % {"count": len(added)})
        elif added:
            messages.success(request, _("The bank has the paper now. Somebody of your branch looks at it."))
        if not form.errors:
            return redirect("identity:papers", found.reference)
    own = Paper.objects.of_member(user).on_file().filter(enterprise=found)
    context = {
        "enterprise": found,
        "branch": found.branch,
        "needed": needed,
        "all_hold": all(row.holds for row in needed),
        "papers": queries.papers_of(found).filter(enterprise=found),
        "readable": set(own.values_list("pk", flat=True)),
        "returnable": set(own.waiting().values_list("pk", flat=True)),
        "form": form,
    }
    return render(request, "diligence/papers.html", context, status=422 if form.errors else 200)


def _lacking(enterprise: Enterprise, needed: list[Requirement]) -> str:
    """Name what is brought next: the first that the bank must see and nobody brought."""
    brought = set(enterprise.papers.waiting().values_list("kind", "person"))
    for row in needed:
        if not row.holds and (row.kind.value, row.person and row.person.pk) not in brought:
            return row.person.reference if row.person else row.kind.value
    return ""


@require_safe
def download(request: HttpRequest, paper: str) -> Any:
    """Hand a paper out to those who may see it; one of the bank's people has looked at it then."""
    user = user_of(request)
    seen = Paper.objects.visible_to(user).select_related("file", "enterprise")
    found = get_object_or_404(seen, reference=paper)
    try:
        return files.as_attachment(operations.hand_out(found, to=user, at=timezone.now()))
    except operations.PaperRefused as taken_back:
        raise Http404 from taken_back


@require_POST
def take_back(request: HttpRequest, paper: str) -> HttpResponse:
    """Take back a paper that one brought, or that is one's own, before anybody has looked at it."""
    user = user_of(request)
    found = get_object_or_404(Paper.objects.of_member(user).select_related("enterprise"), reference=paper)
    with refusals.shown_above(request):
        operations.take_back(found, by=user, at=timezone.now())
        messages.success(request, _("You took the paper back. The bank does not use it."))
    return redirect("identity:papers", found.enterprise.reference)


@require_POST
@requires(*CHECKERS)
def look_at(request: HttpRequest, paper: str) -> HttpResponse:
    """Write down that somebody of the bank has looked at a paper that no check needs."""
    found = get_object_or_404(Paper.objects.visible_to(request.user), reference=paper)
    with refusals.shown_above(request):
        operations.look_at(found, by=user_of(request), at=timezone.now())
        messages.success(request, _("Done."))
    return redirect("identity:checks", found.enterprise.reference)
