"""Requests for payment and bill plans for machines."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.settlement import operations
from accounts.settlement.api import only_members, visible_account
from accounts.settlement.models import BillPlan, PaymentRequest
from accounts.settlement.operations import Asked, BillTerms, Contact
from accounts.settlement.serializers.collections import (
    AskSerializer,
    BillPlanSerializer,
    PlanBillsSerializer,
    RequestedPaymentSerializer,
)
from portal.core.api import IDEMPOTENCY_KEY, Pages, idempotency_key


def _contact(asked: dict[str, Any]) -> Contact:
    return Contact(**{name: asked.pop(f"customer_{name}") for name in ("name", "phone", "email", "language")})


class PaymentRequests(APIView):
    """What an account asks for."""

    @extend_schema(operation_id="payment_requests_list", responses=RequestedPaymentSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List requests for payment, newest first."""
        pages = Pages()
        asked = PaymentRequest.objects.filter(settlement_account=visible_account(request, reference))
        page = pages.paginate_queryset(asked.select_related("settlement_account", "plan"), request, view=self)
        return pages.get_paginated_response(RequestedPaymentSerializer(page, many=True).data)

    @extend_schema(
        operation_id="payment_request_make",
        parameters=[IDEMPOTENCY_KEY],
        request=AskSerializer,
        responses={201: RequestedPaymentSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Ask for a payment; where the customer can be reached, the link goes out."""
        account = visible_account(request, reference)
        by = only_members(request, account.enterprise)
        asked = AskSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told = asked.validated_data
        made = operations.request_payment(
            account,
            Asked(contact=_contact(told), **told),
            key=idempotency_key(request),
            on=timezone.localdate(),
            at=timezone.now(),
            by=by,
        )
        return Response(RequestedPaymentSerializer(made).data, status=201)


def _request(request: Request, reference: str) -> PaymentRequest:
    asked = PaymentRequest.objects.visible_to(request.user).select_related("settlement_account__enterprise", "plan")
    return get_object_or_404(asked, reference=reference)


class OnePaymentRequest(APIView):
    """One request for payment."""

    @extend_schema(operation_id="payment_request_read", responses=RequestedPaymentSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Read a request and what came for it."""
        return Response(RequestedPaymentSerializer(_request(request, reference)).data)


class CancelPaymentRequest(APIView):
    """Taking a request back."""

    @extend_schema(operation_id="payment_request_cancel", request=None, responses=RequestedPaymentSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Cancel a request; what came in part stays."""
        asked = _request(request, reference)
        by = only_members(request, asked.settlement_account.enterprise)
        operations.cancel_request(asked, at=timezone.now(), by=by)
        return Response(RequestedPaymentSerializer(asked).data)


class RemindPaymentRequest(APIView):
    """Reminding the customer."""

    @extend_schema(operation_id="payment_request_remind", request=None, responses=RequestedPaymentSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Remind the customer now, once a day at most."""
        asked = _request(request, reference)
        by = only_members(request, asked.settlement_account.enterprise)
        operations.remind(asked, on=timezone.localdate(), at=timezone.now(), by=by)
        return Response(RequestedPaymentSerializer(asked).data)


class BillPlans(APIView):
    """Bills that an account makes by itself."""

    @extend_schema(operation_id="bill_plans_list", responses=BillPlanSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List bill plans, newest first."""
        pages = Pages()
        plans = BillPlan.objects.filter(settlement_account=visible_account(request, reference))
        page = pages.paginate_queryset(plans.select_related("settlement_account"), request, view=self)
        return pages.get_paginated_response(BillPlanSerializer(page, many=True).data)

    @extend_schema(
        operation_id="bill_plan_make",
        parameters=[IDEMPOTENCY_KEY],
        request=PlanBillsSerializer,
        responses={201: BillPlanSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Plan bills to a customer; each is sent some days before it is due."""
        account = visible_account(request, reference)
        by = only_members(request, account.enterprise)
        asked = PlanBillsSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        told = asked.validated_data
        made = operations.plan_bills(
            account,
            BillTerms(contact=_contact(told), **told),
            key=idempotency_key(request),
            on=timezone.localdate(),
            at=timezone.now(),
            by=by,
        )
        return Response(BillPlanSerializer(made).data, status=201)


def _plan(request: Request, reference: str) -> BillPlan:
    plans = BillPlan.objects.visible_to(request.user).select_related("settlement_account__enterprise")
    return get_object_or_404(plans, reference=reference)


class OneBillPlan(APIView):
    """One bill plan."""

    @extend_schema(operation_id="bill_plan_read", responses=BillPlanSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Read a plan and its next date."""
        return Response(BillPlanSerializer(_plan(request, reference)).data)


class StopBillPlan(APIView):
    """Stopping a plan."""

    @extend_schema(operation_id="bill_plan_stop", request=None, responses=BillPlanSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Make no more bills."""
        plan = _plan(request, reference)
        by = only_members(request, plan.settlement_account.enterprise)
        operations.stop_plan(plan, at=timezone.now(), by=by)
        return Response(BillPlanSerializer(plan).data)
