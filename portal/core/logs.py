"""Structured logs without personal data: who (by reference), what, how it ended, how long it took."""

import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

log = structlog.get_logger("access")
QUIET = ("/health/", "/static/", "/metrics")


class AccessLogMiddleware:
    """Log each request by route (never by its raw path, which may carry secrets), and refusals louder."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request and log how it went."""
        if request.path.startswith(QUIET):
            return self.get_response(request)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=uuid.uuid4().hex[:12])
        began = time.perf_counter()
        response = self.get_response(request)
        self._log(request, response, round((time.perf_counter() - began) * 1000, 1))
        return response

    @staticmethod
    def _log(request: HttpRequest, response: HttpResponse, milliseconds: float) -> None:
        match = request.resolver_match
        user = getattr(request, "user", None)
        write = log.warning if response.status_code in {401, 403, 404, 429} or response.status_code >= 500 else log.info
        write(
            "request",
            method=request.method,
            route=match.route if match else "none",
            status=response.status_code,
            ms=milliseconds,
            user=getattr(user, "reference", None),
        )
