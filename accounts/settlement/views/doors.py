"""What every settlement page begins with: whose account it is, who asks, who may act."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.identity.models import Enterprise, Membership, MembershipRole
from accounts.settlement.models import SettlementAccount


def visible_account(request: HttpRequest, reference: str) -> SettlementAccount:
    """Fetch an account that the person may see, with what it holds; to others it does not exist."""
    accounts = SettlementAccount.objects.visible_to(request.user).with_balances()
    return get_object_or_404(accounts, reference=reference)


def role_in(request: HttpRequest, enterprise: Enterprise) -> str:
    """Tell whether the person is the enterprise's owner or manager; empty for everyone else."""
    standing = Membership.objects.acting().filter(enterprise=enterprise, user=request.user.pk)
    return standing.values_list("role", flat=True).first() or ""


def owns(request: HttpRequest, enterprise: Enterprise) -> bool:
    """Tell whether the person owns the enterprise."""
    return role_in(request, enterprise) == MembershipRole.OWNER


def only_owners(request: HttpRequest, enterprise: Enterprise) -> None:
    """Let only owners of the enterprise on.

    :raises PermissionDenied: to everyone else.
    """
    if not owns(request, enterprise):
        raise PermissionDenied


def only_members(request: HttpRequest, enterprise: Enterprise) -> str:
    """Let only owners and managers of the enterprise on, and tell which.

    :raises PermissionDenied: to everyone else, staff too.
    """
    role = role_in(request, enterprise)
    if not role:
        raise PermissionDenied
    return role


def actor(request: HttpRequest) -> str:
    """Name the person in the records."""
    user: Any = request.user
    return str(user.reference)
