"""The shape of notices and webhooks to machines."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.settlement.happenings import WEBHOOK_EVENTS, Happening
from portal.core.amounts import BankAmount
from portal.core.models import Channel, WebhookAttempt, WebhookDelivery, WebhookEndpoint


class ChoiceSerializer(serializers.Serializer[Any]):
    """What to tell, by which channel, from or below which amount where the kind has one."""

    kind = serializers.ChoiceField(choices=Happening.choices)
    channel = serializers.ChoiceField(choices=Channel.choices)
    threshold_amount = BankAmount(default=Decimal(0))


class NoticesSerializer(serializers.Serializer[Any]):
    """All that is told."""

    chosen = ChoiceSerializer(many=True)

    def validate_chosen(self, chosen: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Refuse a kind that is chosen twice by one channel."""
        if len({(each["kind"], each["channel"]) for each in chosen}) < len(chosen):
            raise serializers.ValidationError(_("Choose each notice and channel once."))
        return chosen


class WebhookRequestSerializer(serializers.Serializer[Any]):
    """Where to send, and what."""

    url = serializers.CharField(max_length=300)
    events = serializers.MultipleChoiceField(choices=list(WEBHOOK_EVENTS.items()), allow_empty=False)


class WebhookSerializer(serializers.ModelSerializer[WebhookEndpoint]):
    """An address; ``disabled_at`` is when it had not answered for too long."""

    events = serializers.ListField(child=serializers.ChoiceField(choices=list(WEBHOOK_EVENTS.items())), read_only=True)

    class Meta:
        model = WebhookEndpoint
        fields = ["reference", "url", "events", "added_at", "disabled_at", "removed_at"]


class SecretSerializer(WebhookSerializer):
    """An address with the secret that signs its messages; empty where a newer one was made since."""

    class Meta(WebhookSerializer.Meta):
        fields = [*WebhookSerializer.Meta.fields, "secret"]


class DeliveryAttemptSerializer(serializers.ModelSerializer[WebhookAttempt]):
    """How one try went: the answer's status, or why there was none."""

    class Meta:
        model = WebhookAttempt
        fields = ["tried_at", "status", "answer"]


class DeliverySerializer(serializers.ModelSerializer[WebhookDelivery]):
    """A message: what it said, how each try went, and when it is tried again."""

    attempts = DeliveryAttemptSerializer(many=True, read_only=True)

    class Meta:
        model = WebhookDelivery
        fields = ["reference", "event", "body", "asked_at", "due_at", "delivered_at", "done_at", "attempts"]
