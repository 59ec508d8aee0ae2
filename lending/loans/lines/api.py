"""Credit lines for machines. Drawing is not among them: as signing, it takes a person and a second factor."""

from collections.abc import Callable
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.relations import SlugRelatedField
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.access import ShowsBooks, only_owners, user_of
from accounts.identity.models import Role
from lending.loans.lines import operations
from lending.loans.lines.models import CreditLine
from lending.loans.models import Loan
from lending.loans.proposals.api import only
from lending.loans.serializers import LoanSerializer
from portal.core.amounts import TellsAmounts, ToldAmount, WrittenAmount
from portal.core.api import told


class CreditLineSerializer(TellsAmounts):
    """A credit line, and what can be drawn of it beside what is."""

    enterprise: SlugRelatedField[Any] = SlugRelatedField(slug_field="reference", read_only=True)
    settlement_account: SlugRelatedField[Any] = SlugRelatedField(slug_field="number", read_only=True)
    drawn_amount = ToldAmount()
    available_amount = ToldAmount(help_text="as long as nothing stands in the way")

    class Meta:
        model = CreditLine
        fields = [
            "reference", "enterprise", "settlement_account", "limit_amount", "drawn_amount", "available_amount",
            "annual_rate", "currency", "status", "opened_on", "ends_on", "suspended_at", "ended_at",
        ]  # fmt: skip


class WantedDrawSerializer(serializers.Serializer[Any]):
    """How much is drawn, and for how long."""

    amount = WrittenAmount(max_digits=14, decimal_places=2, min_value=None)
    term_months = serializers.IntegerField(min_value=1, max_value=600)


class PlannedInstallmentSerializer(serializers.Serializer[Any]):
    """What would fall due on a day."""

    number = serializers.IntegerField()
    due_date = serializers.DateField()
    principal_amount = ToldAmount("")
    interest_amount = ToldAmount("")


class DrawCostSerializer(serializers.Serializer[Any]):
    """What a draw would cost if it were made today."""

    amount = ToldAmount("line.currency")
    term_months = serializers.IntegerField()
    upfront_fee_amount = ToldAmount("line.currency", source="cost.schedule.upfront_fee_amount")
    total_amount = ToldAmount("line.currency", source="cost.total_amount")
    apr = serializers.DecimalField(source="cost.apr", max_digits=9, decimal_places=6)
    installments = PlannedInstallmentSerializer(source="cost.schedule.installments", many=True)


class LineReasonSerializer(serializers.Serializer[Any]):
    """Why."""

    reason = serializers.CharField(max_length=2000)


class LowerLimitSerializer(LineReasonSerializer):
    """To how much, and why."""

    limit_amount = WrittenAmount(max_digits=14, decimal_places=2, min_value=None)


def _seen(request: Request) -> Any:
    return CreditLine.objects.visible_to(request.user).with_drawn().select_related("enterprise", "settlement_account")


def _find(request: Request, reference: str) -> CreditLine:
    line: CreditLine = get_object_or_404(_seen(request), reference=reference)
    return line


class Lines(ShowsBooks, ListAPIView[CreditLine]):
    """List the credit lines one may see."""

    serializer_class = CreditLineSerializer

    def get_queryset(self) -> Any:
        """List newest first."""
        return _seen(self.request)


class OneLine(ShowsBooks):
    """Read one credit line."""

    @extend_schema(responses=CreditLineSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Tell how it stands."""
        return Response(CreditLineSerializer(_find(request, reference)).data)


class Draws(ShowsBooks, ListAPIView[Loan]):
    """List a line's draws."""

    serializer_class = LoanSerializer

    def get_queryset(self) -> Any:
        """List newest first."""
        line = _find(self.request, self.kwargs["reference"])
        return line.draws.select_related("enterprise", "line", "settlement_account")


class DrawCost(APIView):
    """What a draw would cost."""

    @extend_schema(
        parameters=[
            OpenApiParameter("amount", str, required=True),
            OpenApiParameter("term_months", int, required=True),
        ],
        responses=DrawCostSerializer,
    )
    def get(self, request: Request, reference: str) -> Response:
        """Work a draw out as an owner, or tell why it cannot be made today."""
        line = _find(request, reference)
        only_owners(request.user, line.enterprise)
        asked = WantedDrawSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        found = operations.preview(line, **asked.validated_data, on=timezone.localdate())
        return Response(DrawCostSerializer(found, context={"currency": line.currency}).data)


class End(APIView):
    """Give a line back."""

    @extend_schema(operation_id="credit_line_give_back", request=None, responses=CreditLineSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """End a line as an owner; what is drawn goes on."""
        line = _find(request, reference)
        only_owners(request.user, line.enterprise)
        operations.give_back(line, by=user_of(request), at=timezone.now())
        return Response(CreditLineSerializer(_find(request, reference)).data)


def _kept(request: Request, reference: str, *roles: Role, act: Callable[..., None], asks: Any) -> Response:
    line, user = _find(request, reference), only(request, *roles)
    act(line, **told(request, asks), by=user, at=timezone.now())
    return Response(CreditLineSerializer(_find(request, reference)).data)


class Suspension(APIView):
    """Suspend a line."""

    @extend_schema(request=LineReasonSerializer, responses=CreditLineSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Let nothing be drawn; the owners are told."""
        return _kept(request, reference, *operations.KEEPERS, act=operations.suspend, asks=LineReasonSerializer)


class Resumption(APIView):
    """Let a suspended line be drawn again."""

    @extend_schema(request=LineReasonSerializer, responses=CreditLineSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Resume as another person than who suspended it, within the own limit."""
        return _kept(request, reference, Role.APPROVER, act=operations.resume, asks=LineReasonSerializer)


class Limit(APIView):
    """The limit of a line."""

    @extend_schema(request=LowerLimitSerializer, responses=CreditLineSerializer)
    def put(self, request: Request, reference: str) -> Response:
        """Lower it, to what is drawn at the least; the owners are told."""
        return _kept(request, reference, *operations.KEEPERS, act=operations.lower, asks=LowerLimitSerializer)
