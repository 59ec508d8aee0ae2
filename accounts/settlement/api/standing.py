"""Standing orders for machines."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.models import Enterprise
from accounts.settlement import operations
from accounts.settlement.api.acting import verb
from accounts.settlement.doors import only_members, visible_account, visible_order
from accounts.settlement.models import Payee, StandingOrder
from accounts.settlement.operations import OrderTerms
from accounts.settlement.serializers.reasons import ReasonSerializer
from accounts.settlement.serializers.standing import (
    OrderTermsSerializer,
    SeenTermsSerializer,
    StandingOrderRunSerializer,
    StandingOrderSerializer,
)
from portal.core.api import IDEMPOTENCY_KEY, idempotency_key, listed, told


def _terms(request: Request, enterprise: Enterprise) -> OrderTerms:
    asked = told(request, OrderTermsSerializer)
    payees = Payee.objects.visible_to(request.user).filter(enterprise=enterprise)
    payee = get_object_or_404(payees, reference=asked.pop("payee"))
    return OrderTerms(payee=payee, **asked)


def _shown(order: StandingOrder, *, status: int = 200) -> Response:
    fresh = StandingOrder.objects.told().get(pk=order.pk)
    return Response(StandingOrderSerializer(fresh).data, status=status)


class StandingOrders(APIView):
    """The standing orders of an account."""

    @extend_schema(operation_id="standing_orders_list", responses=StandingOrderSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List standing orders, newest first."""
        orders = StandingOrder.objects.told().filter(settlement_account=visible_account(request, reference))
        return listed(self, request, orders, StandingOrderSerializer)

    @extend_schema(
        operation_id="standing_order_set_up",
        parameters=[IDEMPOTENCY_KEY],
        request=OrderTermsSerializer,
        responses={201: StandingOrderSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Set up a standing order or a single payment on a day to come; it may wait for a second person.

        Where a person is asked for a one-time code, a program's token stands for it.
        """
        account = visible_account(request, reference)
        by = only_members(request, account.enterprise)
        made = operations.set_up_standing_order(
            account,
            _terms(request, account.enterprise),
            key=idempotency_key(request),
            on=timezone.localdate(),
            at=timezone.now(),
            by=by,
        )
        return _shown(made, status=201)


class OneStandingOrder(APIView):
    """One standing order."""

    @extend_schema(operation_id="standing_order_read", responses=StandingOrderSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Read a standing order, its terms and its next date."""
        return _shown(visible_order(request, reference))


class StandingOrderRuns(APIView):
    """What became of an order's dates."""

    @extend_schema(operation_id="standing_order_runs", responses=StandingOrderRunSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List the dates that were due, newest first."""
        runs = visible_order(request, reference).runs.select_related("instruction")
        return listed(self, request, runs, StandingOrderRunSerializer)


class ChangeStandingOrder(APIView):
    """A new version of what an order pays."""

    @extend_schema(
        operation_id="standing_order_change",
        parameters=[IDEMPOTENCY_KEY],
        request=OrderTermsSerializer,
        responses=StandingOrderSerializer,
    )
    def post(self, request: Request, reference: str) -> Response:
        """Change what an order pays; it may wait for a second person, and the order goes on as it is until then.

        Where a person is asked for a one-time code, a program's token stands for it.
        """
        order = visible_order(request, reference)
        by = only_members(request, order.settlement_account.enterprise)
        changed = operations.change_standing_order(
            order,
            _terms(request, order.settlement_account.enterprise),
            key=idempotency_key(request),
            on=timezone.localdate(),
            at=timezone.now(),
            by=by,
        )
        return _shown(changed)


ConfirmStandingOrder = verb(
    "standing_order_confirm",
    "Agree to an order, or to a change of one, that a colleague made.",
    find=visible_order, act=operations.confirm_standing_order, shape=StandingOrderSerializer, asks=SeenTermsSerializer,
    dated=True,
)  # fmt: skip
DeclineStandingOrder = verb(
    "standing_order_decline",
    "Refuse to agree to an order, or to a change of one, which then goes on as it was.",
    find=visible_order, act=operations.decline_standing_order, shape=StandingOrderSerializer, asks=ReasonSerializer,
)  # fmt: skip
PauseStandingOrder = verb(
    "standing_order_pause",
    "Stop paying until the order is resumed.",
    find=visible_order, act=operations.pause_standing_order, shape=StandingOrderSerializer,
)  # fmt: skip
ResumeStandingOrder = verb(
    "standing_order_resume",
    "Pay again from the next date on. Where a person is asked for a one-time code, a program's token stands for it.",
    find=visible_order, act=operations.resume_standing_order, shape=StandingOrderSerializer, dated=True,
)  # fmt: skip
EndStandingOrder = verb(
    "standing_order_end",
    "End an order for good.",
    find=visible_order, act=operations.end_standing_order, shape=StandingOrderSerializer,
)  # fmt: skip
