"""Whose account it is, who may act, and verbs: members of the account's enterprise do them unless told otherwise."""

from functools import partial
from typing import Any, Final

from django.shortcuts import get_object_or_404
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from accounts.identity.access import only_staff
from accounts.identity.models import Enterprise, MembershipRole, Role
from accounts.settlement import queries
from accounts.settlement.models import SettlementAccount
from portal.core import api as core


def visible_account(request: Request, reference: str) -> SettlementAccount:
    """Fetch an account that the caller may see; to others it does not exist."""
    accounts = SettlementAccount.objects.visible_to(request.user).with_balances()
    return get_object_or_404(accounts, reference=reference)


def visible_enterprise(request: Request, reference: str) -> Enterprise:
    """Fetch an enterprise that the caller may see; to others it does not exist."""
    return get_object_or_404(Enterprise.objects.visible_to(request.user), reference=reference)


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
