"""Settlement accounts for machines."""

from datetime import timedelta

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.models import Enterprise
from accounts.settlement import interest, operations, queries
from accounts.settlement.api.acting import only_members, only_owners, verb
from accounts.settlement.models import Payee, PaymentInstruction, Receipt, SettlementAccount
from accounts.settlement.serializers import (
    OpenAccountSerializer,
    PayeeRequestSerializer,
    PayeeSerializer,
    PaymentRequestSerializer,
    PaymentSerializer,
    PostingSerializer,
    ReasonSerializer,
    ReceiptSerializer,
    SettlementAccountSerializer,
    TermsSerializer,
    TransferRequestSerializer,
    TransferSerializer,
)
from accounts.settlement.states import InstructionStatus
from portal.core.api import IDEMPOTENCY_KEY, idempotency_key, in_state, listed, told


def visible_account(request: Request, reference: str) -> SettlementAccount:
    """Fetch an account that the caller may see; to others it does not exist."""
    accounts = SettlementAccount.objects.visible_to(request.user).with_balances()
    return get_object_or_404(accounts, reference=reference)


def visible_enterprise(request: Request, reference: str) -> Enterprise:
    """Fetch an enterprise that the caller may see; to others it does not exist."""
    return get_object_or_404(Enterprise.objects.visible_to(request.user), reference=reference)


class SettlementAccounts(APIView):
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
        return listed(self, request, queries.postings(account), PostingSerializer, currency=account.currency)


class Receipts(APIView):
    """Money that came in with words on it."""

    @extend_schema(operation_id="settlement_account_receipts", responses=ReceiptSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List receipts, newest first, and what each was claimed for."""
        account = visible_account(request, reference)
        received = Receipt.objects.select_related("entry", "settlement_account").filter(settlement_account=account)
        return listed(self, request, received, ReceiptSerializer)


class Transfers(APIView):
    """Transfers out of an account."""

    @extend_schema(
        operation_id="settlement_account_transfer",
        parameters=[IDEMPOTENCY_KEY],
        request=TransferRequestSerializer,
        responses={201: TransferSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Move money at once to another account of this bank.

        The rules are those of a payment: where a person is asked for a one-time code, a program's token stands for it;
        the day's limit, the smaller one for whom nobody saved as a payee, and the threshold for two people hold.
        """
        account = visible_account(request, reference)
        by = only_owners(request, account.enterprise)
        made = operations.transfer(
            account,
            **told(request, TransferRequestSerializer),
            key=idempotency_key(request),
            on=timezone.localdate(),
            at=timezone.now(),
            by=by,
        )
        return Response(TransferSerializer(made).data, status=201)


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


def _payment(request: Request, reference: str) -> PaymentInstruction:
    return get_object_or_404(PaymentInstruction.objects.visible_to(request.user).told(), reference=reference)


class OnePayment(APIView):
    """One payment."""

    @extend_schema(operation_id="payment_read", responses=PaymentSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Read a payment and where it stands."""
        return Response(PaymentSerializer(_payment(request, reference)).data)


ConfirmPayment = verb(
    "payment_confirm",
    "Agree to a payment that a colleague made.",
    find=_payment, act=operations.confirm_payment, shape=PaymentSerializer, dated=True,
)  # fmt: skip
DeclinePayment = verb(
    "payment_decline",
    "Refuse to agree to a payment that a colleague made; nothing is paid.",
    find=_payment, act=operations.decline_payment, shape=PaymentSerializer, asks=ReasonSerializer,
)  # fmt: skip
VoidPayment = verb(
    "payment_void",
    "Cancel a payment that was not sent yet; the money is back at once.",
    find=_payment, act=operations.void_payment, shape=PaymentSerializer, dated=True,
)  # fmt: skip


class Terms(APIView):
    """What an account earns and costs."""

    @extend_schema(operation_id="settlement_account_terms", responses=TermsSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Read the terms that an account stands on today, and the interest that is not booked yet."""
        account, today = visible_account(request, reference), timezone.localdate()
        agreed = interest.agreement_on(account, today)
        if agreed is None:
            raise Http404
        return Response(TermsSerializer(agreed, context={"through": today - timedelta(days=1)}).data)
