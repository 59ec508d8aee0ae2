"""The kernel's nouns: the audit trail, promises of work, files, notices, answers given once."""

import uuid
from typing import IO, Any, Final

from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.fields import EncryptedTextField
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference


class AuditEvent(models.Model):
    """Something that mattered, written once beside what it tells of."""

    at = models.DateTimeField(_("when"), db_index=True)
    by = models.CharField(_("by"), max_length=40)  # a user's reference, or "system"
    verb = models.CharField(_("what"), max_length=80)
    subject = models.CharField(_("of what"), max_length=60, db_index=True)
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        indexes = [models.Index(fields=["by", "-id"], name="audit_event_by_whom")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"


class AuditSeal(models.Model):
    """A link of the chain: the digest of one event and of all sealed before it."""

    sequence = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="seal")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(sequence__gt=0), name="audit_seals_count_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.digest[:8]}"


class Job(models.Model):
    """A promise of background work: sent at commit, sent again by the sweeper until it is done."""

    name = models.CharField(max_length=80)
    reference = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    lane = models.CharField(max_length=60, blank=True, default="", help_text="whose promises take turns")
    due_at = models.DateTimeField(null=True, help_text="the sweeper sends it again from then on; none: waits its turn")
    done_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)

    objects = models.Manager.from_queryset(LockableQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name", "reference"], condition=models.Q(done_at=None), name="job_is_asked_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(due_at__isnull=False) | ~models.Q(lane=""), name="job_waits_its_turn_in_a_lane"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(done_at=None), name="job_waiting"),
            models.Index(
                fields=["name", "lane", "due_at"],
                condition=models.Q(done_at=None) & ~models.Q(lane=""),
                name="job_lane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.reference}"


def _opaque_name(stored: "StoredFile", _name: str) -> str:
    return f"{stored.opaque_name[:2]}/{stored.opaque_name}"


class StoredFile(models.Model):
    """An uploaded or generated file: checked by content, kept under an opaque name outside everything served."""

    opaque_name = models.CharField(max_length=32, unique=True, default="", editable=False)
    original_name = models.CharField(_("name"), max_length=150)
    media_type = models.CharField(_("type"), max_length=80)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    stored_at = models.DateTimeField(_("stored"))
    stored_by = models.CharField(max_length=40)
    content = models.FileField(upload_to=_opaque_name, max_length=60)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(size__gt=0), name="stored_file_is_not_empty")]

    def __str__(self) -> str:
        return self.original_name

    @staticmethod
    def new_opaque_name() -> str:
        """Make a name that tells nothing."""
        return uuid.uuid4().hex

    def open(self) -> IO[bytes]:
        """Open the content for reading."""
        opened: IO[bytes] = storages["default"].open(str(self.content.name), "rb")
        return opened


class Channel(models.TextChoices):
    """How a notice travels."""

    SMS = "sms", _("Text message")
    MAIL = "mail", _("E-mail")


class Notice(models.Model):
    """A message to an address in a language: a code with parameters, rendered when it is sent."""

    reference = models.CharField(max_length=20, unique=True)
    code = models.CharField(max_length=60)
    channel = models.CharField(max_length=4, choices=Channel.choices)
    address = EncryptedTextField()
    language = models.CharField(max_length=10)
    params = EncryptedTextField(help_text="JSON; it may carry one-time codes")
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-asked_at"], name="notice_newest")]

    def __str__(self) -> str:
        return f"{self.code} {self.reference}"


class IdempotentAnswer(models.Model):
    """The first answer given to a request that may arrive twice."""

    scope = models.CharField(max_length=100)
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "key"], name="idempotency_key_is_unique_in_its_scope"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class WebhookEndpointQuerySet(LockableQuerySet["WebhookEndpoint"]):
    """Which endpoints stand."""

    def standing(self, scope: str) -> "WebhookEndpointQuerySet":
        """Those of a scope that were not removed."""
        return self.filter(scope=scope, removed_at=None)


def _endpoint_reference() -> str:
    return new_reference("WE")


class WebhookEndpoint(models.Model):
    """Somebody's address that is told what happens to something of theirs."""

    reference = models.CharField(max_length=20, unique=True, default=_endpoint_reference, editable=False)
    scope = models.CharField(max_length=60, db_index=True, help_text="whose events: a reference of the department's")
    url = models.URLField(_("address"), max_length=300)
    events = models.JSONField(_("events"), default=list)
    secret = EncryptedTextField()
    old_secret = EncryptedTextField(blank=True)
    old_secret_until = models.DateTimeField(null=True)
    added_at = models.DateTimeField(_("added"))
    added_by = models.CharField(max_length=40)
    removed_at = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True, help_text="when it had not answered for too long")
    told_at = models.DateTimeField(null=True, help_text="when its owner was told so")

    objects = models.Manager.from_queryset(WebhookEndpointQuerySet)()

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """A message to an endpoint, tried until it is taken or given up."""

    reference = models.CharField(max_length=30, unique=True)
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.PROTECT, related_name="deliveries")
    event = models.CharField(_("event"), max_length=60)
    body = models.TextField()
    asked_at = models.DateTimeField(_("asked"))
    due_at = models.DateTimeField(help_text="it is tried from then on")
    attempt_count = models.PositiveIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True, help_text="taken, or given up")

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=models.Q(done_at=None), name="webhook_waiting")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(delivered_at=None) | models.Q(done_at__isnull=False),
                name="webhook_that_is_delivered_is_done",
            )
        ]

    def __str__(self) -> str:
        return self.reference


# Why nothing was answered, by the kind of the fault that was noted
NO_ANSWER: Final[dict[str, Any]] = {
    "address refused": _("the address is not public"),
    "gaierror": _("there is no such address"),
    "ConnectionRefusedError": _("nothing listens there"),
    "TimeoutError": _("no answer in time"),
    "SSLCertVerificationError": _("its certificate does not count"),
}


class WebhookAttempt(models.Model):
    """How one try went: the answer's status, or why there was none."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.PROTECT, related_name="attempts")
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.CharField(max_length=200, blank=True)
    tried_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.delivery} {self.status}"

    @property
    def in_words(self) -> str:
        """The status that was answered, or why nothing was."""
        return str(self.status or NO_ANSWER.get(self.answer, _("it could not be reached")))
