"""What a person sees who opens an address that only takes what a form sends, such as after a change of language."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import is_valid_path


class MethodMiddleware:
    """Give a bare 405 a page with a way on; machines get what they got, and the status stays."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, and show a page where nothing else would be shown."""
        response = self.get_response(request)
        if response.status_code != 405 or request.method != "GET" or response.content:
            return response
        about = request.path.rstrip("/").rpartition("/")[0] + "/"  # a verb's path stands below its noun's
        page = render(request, "405.html", {"about": about if is_valid_path(about) else "/"}, status=405)
        page["Allow"] = response["Allow"]
        return page
