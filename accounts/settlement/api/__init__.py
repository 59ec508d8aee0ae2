"""Settlement accounts for machines."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.models import Enterprise, MembershipRole
from accounts.settlement import operations, queries
from accounts.settlement.models import Payee, PaymentInstruction, Receipt, SettlementAccount
from accounts.settlement.serializers import (
    PayeeRequestSerializer,
    PayeeSerializer,
    PaymentRequestSerializer,
    PaymentSerializer,
    PostingSerializer,
    ReceiptSerializer,
    SettlementAccountSerializer,
    TransferRequestSerializer,
    TransferSerializer,
)
from accounts.settlement.states import InstructionStatus
from portal.core.api import IDEMPOTENCY_KEY, Pages, idempotency_key


def visible_account(request: Request, reference: str) -> SettlementAccount:
    """Fetch an account that the caller may see; to others it does not exist."""
    accounts = SettlementAccount.objects.visible_to(request.user).with_balances()
    return get_object_or_404(accounts, reference=reference)


class SettlementAccounts(APIView):
    """The accounts that the caller may see."""

    @extend_schema(operation_id="settlement_accounts_list", responses=SettlementAccountSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List accounts, newest first."""
        pages = Pages()
        accounts = SettlementAccount.objects.visible_to(request.user).with_balances()
        page = pages.paginate_queryset(accounts, request, view=self)
        return pages.get_paginated_response(SettlementAccountSerializer(page, many=True).data)


class OneSettlementAccount(APIView):
    """One account."""

    @extend_schema(operation_id="settlement_account_read", responses=SettlementAccountSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Read an account and what it holds."""
        return Response(SettlementAccountSerializer(visible_account(request, reference)).data)


class Postings(APIView):
    """What moved on an account."""

    @extend_schema(operation_id="settlement_account_postings", responses=PostingSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List postings, newest first."""
        account = visible_account(request, reference)
        pages = Pages()
        page = pages.paginate_queryset(queries.postings(account), request, view=self)
        shown = PostingSerializer(page, many=True, context={"currency": account.currency})
        return pages.get_paginated_response(shown.data)


class Receipts(APIView):
    """Money that came in with words on it."""

    @extend_schema(operation_id="settlement_account_receipts", responses=ReceiptSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List receipts, newest first, and what each was claimed for."""
        account = visible_account(request, reference)
        pages = Pages()
        received = Receipt.objects.select_related("entry", "settlement_account").filter(settlement_account=account)
        page = pages.paginate_queryset(received, request, view=self)
        return pages.get_paginated_response(ReceiptSerializer(page, many=True).data)


class Transfers(APIView):
    """Transfers out of an account."""

    @extend_schema(
        operation_id="settlement_account_transfer",
        parameters=[IDEMPOTENCY_KEY],
        request=TransferRequestSerializer,
        responses={201: TransferSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Move money at once to another account of this bank."""
        account = visible_account(request, reference)
        user: Any = request.user
        if not account.enterprise.memberships.filter(user=user, role=MembershipRole.OWNER, ended_at=None).exists():
            raise PermissionDenied
        asked = TransferRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        made = operations.transfer(
            account,
            **asked.validated_data,
            key=idempotency_key(request),
            on=timezone.localdate(),
            at=timezone.now(),
            by=user.reference,
        )
        return Response(TransferSerializer(made).data, status=201)


def only_members(request: Request, enterprise: Enterprise) -> str:
    """Let only owners and managers of the enterprise on, and name who it is.

    :raises PermissionDenied: to everyone else, staff too.
    """
    user: Any = request.user
    if not queries.role_of(enterprise, user.reference):
        raise PermissionDenied
    return str(user.reference)


class Payees(APIView):
    """Whom an enterprise pays."""

    @extend_schema(operation_id="payees_list", responses=PayeeSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List the saved payees, newest first."""
        enterprise = get_object_or_404(Enterprise.objects.visible_to(request.user), reference=reference)
        pages = Pages()
        payees = Payee.objects.visible_to(request.user).standing().filter(enterprise=enterprise)
        page = pages.paginate_queryset(payees, request, view=self)
        return pages.get_paginated_response(PayeeSerializer(page, many=True).data)

    @extend_schema(
        operation_id="payee_add",
        parameters=[IDEMPOTENCY_KEY],
        request=PayeeRequestSerializer,
        responses={201: PayeeSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Save a payee; it can be paid when the waiting time is over."""
        enterprise = get_object_or_404(Enterprise.objects.visible_to(request.user), reference=reference)
        by = only_members(request, enterprise)
        asked = PayeeRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        key = idempotency_key(request)
        payee = operations.add_payee(enterprise, **asked.validated_data, key=key, at=timezone.now(), by=by)
        return Response(PayeeSerializer(payee).data, status=201)


class Payments(APIView):
    """Payments from an account to saved payees."""

    @extend_schema(
        operation_id="settlement_account_payments",
        parameters=[OpenApiParameter("status", str, enum=InstructionStatus.values)],
        responses=PaymentSerializer(many=True),
    )
    def get(self, request: Request, reference: str) -> Response:
        """List payments, newest first, all of them or those in one state."""
        account = visible_account(request, reference)
        pages = Pages()
        payments = PaymentInstruction.objects.told().filter(settlement_account=account)
        if status := request.query_params.get("status"):
            payments = payments.filter(status=status)
        page = pages.paginate_queryset(payments, request, view=self)
        return pages.get_paginated_response(PaymentSerializer(page, many=True).data)

    @extend_schema(
        operation_id="settlement_account_pay",
        parameters=[IDEMPOTENCY_KEY],
        request=PaymentRequestSerializer,
        responses={201: PaymentSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Pay a saved payee, of this bank or another; above the enterprise's threshold it waits for a second person."""
        account = visible_account(request, reference)
        by = only_members(request, account.enterprise)
        asked = PaymentRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        payees = Payee.objects.visible_to(request.user).filter(enterprise=account.enterprise)
        made = operations.pay(
            account,
            get_object_or_404(payees, reference=asked.validated_data["payee"]),
            asked.validated_data["amount"],
            text=asked.validated_data["text"],
            key=idempotency_key(request),
            on=timezone.localdate(),
            at=timezone.now(),
            by=by,
        )
        return Response(PaymentSerializer(made).data, status=201)


def _payment(request: Request, reference: str) -> PaymentInstruction:
    return get_object_or_404(PaymentInstruction.objects.visible_to(request.user).told(), reference=reference)


class OnePayment(APIView):
    """One payment."""

    @extend_schema(operation_id="payment_read", responses=PaymentSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Read a payment and where it stands."""
        return Response(PaymentSerializer(_payment(request, reference)).data)


class ConfirmPayment(APIView):
    """The second person's word."""

    @extend_schema(operation_id="payment_confirm", request=None, responses=PaymentSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Agree to a payment that a colleague made."""
        found = _payment(request, reference)
        by = only_members(request, found.settlement_account.enterprise)
        operations.confirm_payment(found, on=timezone.localdate(), at=timezone.now(), by=by)
        return Response(PaymentSerializer(found).data)


class VoidPayment(APIView):
    """Canceling before it is sent."""

    @extend_schema(operation_id="payment_void", request=None, responses=PaymentSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Cancel a payment that was not sent yet; the money is back at once."""
        found = _payment(request, reference)
        by = only_members(request, found.settlement_account.enterprise)
        operations.void_payment(found, on=timezone.localdate(), at=timezone.now(), by=by)
        return Response(PaymentSerializer(found).data)
