"""Money in suspense for machines: what waits, and what it turns out to be."""

from typing import Any

from django.shortcuts import get_object_or_404
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
from accounts.settlement.models import SuspenseItem
from accounts.settlement.nostro_states import SuspenseStatus
from accounts.settlement.queries import nostro as queries
from accounts.settlement.serializers import ReasonSerializer
from accounts.settlement.serializers.nostro import (
    ClearingRequestSerializer,
    OneSuspenseItemSerializer,
    SeenSerializer,
    SuspenseItemSerializer,
)
from portal.core.api import check_form, listed

READ = (IsAuthenticated, staff_with(Role.OPERATIONS, Role.AUDITOR))


class Suspense(APIView):
    """Money in suspense."""

    permission_classes = READ

    @extend_schema(
        operation_id="suspense_list",
        parameters=[OpenApiParameter("status", str, enum=SuspenseStatus.values)],
        responses=SuspenseItemSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """List money in suspense, newest first: what is in one state, or all of it."""
        found = queries.told_items()
        if status := request.query_params.get("status"):
            found = found.filter(status=status)
        return listed(self, request, found, SuspenseItemSerializer)


def _item(_request: Request, reference: str) -> SuspenseItem:
    return get_object_or_404(queries.told_items(), reference=reference)


class OneSuspenseItem(APIView):
    """Money in suspense, one line of the other bank."""

    permission_classes = READ

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
)
DeclineClearing = verb(
    "suspense_decline",
    "Do not agree to what was proposed; the money waits for another decision.",
    find=_item,
    act=operations.decline_clearing,
    shape=OneSuspenseItemSerializer,
    asks=ReasonSerializer,
    admit=only_operations,
)
