"""Registering endpoints, and delivering what happened to them."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from portal.core import audit, jobs
from portal.core.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from portal.core.references import new_reference
from portal.core.refusals import Refusal, register
from portal.core.webhooks import sending, signing

TASK: Final = "core.deliver_webhook"
BACK_OFF: Final = tuple(timedelta(seconds=each) for each in (30, 120, 600, 3600, 4 * 3600, 12 * 3600, 24 * 3600))
SILENCE_COUNTS: Final = timedelta(minutes=5)
OLD_SECRET_COUNTS: Final = timedelta(hours=24)
MOST_ENDPOINTS: Final = 5
BATCH: Final = 200

register(
    {
        "webhook_address_refused": _("Enter a public address that begins with https://."),
        "webhooks_enough": _("There are %(count)s addresses already. Remove one first."),
        "webhook_events_missing": _("Choose what you want to be told."),
        "webhook_removed": _("Removed: nothing is sent there any more."),
    }
)


class AddressRefused(Refusal):
    """The address is not https or leads into a private network."""

    code = "webhook_address_refused"


class EndpointsEnough(Refusal):
    """The most endpoints that one may have are registered."""

    code = "webhooks_enough"


class EventsMissing(Refusal):
    """No event was chosen."""

    code = "webhook_events_missing"


class EndpointRemoved(Refusal):
    """Nothing is sent to the address any more."""

    code = "webhook_removed"


def add_endpoint(scope: str, *, url: str, events: Sequence[str], at: datetime, by: str) -> WebhookEndpoint:
    """Register an address for what happens to ``scope``; an inner step, under the lock of whatever the scope names.

    :raises AddressRefused: when it is none that we send to; what its name resolves to is judged at every sending.
    :raises EventsMissing: when no event was chosen.
    :raises EndpointsEnough: when there are too many.
    """
    assert connection.in_atomic_block, "an endpoint belongs to the transaction that locks its owner"
    try:
        sending.checked(url, anywhere=settings.WEBHOOKS_ANYWHERE)
    except sending.AddressRefused as refused:
        raise AddressRefused from refused
    if not events:
        raise EventsMissing
    if WebhookEndpoint.objects.standing(scope).count() >= MOST_ENDPOINTS:
        raise EndpointsEnough(count=MOST_ENDPOINTS)
    made = WebhookEndpoint.objects.create(
        scope=scope, url=url, events=list(events), secret=signing.new_secret(), added_at=at, added_by=by
    )
    audit.record("webhooks.added", subject=scope, by=by, at=at, details={"endpoint": made.reference})
    return made


def remove_endpoint(endpoint: WebhookEndpoint, *, at: datetime, by: str) -> None:
    """Send nothing to an address any more; the log stays. An inner step; twice is once."""
    if WebhookEndpoint.objects.filter(pk=endpoint.pk, removed_at=None).update(removed_at=at):
        audit.record("webhooks.removed", subject=endpoint.scope, by=by, at=at, details={"endpoint": endpoint.reference})


def enable_endpoint(endpoint: WebhookEndpoint, *, at: datetime, by: str) -> None:
    """Send again to an address that was switched off because it did not answer; an inner step."""
    disabled = WebhookEndpoint.objects.filter(pk=endpoint.pk, removed_at=None, disabled_at__isnull=False)
    if disabled.update(disabled_at=None, told_at=None):
        audit.record("webhooks.enabled", subject=endpoint.scope, by=by, at=at, details={"endpoint": endpoint.reference})


def rotate_secret(endpoint: WebhookEndpoint, *, at: datetime, by: str) -> str:
    """Give an endpoint a new secret; for a day messages bear both signatures. An inner step.

    :raises EndpointRemoved: when nothing is sent there any more.
    """
    endpoint.refresh_from_db(from_queryset=WebhookEndpoint.objects.locked())
    if endpoint.removed_at:
        raise EndpointRemoved
    endpoint.old_secret, endpoint.old_secret_until = endpoint.secret, at + OLD_SECRET_COUNTS
    endpoint.secret = made = signing.new_secret()
    endpoint.save(update_fields=["secret", "old_secret", "old_secret_until"])
    audit.record("webhooks.rotated", subject=endpoint.scope, by=by, at=at, details={"endpoint": endpoint.reference})
    return made


def tell(scope: str, event: str, data: Mapping[str, Any], *, at: datetime) -> int:
    """Promise an event to each endpoint of a scope that wants it, in the caller's transaction; tell to how many."""
    assert connection.in_atomic_block, "a promise belongs to the transaction that needs it"
    body = json.dumps({"type": event, "timestamp": at, "data": dict(data)}, cls=DjangoJSONEncoder, ensure_ascii=False)
    endpoints = list(WebhookEndpoint.objects.standing(scope).filter(disabled_at=None, events__contains=[event]))
    for endpoint in endpoints:
        _promise(endpoint, event, body, at=at)
    return len(endpoints)


