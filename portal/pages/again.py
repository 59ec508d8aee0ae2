"""A form that came back, shown once more: in the other language, with what was typed, and without being sent."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.identity.unsent import SHOWN_AGAIN


class ShownAgainMiddleware:
    """Turn a form that is only to be shown into a reading of its page: its answers are there, and nothing is done."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> None:
        """Change the method, once the token was looked at; programs, who have none, send no forms."""
        if request.method != "POST" or getattr(view, "csrf_exempt", False) or request.path == reverse("set_language"):
            return
        if SHOWN_AGAIN in request.POST:
            request.method = "GET"
