"""The audit trail on a page: who did what to which case, and whether it is sealed."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.identity.access import requires
from accounts.identity.models import Role, User
from portal.core.models import AuditEvent
from portal.pages import acts, codes, subjects

EVENTS_ON_A_PAGE = 50


@require_safe
@requires(Role.AUDITOR, Role.ADMINISTRATOR)
def trail(request: HttpRequest) -> HttpResponse:
    """List what happened, newest first, narrowed to a subject, a person or an act."""
    asked = {name: request.GET.get(name, "").strip() for name in ("subject", "by", "verb")}
    events = AuditEvent.objects.select_related("seal").order_by("-pk")
    if asked["subject"]:
        events = events.filter(subject=asked["subject"])
    if asked["by"]:
        events = events.filter(by=asked["by"])
    if asked["verb"]:
        events = events.filter(verb__startswith=asked["verb"])
    page = Paginator(events, EVENTS_ON_A_PAGE).get_page(request.GET.get("page"))
    rows = rows_of(list(page))
    return render(
        request, "audit.html", {"page": page, "rows": rows, "asked": asked, "choices": acts.choices(asked["verb"])}
    )


def rows_of(events: Sequence[AuditEvent]) -> list[dict[str, Any]]:
    """Tell events in words, each with who acted and whether it is sealed."""
    names = dict(
        User.objects.filter(reference__in={event.by for event in events}).values_list("reference", "full_name")
    )
    told = codes.names_in([*(event.details for event in events), *subjects.coded(events)])
    return [
        {
            "event": event,
            "act": acts.name(event.verb),
            "about": subjects.words(event.verb, event.subject, told),
            "details": acts.details(event.details, verb=event.verb, names=told),
            "name": names.get(event.by, ""),
            "is_sealed": hasattr(event, "seal"),
        }
        for event in events
    ]
