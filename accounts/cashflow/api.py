"""Evidence for machines: the same operations as the pages."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.cashflow import operations, outlook, queries
from accounts.cashflow.models import READERS, StatementImport
from accounts.cashflow.serializers import (
    ForecastSerializer,
    MonthSerializer,
    MonthsSerializer,
    NewStatementSerializer,
    StatementSerializer,
    TransactionSerializer,
)
from accounts.identity.models import Enterprise, Role
from portal.core.api import Pages, idempotency_key

KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)


def _enterprise(request: Request, reference: str) -> Enterprise:
    user: Any = request.user
    if user.is_staff_member and not user.has_role(*READERS):
        raise PermissionDenied
    return get_object_or_404(Enterprise.objects.visible_to(user), reference=reference)


def _statement(request: Request, reference: str) -> StatementImport:
    seen = StatementImport.objects.visible_to(request.user).select_related("file", "enterprise")
    return get_object_or_404(seen, reference=reference)


class Statements(APIView):
    """The statements of an enterprise."""

    @extend_schema(operation_id="statements_list", responses=StatementSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List those that were not withdrawn, newest first."""
        pages = Pages()
        page = pages.paginate_queryset(queries.statements_of(_enterprise(request, reference)), request, view=self)
        return pages.get_paginated_response(StatementSerializer(page, many=True).data)

    @extend_schema(
        operation_id="statement_send",
        parameters=[KEY],
        request={"multipart/form-data": NewStatementSerializer},
        responses={202: StatementSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Send a statement file; it is read in the background, so ask for its status afterwards."""
        enterprise = _enterprise(request, reference)
        user: Any = request.user
        if user.is_staff_member and not user.has_role(Role.OFFICER):
            raise PermissionDenied
        asked = NewStatementSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        received = operations.receive(
            enterprise,
            asked.validated_data["file"],
            by=user.reference,
            at=timezone.now(),
            key=idempotency_key(request),
        )
        return Response(StatementSerializer(received).data, status=status.HTTP_202_ACCEPTED)


class OneStatement(APIView):
    """One statement."""

    @extend_schema(operation_id="statement_read", responses=StatementSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Tell whether it was read, and what it covers."""
        return Response(StatementSerializer(_statement(request, reference)).data)


class Transactions(APIView):
    """The lines of a statement."""

    @extend_schema(operation_id="statement_transactions", responses=TransactionSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List the lines that the statement brought, the last first."""
        pages = Pages()
        page = pages.paginate_queryset(_statement(request, reference).lines.all(), request, view=self)
        return pages.get_paginated_response(TransactionSerializer(page, many=True).data)


MONTHS = OpenApiParameter("months", int, description="how many months, from 1 to 60; twelve unless told")


class Months(APIView):
    """The money of an enterprise by month."""

    @extend_schema(operation_id="cash_flow_months", parameters=[MONTHS], responses=MonthSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List the months until the evidence ends, oldest first, without transfers between own accounts."""
        enterprise = _enterprise(request, reference)
        asked = MonthsSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        return Response(MonthSerializer(queries.monthly(enterprise, **asked.validated_data), many=True).data)


class Forecast(APIView):
    """The coming thirteen weeks of an enterprise."""

    @extend_schema(operation_id="cash_flow_forecast", responses=ForecastSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Tell the weeks after the evidence ends; none where it is shorter than twelve weeks."""
        told = outlook.outlook_of(_enterprise(request, reference), on=timezone.localdate())
        nothing: dict[str, Any] = {"evidence_ends_on": None, "balance": None, "weeks": []}
        return Response(ForecastSerializer(told).data if told else nothing)
