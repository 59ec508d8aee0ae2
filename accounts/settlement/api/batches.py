"""Batches of payments for machines."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.settlement import operations
from accounts.settlement.api.acting import verb
from accounts.settlement.doors import only_members, visible_account
from accounts.settlement.models import PaymentBatch
from accounts.settlement.serializers.batches import (
    BatchFileSerializer,
    PaymentBatchLineSerializer,
    PaymentBatchSerializer,
)
from accounts.settlement.serializers.reasons import ReasonSerializer
from portal.core.api import IDEMPOTENCY_KEY, idempotency_key, listed, told


class PaymentBatches(APIView):
    """The batches of an account."""

    parser_classes = (MultiPartParser,)

    @extend_schema(operation_id="payment_batches_list", responses=PaymentBatchSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List batches, newest first."""
        batches = PaymentBatch.objects.with_payable().filter(settlement_account=visible_account(request, reference))
        return listed(self, request, batches.select_related("settlement_account"), PaymentBatchSerializer)

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
        asked = told(request, BatchFileSerializer)
        file = asked["file"]
        batch = operations.check_batch(
            account,
            title=asked["title"],
            name=file.name[:150],
            content=file.read(),
            key=idempotency_key(request),
            at=timezone.now(),
            by=by,
        )
        return Response(PaymentBatchSerializer(_batch(request, batch.reference)).data, status=201)


def _batch(request: Request, reference: str) -> PaymentBatch:
    batches = PaymentBatch.objects.with_payable().visible_to(request.user)
    batches = batches.select_related("settlement_account__enterprise")
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
        lines = _batch(request, reference).lines.select_related("payee", "instruction")
        return listed(self, request, lines, PaymentBatchLineSerializer)


SubmitPaymentBatch = verb(
    "payment_batch_submit",
    "Ask for a checked batch to be paid; it may wait for a second person or for new payees to cool off. "
    "Where a person is asked for a one-time code, a program's token stands for it.",
    find=_batch, act=operations.submit_batch, shape=PaymentBatchSerializer, dated=True,
)  # fmt: skip
ConfirmPaymentBatch = verb(
    "payment_batch_confirm",
    "Agree to a batch that a colleague sent.",
    find=_batch, act=operations.confirm_batch, shape=PaymentBatchSerializer,
)  # fmt: skip
DeclinePaymentBatch = verb(
    "payment_batch_decline",
    "Refuse to agree to a batch that a colleague sent; nothing is paid.",
    find=_batch, act=operations.decline_batch, shape=PaymentBatchSerializer, asks=ReasonSerializer,
)  # fmt: skip
CancelPaymentBatch = verb(
    "payment_batch_cancel",
    "Cancel a batch before it is paid.",
    find=_batch, act=operations.cancel_batch, shape=PaymentBatchSerializer,
)  # fmt: skip
