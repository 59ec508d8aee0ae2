"""What a person sees where something cannot be done without Redis and Redis is away, such as counting sign-ins."""

from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from redis.exceptions import RedisError

from portal.core.api import PATIENCE_SECONDS

log = structlog.get_logger(__name__)


class AwayMiddleware:
    """Ask people to come back in a moment; machines are asked so by the API's own answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Show a page where Redis did not answer; what else fails is a bug and stays one."""
        if not isinstance(error, RedisError):
            return None
        log.error("redis.away", problem=type(error).__name__)
        page = render(request, "503.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
        page["Retry-After"] = str(PATIENCE_SECONDS)
        return page
