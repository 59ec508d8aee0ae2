"""Batches of payments for machines."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.settlement import operations
from accounts.settlement.api import only_members, visible_account
from accounts.settlement.models import PaymentBatch
from accounts.settlement.serializers.batches import (
    BatchFileSerializer,
    PaymentBatchLineSerializer,
    PaymentBatchSerializer,
)
from portal.core.api import IDEMPOTENCY_KEY, Pages, idempotency_key


class PaymentBatches(APIView):
    """The batches of an account."""

    parser_classes = (MultiPartParser,)

    @extend_schema(operation_id="payment_batches_list", responses=PaymentBatchSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List batches, newest first."""
        pages = Pages()
        batches = PaymentBatch.objects.filter(settlement_account=visible_account(request, reference))
        page = pages.paginate_queryset(batches.select_related("settlement_account"), request, view=self)
        return pages.get_paginated_response(PaymentBatchSerializer(page, many=True).data)

    @extend_schema(
        operation_id="payment_batch_check",
        parameters=[IDEMPOTENCY_KEY],
        request=BatchFileSerializer,
        responses={201: PaymentBatchSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Send a file of payments to be checked; nothing is paid. Its lines tell what is wrong with each."""
        account = visible_account(request, reference)
        by = only_members(request, account.enterprise)
        asked = BatchFileSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        file = asked.validated_data["file"]
        batch = operations.check_batch(
            account,
            title=asked.validated_data["title"],
            name=file.name[:150],
            content=file.read(),
            key=idempotency_key(request),
            at=timezone.now(),
            by=by,
        )
        return Response(PaymentBatchSerializer(batch).data, status=201)


def _batch(request: Request, reference: str) -> PaymentBatch:
    batches = PaymentBatch.objects.visible_to(request.user).select_related("settlement_account__enterprise")
    return get_object_or_404(batches, reference=reference)


class OnePaymentBatch(APIView):
    """One batch."""

    @extend_schema(operation_id="payment_batch_read", responses=PaymentBatchSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Read a batch and where it stands."""
        return Response(PaymentBatchSerializer(_batch(request, reference)).data)


class PaymentBatchLines(APIView):
    """The lines of a batch."""

    @extend_schema(operation_id="payment_batch_lines", responses=PaymentBatchLineSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List the lines: the problem of each, and the payment it became."""
        pages = Pages()
        lines = _batch(request, reference).lines.select_related("payee", "instruction")
        page = pages.paginate_queryset(lines, request, view=self)
        return pages.get_paginated_response(PaymentBatchLineSerializer(page, many=True).data)


class SubmitPaymentBatch(APIView):
    """Asking for a batch to be paid."""

    @extend_schema(operation_id="payment_batch_submit", request=None, responses=PaymentBatchSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Ask for a checked batch to be paid; it may wait for a second person or for new payees to cool off."""
        batch = _batch(request, reference)
        by = only_members(request, batch.settlement_account.enterprise)
        operations.submit_batch(batch, on=timezone.localdate(), at=timezone.now(), by=by)
        return Response(PaymentBatchSerializer(batch).data)


class ConfirmPaymentBatch(APIView):
    """The second person's word."""

    @extend_schema(operation_id="payment_batch_confirm", request=None, responses=PaymentBatchSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Agree to a batch that a colleague sent."""
        batch = _batch(request, reference)
        by = only_members(request, batch.settlement_account.enterprise)
        operations.confirm_batch(batch, at=timezone.now(), by=by)
        return Response(PaymentBatchSerializer(batch).data)


class CancelPaymentBatch(APIView):
    """Taking a batch back."""

    @extend_schema(operation_id="payment_batch_cancel", request=None, responses=PaymentBatchSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Cancel a batch before it is paid."""
        batch = _batch(request, reference)
        by = only_members(request, batch.settlement_account.enterprise)
        operations.cancel_batch(batch, at=timezone.now(), by=by)
        return Response(PaymentBatchSerializer(batch).data)
