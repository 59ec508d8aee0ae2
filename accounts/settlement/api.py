"""Settlement accounts for machines."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.models import MembershipRole
from accounts.settlement import operations, queries
from accounts.settlement.models import SettlementAccount
from accounts.settlement.serializers import (
    PostingSerializer,
    SettlementAccountSerializer,
    TransferRequestSerializer,
    TransferSerializer,
)
from portal.core.api import Pages, idempotency_key

KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)


def _visible(request: Request, reference: str) -> SettlementAccount:
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
        return Response(SettlementAccountSerializer(_visible(request, reference)).data)


class Postings(APIView):
    """What moved on an account."""

    @extend_schema(operation_id="settlement_account_postings", responses=PostingSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List postings, newest first."""
        account = _visible(request, reference)
        pages = Pages()
        page = pages.paginate_queryset(queries.postings(account), request, view=self)
        shown = PostingSerializer(page, many=True, context={"currency": account.currency})
        return pages.get_paginated_response(shown.data)


class Transfers(APIView):
    """Transfers out of an account."""

    @extend_schema(
        operation_id="settlement_account_transfer",
        parameters=[KEY],
        request=TransferRequestSerializer,
        responses={201: TransferSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Move money at once to another account of this bank."""
        account = _visible(request, reference)
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
