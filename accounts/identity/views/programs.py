"""The programs that act for a person, and letting one in where a passkey stands for the code."""

import time
from typing import Any, Final
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.identity import operations
from accounts.identity.models import Enterprise
from portal.core.fields import decrypt, encrypt

SHOWN_ONCE: Final = "program_token"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def programs(request: HttpRequest) -> HttpResponse:
    """List the tokens that are good, and give one to whoever has just used a passkey; it is shown once."""
    user: Any = request.user
    has_just_proven = _used_passkey(request)
    if request.method == "POST":
        if not has_just_proven:
            here = urlencode({"next": reverse("identity:programs")})
            return redirect(f"{reverse('mfa_reauthenticate_webauthn')}?{here}")
        token, _expires_at = operations.give_token(user, at=timezone.now())
        request.session[SHOWN_ONCE] = encrypt(token)
        return redirect("identity:programs")
    shown = request.session.pop(SHOWN_ONCE, "") if request.method == "GET" else ""
    context = {
        "tokens": user.auth_token_set.filter(expiry__gt=timezone.now()).order_by("created"),
        "token": decrypt(shown) if shown else "",
        "has_passkey": Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists(),
        "has_just_proven": has_just_proven,
        "enterprises": Enterprise.objects.of_owner(user).order_by("pk"),
    }
    return render(request, "programs.html", context)


def _used_passkey(request: HttpRequest) -> bool:
    """Tell whether the person used a passkey here a moment ago: to sign in, or to confirm that it is them."""
    since = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, request.user)
    return any(each.get("type") == Authenticator.Type.WEBAUTHN and each["at"] > since for each in records)
