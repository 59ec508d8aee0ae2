"""What members of an enterprise are told, and the addresses of its programs, for machines."""

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.access import user_of
from accounts.identity.models import Membership
from accounts.settlement import operations
from accounts.settlement.api.acting import verb
from accounts.settlement.doors import only_members, only_owners, visible_enterprise
from accounts.settlement.serializers.telling import (
    DeliverySerializer,
    NoticesSerializer,
    SecretSerializer,
    WebhookRequestSerializer,
    WebhookSerializer,
)
from portal.core.api import IDEMPOTENCY_KEY, idempotency_key, listed, told
from portal.core.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint


class Notices(APIView):
    """What the caller is told of an enterprise's accounts."""

    def _membership(self, request: Request, reference: str) -> Membership:
        enterprise = visible_enterprise(request, reference)
        only_members(request, enterprise)
        return Membership.objects.select_related("enterprise").get(
            enterprise=enterprise, user=request.user.pk, ended_at=None
        )

    def _answer(self, membership: Membership) -> Response:
        wanted = membership.notice_preferences.filter(is_wanted=True).order_by("kind", "channel")
        return Response(NoticesSerializer({"chosen": wanted}).data)

    @extend_schema(operation_id="notices_read", responses=NoticesSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Read what the caller chose; who never chose is told as an owner of what a deadline hangs on."""
        return self._answer(self._membership(request, reference))

    @extend_schema(operation_id="notices_choose", request=NoticesSerializer, responses=NoticesSerializer)
    def put(self, request: Request, reference: str) -> Response:
        """Choose anew: exactly this is told from now on."""
        membership = self._membership(request, reference)
        chosen = told(request, NoticesSerializer)["chosen"]
        choices = [operations.Choice(each["kind"], each["channel"], each["threshold_amount"]) for each in chosen]
        user = user_of(request)
        operations.choose_notices(membership, choices, at=timezone.now(), by=user.reference)
        return self._answer(membership)


class Webhooks(APIView):
    """The addresses of an enterprise's programs."""

    @extend_schema(operation_id="webhooks_list", responses=WebhookSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List those that stand, newest first."""
        enterprise = visible_enterprise(request, reference)
        only_owners(request, enterprise)
        return listed(self, request, WebhookEndpoint.objects.standing(enterprise.reference), WebhookSerializer)

    @extend_schema(
        operation_id="webhook_add",
        parameters=[IDEMPOTENCY_KEY],
        request=WebhookRequestSerializer,
        responses={201: SecretSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Add an address; the answer carries the secret that signs its messages."""
        enterprise = visible_enterprise(request, reference)
        by = only_owners(request, enterprise)
        asked, key = told(request, WebhookRequestSerializer), idempotency_key(request)
        made = operations.add_webhook(
            enterprise, url=asked["url"], events=sorted(asked["events"]), key=key, at=timezone.now(), by=by
        )
        return Response(SecretSerializer(made).data, status=201)


def _endpoint(request: Request, reference: str) -> WebhookEndpoint:
    """Fetch an address of an enterprise that the caller sees."""
    found = get_object_or_404(WebhookEndpoint, reference=reference)
    visible_enterprise(request, found.scope)
    return found


def _only_its_owners(request: Request, endpoint: WebhookEndpoint) -> str:
    return only_owners(request, visible_enterprise(request, endpoint.scope))


EnableWebhook = verb(
    "webhook_enable", "Send again to an address that was switched off because it did not answer.",
    find=_endpoint, act=operations.enable_webhook, shape=WebhookSerializer, admit=_only_its_owners,
)  # fmt: skip
RemoveWebhook = verb(
    "webhook_remove", "Send nothing to an address any more; its log stays.",
    find=_endpoint, act=operations.remove_webhook, shape=WebhookSerializer, admit=_only_its_owners,
)  # fmt: skip


class RotateSecret(APIView):
    """Another secret for an address."""

    @extend_schema(
        operation_id="webhook_rotate", parameters=[IDEMPOTENCY_KEY], request=None, responses=SecretSerializer
    )
    def post(self, request: Request, reference: str) -> Response:
        """Make a new secret; for a day messages bear the signatures of both."""
        endpoint = _endpoint(request, reference)
        by = _only_its_owners(request, endpoint)
        made = operations.rotate_webhook_secret(endpoint, key=idempotency_key(request), at=timezone.now(), by=by)
        return Response(SecretSerializer(made).data)


class Deliveries(APIView):
    """The messages to an address."""

    @extend_schema(operation_id="webhook_deliveries_list", responses=DeliverySerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List them, newest first, with how each try went."""
        endpoint = _endpoint(request, reference)
        _only_its_owners(request, endpoint)
        tries = Prefetch("attempts", WebhookAttempt.objects.order_by("pk"))
        return listed(self, request, endpoint.deliveries.prefetch_related(tries), DeliverySerializer)


class Replay(APIView):
    """A message once more."""

    @extend_schema(
        operation_id="webhook_replay", parameters=[IDEMPOTENCY_KEY], request=None, responses={201: DeliverySerializer}
    )
    def post(self, request: Request, reference: str) -> Response:
        """Send what a message said again, as a new message."""
        found = get_object_or_404(WebhookDelivery.objects.select_related("endpoint"), reference=reference)
        by = _only_its_owners(request, found.endpoint)
        made = operations.replay_webhook(found, key=idempotency_key(request), at=timezone.now(), by=by)
        return Response(DeliverySerializer(made).data, status=201)
