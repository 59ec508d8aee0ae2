"""Drawers for machines: what they hold, and the slips that field agents wrote away from the bank."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.models import Role
from accounts.settlement import operations
from accounts.settlement.api import visible_account
from accounts.settlement.models import CashDrawer, CashMovement
from accounts.settlement.serializers.drawers import CashDrawerSerializer, SlipRequestSerializer, SlipSerializer
from portal.core.api import listed, told


class CashDrawers(APIView):
    """The drawers that the caller may see."""

    @extend_schema(operation_id="cash_drawers_list", responses=CashDrawerSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List drawers, newest first."""
        return listed(self, request, CashDrawer.objects.visible_to(request.user).told(), CashDrawerSerializer)


def _drawer(request: Request, reference: str) -> CashDrawer:
    return get_object_or_404(CashDrawer.objects.visible_to(request.user).told(), reference=reference)


class Slips(APIView):
    """The slips of a field agent's bag."""

    @extend_schema(operation_id="slips_list", responses=SlipSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List the slips that were entered, newest first."""
        entered = CashMovement.objects.told().filter(drawer=_drawer(request, reference)).exclude(slip_number="")
        return listed(self, request, entered, SlipSerializer)

    @extend_schema(operation_id="slip_enter", request=SlipRequestSerializer, responses={201: SlipSerializer})
    def post(self, request: Request, reference: str) -> Response:
        """Enter a slip. Its number is its key: the same again gives the first, other content a conflict."""
        drawer = _drawer(request, reference)
        user: Any = request.user
        if not user.has_role(Role.OPERATIONS) and not drawer.is_held_by(user.reference):
            raise PermissionDenied
        asked = told(request, SlipRequestSerializer)
        entered = operations.enter_slip(
            drawer,
            visible_account(request, asked.pop("account")),
            asked.pop("way"),
            asked.pop("amount"),
            **asked,
            on=timezone.localdate(),
            at=timezone.now(),
            by=user.reference,
        )
        return Response(SlipSerializer(entered).data, status=201)
