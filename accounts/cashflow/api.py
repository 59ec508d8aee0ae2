"""Evidence for machines: the same operations as the pages."""

from typing import Any, Final

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.cashflow import operations, outlook, queries
from accounts.cashflow.models import BankTransaction, InvoiceLedger, StatementImport
from accounts.cashflow.serializers import (
    AnswerSerializer,
    ClearingSerializer,
    CorrectionSerializer,
    ForecastSerializer,
    InvoiceLedgerSerializer,
    MonthSerializer,
    MonthsSerializer,
    NewInvoicesSerializer,
    NewStatementSerializer,
    ReceivedStatementSerializer,
    StatementSerializer,
    TransactionSerializer,
)
from accounts.cashflow.states import Status
from accounts.identity.access import ShowsBooks, user_of
from accounts.identity.models import Enterprise, Role
from accounts.statements.parsing.questions import PASSWORD
from portal.core.api import IDEMPOTENCY_KEY, idempotency_key, listed, told

_HIDES_PASSWORD: Final = method_decorator(sensitive_post_parameters(PASSWORD), name="dispatch")


def _enterprise(request: Request, reference: str) -> Enterprise:
    user = user_of(request)
    if user.works_without_customers:
        raise PermissionDenied
    return get_object_or_404(Enterprise.objects.visible_to(user), reference=reference)


def _statement(request: Request, reference: str) -> StatementImport:
    seen = StatementImport.objects.visible_to(request.user).select_related("file", "enterprise", "answered_as")
    return get_object_or_404(seen, reference=reference)


def _serving(request: Request) -> Any:
    """Give the caller, who may bring and change evidence: the enterprise's own people, or an officer."""
    user = user_of(request)
    if user.is_staff_member and not user.has_role(Role.OFFICER):
        raise PermissionDenied
    return user


