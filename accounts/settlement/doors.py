"""What pages and programs begin with alike: who asks, what they may see, who may act."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from rest_framework.request import Request

from accounts.identity.access import user_of
from accounts.identity.models import Enterprise, MembershipRole, Role
from accounts.settlement import queries
from accounts.settlement.models import (
    CashCorrection,
    CashCount,
    CashDelivery,
    CashDrawer,
    CashHandover,
    CashMovement,
    PaymentInstruction,
    SettlementAccount,
    StandingOrder,
)

Asked = HttpRequest | Request
M = TypeVar("M", bound=Model)


def actor(request: Asked) -> str:
    """Name the person in the records."""
    return str(user_of(request).reference)


# To whoever may not see a thing it does not exist.


def visible_enterprise(request: Asked, reference: str) -> Enterprise:
    return get_object_or_404(Enterprise.objects.visible_to(request.user), reference=reference)


def visible_account(request: Asked, reference: str) -> SettlementAccount:
    accounts = SettlementAccount.objects.visible_to(request.user).with_balances()
    return get_object_or_404(accounts, reference=reference)


def _told(kind: type[M]) -> Callable[[Asked, str], M]:
    """Make the door of a kind that is shown with whatever its page and its shape tell."""
    rows: Any = kind

    def find(request: Asked, reference: str) -> M:
        found: M = get_object_or_404(rows.objects.visible_to(request.user).told(), reference=reference)
        return found

    return find


visible_payment = _told(PaymentInstruction)
visible_order = _told(StandingOrder)
visible_cash = _told(CashMovement)
visible_correction = _told(CashCorrection)
visible_drawer = _told(CashDrawer)
visible_count = _told(CashCount)
visible_handover = _told(CashHandover)
visible_delivery = _told(CashDelivery)


def payment_of_bank(request: Asked, reference: str) -> PaymentInstruction:
    return get_object_or_404(PaymentInstruction.objects.visible_to(request.user).told().by_bank(), reference=reference)


def worked_drawer(request: Asked, reference: str) -> CashDrawer:
    """Fetch a drawer that the person holds, or serves as one of operations.

    :raises PermissionDenied: to others who see it.
    """
    found = visible_drawer(request, reference)
    if not (found.is_held_by(actor(request)) or user_of(request).has_role(Role.OPERATIONS)):
        raise PermissionDenied
    return found


def role_in(request: Asked, enterprise: Enterprise) -> str:
    """Tell whether the person is the enterprise's owner or manager; empty for everyone else."""
    return queries.role_of(enterprise, actor(request))


def only_members(request: Asked, enterprise: Enterprise) -> str:
    """Let only owners and managers of the enterprise on, and name who it is.

    :raises PermissionDenied: to everyone else, staff too.
    """
    if not role_in(request, enterprise):
        raise PermissionDenied
    return actor(request)


def only_owners(request: Asked, enterprise: Enterprise) -> str:
    """Let only owners of the enterprise on, and name who it is.

    :raises PermissionDenied: to everyone else, managers and staff too.
    """
    if role_in(request, enterprise) != MembershipRole.OWNER:
        raise PermissionDenied
    return actor(request)
