"""What a person sees who opens an address that only takes what a form sends."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import is_valid_path


class MethodMiddleware:
    """Give a bare 405 a page with a way on; machines get what they got, and the status stays.

    Who read a form's answer at that address and changed the language there is led to the page that it was about.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, and show a page where nothing else would be shown."""
        response = self.get_response(request)
        if response.status_code != 405 or request.method != "GET" or response.content:
            return response
        about = _noun_of(request.path)
        if urlsplit(request.headers.get("Referer", "")).path == request.path:  # only a form's answer was read here
            return redirect(about)
        page = render(request, "405.html", {"about": about}, status=405)
        page["Allow"] = response["Allow"]
        return page


def _noun_of(path: str) -> str:
    """Find the nearest address above: a verb's path stands below its noun's."""
    while path != "/":
        path = path.rstrip("/").rpartition("/")[0] + "/"
        if is_valid_path(path):
            break
    return path