@_HIDES_PASSWORD
class Statements(ShowsBooks):
    """The statements of an enterprise."""

    @extend_schema(operation_id="statements_list", responses=StatementSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List those that were not withdrawn, newest first."""
        return listed(self, request, queries.statements_of(_enterprise(request, reference)), StatementSerializer)

    @extend_schema(
        operation_id="statement_send",
        parameters=[IDEMPOTENCY_KEY],
        request={"multipart/form-data": NewStatementSerializer},
        responses={202: ReceivedStatementSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Send a statement file; it is read in the background, so ask for its status afterwards.

        A file that is here already is answered with the statement it became. Each file of a ZIP becomes a statement; a
        locked file that comes without its password asks for it.
        """
        enterprise = _enterprise(request, reference)
        user = _serving(request)
        asked = told(request, NewStatementSerializer)
        received = operations.bring(
            enterprise,
            asked["file"],
            password=asked["password"],
            by=user.reference,
            at=timezone.now(),
            key=idempotency_key(request),
        )
        return _received(*received)


def _received(first: StatementImport, *others: StatementImport) -> Response:
    references = {"others": [each.reference for each in others]}
    return Response(StatementSerializer(first).data | references, status=status.HTTP_202_ACCEPTED)


class OneStatement(ShowsBooks):
    """One statement."""

    @extend_schema(operation_id="statement_read", responses=StatementSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Tell whether it was read, and what it covers."""
        return Response(StatementSerializer(_statement(request, reference)).data)


@_HIDES_PASSWORD
class Answer(APIView):
    """The answer to what a statement asks."""

    @extend_schema(
        operation_id="statement_answer", request=AnswerSerializer, responses={202: ReceivedStatementSerializer}
    )
    def post(self, request: Request, reference: str) -> Response:
        """Say how the file is meant; it is read in the background. The same answer sent again changes nothing."""
        statement = _statement(request, reference)
        user = _serving(request)
        answered, others = told(request, AnswerSerializer), []
        if password := answered.pop("password", ""):
            others = operations.unlock(statement, password, by=user.reference, at=timezone.now())
        else:
            operations.answer(statement, answered, by=user.reference, at=timezone.now())
        return _received(statement, *others)


class Question(APIView):
    """The question about columns that an earlier file's answer settled."""

    @extend_schema(operation_id="statement_ask_anew", request=None, responses={202: StatementSerializer})
    def post(self, request: Request, reference: str) -> Response:
        """Ask it: the statement is read again without the earlier answer, and counts when it was answered."""
        statement = _statement(request, reference)
        operations.ask_anew(statement, by=_serving(request).reference, at=timezone.now())
        return Response(StatementSerializer(statement).data, status=status.HTTP_202_ACCEPTED)


class Choice(APIView):
    """Which of several files counts that tell otherwise."""

    @extend_schema(operation_id="statement_choose", request=None, responses=StatementSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Let this one count: those that contradict it are withdrawn, and a person at the bank looks at both."""
        statement = _statement(request, reference)
        operations.choose(statement, by=_serving(request).reference, at=timezone.now())
        return Response(StatementSerializer(statement).data)


class Clearing(APIView):
    """That somebody of the bank looked at a replaced statement."""

    @extend_schema(operation_id="statement_clear", request=ClearingSerializer, responses={204: None})
    def post(self, request: Request, reference: str) -> Response:
        """Record why a withdrawn statement and what counts instead are no doubt."""
        withdrawn = _statement(request, reference)
        user = user_of(request)
        if not user.has_role(*operations.CLEARERS):
            raise PermissionDenied
        asked = told(request, ClearingSerializer)
        by = get_object_or_404(StatementImport, enterprise=withdrawn.enterprise_id, reference=asked["replaced_by"])
        operations.clear(withdrawn, replaced_by=by, reason=asked["reason"], by=user, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class Withdrawal(APIView):
    """Taking a statement out of the evidence."""

    @extend_schema(operation_id="statement_withdraw", request=None, responses=StatementSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Withdraw it: its lines no longer count, and what other files share is read from those again."""
        statement = _statement(request, reference)
        operations.withdraw(statement, by=_serving(request).reference, at=timezone.now())
        return Response(StatementSerializer(statement).data)


class Invoices(APIView):
    """Invoice ledgers."""

    @extend_schema(
        operation_id="invoices_send",
        request={"multipart/form-data": NewInvoicesSerializer},
        responses={200: InvoiceLedgerSerializer, 202: InvoiceLedgerSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Send an invoice ledger; it is read at once (200), or waits for the answer to its question (202)."""
        enterprise = _enterprise(request, reference)
        user = _serving(request)
        asked = told(request, NewInvoicesSerializer)
        invoices = operations.read_invoices(asked["file"])
        ledger = operations.receive_invoices(
            enterprise,
            asked["file"],
            by=user.reference,
            at=timezone.now(),
            direction=asked["direction"],
            told=invoices,
        )
        return _taken(ledger)


def _taken(ledger: InvoiceLedger) -> Response:
    waits = ledger.status == Status.ASKS
    code = status.HTTP_202_ACCEPTED if waits else status.HTTP_200_OK
    return Response(InvoiceLedgerSerializer(ledger).data, status=code)


def _ledger(request: Request, reference: str) -> InvoiceLedger:
    seen = InvoiceLedger.objects.visible_to(request.user).select_related("file", "enterprise")
    return get_object_or_404(seen, reference=reference)


class OneLedger(ShowsBooks):
    """One invoice ledger."""

    @extend_schema(operation_id="invoice_ledger_read", responses=InvoiceLedgerSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Tell what it brought, or what it asks."""
        return Response(InvoiceLedgerSerializer(_ledger(request, reference)).data)


class LedgerAnswer(APIView):
    """The answer to what an invoice ledger asks."""

    @extend_schema(
        operation_id="invoice_ledger_answer",
        request=AnswerSerializer,
        responses={200: InvoiceLedgerSerializer, 202: InvoiceLedgerSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Say how the file is meant; it is read at once (200), or asks the next thing (202)."""
        ledger = _ledger(request, reference)
        user = _serving(request)
        operations.answer_ledger(ledger, told(request, AnswerSerializer), by=user.reference, at=timezone.now())
        return _taken(ledger)


class LedgerWithdrawal(APIView):
    """Taking back an invoice ledger that asks."""

    @extend_schema(operation_id="invoice_ledger_withdraw", request=None, responses=InvoiceLedgerSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Withdraw it instead of answering."""
        ledger = _ledger(request, reference)
        operations.withdraw_ledger(ledger, by=_serving(request).reference, at=timezone.now())
        return Response(InvoiceLedgerSerializer(ledger).data)


class AllTransactions(ShowsBooks):
    """The payments of an enterprise, from every statement and from its settlement accounts."""

    @extend_schema(
        operation_id="transactions_list",
        parameters=[OpenApiParameter("category", str), OpenApiParameter("way", str, enum=["in", "out"])],
        responses=TransactionSerializer(many=True),
    )
    def get(self, request: Request, reference: str) -> Response:
        """List those that count, the last recorded first."""
        way = request.query_params.get("way", "")
        found = queries.lines(
            _enterprise(request, reference),
            category=request.query_params.get("category", ""),
            way=way if way in {"in", "out"} else "",
        )
        return listed(self, request, found, TransactionSerializer)


class Category(APIView):
    """What a payment was for."""

    @extend_schema(operation_id="transaction_categorize", request=CorrectionSerializer, responses=TransactionSerializer)
    def put(self, request: Request, reference: str, line: int) -> Response:
        """Say what it was for, and so for the payments like it; answers the payment as it stands now."""
        enterprise = _enterprise(request, reference)
        user = _serving(request)
        found = get_object_or_404(BankTransaction, enterprise=enterprise, pk=line)
        given, by, at = told(request, CorrectionSerializer), user.reference, timezone.now()
        operations.correct(found, **given, by=by, is_by_staff=user.is_staff_member, at=at)
        return Response(TransactionSerializer(queries.current_of(found)).data)


class Transactions(ShowsBooks):
    """The lines of a statement."""

    @extend_schema(operation_id="statement_transactions", responses=TransactionSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List the lines that the statement brought, the last first."""
        return listed(self, request, queries.lines_of(_statement(request, reference)), TransactionSerializer)


MONTHS = OpenApiParameter("months", int, description="how many months, from 1 to 60; twelve unless told")


class Months(ShowsBooks):
    """The money of an enterprise by month."""

    @extend_schema(operation_id="cash_flow_months", parameters=[MONTHS], responses=MonthSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List the months until the evidence ends, oldest first, without transfers between own accounts."""
        enterprise = _enterprise(request, reference)
        asked = MonthsSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        return Response(MonthSerializer(queries.monthly(enterprise, **asked.validated_data), many=True).data)


class Forecast(ShowsBooks):
    """The coming thirteen weeks of an enterprise."""

    @extend_schema(operation_id="cash_flow_forecast", responses=ForecastSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Tell the weeks after the evidence ends; none where it is shorter than twelve weeks."""
        told = outlook.outlook_of(_enterprise(request, reference), on=timezone.localdate())
        nothing: dict[str, Any] = {"evidence_ends_on": None, "balance": None, "weeks": []}
        return Response(ForecastSerializer(told).data if told else nothing)
