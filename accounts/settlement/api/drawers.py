"""Drawers for machines: what they hold, slips of field agents, corrections, and cash to and from the other bank."""

from datetime import datetime
from decimal import Decimal
from typing import cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.access import user_of
from accounts.identity.models import User
from accounts.settlement import operations
from accounts.settlement.api.acting import only_operations, verb
from accounts.settlement.doors import (
    actor,
    visible_account,
    visible_cash,
    visible_correction,
    visible_delivery,
    visible_drawer,
    worked_drawer,
)
from accounts.settlement.forms.drawers import DrawerForm
from accounts.settlement.models import CashCorrection, CashDelivery, CashDrawer, CashMovement
from accounts.settlement.queries import drawers as queries
from accounts.settlement.serializers.drawers import (
    CashCorrectionSerializer,
    CashDeliverySerializer,
    CashDrawerSerializer,
    CorrectionRequestSerializer,
    DeliveryRequestSerializer,
    LimitSerializer,
    OpenDrawerSerializer,
    SlipRequestSerializer,
    SlipSerializer,
)
from accounts.settlement.serializers.reasons import ReasonSerializer
from portal.core.api import IDEMPOTENCY_KEY, check_form, idempotency_key, listed, told


class CashDrawers(APIView):
    """The drawers that the caller may see."""

    @extend_schema(operation_id="cash_drawers_list", responses=CashDrawerSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List drawers, newest first."""
        return listed(self, request, CashDrawer.objects.visible_to(request.user).told(), CashDrawerSerializer)

    @extend_schema(
        operation_id="cash_drawer_open",
        parameters=[IDEMPOTENCY_KEY],
        request=OpenDrawerSerializer,
        responses={201: CashDrawerSerializer},
    )
    def post(self, request: Request) -> Response:
        """Open a drawer for a colleague, or a branch's vault, as operations."""
        by, user = only_operations(request), cast("User", request.user)
        asked, key = told(request, OpenDrawerSerializer), idempotency_key(request)
        branches, holders = queries.branches_of(user), queries.ever_of_the_bank(besides=by)
        form = DrawerForm({**asked, "idempotency_key": key}, branches=branches, holders=holders)
        check_form(form)
        opened = operations.open_drawer(**form.drawer, key=key, on=timezone.localdate(), at=timezone.now(), by=by)
        return Response(CashDrawerSerializer(opened).data, status=201)


def _change_limit(drawer: CashDrawer, *, limit: Decimal, at: datetime, by: str) -> None:
    operations.change_limit(drawer, limit, at=at, by=by)


ChangeLimit = verb(
    "cash_drawer_limit",
    "Let a drawer hold more or less, as another person than who holds it.",
    find=visible_drawer,
    act=_change_limit,
    shape=CashDrawerSerializer,
    asks=LimitSerializer,
    admit=only_operations,
)
CloseDrawer = verb(
    "cash_drawer_close",
    "Give up an empty drawer in which nothing waits, as another person than who holds it.",
    find=visible_drawer,
    act=operations.close_drawer,
    shape=CashDrawerSerializer,
    admit=only_operations,
)


class Slips(APIView):
    """The slips of a field agent's bag."""

    @extend_schema(operation_id="slips_list", responses=SlipSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List the slips that were entered, newest first."""
        entered = CashMovement.objects.told().filter(drawer=visible_drawer(request, reference)).exclude(slip_number="")
        return listed(self, request, entered, SlipSerializer)

    @extend_schema(operation_id="slip_enter", request=SlipRequestSerializer, responses={201: SlipSerializer})
    def post(self, request: Request, reference: str) -> Response:
        """Enter a slip. Its number is its key: the same again gives the first, other content a conflict."""
        drawer = worked_drawer(request, reference)
        asked = told(request, SlipRequestSerializer)
        entered = operations.enter_slip(
            drawer,
            visible_account(request, asked.pop("account")),
            asked.pop("way"),
            asked.pop("amount"),
            **asked,
            on=timezone.localdate(),
            at=timezone.now(),
            by=actor(request),
        )
        return Response(SlipSerializer(entered).data, status=201)


class CashCorrections(APIView):
    """The corrections of cash that the caller may see."""

    @extend_schema(operation_id="cash_corrections_list", responses=CashCorrectionSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List corrections, newest first."""
        return listed(self, request, CashCorrection.objects.visible_to(request.user).told(), CashCorrectionSerializer)


class OneCashCorrection(APIView):
    """One correction."""

    @extend_schema(operation_id="cash_correction_read", responses=CashCorrectionSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Read a correction, and where it stands."""
        return Response(CashCorrectionSerializer(visible_correction(request, reference)).data)


class Corrections(APIView):
    """What corrects a cash movement."""

    @extend_schema(
        operation_id="cash_correction_ask",
        parameters=[IDEMPOTENCY_KEY],
        request=CorrectionRequestSerializer,
        responses={201: CashCorrectionSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Ask to reverse booked cash, and to book what stands in ``instead``; another person confirms it."""
        movement = visible_cash(request, reference)
        user = user_of(request)
        if not (movement.drawer and user.is_staff_member and movement.drawer.is_held_by(user.reference)):
            only_operations(request)
        asked = told(request, CorrectionRequestSerializer)
        instead = asked.get("instead")
        if instead:
            instead = operations.RightCash(visible_account(request, instead.pop("account")), **instead)
        made = operations.ask_correction(
            movement,
            instead,
            reason=asked["reason"],
            key=idempotency_key(request),
            on=timezone.localdate(),
            at=timezone.now(),
            by=user.reference,
        )
        return Response(CashCorrectionSerializer(made).data, status=201)


def _operations_or_who_asked(request: Request, found: CashCorrection) -> str:
    user = user_of(request)
    return found.made_by if found.made_by == user.reference else only_operations(request)


ConfirmCorrection = verb(
    "cash_correction_confirm",
    "Correct it as the second person: the cash is reversed, and the right one booked.",
    find=visible_correction,
    act=operations.confirm_correction,
    shape=CashCorrectionSerializer,
    dated=True,
    admit=only_operations,
)
DeclineCorrection = verb(
    "cash_correction_decline",
    "Do not correct it, or take back what one asked for oneself: what is booked stays.",
    find=visible_correction,
    act=operations.decline_correction,
    shape=CashCorrectionSerializer,
    asks=ReasonSerializer,
    admit=_operations_or_who_asked,
)


class CashDeliveries(APIView):
    """Cash between a vault and the other bank."""

    @extend_schema(operation_id="cash_deliveries_list", responses=CashDeliverySerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List what left the vault for the other bank and what came from there, newest first."""
        found = CashDelivery.objects.told().filter(vault=visible_drawer(request, reference))
        return listed(self, request, found, CashDeliverySerializer)

    @extend_schema(
        operation_id="cash_delivery_prepare",
        parameters=[IDEMPOTENCY_KEY],
        request=DeliveryRequestSerializer,
        responses={201: CashDeliverySerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Prepare cash for the other bank, or take in what was fetched there; another person confirms it."""
        vault = visible_drawer(request, reference)
        by = only_operations(request)
        made = operations.prepare_delivery(
            vault,
            **told(request, DeliveryRequestSerializer),
            key=idempotency_key(request),
            on=timezone.localdate(),
            at=timezone.now(),
            by=by,
        )
        return Response(CashDeliverySerializer(made).data, status=201)


class OneCashDelivery(APIView):
    """One delivery."""

    @extend_schema(operation_id="cash_delivery_read", responses=CashDeliverySerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Read where it stands."""
        return Response(CashDeliverySerializer(visible_delivery(request, reference)).data)


ConfirmDelivery = verb(
    "cash_delivery_confirm",
    "Stand by it as the second person: the cash is booked, and a statement confirms it later.",
    find=visible_delivery,
    act=operations.confirm_delivery,
    shape=CashDeliverySerializer,
    dated=True,
    admit=only_operations,
)
DeclineDelivery = verb(
    "cash_delivery_decline",
    "Do not stand by it: nothing is booked.",
    find=visible_delivery,
    act=operations.decline_delivery,
    shape=CashDeliverySerializer,
    asks=ReasonSerializer,
    admit=only_operations,
)
