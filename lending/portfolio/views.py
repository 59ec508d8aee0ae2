"""Pages on which the book is seen whole."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.identity.access import requires
from lending.credit import readable
from lending.portfolio import presentation, queries
from lending.portfolio.forms import ScopeForm
from lending.portfolio.presentation import Section
from lending.portfolio.queries import READERS, Scope


@require_safe
@requires(*READERS)
def overview(request: HttpRequest) -> HttpResponse:
    """Show what is at risk, how loans age, and how cases come through."""
    today = timezone.localdate()
    return _page(request, "overview", lambda scope: presentation.of_book(queries.glance(scope, on=today)))


@require_safe
@requires(*READERS)
def monitoring(request: HttpRequest) -> HttpResponse:
    """Show how judging does."""
    today = timezone.localdate()

    def sections(scope: Scope) -> list[Section]:
        found = queries.monitoring(scope, on=today)
        return presentation.of_monitoring(found, sections=readable.section_names(), cards=queries.card_names())

    return _page(request, "monitoring", sections)


def _page(request: HttpRequest, kind: str, sections: Callable[[Scope], list[Section]]) -> HttpResponse:
    user: Any = request.user
    form = ScopeForm(
        request.GET,
        today=timezone.localdate(),
        branches=queries.branches_of(user),
        sees_all=user.sees_all_branches,
    )
    context: dict[str, Any] = {"form": form, "kind": kind}
    if form.is_valid():
        context["sections"] = sections(form.scope())
    return render(request, f"portfolio/{kind}.html", context, status=200 if form.is_valid() else 422)
