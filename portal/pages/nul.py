"""What an address with a NUL is answered: no text that the database keeps can hold one."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse

from portal.core.api import PROBLEM


class NulMiddleware:
    """Refuse a NUL in an address, before anything is asked of the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, or say to a person or a program that it could not be read.

        :raises BadRequest: to a person.
        """
        if "\0" not in request.path and "%00" not in request.META.get("QUERY_STRING", ""):
            return self.get_response(request)
        if not request.path.startswith("/api/"):
            raise BadRequest
        told = {"type": "/api/problems#invalid", "title": "Bad Request", "status": 400, "code": "invalid"}
        return JsonResponse(told, status=400, content_type=PROBLEM)
