"""A form that came back, shown once more: in the other language, with what was typed, and without being sent."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from typing import Any, Final

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.identity.unsent import ELSEWHERE, SHOWN_AGAIN
from portal.core.refusals import Refusal, register

register({"only_shown": _("Nothing was sent yet: look through it and send it.")})

# Who locks a row is about to change it; entries are posted by a function that is selected.
READS: Final = re.compile(
    r"[\s(]*(?:SELECT|WITH|SET|SAVEPOINT|RELEASE|ROLLBACK)\b"
    r"(?!.*\b(?:INSERT|UPDATE|DELETE|MERGE|accounts_post_entry)\b)",
    re.DOTALL | re.IGNORECASE,
)


class WouldWrite(Refusal):
    """What is only to be shown would change something; said above the form where its view says refusals."""

    code = "only_shown"


class ShownAgainMiddleware:
    """Turn a form that is only to be shown into a reading of its page, with its answers; the last of those that ask.

    A view that only takes forms takes this one, too, but where a form holds no answers. A view that would act on the
    answers nevertheless is stopped before it writes; where it does not say so above its form, its page is shown without
    them. Files come along with no honest form: they are not kept, which is done before any row is written.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        """Answer the request."""
        with ExitStack() as while_it_reads:
            request.while_it_reads, request.is_only_shown = while_it_reads, False
            response = self.get_response(request)
            is_no_page = response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
            if request.is_only_shown and is_no_page and not request.path.startswith(ELSEWHERE):
                request.method = "POST"
                response = self.get_response(request)
            return response

    def process_view(self, request: Any, view: Any, _args: Any, _kwargs: Any) -> None:
        """Read the page instead, once the token was looked at; programs, who have none, send no forms."""
        if request.method != "POST" or getattr(view, "csrf_exempt", False) or request.path == reverse("set_language"):
            return
        if SHOWN_AGAIN in request.POST and not request.is_only_shown:
            request.method, request.is_only_shown = "GET", True
            request.FILES.clear()
            request.while_it_reads.enter_context(_reading())

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Show the page without the answers where a view would have written; what else fails is another's."""
        return redirect(request.get_full_path()) if isinstance(error, WouldWrite) else None


@contextmanager
def _reading() -> Iterator[None]:
    """Stop what writes before it is asked; what only looks like a question, the database itself refuses.

    It does so in every transaction that begins meanwhile; none is open where a request begins, but in a test.
    """
    with ExitStack() as until_read:
        if not connection.in_atomic_block:
            _begin_transactions("READ ONLY")
            until_read.callback(_begin_transactions, "READ WRITE")
        until_read.enter_context(connection.execute_wrapper(_only_read))
        yield


def _begin_transactions(how: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET SESSION CHARACTERISTICS AS TRANSACTION {how}")


def _only_read(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's
    if not READS.match(sql):
        raise WouldWrite
    return execute(sql, params, many, context)
