"""Who may enter: staff by role, staff only with a second factor."""

import copy
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, cast
from urllib.parse import urlsplit

from allauth.core.exceptions import RateLimited
from allauth.core.ratelimit import respond_429
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.identity import queries, unsent
from accounts.identity.models import Enterprise, User

View = Callable[..., HttpResponseBase]
OPEN_TO_ALL: Final = ("/accounts/", "/language/", "/static/", "/health/", "/demo/", "/metrics", "/api/")


def user_of(request: HttpRequest | Request) -> User:
    """Name who asks, where only people who have signed in do."""
    return cast("User", request.user)


def requires(*roles: str) -> Callable[[View], View]:
    """Let only staff with one of these roles in; others get 403."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not user_of(request).has_role(*roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.admits = frozenset(roles)  # type: ignore[attr-defined]  # read by the navigation
        return guarded

    return wrap


def reading(user: Any) -> Any:
    """Give the same person as one who only wants to see: then a bookkeeper sees the books they keep."""
    reader = copy.copy(user)
    reader.only_reads = True
    return reader


def shows_books(view: View) -> View:
    """Let a page be read by bookkeepers, too; what it takes by POST stays for those who act."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method in SAFE_METHODS:
            request.user = reading(request.user)
        return view(request, *args, **kwargs)

    return shown


class ShowsBooks(APIView):
    """An endpoint that bookkeepers read, too; what it takes by other methods stays for those who act."""

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Let in as always, then read."""
        super().initial(request, *args, **kwargs)
        if request.method in SAFE_METHODS:
            request.user = reading(request.user)


def staff_with(*roles: str) -> type[BasePermission]:
    """Make the permission of endpoints that only staff with one of these roles may call; others get 403."""

    class StaffWithRole(BasePermission):
        def has_permission(self, request: Any, view: Any) -> bool:  # noqa: ARG002 - the framework's signature
            return bool(request.user.has_role(*roles))

    return StaffWithRole


def only_staff(user: Any, *roles: str) -> str:
    """Let only staff with one of these roles on, and name who it is.

    :raises PermissionDenied: for anyone else.
    """
    if not user.has_role(*roles):
        raise PermissionDenied
    return str(user.reference)


def only_owners(user: Any, enterprise: Enterprise) -> None:
    """Let only the enterprise's owners on: its managers, and staff of the bank, get 403.

    :raises PermissionDenied: for anyone else.
    """
    if not queries.owns(user, enterprise):
        raise PermissionDenied


class SignInMiddleware(LoginRequiredMiddleware):
    """Send strangers to sign in; whose form came after the session had ended gets it back, or at least its page."""

    def handle_no_permission(self, request: HttpRequest, view_func: View) -> HttpResponseRedirect:
        """Answer whoever is not signed in."""
        if "HX-Request" not in request.headers and request.method == "POST" and unsent.keep(request):
            told = _("You were signed out meanwhile. What you filled in is kept: sign in, then send it.")
            messages.warning(request, told)
            return redirect_to_login(reverse("identity:unsent"))
        page, is_part = urlsplit(request.headers.get("Referer", "")), "HX-Request" in request.headers
        if page.netloc != request.get_host() or not (is_part or request.method == "POST"):
            return super().handle_no_permission(request, view_func)
        answer = redirect_to_login(page._replace(scheme="", netloc="").geturl())
        if is_part:  # of a page that shows already: the whole page goes to the sign-in
            answer.status_code, answer["HX-Redirect"] = 204, answer.url
            del answer["Location"]
        else:
            told = _("You were signed out meanwhile, so nothing was sent. Sign in and fill it in again.")
            messages.warning(request, told)
        return answer


class SignOutMiddleware:
    """Let the browser forget the pages it kept when somebody signs out, so that Back shows nobody what they saw.

    Forbidding it to keep them would do so too, but Back would then bring a form anew, with a new idempotency key.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and ask to forget where the sign-in ended."""
        was_inside = SESSION_KEY in request.session
        response = self.get_response(request)
        if was_inside and SESSION_KEY not in request.session and response.status_code < 500:  # it may not have ended
            response["Clear-Site-Data"] = '"cache"'
            if request.path == reverse("account_logout"):  # on purpose: a session that ended by itself is another thing
                unsent.forget_sender(request)
        return response


class SecondFactorMiddleware:
    """Send staff without a second factor to set one up before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or send to the set-up page."""
        user = request.user
        if user.is_authenticated and not request.path.startswith(OPEN_TO_ALL) and self._lacks_factor(request):
            return redirect(reverse("mfa_activate_totp"))
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Ask for patience where allauth counts too many messages to one number and says no more."""
        answer: HttpResponse | None = respond_429(request) if isinstance(exception, RateLimited) else None
        return answer

    @staticmethod
    def _lacks_factor(request: HttpRequest) -> bool:
        user: Any = request.user
        if not user.is_staff_member or request.session.get("second_factor"):
            return False
        if is_mfa_enabled(user):
            request.session["second_factor"] = "set up"
            return False
        return True
