"""Settlement accounts for machines: opened, read, frozen, closed, and what they earn and cost."""

from datetime import timedelta

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.access import ShowsBooks
from accounts.settlement import interest, operations
from accounts.settlement.api.acting import only_operations, verb
from accounts.settlement.doors import only_owners, visible_account, visible_enterprise
from accounts.settlement.models import SettlementAccount
from accounts.settlement.serializers.accounts import (
    OpenAccountSerializer,
    SettlementAccountSerializer,
    TermsSerializer,
)
from accounts.settlement.serializers.reasons import ReasonSerializer
from portal.core.api import IDEMPOTENCY_KEY, idempotency_key, listed, told


class SettlementAccounts(ShowsBooks):
    """The accounts that the caller may see, and a new one."""

    @extend_schema(operation_id="settlement_accounts_list", responses=SettlementAccountSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List accounts, newest first."""
        accounts = SettlementAccount.objects.visible_to(request.user).with_balances()
        return listed(self, request, accounts, SettlementAccountSerializer)

    @extend_schema(
        operation_id="settlement_account_open",
        parameters=[IDEMPOTENCY_KEY],
        request=OpenAccountSerializer,
        responses={201: SettlementAccountSerializer},
    )
    def post(self, request: Request) -> Response:
        """Open an account for an enterprise that the caller owns, on the terms that are offered now."""
        asked = told(request, OpenAccountSerializer)
        enterprise = visible_enterprise(request, asked["enterprise"])
        made = operations.open_account(
            enterprise, key=idempotency_key(request), at=timezone.now(), by=only_owners(request, enterprise)
        )
        return Response(SettlementAccountSerializer(visible_account(request, made.reference)).data, status=201)


class OneSettlementAccount(ShowsBooks):
    """One account."""

    @extend_schema(operation_id="settlement_account_read", responses=SettlementAccountSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Read an account and what it holds."""
        return Response(SettlementAccountSerializer(visible_account(request, reference)).data)


Freeze = verb(
    "settlement_account_freeze", "Stop payments out of an account, as staff of operations; money may still come in.",
    find=visible_account, act=operations.freeze, shape=SettlementAccountSerializer, asks=ReasonSerializer,
    admit=only_operations,
)  # fmt: skip
Unfreeze = verb(
    "settlement_account_unfreeze", "Let a frozen account pay again, as staff of operations.",
    find=visible_account, act=operations.unfreeze, shape=SettlementAccountSerializer, asks=ReasonSerializer,
    admit=only_operations,
)  # fmt: skip


class Close(APIView):
    """The end of an account."""

    @extend_schema(operation_id="settlement_account_close", request=None, responses=SettlementAccountSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Close an empty account. Its interest is booked first, so that there may be something left to move out."""
        account = visible_account(request, reference)
        operations.close(account, at=timezone.now(), by=only_owners(request, account.enterprise))
        return Response(SettlementAccountSerializer(visible_account(request, reference)).data)


class Terms(ShowsBooks):
    """What an account earns and costs."""

    @extend_schema(operation_id="settlement_account_terms", responses=TermsSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Read the terms that an account stands on today, and the interest that is not booked yet."""
        account, today = visible_account(request, reference), timezone.localdate()
        agreed = interest.agreement_on(account, today)
        if agreed is None:
            raise Http404
        return Response(TermsSerializer(agreed, context={"through": today - timedelta(days=1)}).data)
