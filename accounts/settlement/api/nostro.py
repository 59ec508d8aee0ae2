"""Our account at the other bank for machines: its files, agreed to by two, and what waits in suspense."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.access import staff_with
from accounts.identity.models import Role
from accounts.settlement import operations
from accounts.settlement.api.acting import only_operations, verb
from accounts.settlement.forms.nostro import ClearingForm
from accounts.settlement.models import NostroLine, NostroStatement, SuspenseItem
from accounts.settlement.nostro_states import LineStatus, StatementStatus, SuspenseStatus
from accounts.settlement.queries import nostro as queries
from accounts.settlement.serializers.nostro import (
    ClearingRequestSerializer,
    NostroFileSerializer,
    NostroLineSerializer,
    NostroStatementSerializer,
    OneNostroStatementSerializer,
    OneSuspenseItemSerializer,
    SeenSerializer,
    SuspenseItemSerializer,
)
from accounts.settlement.serializers.reasons import ReasonSerializer
from portal.core.api import IDEMPOTENCY_KEY, check_form, idempotency_key, in_state, listed, told

READ = (IsAuthenticated, staff_with(Role.OPERATIONS, Role.AUDITOR))


class OfTheNostro(APIView):
    """An endpoint for operations and auditors."""

    permission_classes = READ


class NostroStatements(OfTheNostro):
    """The files from the other bank."""

    @extend_schema(
        operation_id="nostro_statements_list",
        parameters=[OpenApiParameter("status", str, enum=StatementStatus.values)],
        responses=NostroStatementSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the files that were brought, newest first: those in one state, or all of them."""
        found = NostroStatement.objects.select_related("file")
        return listed(self, request, in_state(request, found, StatementStatus), NostroStatementSerializer)

    @extend_schema(
        operation_id="nostro_statement_bring",
        parameters=[IDEMPOTENCY_KEY],
        request={"multipart/form-data": NostroFileSerializer},
        responses={201: OneNostroStatementSerializer},
    )
    def post(self, request: Request) -> Response:
        """Bring a file (multipart), as operations. It is read soon, and nothing is booked before a colleague agrees.

        Lines that another file told before are booked by neither a second time.
        """
        by, key = only_operations(request), idempotency_key(request)
        file = told(request, NostroFileSerializer)["file"]
        brought = operations.receive_nostro(file, key=key, at=timezone.now(), by=by)
        return Response(OneNostroStatementSerializer(brought).data, status=201)


def _statement(_request: Request, reference: str) -> NostroStatement:
    return get_object_or_404(NostroStatement.objects.select_related("file"), reference=reference)


class OneNostroStatement(OfTheNostro):
    """A file from the other bank."""

    @extend_schema(operation_id="nostro_statement_read", responses=OneNostroStatementSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Read where a file stands; while it waits, look anew at what it would do."""
        found = _statement(request, reference)
        if found.status == StatementStatus.WAITING:
            operations.foresee_nostro(found.reference, at=timezone.now())
            found.refresh_from_db()
        return Response(OneNostroStatementSerializer(found).data)


class NostroLines(OfTheNostro):
    """The lines of a file from the other bank."""

    @extend_schema(
        operation_id="nostro_statement_lines",
        parameters=[OpenApiParameter("status", str, enum=LineStatus.values)],
        responses=NostroLineSerializer(many=True),
    )
    def get(self, request: Request, reference: str) -> Response:
        """List its lines, last first: all of them, or those in one state; in ``suspense`` is what matched nothing."""
        related = ("instruction", "receipt__settlement_account", "suspense_item")
        found = NostroLine.objects.filter(statement=_statement(request, reference)).select_related(*related)
        return listed(self, request, in_state(request, found, LineStatus), NostroLineSerializer)


AgreeToNostro = verb(
    "nostro_statement_agree",
    "Agree, as the second person, to what was seen; its new lines are booked.",
    find=_statement,
    act=operations.agree_to_nostro,
    shape=OneNostroStatementSerializer,
    asks=SeenSerializer,
    admit=only_operations,
    open_to=READ,
)
SetNostroAside = verb(
    "nostro_statement_set_aside",
    "Do not agree to a file, or take it back; nothing of it is booked.",
    find=_statement,
    act=operations.set_nostro_aside,
    shape=OneNostroStatementSerializer,
    asks=ReasonSerializer,
    admit=only_operations,
    open_to=READ,
)


class Suspense(OfTheNostro):
    """Money in suspense."""

    @extend_schema(
        operation_id="suspense_list",
        parameters=[OpenApiParameter("status", str, enum=SuspenseStatus.values)],
        responses=SuspenseItemSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """List money in suspense, newest first: what is in one state, or all of it."""
        found = queries.told_items()
        return listed(self, request, in_state(request, found, SuspenseStatus), SuspenseItemSerializer)


def _item(_request: Request, reference: str) -> SuspenseItem:
    return get_object_or_404(queries.told_items(), reference=reference)


class OneSuspenseItem(OfTheNostro):
    """Money in suspense, one line of the other bank."""

    @extend_schema(operation_id="suspense_read", responses=OneSuspenseItemSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Read what it is known by, why it waits, and what is proposed."""
        return Response(OneSuspenseItemSerializer(_item(request, reference)).data)


def _propose(item: SuspenseItem, *, at: Any, by: str, on: Any, **asked: Any) -> None:
    """Read a program's words as the page reads a person's."""
    written = asked | {name: " ".join(asked[name]) for name in ("cash", "beside")} | {"number": asked["account"]}
    form = ClearingForm(written, item=item)
    check_form(form, number="account")
    operations.propose_clearing(item, **form.decision, on=on, at=at, by=by)


ProposeClearing = verb(
    "suspense_clear",
    "Say what money in suspense is. It is booked, or waits for a second person: above the bank's limit, to a stranger, "
    "with cash over or short, and for several that are one sum.",
    find=_item,
    act=_propose,
    shape=OneSuspenseItemSerializer,
    asks=ClearingRequestSerializer,
    dated=True,
    admit=only_operations,
    open_to=READ,
)
ConfirmClearing = verb(
    "suspense_confirm",
    "Agree, as the second person, to what was proposed and seen; it is booked.",
    find=_item,
    act=operations.confirm_clearing,
    shape=OneSuspenseItemSerializer,
    asks=SeenSerializer,
    dated=True,
    admit=only_operations,
    open_to=READ,
)
DeclineClearing = verb(
    "suspense_decline",
    "Do not agree to what was proposed; the money waits for another decision.",
    find=_item,
    act=operations.decline_clearing,
    shape=OneSuspenseItemSerializer,
    asks=ReasonSerializer,
    admit=only_operations,
    open_to=READ,
)
TakeBack = verb(
    "suspense_take_back",
    "Take back what was to go to its sender and was not sent; it waits for a decision, which then takes two people.",
    find=_item,
    act=operations.take_back,
    shape=OneSuspenseItemSerializer,
    asks=ReasonSerializer,
    dated=True,
    admit=only_operations,
    open_to=READ,
)
