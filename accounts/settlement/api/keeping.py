"""Money that is kept back, for machines: placed, paid in whole or in part to whom was named, let go."""

from typing import Any, Final

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.identity.access import ShowsBooks
from accounts.ledger import queries as ledger
from accounts.ledger.models import Hold
from accounts.settlement import operations, queries
from accounts.settlement.api.acting import only_operations, verb
from accounts.settlement.doors import visible_account
from accounts.settlement.models import SettlementAccount
from accounts.settlement.queries.holding import KEPT_BACK
from accounts.settlement.serializers.keeping import (
    HoldSerializer,
    KeepSerializer,
    NamePayeeSerializer,
    PayKeptSerializer,
)
from accounts.settlement.serializers.reasons import ReasonSerializer
from portal.core.api import IDEMPOTENCY_KEY, idempotency_key, listed, told

TOLD: Final = ("ledger_account__settlement_account__enterprise", "captured_entry__payment_instruction")


class Holds(ShowsBooks):
    """What is kept back on an account."""

    @extend_schema(operation_id="settlement_account_holds", responses=HoldSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List the holds that keep money back now, newest first, and until when each does."""
        held = ledger.pending_holds(visible_account(request, reference).ledger_account)
        return listed(self, request, queries.with_payees(held.select_related(*TOLD)), HoldSerializer)

    @extend_schema(
        operation_id="settlement_account_keep_back",
        parameters=[IDEMPOTENCY_KEY],
        request=KeepSerializer,
        responses={201: HoldSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Keep an amount back, as operations; the owners are told."""
        account, by = visible_account(request, reference), only_operations(request)
        asked, key = told(request, KeepSerializer), idempotency_key(request)
        made = operations.keep_back(account, asked.pop("amount"), **asked, key=key, at=timezone.now(), by=by)
        return Response(HoldSerializer(made).data, status=201)


def _hold(request: Request, reference: str) -> Hold:
    accounts = SettlementAccount.objects.visible_to(request.user)
    holds = queries.with_payees(Hold.objects.select_related(*TOLD)).filter(
        ledger_account__settlement_account__in=accounts
    )
    return get_object_or_404(holds, event=KEPT_BACK, reference=reference)


class OneHold(ShowsBooks):
    """What is kept back, once."""

    @extend_schema(operation_id="hold_read", responses=HoldSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Read a hold, and where it stands."""
        return Response(HoldSerializer(_hold(request, reference)).data)


def _pay(hold: Hold, **told: Any) -> None:
    operations.pay_kept(hold.ledger_account.settlement_account, hold, **told)


def _name_payee(hold: Hold, **told: Any) -> None:
    operations.name_payee(hold.ledger_account.settlement_account, hold, **told)


def _let_go(hold: Hold, **told: Any) -> None:
    operations.let_go(hold.ledger_account.settlement_account, hold, **told)


PayKept = verb(
    "hold_pay",
    "Pay what is kept back, or a part of it, to the account that a colleague named; the rest is let go.",
    find=_hold,
    act=_pay,
    shape=HoldSerializer,
    asks=PayKeptSerializer,
    dated=True,
    admit=only_operations,
)
NamePayee = verb(
    "hold_name_payee",
    "Name the account to which money kept back may be paid, in place of the one that was; a colleague pays it.",
    find=_hold,
    act=_name_payee,
    shape=HoldSerializer,
    asks=NamePayeeSerializer,
    admit=only_operations,
)
LetGo = verb(
    "hold_release",
    "Let go of what a colleague kept back.",
    find=_hold,
    act=_let_go,
    shape=HoldSerializer,
    asks=ReasonSerializer,
    admit=only_operations,
)
