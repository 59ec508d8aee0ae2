"""A form that came back, shown once more: in the other language, with what was typed, and without being sent."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.identity.unsent import SHOWN_AGAIN


class WouldWrite(Exception):
    """What is only to be read would change something."""


class ShownAgainMiddleware:
    """Turn a form that is only to be shown into a reading of its page, with its answers; the last of those that ask.

    A view that would act on the answers nevertheless is stopped before it writes, and its page is shown without them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Read the page instead; programs, who have no token, send no forms."""
        if request.method != "POST" or getattr(view, "csrf_exempt", False) or request.path == reverse("set_language"):
            return None
        if SHOWN_AGAIN not in request.POST:
            return None
        request.method = "GET"
        try:
            with connection.execute_wrapper(_only_read):
                page: HttpResponse = view(request, *args, **kwargs)
        except WouldWrite:
            return redirect(request.get_full_path())
        return page


def _only_read(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's
    if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
        raise WouldWrite
    return execute(sql, params, many, context)
