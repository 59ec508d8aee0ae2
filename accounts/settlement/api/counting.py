"""Drawers for machines: what moved through one, counting it, and handing cash from one to another."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.settlement import operations
from accounts.settlement.api.acting import only_cash_keepers, only_operations, verb
from accounts.settlement.doors import visible_count, visible_drawer, visible_handover, worked_drawer
from accounts.settlement.forms.drawers import closed_through
from accounts.settlement.models import CashCount, CashHandover
from accounts.settlement.queries import drawers as queries
from accounts.settlement.serializers.cash import (
    CashCountSerializer,
    CashHandoverSerializer,
    CountRequestSerializer,
    DrawerLineSerializer,
    HandoverRequestSerializer,
)
from accounts.settlement.serializers.drawers import CashDrawerSerializer
from accounts.settlement.serializers.reasons import ReasonSerializer
from portal.core.api import IDEMPOTENCY_KEY, idempotency_key, listed, told


class OneCashDrawer(APIView):
    """One drawer."""

    @extend_schema(operation_id="cash_drawer_read", responses=CashDrawerSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Read whose it is, and what it holds."""
        return Response(CashDrawerSerializer(visible_drawer(request, reference)).data)


class DrawerLines(APIView):
    """What moved through a drawer."""

    @extend_schema(operation_id="cash_drawer_lines", responses=DrawerLineSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List each change of its cash, newest first."""
        return listed(self, request, queries.lines_of(visible_drawer(request, reference)), DrawerLineSerializer)


class Counts(APIView):
    """The counts of a drawer."""

    @extend_schema(operation_id="cash_counts_list", responses=CashCountSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List its counts, newest first."""
        found = CashCount.objects.told().filter(drawer=visible_drawer(request, reference))
        return listed(self, request, found, CashCountSerializer)

    @extend_schema(
        operation_id="cash_count",
        parameters=[IDEMPOTENCY_KEY],
        request=CountRequestSerializer,
        responses={201: CashCountSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Count what lies in a drawer, as its holder or as operations; a difference waits for a second person."""
        drawer, by = worked_drawer(request, reference), only_cash_keepers(request)
        asked, key, today = told(request, CountRequestSerializer), idempotency_key(request), timezone.localdate()
        closes_date = closed_through(asked.pop("closes"), today)
        made = operations.count_drawer(
            drawer, **asked, closes_date=closes_date, key=key, on=today, at=timezone.now(), by=by
        )
        return Response(CashCountSerializer(made).data, status=201)


class OneCashCount(APIView):
    """One count."""

    @extend_schema(operation_id="cash_count_read", responses=CashCountSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Read a count piece by piece, and where it stands."""
        return Response(CashCountSerializer(visible_count(request, reference)).data)


ConfirmCount = verb(
    "cash_count_confirm",
    "Stand by a difference as the second person: it is booked, and the drawer holds what was found.",
    find=visible_count,
    act=operations.confirm_count,
    shape=CashCountSerializer,
    dated=True,
    admit=only_operations,
)
DeclineCount = verb(
    "cash_count_decline",
    "Do not stand by a difference: the drawer must be counted again.",
    find=visible_count,
    act=operations.decline_count,
    shape=CashCountSerializer,
    asks=ReasonSerializer,
    admit=only_operations,
)


class Handovers(APIView):
    """What a drawer gave to others and took from them."""

    @extend_schema(operation_id="cash_handovers_list", responses=CashHandoverSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List handovers, given and taken, newest first."""
        found = CashHandover.objects.told().of(visible_drawer(request, reference))
        return listed(self, request, found, CashHandoverSerializer)

    @extend_schema(
        operation_id="cash_hand_over",
        parameters=[IDEMPOTENCY_KEY],
        request=HandoverRequestSerializer,
        responses={201: CashHandoverSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Hand cash out of a drawer to another; it counts when the other side has taken it over.

        A colleague's drawer is handed over whole, after a count by somebody else than its holder, with a reason.
        """
        giver, by = worked_drawer(request, reference), only_cash_keepers(request)
        asked = told(request, HandoverRequestSerializer)
        taker = get_object_or_404(queries.beside(giver), reference=asked["taker"])
        key, at = idempotency_key(request), timezone.now()
        made = operations.hand_over(
            giver, taker, asked["amount"], reason=asked["reason"], key=key, on=timezone.localdate(), at=at, by=by
        )
        return Response(CashHandoverSerializer(made).data, status=201)


class OneCashHandover(APIView):
    """One handover."""

    @extend_schema(operation_id="cash_handover_read", responses=CashHandoverSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Read a handover, and where it stands."""
        return Response(CashHandoverSerializer(visible_handover(request, reference)).data)


TakeOver = verb(
    "cash_handover_take_over",
    "Take over, as the other side, cash that was handed out: now it lies in the other drawer.",
    find=visible_handover,
    act=operations.take_over,
    shape=CashHandoverSerializer,
    dated=True,
    admit=only_cash_keepers,
)
DeclineHandover = verb(
    "cash_handover_decline",
    "Do not take over, or take back, what was handed out: the cash stays where it was.",
    find=visible_handover,
    act=operations.decline_handover,
    shape=CashHandoverSerializer,
    asks=ReasonSerializer,
    admit=only_cash_keepers,
)
