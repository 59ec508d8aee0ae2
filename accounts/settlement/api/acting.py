"""Verbs that need nothing but the thing they act on, and perhaps a reason: one mechanism for all of them."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.models import Enterprise, MembershipRole, Role
from accounts.settlement import queries
from portal.core.api import told


def only_members(request: Request, enterprise: Enterprise) -> str:
    """Let only owners and managers of the enterprise on, and name who it is.

    :raises PermissionDenied: to everyone else, staff too.
    """
    user: Any = request.user
    if not queries.role_of(enterprise, user.reference):
        raise PermissionDenied
    return str(user.reference)


def only_owners(request: Request, enterprise: Enterprise) -> str:
    """Let only owners of the enterprise on, and name who it is.

    :raises PermissionDenied: to everyone else, managers and staff too.
    """
    user: Any = request.user
    if queries.role_of(enterprise, user.reference) != MembershipRole.OWNER:
        raise PermissionDenied
    return str(user.reference)


def only_operations(request: Request, _found: Any = None) -> str:
    """Let only staff of operations on, and name who it is.

    :raises PermissionDenied: to everyone else.
    """
    user: Any = request.user
    if not user.has_role(Role.OPERATIONS):
        raise PermissionDenied
    return str(user.reference)


def only_holders(request: Request, found: Any) -> str:
    """Let only members of the enterprise on whose settlement account a thing stands, and name who it is."""
    return only_members(request, found.settlement_account.enterprise)


def verb(
    name: str,
    says: str,
    *,
    find: Callable[[Request, str], Any],
    act: Callable[..., Any],
    shape: Any,
    asks: Any = None,
    dated: bool = False,
    admit: Callable[[Request, Any], str] = only_holders,
) -> type[APIView]:
    """Make the endpoint of a verb: who is admitted does it, and is told how the thing stands then.

    :param find: fetches the thing, or answers 404.
    :param admit: lets members of the account's enterprise on, if nobody else, and names who it is.
    :param act: the operation; it takes ``at`` and ``by``, what ``asks`` reads, and ``on`` where it is ``dated``.
    """

    class Verb(APIView):
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
