"""Risk classes, write-offs and the allowance for machines that act for the bank's people."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.access import staff_with, user_of
from accounts.identity.models import READERS, Role
from lending.loans.losses import operations, queries
from lending.loans.losses.classes import RiskClass
from lending.loans.losses.models import Allowance, WriteOff, WriteOffReversal
from lending.loans.losses.serializers import (
    AllowanceLineSerializer,
    AllowanceSerializer,
    JudgmentSerializer,
    NewJudgmentSerializer,
    NewReversalSerializer,
    NewWriteOffSerializer,
    ReversalSerializer,
    RiskSerializer,
    WriteOffSerializer,
)
from lending.loans.models import Loan
from lending.loans.proposals import api
from lending.loans.proposals.api import NoteSerializer, SeenNoteSerializer, asks, only
from lending.loans.proposals.queries import PROPOSERS
from portal.core.api import IDEMPOTENCY_KEY, idempotency_key, listed, told

SERVE_CUSTOMERS = (IsAuthenticated, staff_with(*READERS))
BOOK_READERS = (IsAuthenticated, staff_with(*queries.READERS))


def _loan(request: Request, reference: str) -> Loan:
    readable = queries.readable(user_of(request)).select_related("enterprise")
    return get_object_or_404(readable, reference=reference)


class Risk(APIView):
    """How a loan is classified today."""

    permission_classes = SERVE_CUSTOMERS

    @extend_schema(responses=RiskSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Tell its class and what it follows from; all is empty where no principal of it stands in the books."""
        found = queries.class_of(_loan(request, reference), on=timezone.localdate())
        return Response(RiskSerializer(found or {}).data)


class Judgments(APIView):
    """What people found of a loan."""

    permission_classes = SERVE_CUSTOMERS

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
        by = only(request, *(PROPOSERS if asked["risk_class"] else (Role.APPROVER,)))
        given: dict[str, Any] = {"reason": asked["reason"], "by": by, "at": now, "on": timezone.localdate(now)}
        if asked["risk_class"]:
            made = operations.judge(loan, RiskClass[asked["risk_class"].upper()], **given)
        else:
            made = operations.lift(loan, **given)
        return Response(JudgmentSerializer(made).data, status=status.HTTP_201_CREATED)


class WriteOffs(APIView):
    """The write-offs of a loan."""

    permission_classes = SERVE_CUSTOMERS

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
        loan, user, now = _loan(request, reference), only(request, *PROPOSERS), timezone.now()
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


class _OfWriteOffs(api.OneProposal):
    kind, shape = WriteOff, WriteOffSerializer
    permission_classes = SERVE_CUSTOMERS


@extend_schema_view(get=extend_schema(responses=WriteOffSerializer))
class OneWriteOff(_OfWriteOffs, api.Reading):
    """Read one write-off, and who bears it."""


@asks(SeenNoteSerializer, answers=WriteOffSerializer)
class Approval(_OfWriteOffs, api.Approval):
    """Approve as the second person; the owners are told that the debt stands."""

    asked = SeenNoteSerializer
    approve = staticmethod(operations.approve)


@asks(NoteSerializer, answers=WriteOffSerializer)
class Decline(_OfWriteOffs, api.Decline):
    """Decline as the second person."""


@asks(None, answers=WriteOffSerializer, operation_id="write_off_withdraw")
class Withdrawal(_OfWriteOffs, api.Withdrawal):
    """Take a proposal back."""


class Reversals(_OfWriteOffs):
    """The reversals of a write-off."""

    @extend_schema(operation_id="write_off_reversals_list", responses=ReversalSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List them, newest first."""
        related = ("write_off__loan", "loan", "entry")
        return listed(self, request, self.find(reference).reversals.select_related(*related), ReversalSerializer)

    @extend_schema(
        operation_id="write_off_reversal_propose",
        request=NewReversalSerializer,
        responses={201: ReversalSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, reference: str) -> Response:
        """Propose to reverse it, as an officer or underwriter; a second person approves."""
        found, by, now = self.find(reference), only(request, *PROPOSERS), timezone.now()
        asked = told(request, NewReversalSerializer)
        key, on = idempotency_key(request), timezone.localdate(now)
        made = operations.propose_reversal(found, reason=asked["reason"], key=key, by=by, at=now, on=on)
        return Response(ReversalSerializer(made).data, status=status.HTTP_201_CREATED)


class _OfReversals(api.OneProposal):
    kind, shape = WriteOffReversal, ReversalSerializer
    permission_classes = SERVE_CUSTOMERS


@extend_schema_view(get=extend_schema(responses=ReversalSerializer))
class OneReversal(_OfReversals, api.Reading):
    """Read the reversal of a write-off."""


@asks(SeenNoteSerializer, answers=ReversalSerializer)
class ReversalApproval(_OfReversals, api.Approval):
    """Approve as the second person; what was recovered becomes repayments, and the owners are told."""

    asked = SeenNoteSerializer
    approve = staticmethod(operations.approve_reversal)


@asks(NoteSerializer, answers=ReversalSerializer)
class ReversalDecline(_OfReversals, api.Decline):
    """Decline as the second person."""


@asks(None, answers=ReversalSerializer, operation_id="write_off_reversal_withdraw")
class ReversalWithdrawal(_OfReversals, api.Withdrawal):
    """Take a proposal back."""


class Allowances(APIView):
    """The allowance month by month."""

    permission_classes = BOOK_READERS

    @extend_schema(operation_id="allowances_list", responses=AllowanceSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List what was posted, newest first."""
        return listed(self, request, Allowance.objects.select_related("entry"), AllowanceSerializer)


class AllowanceLines(APIView):
    """What each loan asked of a month's allowance."""

    permission_classes = BOOK_READERS

    @extend_schema(operation_id="allowance_lines_list", responses=AllowanceLineSerializer(many=True))
    def get(self, request: Request, number: int) -> Response:
        """List the loans one may see, each with its class and rate."""
        found = get_object_or_404(Allowance, pk=number)
        lines = queries.lines_of(found, user=user_of(request))
        return listed(self, request, lines, AllowanceLineSerializer)
