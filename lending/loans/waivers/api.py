"""Waivers for machines."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.relations import SlugRelatedField
from rest_framework.request import Request
from rest_framework.response import Response

from lending.loans.models import Loan
from lending.loans.proposals import api
from lending.loans.proposals.api import NoteSerializer, asks, only
from lending.loans.proposals.queries import PROPOSERS
from lending.loans.waivers import operations
from lending.loans.waivers.models import Waiver
from portal.core.amounts import TellsAmounts, WrittenAmount
from portal.core.api import IDEMPOTENCY_KEY, idempotency_key, told


class WaiverSerializer(TellsAmounts):
    """A waiver of late interest; why is for the bank's people."""

    currency_at = "loan.currency"
    loan: SlugRelatedField[Any] = SlugRelatedField(slug_field="reference", read_only=True)

    class Meta:
        model = Waiver
        fields = ["reference", "loan", "status", "amount", "proposed_at", "expires_on", "decided_at"]


class NewWaiverSerializer(serializers.Serializer[Any]):
    """How much late interest is waived, and why."""

    amount = WrittenAmount(max_digits=14, decimal_places=2, min_value=None)
    reason = serializers.CharField(max_length=2000)


class Waivers(ListAPIView[Waiver]):
    """List a loan's waivers; propose one."""

    serializer_class = WaiverSerializer

    def get_queryset(self) -> Any:
        """List newest first."""
        loan = get_object_or_404(Loan.objects.visible_to(self.request.user), reference=self.kwargs["reference"])
        return Waiver.objects.visible_to(self.request.user).filter(loan=loan).select_related("loan")

    @extend_schema(request=NewWaiverSerializer, responses={201: WaiverSerializer}, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, reference: str) -> Response:
        """Propose to waive late interest, as an officer or underwriter; a second person approves it."""
        loan = get_object_or_404(Loan.objects.visible_to(request.user), reference=reference)
        user, now = only(request, *PROPOSERS), timezone.now()
        asked = told(request, NewWaiverSerializer)
        amount, key = asked.pop("amount"), idempotency_key(request)
        made = operations.propose(loan, amount, key=key, by=user, at=now, on=timezone.localdate(now), **asked)
        return Response(WaiverSerializer(made).data, status=status.HTTP_201_CREATED)


class _OfWaivers(api.OneProposal):
    kind, shape = Waiver, WaiverSerializer


@extend_schema_view(get=extend_schema(responses=WaiverSerializer))
class OneWaiver(_OfWaivers, api.Reading):
    """Read one waiver."""


@asks(NoteSerializer, answers=WaiverSerializer, operation_id="waiver_approve")
class Approval(_OfWaivers, api.Approval):
    """Approve as the second person."""

    approve = staticmethod(operations.approve)


@asks(NoteSerializer, answers=WaiverSerializer, operation_id="waiver_decline")
class Decline(_OfWaivers, api.Decline):
    """Decline as the second person."""


@asks(None, answers=WaiverSerializer, operation_id="waiver_withdraw")
class Withdrawal(_OfWaivers, api.Withdrawal):
    """Take a proposal back."""
