"""Paying for machines: payees, the rules of an enterprise, payments."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.access import ShowsBooks
from accounts.identity.models import Enterprise
from accounts.settlement import operations, queries
from accounts.settlement.api.acting import only_operations, verb
from accounts.settlement.doors import (
    only_members,
    only_owners,
    payment_of_bank,
    visible_account,
    visible_enterprise,
    visible_payment,
)
from accounts.settlement.models import Payee, PaymentInstruction
from accounts.settlement.serializers.paying import (
    PayeeRequestSerializer,
    PayeeSerializer,
    PaymentRequestSerializer,
    PaymentSerializer,
    RulesSerializer,
)
from accounts.settlement.serializers.reasons import ReasonSerializer
from accounts.settlement.states import InstructionStatus
from portal.core.api import IDEMPOTENCY_KEY, idempotency_key, in_state, listed, told


class Payees(APIView):
    """Whom an enterprise pays."""

    @extend_schema(operation_id="payees_list", responses=PayeeSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List the saved payees, newest first."""
        enterprise = visible_enterprise(request, reference)
        payees = Payee.objects.visible_to(request.user).standing().filter(enterprise=enterprise)
        return listed(self, request, payees, PayeeSerializer)

    @extend_schema(
        operation_id="payee_add",
        parameters=[IDEMPOTENCY_KEY],
        request=PayeeRequestSerializer,
        responses={201: PayeeSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Save a payee; it can be paid when the waiting time is over."""
        enterprise = visible_enterprise(request, reference)
        by = only_members(request, enterprise)
        asked = told(request, PayeeRequestSerializer)
        key = idempotency_key(request)
        payee = operations.add_payee(enterprise, **asked, key=key, at=timezone.now(), by=by)
        return Response(PayeeSerializer(payee).data, status=201)


def _payee(request: Request, reference: str) -> Payee:
    return get_object_or_404(Payee.objects.visible_to(request.user).select_related("enterprise"), reference=reference)


RemovePayee = verb(
    "payee_remove", "Remove a payee, who cannot be paid any more.",
    find=_payee, act=operations.remove_payee, shape=PayeeSerializer,
    admit=lambda request, payee: only_members(request, payee.enterprise),
)  # fmt: skip


class Rules(APIView):
    """How much an enterprise may pay in a day, and from where on two people must agree."""

    @extend_schema(operation_id="payment_rules_read", responses=RulesSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Read the rules in effect, and looser ones that still wait."""
        enterprise = visible_enterprise(request, reference)
        only_members(request, enterprise)
        return self._answer(enterprise)

    @extend_schema(operation_id="payment_rules_set", request=RulesSerializer, responses=RulesSerializer)
    def put(self, request: Request, reference: str) -> Response:
        """Set them, as an owner: stricter ones count at once, looser ones after the waiting time."""
        enterprise = visible_enterprise(request, reference)
        by = only_owners(request, enterprise)
        asked = told(request, RulesSerializer)
        operations.set_rules(
            enterprise,
            daily_limit=asked["daily_limit_amount"],
            second_person_from=asked["second_person_amount"],
            at=timezone.now(),
            by=by,
        )
        return self._answer(enterprise)

    def _answer(self, enterprise: Enterprise) -> Response:
        now = timezone.now()
        context = {"to_come": queries.rules_to_come(enterprise, at=now)}
        return Response(RulesSerializer(queries.rules_of(enterprise, at=now), context=context).data)


class Payments(ShowsBooks):
    """Payments from an account to saved payees."""

    @extend_schema(
        operation_id="settlement_account_payments",
        parameters=[OpenApiParameter("status", str, enum=InstructionStatus.values)],
        responses=PaymentSerializer(many=True),
    )
    def get(self, request: Request, reference: str) -> Response:
        """List payments, newest first, all of them or those in one state."""
        account = visible_account(request, reference)
        payments = PaymentInstruction.objects.told().filter(settlement_account=account)
        return listed(self, request, in_state(request, payments, InstructionStatus), PaymentSerializer)

    @extend_schema(
        operation_id="settlement_account_pay",
        parameters=[IDEMPOTENCY_KEY],
        request=PaymentRequestSerializer,
        responses={201: PaymentSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Pay a saved payee, of this bank or another; above the enterprise's threshold it waits for a second person.

        Where a person is asked for a one-time code, a program's token stands for it.
        """
        account = visible_account(request, reference)
        by = only_members(request, account.enterprise)
        asked = told(request, PaymentRequestSerializer)
        payees = Payee.objects.visible_to(request.user).filter(enterprise=account.enterprise)
        made = operations.pay(
            account,
            get_object_or_404(payees, reference=asked["payee"]),
            asked["amount"],
            text=asked["text"],
            key=idempotency_key(request),
            on=timezone.localdate(),
            at=timezone.now(),
            by=by,
        )
        return Response(PaymentSerializer(made).data, status=201)


class OnePayment(ShowsBooks):
    """One payment."""

    @extend_schema(operation_id="payment_read", responses=PaymentSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Read a payment and where it stands."""
        return Response(PaymentSerializer(visible_payment(request, reference)).data)


ConfirmPayment = verb(
    "payment_confirm",
    "Agree to a payment that a colleague made.",
    find=visible_payment, act=operations.confirm_payment, shape=PaymentSerializer, dated=True,
)  # fmt: skip
DeclinePayment = verb(
    "payment_decline",
    "Refuse to agree to a payment that a colleague made; nothing is paid.",
    find=visible_payment, act=operations.decline_payment, shape=PaymentSerializer, asks=ReasonSerializer,
)  # fmt: skip
VoidPayment = verb(
    "payment_void",
    "Cancel a payment that was not sent yet; the money is back at once.",
    find=visible_payment, act=operations.void_payment, shape=PaymentSerializer, dated=True,
)  # fmt: skip


AskToVoid = verb(
    "payment_void_ask",
    "Ask a colleague, as operations, to cancel what the bank pays out of money kept back; meanwhile it is not sent.",
    find=payment_of_bank, act=operations.ask_to_void, shape=PaymentSerializer, asks=ReasonSerializer,
    admit=only_operations,
)  # fmt: skip
ConfirmVoid = verb(
    "payment_void_confirm",
    "Cancel what a colleague asked to cancel; until its last day the money is kept back as before.",
    find=payment_of_bank, act=operations.confirm_void, shape=PaymentSerializer, dated=True, admit=only_operations,
)  # fmt: skip
DeclineVoid = verb(
    "payment_void_decline",
    "Let a payment be sent that somebody asked to cancel.",
    find=payment_of_bank, act=operations.decline_void, shape=PaymentSerializer, admit=only_operations,
)  # fmt: skip
