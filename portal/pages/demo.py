"""The demo's open door: who can sign in, by which codes, and the messages sent. It exists only with ``DEMO=1``."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.core.models import Notice
from portal.core.notices.operations import text_of
from portal.seed.sign_ins import PASSWORD, sign_ins

View = Callable[[HttpRequest], HttpResponse]


def only_in_demo(view: View) -> View:
    """Let a page exist only in the demo."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request)

    return login_not_required(guarded)


@only_in_demo
@require_safe
@never_cache
def door(request: HttpRequest) -> HttpResponse:
    """Show sign-ins, codes and messages."""
    newest = Notice.objects.order_by("-pk")[:12]
    messages = [{"notice": notice, "text": text_of(notice)} for notice in newest]
    context = {"password": PASSWORD, "sign_ins": sign_ins(), "notices": messages}
    return render(request, "demo/door.html", context)
