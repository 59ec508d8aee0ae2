"""Waivers for machines."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.relations import SlugRelatedField
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.models import Role, User
from lending.loans.models import Loan
from lending.loans.rescheduling.queries import PROPOSERS
from lending.loans.waivers import operations
from lending.loans.waivers.models import Waiver
from portal.core.amounts import WrittenAmount
from portal.core.api import IDEMPOTENCY_KEY, idempotency_key, told


class WaiverSerializer(serializers.ModelSerializer[Waiver]):
    """A waiver of late interest; why is for the bank's people."""

    loan: SlugRelatedField[Any] = SlugRelatedField(slug_field="reference", read_only=True)

    class Meta:
        model = Waiver
        fields = ["reference", "loan", "status", "amount", "proposed_at", "decided_at"]


class NewWaiverSerializer(serializers.Serializer[Any]):
    """How much late interest is waived, and why."""

    amount = WrittenAmount(max_digits=14, decimal_places=2, min_value=None)
    reason = serializers.CharField(max_length=2000)


class WaiverNoteSerializer(serializers.Serializer[Any]):
    """Why."""

    note = serializers.CharField(max_length=2000)


def _only(request: Request, *roles: Role) -> User:
    user = cast("User", request.user)
    if not user.has_role(*roles):
        raise PermissionDenied
    return user


def _find(request: Request, reference: str) -> Waiver:
    seen = Waiver.objects.visible_to(request.user).select_related("loan__offer__application", "loan__enterprise")
    return get_object_or_404(seen, reference=reference)


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
        user, now = _only(request, *PROPOSERS), timezone.now()
        asked = told(request, NewWaiverSerializer)
        amount, key = asked.pop("amount"), idempotency_key(request)
        made = operations.propose(loan, amount, key=key, by=user, at=now, on=timezone.localdate(now), **asked)
        return Response(WaiverSerializer(made).data, status=status.HTTP_201_CREATED)


class OneWaiver(APIView):
    """Read one waiver."""

    @extend_schema(responses=WaiverSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Tell how it stands."""
        return Response(WaiverSerializer(_find(request, reference)).data)


class Approval(APIView):
    """Approve as the second person."""

    @extend_schema(operation_id="waiver_approve", request=WaiverNoteSerializer, responses=WaiverSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Approve within the own limit; the owners are told."""
        found, user, now = _find(request, reference), _only(request, Role.APPROVER), timezone.now()
        operations.approve(found, by=user, at=now, on=timezone.localdate(now), **told(request, WaiverNoteSerializer))
        return Response(WaiverSerializer(found).data)


class Decline(APIView):
    """Decline as the second person."""

    @extend_schema(operation_id="waiver_decline", request=WaiverNoteSerializer, responses=WaiverSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Decline what was proposed."""
        found, user = _find(request, reference), _only(request, Role.APPROVER)
        operations.decline(found, by=user, at=timezone.now(), **told(request, WaiverNoteSerializer))
        return Response(WaiverSerializer(found).data)


class Withdrawal(APIView):
    """Take a proposal back."""

    @extend_schema(operation_id="waiver_withdraw", request=None, responses=WaiverSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Withdraw what nobody has decided on, as an officer or underwriter."""
        found, user = _find(request, reference), _only(request, *PROPOSERS)
        operations.withdraw(found, by=user, at=timezone.now())
        return Response(WaiverSerializer(found).data)
