"""A form that came back, shown once more: in the other language, with what was typed, and without being sent."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from http import HTTPStatus
from typing import Any, Final

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.identity.unsent import SHOWN_AGAIN
from portal.core.refusals import Refusal, register

register({"only_shown": _("Nothing was sent yet: look through it and send it.")})

# Who locks a row is about to change it; entries are posted by a function that is selected.
READS: Final = re.compile(
    r"[\s(]*(?:SELECT|WITH|SET|SAVEPOINT|RELEASE|ROLLBACK)\b"
    r"(?!.*\b(?:INSERT\s+INTO|FOR\s+(?:NO\s+KEY\s+)?UPDATE|accounts_post_entry)\b)",
    re.DOTALL | re.IGNORECASE,
)


class WouldWrite(Refusal):
    """What is only to be shown would change something; said above the form where its view says refusals."""

    code = "only_shown"


class ShownAgainMiddleware:
    """Turn a form that is only to be shown into a reading of its page, with its answers; the last of those that ask.

    A view that only takes forms takes this one, too. A view that would act on the answers nevertheless is stopped
    before it writes; where it does not say so above its form, its page is shown without them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        """Answer the request."""
        with ExitStack() as while_it_reads:
            request.while_it_reads, request.is_only_shown = while_it_reads, False
            response = self.get_response(request)
            if request.is_only_shown and response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
                request.method = "POST"
                response = self.get_response(request)
            return response

    def process_view(self, request: Any, view: Any, _args: Any, _kwargs: Any) -> None:
        """Read the page instead, once the token was looked at; programs, who have none, send no forms."""
        if request.method != "POST" or getattr(view, "csrf_exempt", False) or request.path == reverse("set_language"):
            return
        if SHOWN_AGAIN in request.POST and not request.is_only_shown:
            request.method, request.is_only_shown = "GET", True
            request.while_it_reads.enter_context(connection.execute_wrapper(_only_read))

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Show the page without the answers where a view would have written; what else fails is another's."""
        return redirect(request.get_full_path()) if isinstance(error, WouldWrite) else None


def _only_read(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's
    if not READS.match(sql):
        raise WouldWrite
    return execute(sql, params, many, context)
