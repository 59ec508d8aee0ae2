"""Standing orders for machines."""

from abc import ABC, abstractmethod

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.models import Enterprise
from accounts.settlement import operations
from accounts.settlement.api import only_members, visible_account
from accounts.settlement.models import Payee, StandingOrder
from accounts.settlement.operations import OrderTerms
from accounts.settlement.serializers.standing import (
    OrderTermsSerializer,
    StandingOrderRunSerializer,
    StandingOrderSerializer,
)
from portal.core.api import IDEMPOTENCY_KEY, Pages, idempotency_key


def _terms(request: Request, enterprise: Enterprise) -> OrderTerms:
    asked = OrderTermsSerializer(data=request.data)
    asked.is_valid(raise_exception=True)
    payees = Payee.objects.visible_to(request.user).filter(enterprise=enterprise)
    payee = get_object_or_404(payees, reference=asked.validated_data.pop("payee"))
    return OrderTerms(payee=payee, **asked.validated_data)


def _order(request: Request, reference: str) -> StandingOrder:
    return get_object_or_404(StandingOrder.objects.visible_to(request.user).told(), reference=reference)


def _shown(order: StandingOrder, *, status: int = 200) -> Response:
    fresh = StandingOrder.objects.told().get(pk=order.pk)
    return Response(StandingOrderSerializer(fresh).data, status=status)


class StandingOrders(APIView):
    """The standing orders of an account."""

    @extend_schema(operation_id="standing_orders_list", responses=StandingOrderSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List standing orders, newest first."""
        pages = Pages()
        orders = StandingOrder.objects.told().filter(settlement_account=visible_account(request, reference))
        page = pages.paginate_queryset(orders, request, view=self)
        return pages.get_paginated_response(StandingOrderSerializer(page, many=True).data)

    @extend_schema(
        operation_id="standing_order_set_up",
        parameters=[IDEMPOTENCY_KEY],
        request=OrderTermsSerializer,
        responses={201: StandingOrderSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Set up a standing order or a single payment on a day to come; it may wait for a second person."""
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
        return _shown(_order(request, reference))


class StandingOrderRuns(APIView):
    """What became of an order's dates."""

    @extend_schema(operation_id="standing_order_runs", responses=StandingOrderRunSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List the dates that were due, newest first."""
        pages = Pages()
        runs = _order(request, reference).runs.select_related("instruction")
        page = pages.paginate_queryset(runs, request, view=self)
        return pages.get_paginated_response(StandingOrderRunSerializer(page, many=True).data)


class ChangeStandingOrder(APIView):
    """A new version of what an order pays."""

    @extend_schema(
        operation_id="standing_order_change",
        parameters=[IDEMPOTENCY_KEY],
        request=OrderTermsSerializer,
        responses=StandingOrderSerializer,
    )
    def post(self, request: Request, reference: str) -> Response:
        """Change what an order pays; it may wait for a second person, and the order goes on as it is until then."""
        order = _order(request, reference)
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


class _Verb(ABC, APIView):
    """A verb on an order that needs nothing but the order."""

    @abstractmethod
    def act(self, order: StandingOrder, *, by: str) -> None:
        """Do it."""

    def _done(self, request: Request, reference: str) -> Response:
        order = _order(request, reference)
        self.act(order, by=only_members(request, order.settlement_account.enterprise))
        return _shown(order)


class ConfirmStandingOrder(_Verb):
    """The second person's word."""

    @extend_schema(operation_id="standing_order_confirm", request=None, responses=StandingOrderSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Agree to an order, or to a change of one, that a colleague made."""
        return self._done(request, reference)

    def act(self, order: StandingOrder, *, by: str) -> None:
        """Agree."""
        operations.confirm_standing_order(order, on=timezone.localdate(), at=timezone.now(), by=by)


class PauseStandingOrder(_Verb):
    """Stopping for a while."""

    @extend_schema(operation_id="standing_order_pause", request=None, responses=StandingOrderSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Stop paying until the order is resumed."""
        return self._done(request, reference)

    def act(self, order: StandingOrder, *, by: str) -> None:
        """Pause."""
        operations.pause_standing_order(order, at=timezone.now(), by=by)


class ResumeStandingOrder(_Verb):
    """Going on."""

    @extend_schema(operation_id="standing_order_resume", request=None, responses=StandingOrderSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Pay again from the next date on."""
        return self._done(request, reference)

    def act(self, order: StandingOrder, *, by: str) -> None:
        """Resume."""
        operations.resume_standing_order(order, on=timezone.localdate(), at=timezone.now(), by=by)


class EndStandingOrder(_Verb):
    """Ending for good."""

    @extend_schema(operation_id="standing_order_end", request=None, responses=StandingOrderSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """End an order for good."""
        return self._done(request, reference)

    def act(self, order: StandingOrder, *, by: str) -> None:
        """End."""
        operations.end_standing_order(order, at=timezone.now(), by=by)
