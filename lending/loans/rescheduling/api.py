"""Reschedulings for machines; the borrower agrees on the page, with password and code, as when signing."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.relations import SlugRelatedField
from rest_framework.request import Request
from rest_framework.response import Response

from lending.loans.models import Loan
from lending.loans.proposals import api
from lending.loans.proposals.api import NoteSerializer, SeenNoteSerializer, asks, only
from lending.loans.proposals.queries import PROPOSERS
from lending.loans.rescheduling import operations, queries
from lending.loans.rescheduling.forms import MOST_INSTALLMENTS
from lending.loans.rescheduling.models import Rescheduling
from lending.loans.rescheduling.terms import Wanted
from lending.loans.serializers import InstallmentSerializer
from lending.products.conventions import InterestMethod
from portal.core import interest
from portal.core.amounts import TellsAmounts, ToldAmount
from portal.core.api import IDEMPOTENCY_KEY, idempotency_key, told


class ReschedulingSerializer(TellsAmounts):
    """A rescheduling."""

    currency_at = "loan.currency"
    loan: SlugRelatedField[Any] = SlugRelatedField(slug_field="reference", read_only=True)
    terms = serializers.DictField(source="kept_terms", read_only=True)

    class Meta:
        model = Rescheduling
        fields = [
            "reference", "loan", "status", "principal_amount", "terms", "proposed_at", "expires_on", "decided_at",
            "agreed_at", "agreed_on", "version",
        ]  # fmt: skip


class ComparisonSerializer(serializers.Serializer[Any]):
    """Both schedules, and what the new one costs more; `shown` is named by whoever approves."""

    before = InstallmentSerializer(many=True)
    after = InstallmentSerializer(many=True)
    principal_amount = ToldAmount("")
    carried_amount = ToldAmount("")
    late_interest_amount = ToldAmount("")
    interest_before_amount = ToldAmount("")
    interest_after_amount = ToldAmount("")
    more_amount = ToldAmount("")
    shown = serializers.CharField()


class ReschedulingWithComparisonSerializer(ReschedulingSerializer):
    """A rescheduling with both schedules, while it is open or once it is agreed to."""

    comparison = serializers.SerializerMethodField()

    class Meta(ReschedulingSerializer.Meta):
        fields = [*ReschedulingSerializer.Meta.fields, "comparison"]

    @extend_schema_field(ComparisonSerializer(allow_null=True))
    def get_comparison(self, rescheduling: Rescheduling) -> dict[str, Any] | None:
        """Compare as of today, or as of the day of the agreement."""
        found = queries.comparison_of(rescheduling, on=timezone.localdate())
        context = {"currency": rescheduling.loan.currency}
        return dict(ComparisonSerializer(found, context=context).data) if found else None


class NewReschedulingSerializer(serializers.Serializer[Any]):
    """What is proposed."""

    first_due_date = serializers.DateField()
    installments = serializers.IntegerField(min_value=1, max_value=MOST_INSTALLMENTS)
    interest_only = serializers.IntegerField(min_value=0, max_value=MOST_INSTALLMENTS, default=0)
    interest_method = serializers.ChoiceField(choices=InterestMethod.choices)
    reason = serializers.CharField(max_length=2000)


class Reschedulings(ListAPIView[Rescheduling]):
    """List a loan's reschedulings; propose one."""

    serializer_class = ReschedulingSerializer

    def get_queryset(self) -> Any:
        """List newest first."""
        loan = get_object_or_404(Loan.objects.visible_to(self.request.user), reference=self.kwargs["reference"])
        return Rescheduling.objects.visible_to(self.request.user).filter(loan=loan).select_related("loan")

    @extend_schema(
        request=NewReschedulingSerializer,
        responses={201: ReschedulingWithComparisonSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, reference: str) -> Response:
        """Propose another schedule, as an officer or underwriter; a second person approves it."""
        loan = get_object_or_404(Loan.objects.visible_to(request.user), reference=reference)
        user = only(request, *PROPOSERS)
        asked = told(request, NewReschedulingSerializer)
        reason, method = asked.pop("reason"), interest.InterestMethod(asked.pop("interest_method"))
        now = timezone.now()
        made = operations.propose(
            loan,
            Wanted(interest_method=method, **asked),
            reason=reason,
            key=idempotency_key(request),
            by=user,
            at=now,
            on=timezone.localdate(now),
        )
        return Response(ReschedulingWithComparisonSerializer(made).data, status=status.HTTP_201_CREATED)


class _OfReschedulings(api.OneProposal):
    kind, shape = Rescheduling, ReschedulingSerializer


@extend_schema_view(get=extend_schema(responses=ReschedulingWithComparisonSerializer))
class OneRescheduling(_OfReschedulings, api.Reading):
    """Read one rescheduling, with both schedules."""

    shape = ReschedulingWithComparisonSerializer


@asks(SeenNoteSerializer, answers=ReschedulingSerializer)
class Approval(_OfReschedulings, api.Approval):
    """Approve as the second person."""

    asked = SeenNoteSerializer
    approve = staticmethod(operations.approve)


@asks(NoteSerializer, answers=ReschedulingSerializer)
class Decline(_OfReschedulings, api.Decline):
    """Decline as the second person."""


@asks(None, answers=ReschedulingSerializer, operation_id="rescheduling_withdraw")
class Withdrawal(_OfReschedulings, api.Withdrawal):
    """Take a proposal back that the borrower has not agreed to."""
