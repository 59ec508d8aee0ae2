"""The buttons of settlement's pages: one thing is found, one operation done, one sentence said."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.identity.access import requires
from accounts.identity.models import Role
from accounts.settlement.doors import actor, only_members
from portal.core.refusals import Sentence, shown_above

View = Callable[..., HttpResponseBase]


def verb(
    act: Callable[..., Any],
    *,
    find: Callable[[HttpRequest, str], Any],
    said: Sentence | Callable[[Any], str],
    back: str,
    roles: tuple[Role, ...] = (),
    dated: bool = False,
    reasoned: bool = False,
    agreed: bool = False,
) -> View:
    """Make the view of a verb: it says what came of it, or why not, and leads back to the thing.

    :param act: the operation; it takes ``at`` and ``by``, ``on`` where it is ``dated``, ``reason`` where ``reasoned``,
        ``seen`` where something is ``agreed`` to.
    :param find: fetches the thing or answers 404.
    :param roles: which staff may; without them members of the thing's enterprise alone.
    """

    def view(request: HttpRequest, reference: str) -> HttpResponseBase:
        found, now = find(request, reference), timezone.now()
        if not roles:
            only_members(request, found.settlement_account.enterprise)
        told: dict[str, Any] = {"on": timezone.localdate(now)} if dated else {}
        if reasoned:
            told["reason"] = request.POST.get("reason", "")[:200]
        if agreed:
            told["seen"] = request.POST.get("seen", "")
        with shown_above(request):
            act(found, at=now, by=actor(request), **told)
            messages.success(request, said(found) if callable(said) else str(said))
        return redirect(back, reference)

    return require_POST(requires(*roles)(view) if roles else view)
