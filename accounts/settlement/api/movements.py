"""What moves on an account, for machines: postings, receipts, transfers."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.access import ShowsBooks
from accounts.settlement import operations, queries
from accounts.settlement.doors import only_owners, visible_account
from accounts.settlement.models import Receipt
from accounts.settlement.serializers.movements import (
    PostingSerializer,
    ReceiptSerializer,
    TransferRequestSerializer,
    TransferSerializer,
)
from portal.core.api import IDEMPOTENCY_KEY, idempotency_key, listed, told


class Postings(ShowsBooks):
    """What moved on an account."""

    @extend_schema(operation_id="settlement_account_postings", responses=PostingSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List postings, newest first."""
        account = visible_account(request, reference)
        return listed(self, request, queries.postings(account), PostingSerializer, currency=account.currency)


class Receipts(ShowsBooks):
    """Money that came in with words on it."""

    @extend_schema(operation_id="settlement_account_receipts", responses=ReceiptSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List receipts, newest first, and what each was claimed for."""
        account = visible_account(request, reference)
        received = Receipt.objects.select_related("entry", "settlement_account").filter(settlement_account=account)
        return listed(self, request, received, ReceiptSerializer)


class Transfers(APIView):
    """Transfers out of an account."""

    @extend_schema(
        operation_id="settlement_account_transfer",
        parameters=[IDEMPOTENCY_KEY],
        request=TransferRequestSerializer,
        responses={201: TransferSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Move money at once to another account of this bank.

        The rules are those of a payment: where a person is asked for a one-time code, a program's token stands for it;
        the day's limit, the smaller one for whom nobody saved as a payee, and the threshold for two people hold.
        """
        account = visible_account(request, reference)
        by = only_owners(request, account.enterprise)
        made = operations.transfer(
            account,
            **told(request, TransferRequestSerializer),
            key=idempotency_key(request),
            on=timezone.localdate(),
            at=timezone.now(),
            by=by,
        )
        return Response(TransferSerializer(made).data, status=201)
