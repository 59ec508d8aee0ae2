"""What pages and programs begin with alike: who asks, what they may see, who may act."""

from django.core.exceptions import PermissionDenied
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


def actor(request: Asked) -> str:
    """Name the person in the records."""
    user = user_of(request)
    return str(user.reference)


# To whoever may not see a thing it does not exist.


def visible_enterprise(request: Asked, reference: str) -> Enterprise:
    return get_object_or_404(Enterprise.objects.visible_to(request.user), reference=reference)


def visible_account(request: Asked, reference: str) -> SettlementAccount:
    accounts = SettlementAccount.objects.visible_to(request.user).with_balances()
    return get_object_or_404(accounts, reference=reference)


def visible_payment(request: Asked, reference: str) -> PaymentInstruction:
    return get_object_or_404(PaymentInstruction.objects.visible_to(request.user).told(), reference=reference)


def payment_of_bank(request: Asked, reference: str) -> PaymentInstruction:
    return get_object_or_404(PaymentInstruction.objects.visible_to(request.user).told().by_bank(), reference=reference)


def visible_order(request: Asked, reference: str) -> StandingOrder:
    return get_object_or_404(StandingOrder.objects.visible_to(request.user).told(), reference=reference)


def visible_cash(request: Asked, reference: str) -> CashMovement:
    return get_object_or_404(CashMovement.objects.visible_to(request.user).told(), reference=reference)


def visible_correction(request: Asked, reference: str) -> CashCorrection:
    return get_object_or_404(CashCorrection.objects.visible_to(request.user).told(), reference=reference)


def visible_drawer(request: Asked, reference: str) -> CashDrawer:
    return get_object_or_404(CashDrawer.objects.visible_to(request.user).told(), reference=reference)


def visible_count(request: Asked, reference: str) -> CashCount:
    return get_object_or_404(CashCount.objects.visible_to(request.user).told(), reference=reference)


def visible_handover(request: Asked, reference: str) -> CashHandover:
    return get_object_or_404(CashHandover.objects.visible_to(request.user).told(), reference=reference)


def visible_delivery(request: Asked, reference: str) -> CashDelivery:
    return get_object_or_404(CashDelivery.objects.visible_to(request.user).told(), reference=reference)


def worked_drawer(request: Asked, reference: str) -> CashDrawer:
    """Fetch a drawer that the person holds, or serves as one of operations.

    :raises PermissionDenied: to others who see it.
    """
    found = visible_drawer(request, reference)
    user = user_of(request)
    if not (found.is_held_by(actor(request)) or user.has_role(Role.OPERATIONS)):
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
