"""Requests for payment and bill plans for machines."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.access import user_of
from accounts.settlement import operations
from accounts.settlement.api.acting import verb
from accounts.settlement.doors import only_members, visible_account
from accounts.settlement.models import BillPlan, PaymentRequest
from accounts.settlement.operations import Asked, BillTerms, Contact
from accounts.settlement.queries import collections as queries
from accounts.settlement.serializers.collections import (
    AskSerializer,
    BillPlanSerializer,
    PayRequestSerializer,
    PlanBillsSerializer,
    RequestedPaymentSerializer,
    RequestToPaySerializer,
)
from accounts.settlement.serializers.movements import TransferSerializer
from portal.core.api import IDEMPOTENCY_KEY, idempotency_key, listed, told


def _contact(asked: dict[str, Any]) -> Contact:
    return Contact(**{name: asked.pop(f"customer_{name}") for name in ("name", "phone", "email", "language")})


class PaymentRequests(APIView):
    """What an account asks for."""

    @extend_schema(operation_id="payment_requests_list", responses=RequestedPaymentSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List requests for payment, newest first."""
        asked = PaymentRequest.objects.filter(settlement_account=visible_account(request, reference))
        return listed(self, request, asked.select_related("settlement_account", "plan"), RequestedPaymentSerializer)

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
        asked = told(request, AskSerializer)
        made = operations.request_payment(
            account,
            Asked(contact=_contact(asked), **asked),
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


CancelPaymentRequest = verb(
    "payment_request_cancel",
    "Cancel a request; what came in part stays.",
    find=_request, act=operations.cancel_request, shape=RequestedPaymentSerializer,
)  # fmt: skip
RemindPaymentRequest = verb(
    "payment_request_remind",
    "Remind the customer now, once a day at most.",
    find=_request, act=operations.remind, shape=RequestedPaymentSerializer, dated=True,
)  # fmt: skip


class BillPlans(APIView):
    """Bills that an account makes by itself."""

    @extend_schema(operation_id="bill_plans_list", responses=BillPlanSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List bill plans, newest first."""
        plans = BillPlan.objects.filter(settlement_account=visible_account(request, reference))
        return listed(self, request, plans.select_related("settlement_account"), BillPlanSerializer)

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
        asked = told(request, PlanBillsSerializer)
        made = operations.plan_bills(
            account,
            BillTerms(contact=_contact(asked), **asked),
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


StopBillPlan = verb(
    "bill_plan_stop", "Make no more bills.", find=_plan, act=operations.stop_plan, shape=BillPlanSerializer
)


def _asked(token: str) -> PaymentRequest:
    return get_object_or_404(PaymentRequest.objects.select_related("settlement_account__enterprise"), token=token)


class RequestToPay(APIView):
    """A request for payment as its payer sees it, who has the link."""

    @extend_schema(operation_id="request_to_pay_read", responses=RequestToPaySerializer)
    def get(self, request: Request, token: str) -> Response:  # noqa: ARG002 - the framework's signature
        """Read who asks for how much; the token is the last part of the request's address."""
        return Response(RequestToPaySerializer(_asked(token)).data)


class PayRequest(APIView):
    """Paying a request from an account of this bank."""

    @extend_schema(
        operation_id="request_to_pay_pay",
        parameters=[IDEMPOTENCY_KEY],
        request=PayRequestSerializer,
        responses={201: TransferSerializer},
    )
    def post(self, request: Request, token: str) -> Response:
        """Pay a request from an account of one's own enterprise, within the limits of a transfer."""
        user = user_of(request)
        asked, chosen = _asked(token), told(request, PayRequestSerializer)
        source = get_object_or_404(queries.own_accounts(user, asked), reference=chosen["account"])
        made = operations.pay_request(
            asked,
            source,
            chosen["amount"],
            key=idempotency_key(request),
            on=timezone.localdate(),
            at=timezone.now(),
            by=user.reference,
        )
        return Response(TransferSerializer(made).data, status=201)
