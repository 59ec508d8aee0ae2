"""Watchlists on a page: which are loaded, and files on their way, brought by one person and approved by another."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity import operations
from accounts.identity.access import requires, user_of
from accounts.identity.forms.watchlists import WatchlistForm
from accounts.identity.models import READERS, ListKind, User, Watchlist, WatchlistUpload
from accounts.identity.queries import list_changes, screening
from accounts.identity.views.diligence import RULERS
from accounts.identity.watchlist_files import Line
from accounts.identity.watchlist_states import MOVING, UploadStatus
from portal.core import files, refusals

PER_PAGE: Final = 25
FILES_SHOWN: Final = 10
CHANGES: Final = {
    "removed": gettext_lazy("No longer there"),
    "changed": gettext_lazy("Changed"),
    "added": gettext_lazy("New"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*READERS)
def watchlists(request: HttpRequest) -> HttpResponse:
    """Show which lists are loaded and which files are on their way, and take one."""
    user = user_of(request)
    may_bring = user.has_role(*RULERS)
    if request.method == "POST" and not may_bring:
        raise PermissionDenied
    form = WatchlistForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals.shown_on(form, WatchlistForm.FIELDS):
            told = form.cleaned_data
            key, name, as_of = told["idempotency_key"], told["name"], told["as_of"]
            operations.bring_watchlist(name, told["file"], as_of=as_of, key=key, by=user, at=timezone.now())
            messages.success(request, _("The file was received and is being read."))
            return redirect("identity:watchlists")
    brought = list(screening.brought()[:FILES_SHOWN])
    newest = screening.newest_lists()
    kinds = screening.kinds_of(newest)
    page = Paginator(screening.versions(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lists": [row | {"kinds": kinds.get(row["list"].name, "")} for row in _by_whom(page.object_list)],
        "in_force": {each.pk for each in newest},
        "names": [each.name for each in newest],
        "rows": [_row(each, user) | {"kinds": kinds.get(each.name, "")} for each in brought],
        "is_moving": any(each.status in MOVING for each in brought),
        "form": form if may_bring else None,
    }
    return render(request, "diligence/watchlists.html", context, status=422 if form.errors else 200)


def _by_whom(lists: Iterable[Watchlist]) -> list[dict[str, Any]]:
    """Name who loaded each: the two of a file, or whoever gave the command."""
    shown = list(lists)
    people = dict(
        User.objects.filter(reference__in={each.loaded_by for each in shown}).values_list("reference", "full_name")
    )
    rows = []
    for each in shown:
        came = getattr(each, "watchlistupload", None)
        both = [str(came.uploaded_by), str(came.decided_by)] if came else [people.get(each.loaded_by, each.loaded_by)]
        rows.append({"list": each, "came": came, "by": _(", ").join(both)})
    return rows


def _row(brought: WatchlistUpload, user: User) -> dict[str, Any]:
    rules = user.has_role(*RULERS)
    waits = brought.status == UploadStatus.WAITING
    return {
        "brought": brought,
        "problem": _problem(brought),
        "may_approve": rules and waits and brought.uploaded_by_id != user.pk,
        "may_look": waits,
        "may_discard": rules and (waits or brought.status == UploadStatus.READING),
    }


def _problem(brought: WatchlistUpload) -> str:
    if not brought.problem:
        return ""
    params = dict(brought.problem_params)
    if "as_of" in params:
        params["as_of"] = date.fromisoformat(params["as_of"])
    return refusals.sentence_of(brought.problem, params)


@require_safe
@requires(*READERS)
def changes(request: HttpRequest, reference: str) -> HttpResponse:
    """Show whom a file that waits leaves out, tells otherwise and adds, page by page."""
    waiting = WatchlistUpload.objects.filter(status=UploadStatus.WAITING).select_related("file", "uploaded_by")
    brought = get_object_or_404(waiting, reference=reference)
    found = list_changes.changes_of(brought)
    lines: dict[str, list[Any]] = {"removed": found.removed, "changed": found.changed, "added": found.added}
    asked = request.GET.get("what", "")
    what = asked if asked in lines else next((each for each in lines if lines[each]), "added")
    page = Paginator(lines[what], PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "brought": brought,
        "newest": list_changes.newest_of(brought.name),
        "tabs": [{"what": each, "label": CHANGES[each], "count": len(lines[each])} for each in lines],
        "what": what,
        "page": page,
        "rows": [_changed(*(each if what == "changed" else (None, each))) for each in page.object_list],
        "may_approve": _row(brought, user_of(request))["may_approve"],
    }
    return render(request, "diligence/list_changes.html", context)


def _changed(before: Line | None, line: Line) -> dict[str, Any]:
    was = [before.name, *before.aliases, str(before.birth_year or ""), _kind(before)] if before else []
    return {"line": line, "kind": _kind(line), "before": " · ".join(each for each in was if each)}


def _kind(line: Line) -> str:
    return str(ListKind(line.kind).label)


@require_POST
@requires(*RULERS)
def approve(request: HttpRequest, reference: str) -> HttpResponse:
    """Have a file loaded that somebody else brought."""
    return _done(request, reference, operations.approve_brought, _("The list is being loaded."))


@require_POST
@requires(*RULERS)
def discard(request: HttpRequest, reference: str) -> HttpResponse:
    """Drop a file that is not to be loaded."""
    return _done(request, reference, operations.discard_brought, _("The file was discarded."))


def _done(request: HttpRequest, reference: str, act: Callable[..., None], said: str) -> HttpResponse:
    brought = get_object_or_404(WatchlistUpload, reference=reference)
    at: datetime = timezone.now()
    with refusals.shown_above(request):
        act(brought, by=request.user, at=at)
        messages.success(request, said)
    return redirect("identity:watchlists")


@require_safe
@requires(*READERS)
def download(_request: HttpRequest, reference: str) -> HttpResponseBase:
    """Hand a list's file out as it was brought."""
    brought = get_object_or_404(WatchlistUpload.objects.select_related("file"), reference=reference)
    return files.as_attachment(brought.file)
