"""What a person sent while signed out: shown to them once they are back, to be sent or thrown away."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure as refuse
from django.views.decorators.http import require_POST, require_safe

from accounts.identity import unsent


@require_safe
def form(request: HttpRequest) -> HttpResponse:
    """Show what was filled in."""
    kept = unsent.kept_for(request)
    if kept is None:
        return _nothing(request)
    return render(request, "unsent.html", {"kept": kept, "rows": unsent.rows_of(kept)})


@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Let the browser send what the page holds to where it was going, once; there it is checked like any other form."""
    kept = unsent.claim(request)
    return HttpResponseRedirect(kept.path, preserve_request=True) if kept else _nothing(request)


@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    """Throw it away, and lead to the page it came from."""
    kept = unsent.claim(request)
    return redirect(kept.page) if kept else _nothing(request)


def _nothing(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("There is no form left to send here."))
    return redirect("home")


def refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is of an earlier sign-in: its sender may send it again, others begin anew."""
    if not unsent.keep(request):
        return refuse(request, reason)
    if request.user.is_authenticated:
        return redirect("identity:unsent")
    return redirect_to_login(reverse("identity:unsent"))
