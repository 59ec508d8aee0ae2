"""Risk classes, write-offs and the allowance for machines that act for the bank's people."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.models import READERS, Role, User
from lending.loans.losses import operations, queries
from lending.loans.losses.classes import RiskClass
from lending.loans.losses.models import Allowance, WriteOff
from lending.loans.losses.queries import PROPOSERS
from lending.loans.losses.serializers import (
    AllowanceLineSerializer,
    AllowanceSerializer,
    JudgmentSerializer,
    NewJudgmentSerializer,
    NewWriteOffSerializer,
    RiskSerializer,
    WriteOffApprovalSerializer,
    WriteOffDeclineSerializer,
    WriteOffSerializer,
)
from lending.loans.models import Loan
from portal.core.api import IDEMPOTENCY_KEY, idempotency_key, listed, told


class _Only(BasePermission):
    """Staff whose post has to do with customers."""

    roles: tuple[str, ...] = READERS

    def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002 - the framework's signature
        """Tell whether this person may look."""
        user: Any = request.user
        return bool(user.has_role(*self.roles))


class _OnlyBook(_Only):
    """Risk analysts, auditors and administrators."""

    roles = queries.READERS


def _only(request: Request, *roles: Role) -> User:
    user = cast("User", request.user)
    if not user.has_role(*roles):
        raise PermissionDenied
    return user


def _loan(request: Request, reference: str) -> Loan:
    readable = queries.readable(cast("User", request.user)).select_related("enterprise")
    return get_object_or_404(readable, reference=reference)


def _find(request: Request, reference: str) -> WriteOff:
    related = ("loan__offer__application", "loan__enterprise", "entry")
    seen = WriteOff.objects.visible_to(request.user).select_related(*related)
    return get_object_or_404(seen, reference=reference)


class Risk(APIView):
    """How a loan is classified today."""

    permission_classes = (IsAuthenticated, _Only)

    @extend_schema(responses=RiskSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Tell its class and what it follows from; all is empty where no principal of it stands in the books."""
        found = queries.class_of(_loan(request, reference), on=timezone.localdate())
        return Response(RiskSerializer(found or {}).data)


class Judgments(APIView):
    """What people found of a loan."""

    permission_classes = (IsAuthenticated, _Only)

    @extend_schema(operation_id="loan_judgments_list", responses=JudgmentSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List it, newest first."""
        judgments = _loan(request, reference).judgments.select_related("by")
        return listed(self, request, judgments, JudgmentSerializer)

    @extend_schema(operation_id="loan_judge", request=NewJudgmentSerializer, responses={201: JudgmentSerializer})
    def post(self, request: Request, reference: str) -> Response:
        """Find the loan worse, as an officer or underwriter; or, without a class, take that back as an approver."""
        loan, now = _loan(request, reference), timezone.now()
        asked = told(request, NewJudgmentSerializer)
        by = _only(request, *(PROPOSERS if asked["risk_class"] else (Role.APPROVER,)))
        given: dict[str, Any] = {"reason": asked["reason"], "by": by, "at": now, "on": timezone.localdate(now)}
        if asked["risk_class"]:
            made = operations.judge(loan, RiskClass[asked["risk_class"].upper()], **given)
        else:
            made = operations.lift(loan, **given)
        return Response(JudgmentSerializer(made).data, status=status.HTTP_201_CREATED)


class WriteOffs(APIView):
    """The write-offs of a loan."""

    permission_classes = (IsAuthenticated, _Only)

    @extend_schema(operation_id="loan_write_offs_list", responses=WriteOffSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List them, newest first."""
        loan = _loan(request, reference)
        return listed(self, request, loan.write_offs.select_related("loan", "entry"), WriteOffSerializer)

    @extend_schema(
        operation_id="loan_write_off_propose",
        request=NewWriteOffSerializer,
        responses={201: WriteOffSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, reference: str) -> Response:
        """Propose to write it off, as an officer or underwriter; a second person approves."""
        loan, user, now = _loan(request, reference), _only(request, *PROPOSERS), timezone.now()
        asked = told(request, NewWriteOffSerializer)
        made = operations.propose(
            loan,
            grounds=asked["grounds"],
            upload=asked.get("file"),
            key=idempotency_key(request),
            by=user,
            at=now,
            on=timezone.localdate(now),
        )
        return Response(WriteOffSerializer(made).data, status=status.HTTP_201_CREATED)


class OneWriteOff(APIView):
    """Read one write-off."""

    permission_classes = (IsAuthenticated, _Only)

    @extend_schema(responses=WriteOffSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Tell how it stands, and who bears it."""
        return Response(WriteOffSerializer(_find(request, reference)).data)


class Approval(APIView):
    """Approve as the second person."""

    permission_classes = (IsAuthenticated, _Only)

    @extend_schema(request=WriteOffApprovalSerializer, responses=WriteOffSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Write off within the own limit; the owners are told that the debt stands."""
        found, user = _find(request, reference), _only(request, Role.APPROVER)
        now = timezone.now()
        given = told(request, WriteOffApprovalSerializer)
        operations.approve(found, by=user, at=now, on=timezone.localdate(now), **given)
        return Response(WriteOffSerializer(found).data)


class Decline(APIView):
    """Decline as the second person."""

    permission_classes = (IsAuthenticated, _Only)

    @extend_schema(request=WriteOffDeclineSerializer, responses=WriteOffSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Decline what was proposed."""
        found, user = _find(request, reference), _only(request, Role.APPROVER)
        operations.decline(found, by=user, at=timezone.now(), **told(request, WriteOffDeclineSerializer))
        return Response(WriteOffSerializer(found).data)


class Withdrawal(APIView):
    """Take a proposal back."""

    permission_classes = (IsAuthenticated, _Only)

    @extend_schema(operation_id="write_off_withdraw", request=None, responses=WriteOffSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Withdraw what nobody decided on, as an officer or underwriter."""
        found, user = _find(request, reference), _only(request, *PROPOSERS)
        operations.withdraw(found, by=user, at=timezone.now())
        return Response(WriteOffSerializer(found).data)


class Allowances(APIView):
    """The allowance month by month."""

    permission_classes = (IsAuthenticated, _OnlyBook)

    @extend_schema(operation_id="allowances_list", responses=AllowanceSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List what was posted, newest first."""
        return listed(self, request, Allowance.objects.select_related("entry"), AllowanceSerializer)


class AllowanceLines(APIView):
    """What each loan asked of a month's allowance."""

    permission_classes = (IsAuthenticated, _OnlyBook)

    @extend_schema(operation_id="allowance_lines_list", responses=AllowanceLineSerializer(many=True))
    def get(self, request: Request, number: int) -> Response:
        """List the loans one may see, each with its class and rate."""
        found = get_object_or_404(Allowance, pk=number)
        lines = queries.lines_of(found, user=cast("User", request.user))
        return listed(self, request, lines, AllowanceLineSerializer)
