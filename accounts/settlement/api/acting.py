"""Which staff may act, and verbs: members of the account's enterprise do them unless told otherwise."""

from functools import partial
from typing import Any, Final

from rest_framework.request import Request

from accounts.identity.access import only_staff
from accounts.identity.models import Role
from accounts.settlement.doors import only_members
from portal.core import api as core


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
