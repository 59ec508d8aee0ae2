"""Loans for machines. Signing is not among them: it takes a person and a second factor."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.identity.access import ShowsBooks, only_owners, user_of
from lending.loans import operations as loans
from lending.loans import queries
from lending.loans.models import Loan, Repayment
from lending.loans.serializers import (
    LoanSerializer,
    LoanWithScheduleSerializer,
    NewRepaymentSerializer,
    PayoffSerializer,
    RepaymentSerializer,
)
from portal.core.api import IDEMPOTENCY_KEY, idempotency_key, told


class Loans(ShowsBooks, ListAPIView[Loan]):
    """List the loans one may see."""

    serializer_class = LoanSerializer

    def get_queryset(self) -> Any:
        """List newest first."""
        return Loan.objects.visible_to(self.request.user).select_related("enterprise", "line", "settlement_account")


class OneLoan(ShowsBooks):
    """Read one loan."""

    @extend_schema(responses=LoanWithScheduleSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Tell how it stands, with its schedule."""
        seen = Loan.objects.visible_to(request.user).select_related("enterprise", "line", "settlement_account")
        loan = get_object_or_404(seen, reference=reference)
        costs = queries.late_interest_of(loan, on=timezone.localdate())
        return Response(LoanWithScheduleSerializer(loan, context={"late_interest": costs}).data)


class Payoff(ShowsBooks):
    """What ends a loan today."""

    @extend_schema(responses=PayoffSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Tell the amount that repays everything today, and the interest it saves."""
        loan = get_object_or_404(Loan.objects.visible_to(request.user), reference=reference)
        return Response(PayoffSerializer(queries.owing_of(loan, on=timezone.localdate())).data)


class Repayments(ShowsBooks, ListAPIView[Repayment]):
    """List a loan's repayments; repay from its settlement account."""

    serializer_class = RepaymentSerializer

    def get_queryset(self) -> Any:
        """List newest first."""
        seen = Loan.objects.visible_to(self.request.user)
        loan = get_object_or_404(seen, reference=self.kwargs["reference"])
        return Repayment.objects.filter(loan=loan).select_related("loan", "entry", "undone__entry")

    @extend_schema(request=NewRepaymentSerializer, responses={201: RepaymentSerializer}, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, reference: str) -> Response:
        """Repay, as an owner."""
        loan = get_object_or_404(
            Loan.objects.visible_to(request.user).select_related("enterprise"), reference=reference
        )
        only_owners(request.user, loan.enterprise)
        asked = told(request, NewRepaymentSerializer)
        now = timezone.now()
        repayment = loans.repay(
            loan,
            asked["amount"],
            key=idempotency_key(request),
            by=user_of(request),
            at=now,
            on=timezone.localdate(now),
        )
        return Response(RepaymentSerializer(repayment).data, status=status.HTTP_201_CREATED)
