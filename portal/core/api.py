"""One way of paging, one form of errors (RFC 9457 problem details), one way of idempotency, for every endpoint."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Choices, QuerySet
from django.forms import BaseForm
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from redis.exceptions import RedisError
from rest_framework import exceptions
from rest_framework.fields import DictField, ListField
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ListSerializer, Serializer
from rest_framework.settings import api_settings
from rest_framework.utils.html import is_html_input
from rest_framework.views import APIView, exception_handler

from portal.core import refusals
from portal.core.idempotency import KeyMissing, KeyReused, kept
from portal.core.money import rounded
from portal.core.transitions import TransitionRefused

PROBLEM = "application/problem+json"
PATIENCE_SECONDS: Final = 60
WITHIN: Final = re.compile(r"[.\[]")  # what a form names within a field: answers[0]choice, pieces.100
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="New for each thing made; the same again gives the same answer.",
)
log = structlog.get_logger(__name__)


class Away(exceptions.APIException):
    """Redis, which counts calls, does not answer."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_code = "away"
    default_detail = _("A part of the portal does not answer. Try again in a minute.")
    wait = PATIENCE_SECONDS


class Pages(CursorPagination):
    """Pages by cursor, newest first: ``?cursor=…&page_size=…``; the answer carries ``next`` and ``previous``."""

    page_size = 25
    max_page_size = 100
    page_size_query_param = "page_size"
    ordering = "-pk"


def listed(view: APIView, request: Request, rows: QuerySet[Any], shape: Any, **context: Any) -> Response:
    """Answer with a page of rows, newest first, each in the shape of a serializer."""
    pages = Pages()
    page = pages.paginate_queryset(rows, request, view=view)
    return pages.get_paginated_response(shape(page, many=True, context=context).data)


def told(request: Request, shape: Any) -> dict[str, Any]:
    """Read what a request says, in the shape of a serializer.

    :raises ValidationError: as ``heard``.
    """
    return dict(heard(request, shape).validated_data)


def heard(request: Request, shape: Any) -> Any:
    """Let a serializer hear what a request says, and give it.

    :raises ValidationError: when it does not fit, or says what nobody would heed: a transfer in another currency, a
        second file.
    """
    asked = shape(data=request.data)
    asked.is_valid(raise_exception=True)
    if is_html_input(request.data):
        strange = [name for name in request.data if WITHIN.split(name)[0] not in asked.fields]
    else:
        strange = list(_strange(request.data, asked))
    if strange:
        raise exceptions.ValidationError({name: [_("There is no field of this name.")] for name in sorted(strange)})
    if several := [name for name in request.FILES if len(request.FILES.getlist(name)) > 1]:
        raise exceptions.ValidationError({name: [_("Send each file in a request of its own.")] for name in several})
    return asked


def _strange(said: Any, field: Any, path: str = "") -> Iterator[str]:
    """Find the names that a field does not know in what was said for it, however deep: ``lines.0.curency``."""
    if isinstance(field, Serializer) and isinstance(said, Mapping):
        for name, value in said.items():
            if name in field.fields:
                yield from _strange(value, field.fields[name], f"{path}{name}.")
            else:
                yield f"{path}{name}"
    elif isinstance(field, ListSerializer | ListField | DictField) and isinstance(said, list | Mapping):
        for place, value in said.items() if isinstance(said, Mapping) else enumerate(said):
            yield from _strange(value, field.child, f"{path}{place}.")


def check_form(form: BaseForm, **called: str) -> None:
    """Hold what a program sent against the form that a person fills in.

    :param called: what programs call a field of the form, where they call it otherwise.
    :raises ValidationError: when it does not fit, field by field.
    """
    if not form.is_valid():
        wrong = {called.get(name, name): [str(each) for each in told] for name, told in form.errors.items()}
        raise exceptions.ValidationError(wrong)


def asked_for(request: Request, shape: Any) -> dict[str, Any]:
    """Read what an address asks for behind its question mark, in the shape of a serializer.

    :raises ValidationError: when it does not fit.
    """
    asked = shape(data=request.query_params)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def in_state(request: Request, found: QuerySet[Any], states: type[Choices]) -> QuerySet[Any]:
    """Keep what is in the state that an address asks for behind its question mark; all of it where it asks for none.

    :raises ValidationError: when there is no such state.
    """
    state = request.query_params.get("status", "")
    if not state:
        return found
    if state not in states.values:
        listed_states = ", ".join(states.values)
        raise exceptions.ValidationError({"status": [_("Choose one of: %(states)s.") % {"states": listed_states}]})
    return found.filter(status=state)