def replay(delivery: WebhookDelivery, *, at: datetime) -> WebhookDelivery:
    """Send the same content again as a new message; an inner step.

    :raises EndpointRemoved: when nothing is sent there any more.
    """
    if delivery.endpoint.removed_at:
        raise EndpointRemoved
    return _promise(delivery.endpoint, delivery.event, delivery.body, at=at)


def _promise(endpoint: WebhookEndpoint, event: str, body: str, *, at: datetime) -> WebhookDelivery:
    made = WebhookDelivery.objects.create(
        reference=new_reference("W", length=16), endpoint=endpoint, event=event, body=body, asked_at=at, due_at=at
    )
    transaction.on_commit(lambda: jobs.send(TASK, made.reference))
    return made


def overdue(at: datetime) -> QuerySet[WebhookDelivery]:
    """The messages that wait to be sent, or sent again."""
    return WebhookDelivery.objects.filter(done_at=None, due_at__lte=at, endpoint__removed_at=None)


def sweep(*, at: datetime) -> int:
    """Send the tasks of what is due again: the guarantee where the broker was away, and the clock of the back-off."""
    waiting = overdue(at).order_by("due_at").values_list("reference", flat=True)[:BATCH]
    for reference in waiting:
        jobs.send(TASK, reference)
    return len(waiting)


def deliver(reference: str, *, at: datetime) -> None:
    """Try a message that is due once, and log how it went; of two workers one tries.

    The claim also sets when to try next, so a worker that dies loses nothing. No transaction is open while we wait.
    Where another message waits because its address did not answer at all just now, this one waits with it for some
    minutes: however many there are for an address that hangs, they do not keep the workers from what others wait for.
    """
    found = WebhookDelivery.objects.filter(reference=reference).select_related("endpoint").first()
    if found is None:
        return
    if rests_until := _rests_until(found, at=at):
        overdue(at).filter(pk=found.pk).update(due_at=rests_until)
        return
    if not _claimed(found, at=at):
        return
    status, problem = _sent(found, at=at)
    _log(found, status, problem, at=at)


def _rests_until(delivery: WebhookDelivery, *, at: datetime) -> datetime | None:
    """Tell until when the address rests, because just now another message got no answer; none if it does not."""
    others = WebhookDelivery.objects.filter(endpoint=delivery.endpoint, done_at=None, due_at__gt=at)
    tried = WebhookAttempt.objects.filter(delivery__in=others.exclude(pk=delivery.pk), tried_at__gt=at - SILENCE_COUNTS)
    last = tried.select_related("delivery").order_by("-pk").first()
    if last is None or last.status is not None:
        return None
    return min(last.delivery.due_at, last.tried_at + SILENCE_COUNTS)


def _claimed(delivery: WebhookDelivery, *, at: datetime) -> bool:
    wait = BACK_OFF[min(delivery.attempt_count, len(BACK_OFF) - 1)]
    due = overdue(at).filter(pk=delivery.pk, attempt_count=delivery.attempt_count)
    return bool(due.update(attempt_count=F("attempt_count") + 1, due_at=at + wait))


def _sent(delivery: WebhookDelivery, *, at: datetime) -> tuple[int | None, str]:
    body, moment = delivery.body.encode(), int(at.timestamp())
    endpoint = delivery.endpoint
    secrets = [endpoint.secret]
    if endpoint.old_secret and endpoint.old_secret_until and endpoint.old_secret_until > at:
        secrets.append(endpoint.old_secret)
    signed = [signing.signature(each, message=delivery.reference, moment=moment, body=body) for each in secrets]
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "loan-portal-webhooks/1",
        "webhook-id": delivery.reference,
        "webhook-timestamp": str(moment),
        "webhook-signature": " ".join(signed),
    }
    try:
        return sending.post(endpoint.url, body, headers, anywhere=settings.WEBHOOKS_ANYWHERE)
    except sending.AddressRefused:
        return None, "address refused"
    except (OSError, ValueError) as error:
        return None, type(error).__name__


@transaction.atomic(durable=True)
def _log(delivery: WebhookDelivery, status: int | None, answer: str, *, at: datetime) -> None:
    WebhookAttempt.objects.create(delivery=delivery, status=status, answer=answer[:200], tried_at=at)
    if status is not None and 200 <= status < 300:
        WebhookDelivery.objects.filter(pk=delivery.pk).update(done_at=at, delivered_at=at)
    elif delivery.attempt_count + 1 > len(BACK_OFF):
        WebhookDelivery.objects.filter(pk=delivery.pk).update(done_at=at)
        _disable(delivery.endpoint, at=at)


def _disable(endpoint: WebhookEndpoint, *, at: datetime) -> None:
    if WebhookEndpoint.objects.filter(pk=endpoint.pk, disabled_at=None).update(disabled_at=at):
        details = {"endpoint": endpoint.reference}
        audit.record("webhooks.disabled", subject=endpoint.scope, by="system", at=at, details=details)
