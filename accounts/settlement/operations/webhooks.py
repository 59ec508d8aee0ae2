"""Addresses of an enterprise's own programs: registered, changed, and told about when they fall silent."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction

from accounts.identity.models import Enterprise
from accounts.identity.operations.telling import tell_owners
from portal.core import audit
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.models import WebhookDelivery, WebhookEndpoint
from portal.core.webhooks import operations as webhooks


@transaction.atomic(durable=True)
def tell_of_silent_webhooks(*, at: datetime) -> int:
    """Tell owners whose addresses were switched off because they did not answer, once, and how many addresses."""
    silent = WebhookEndpoint.objects.locked().filter(removed_at=None, disabled_at__isnull=False, told_at=None)
    endpoints = list(silent)
    for endpoint in endpoints:
        enterprise = Enterprise.objects.get(reference=endpoint.scope)
        told = partial(dict[str, str], reference=endpoint.reference)
        tell_owners(enterprise, "webhook_disabled", params=told, at=at)
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(told_at=at)
    return len(endpoints)


@transaction.atomic(durable=True)
def add_webhook(
    enterprise: Enterprise, *, url: str, events: Sequence[str], key: str, at: datetime, by: str
) -> WebhookEndpoint:
    """Register an address of an enterprise's own programs; the same key again gives the same one, as ``_answered``.

    :raises KeyReused: when the key registered something else.
    :raises: as ``portal.core.webhooks.operations.add_endpoint``.
    """
    Enterprise.objects.locked().get(pk=enterprise.pk)
    answer = answer_once(
        f"settlement.webhook {by}",
        key,
        fingerprint=fingerprint_of([enterprise.reference, url, sorted(events)]),
        make=lambda: _answer(webhooks.add_endpoint(enterprise.reference, url=url, events=events, at=at, by=by)),
    )
    return _answered(answer)


def _answer(endpoint: WebhookEndpoint) -> str:
    return f"{endpoint.reference} {fingerprint_of(endpoint.secret)}"


def _answered(answer: str) -> WebhookEndpoint:
    """Fetch the address that a key made or changed, without its secret where a newer one has taken its place."""
    reference, fingerprint = answer.split()
    endpoint = WebhookEndpoint.objects.get(reference=reference)
    if fingerprint_of(endpoint.secret) != fingerprint:
        endpoint.secret = ""
    return endpoint


@transaction.atomic(durable=True)
def remove_webhook(endpoint: WebhookEndpoint, *, at: datetime, by: str) -> None:
    """Send nothing to an address any more."""
    webhooks.remove_endpoint(endpoint, at=at, by=by)


@transaction.atomic(durable=True)
def enable_webhook(endpoint: WebhookEndpoint, *, at: datetime, by: str) -> None:
    """Send to an address again that was switched off."""
    webhooks.enable_endpoint(endpoint, at=at, by=by)


@transaction.atomic(durable=True)
def rotate_webhook_secret(endpoint: WebhookEndpoint, *, key: str, at: datetime, by: str) -> WebhookEndpoint:
    """Give an address a new secret; the same key again makes no other, lest the one in use lose its day.

    :raises KeyReused: when the key changed another address's secret.
    :raises EndpointRemoved: when nothing is sent there any more.
    """

    def make() -> str:
        webhooks.rotate_secret(endpoint, at=at, by=by)
        return _answer(endpoint)

    scope = f"settlement.rotate {by}"
    return _answered(answer_once(scope, key, fingerprint=fingerprint_of(endpoint.reference), make=make))


@transaction.atomic(durable=True)
def replay_webhook(delivery: WebhookDelivery, *, key: str, at: datetime, by: str) -> WebhookDelivery:
    """Send a message again; the same key again sends nothing more.

    :raises KeyReused: when the key sent another message.
    :raises EndpointRemoved: when nothing is sent there any more.
    """

    def make() -> str:
        again = webhooks.replay(delivery, at=at)
        details = {"message": delivery.reference, "again": again.reference}
        audit.record("webhooks.replayed", subject=delivery.endpoint.scope, by=by, at=at, details=details)
        return again.reference

    scope = f"settlement.replay {by}"
    reference = answer_once(scope, key, fingerprint=fingerprint_of(delivery.reference), make=make)
    return WebhookDelivery.objects.get(reference=reference)
