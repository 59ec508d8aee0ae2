"""Cash at the counter for machines: paid in and out, the second person's word, receipts."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity import phones
from accounts.identity.access import user_of
from accounts.identity.models import MembershipRole, User
from accounts.settlement import operations, papers
from accounts.settlement.api.acting import only_operations, verb
from accounts.settlement.doors import visible_account, visible_cash
from accounts.settlement.models import CashMovement, SettlementAccount
from accounts.settlement.operations import fetching
from accounts.settlement.serializers.cash import (
    CashMovementSerializer,
    CashRequestSerializer,
    LeavingCashSerializer,
    SentCodeSerializer,
)
from accounts.settlement.serializers.papers import LanguageSerializer
from accounts.settlement.serializers.reasons import ReasonSerializer
from accounts.settlement.states import CashStatus, KnownBy, Way
from portal.core.api import IDEMPOTENCY_KEY, WhateverIsThere, asked_for, idempotency_key, in_state, listed, told
from portal.core.files import private_file


class CashMovements(APIView):
    """The cash that moved on accounts that the caller may see."""

    @extend_schema(
        operation_id="cash_movements_list",
        parameters=[OpenApiParameter("status", str, enum=CashStatus.values)],
        responses=CashMovementSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """List cash, newest first, all of it or what is in one state."""
        found = CashMovement.objects.visible_to(request.user).told()
        return listed(self, request, in_state(request, found, CashStatus), CashMovementSerializer)


class OneCashMovement(APIView):
    """One cash movement."""

    @extend_schema(operation_id="cash_movement_read", responses=CashMovementSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Read a cash movement, and where it stands."""
        return Response(CashMovementSerializer(visible_cash(request, reference)).data)


def _owner(account: SettlementAccount, reference: str) -> User:
    """Find the owner who fetches cash, of now or before; anybody else is not known here."""
    owners = User.objects.filter(memberships__enterprise=account.enterprise, memberships__role=MembershipRole.OWNER)
    return get_object_or_404(owners.distinct(), reference=reference)


class Cash(APIView):
    """Cash in and out of an account."""

    @extend_schema(
        operation_id="settlement_account_cash",
        parameters=[IDEMPOTENCY_KEY],
        request=CashRequestSerializer,
        responses={201: CashMovementSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Book cash that an enterprise brings, or hand cash to an owner who fetches it.

        Above the bank's limit, and where the owner is known by a document, it waits for a second person. A code for
        cash is sent by ``cash/code`` under the same key.
        """
        account, by = visible_account(request, reference), only_operations(request)
        asked = told(request, CashRequestSerializer)
        moved: dict[str, Any] = {"text": asked["text"], "key": idempotency_key(request)}
        moved |= {"on": timezone.localdate(), "at": timezone.now(), "by": by}
        if asked["way"] == Way.IN:
            made = operations.pay_in(account, asked["amount"], **moved)
        else:
            fetcher = fetching.Fetcher(_owner(account, asked["person"]), KnownBy(asked["known_by"]), asked["ending"])
            made = operations.pay_out(account, asked["amount"], fetcher=fetcher, code=asked["code"], **moved)
        return Response(CashMovementSerializer(made).data, status=201)


class CashCode(APIView):
    """The code by which an owner is known who fetches cash."""

    @extend_schema(
        operation_id="settlement_account_cash_code",
        parameters=[IDEMPOTENCY_KEY],
        request=LeavingCashSerializer,
        responses=SentCodeSerializer,
    )
    def post(self, request: Request, reference: str) -> Response:
        """Send an owner the code for exactly this cash: this account, amount, text and key."""
        account, by = visible_account(request, reference), only_operations(request)
        asked, at = told(request, LeavingCashSerializer), timezone.now()
        leaving = fetching.LeavingCash(account, asked["amount"], asked["text"], idempotency_key(request))
        person = _owner(account, asked["person"])
        review = fetching.review_cash(leaving, fetching.Fetcher(person, KnownBy.CODE), at=at, by=by)
        user = user_of(request)
        operations.send_payment_code(leaving, to=person, at=at, by=user)
        answer = {
            "sent_to": phones.masked(person.phone),
            "needs_second": review.needs_second,
            "available_after": review.available_after,
            "currency": account.currency,
        }
        return Response(SentCodeSerializer(answer).data)


class CashReceipt(APIView):
    """The receipt of cash."""

    content_negotiation_class = WhateverIsThere

    @extend_schema(
        operation_id="cash_receipt",
        parameters=[LanguageSerializer],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, reference: str) -> HttpResponse:
        """Hand out the PDF of booked cash."""
        found = visible_cash(request, reference)
        if found.status != CashStatus.BOOKED:
            raise Http404
        language = asked_for(request, LanguageSerializer).get("language") or get_language()
        content = papers.cash_receipt(found, language=language)
        return private_file(content, name=f"receipt-{found.reference}.pdf", media_type="application/pdf")


ConfirmCash = verb(
    "cash_movement_confirm",
    "Confirm, as the second person, cash that waits: it is booked.",
    find=visible_cash,
    act=operations.confirm_cash,
    shape=CashMovementSerializer,
    dated=True,
    admit=only_operations,
)
DeclineCash = verb(
    "cash_movement_decline",
    "Refuse to confirm cash that waits: nothing is booked.",
    find=visible_cash,
    act=operations.decline_cash,
    shape=CashMovementSerializer,
    asks=ReasonSerializer,
    admit=only_operations,
)
