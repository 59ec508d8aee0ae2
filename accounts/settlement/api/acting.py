"""Who may act through the API, and its verbs: members of the account's enterprise do them unless told otherwise."""

from functools import partial
from typing import Any, Final

from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from accounts.identity.access import only_staff
from accounts.identity.models import Enterprise, MembershipRole, Role
from accounts.settlement import queries
from portal.core import api as core


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
    return only_staff(request.user, Role.OPERATIONS)


def only_holders(request: Request, found: Any) -> str:
    """Let only members of the enterprise on whose settlement account a thing stands, and name who it is."""
    return only_members(request, found.settlement_account.enterprise)


def only_cash_keepers(request: Request, _found: Any = None) -> str:
    """Let only staff on who may hold a drawer, of operations or field agents, and name who it is.

    :raises PermissionDenied: to everyone else.
    """
    return only_staff(request.user, Role.OPERATIONS, Role.OFFICER)


verb: Final = partial(core.verb, admit=only_holders)