def verb(
    name: str,
    says: str,
    *,
    find: Callable[[Request, str], Any],
    act: Callable[..., Any],
    shape: Any,
    asks: Any = None,
    dated: bool = False,
    admit: Callable[[Request, Any], str],
    open_to: Sequence[Any] | None = None,
) -> type[APIView]:
    """Make the endpoint of a verb that needs nothing but the thing it acts on, and perhaps a few words.

    Who is admitted does it, and is told how the thing stands then.

    :param find: fetches the thing, or answers 404.
    :param admit: lets on whoever may, and names who it is.
    :param open_to: the permissions of whoever may read the thing, where ``find`` does not ask who it is: others are
        refused before they learn whether it exists.
    :param act: the operation; it takes ``at`` and ``by``, what ``asks`` reads, and ``on`` where it is ``dated``.
    """

    class Verb(APIView):
        permission_classes = open_to or APIView.permission_classes

        @extend_schema(operation_id=name, description=says, request=asks, responses=shape)
        def post(self, request: Request, reference: str) -> Response:
            found = find(request, reference)
            by = admit(request, found)
            asked = told(request, asks) if asks else {}
            day = {"on": timezone.localdate()} if dated else {}
            act(found, at=timezone.now(), by=by, **day, **asked)
            return Response(shape(find(request, reference)).data)

    Verb.__name__ = Verb.__qualname__ = "".join(part.capitalize() for part in name.split("_"))
    Verb.__doc__ = says
    return Verb


class WhateverIsThere(DefaultContentNegotiation):
    """Hands a file to whoever accepts only its kind, though refusals are JSON."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:  # noqa: ARG002 - the framework's signature
        """Take the one that refusals are written by."""
        return renderers[0], renderers[0].media_type


def idempotency_key(request: Request) -> str:
    """Read the request's ``Idempotency-Key``, as it is kept: however long it is, forms and rows have room for it.

    What a request names is looked up whatever has become of it since: whether it still will do is for the operation to
    judge, which knows whether the key was answered already.

    :raises KeyMissing: when there is none.
    """
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        raise KeyMissing
    return kept(key)


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn refusals and the framework's errors into problem details; anything else is a bug and stays one."""
    if isinstance(error, refusals.Refusal):
        return _refused(error)
    error = _in_our_words(error)
    response = exception_handler(error, context)
    if response is None:
        return None
    extra: dict[str, Any] = {}
    code = getattr(error, "default_code", "error")
    if isinstance(error, exceptions.ValidationError):
        extra["errors"] = dict(_flat(response.data))
        detail = str(exceptions.ValidationError.default_detail)
    else:
        detail = str((response.data or {}).get("detail", ""))
    answer = _problem(response.status_code, code=code, detail=detail, **extra)
    for header in ("WWW-Authenticate", "Retry-After", "Allow"):
        if header in response.headers:
            answer[header] = response.headers[header]
    return answer


def _flat(wrong: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """Name what is wrong by where it stands, however deep, as ``_strange`` does: ``lines.0.amount``."""
    if isinstance(wrong, str):
        wrong = [wrong]
    if isinstance(wrong, list) and all(isinstance(each, str) for each in wrong):
        yield path.removesuffix(".") or api_settings.NON_FIELD_ERRORS_KEY, wrong
        return
    for place, part in wrong.items() if isinstance(wrong, Mapping) else enumerate(wrong):
        if part:
            yield from _flat(part, f"{path}{place}.")


def _in_our_words(error: Exception) -> Exception:
    """Give what others raise its code and its words for people: Django's own 404 names the model."""
    if isinstance(error, RedisError):
        log.error("redis.away", problem=type(error).__name__)
        return Away()
    if isinstance(error, Http404):
        return exceptions.NotFound()
    return exceptions.PermissionDenied() if isinstance(error, PermissionDenied) else error


def _refused(refusal: refusals.Refusal) -> Response:
    currency = refusal.params.get("currency", settings.BANK_CURRENCY)
    told = {
        name: rounded(value, currency) if isinstance(value, Decimal) else value
        for name, value in refusal.params.items()
    }
    params = json.loads(json.dumps(told, cls=DjangoJSONEncoder))  # amounts as text, never as floats
    answer = _problem(_status_of(refusal), code=refusal.code, detail=refusals.sentence(refusal), params=params)
    if isinstance(refusal, refusals.Fault):
        answer["Retry-After"] = str(PATIENCE_SECONDS)
    return answer


def _status_of(error: refusals.Refusal) -> int:
    if isinstance(error, refusals.Fault):
        return HTTPStatus.SERVICE_UNAVAILABLE
    if isinstance(error, KeyMissing):
        return HTTPStatus.BAD_REQUEST
    if isinstance(error, KeyReused | TransitionRefused):
        return HTTPStatus.CONFLICT
    return HTTPStatus.UNPROCESSABLE_ENTITY


def _problem(status: int, *, code: str, detail: str, **extra: Any) -> Response:
    body = {"type": f"/api/problems#{code}", "title": HTTPStatus(status).phrase, "status": status, "code": code}
    body |= {"detail": detail} | {name: value for name, value in extra.items() if value}
    return Response(body, status=status, content_type=PROBLEM)


class Nothing(APIView):
    """Answers, in the API's own form, where there is nothing."""

    permission_classes = (AllowAny,)
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Say so to every method."""
        super().initial(request, *args, **kwargs)
        raise exceptions.NotFound
