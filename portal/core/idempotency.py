"""A request may arrive twice: the second gets the first one's answer, a key reused for something else is refused."""

import hashlib
import uuid
from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.utils.translation import gettext_lazy as _

from portal.core.models import IdempotentAnswer
from portal.core.refusals import Refusal, register

register(
    {
        "key_reused": _("This was already sent once. To send something else, begin anew."),
        "key_missing": _("Send a new Idempotency-Key header with this request."),
    }
)
_CANONICAL: Final = DjangoJSONEncoder(sort_keys=True, separators=(",", ":"))


class KeyReused(Refusal):
    """The key already answered a request with other content; ``answer`` is what it answered."""

    code = "key_reused"


class KeyMissing(Refusal):
    """The request came without a key."""

    code = "key_missing"


def fingerprint_of(content: Any) -> str:
    """Digest what was asked, so that the same key with other content is noticed."""
    return hashlib.sha256(_CANONICAL.encode(content).encode()).hexdigest()


def answer_once(scope: str, key: str, *, fingerprint: str, make: Callable[[], str]) -> str:
    """Return the first answer given under this key, making it if there is none yet.

    An inner step: the key is claimed in the caller's transaction, so that a concurrent twin waits for its outcome.

    :raises KeyMissing: when the key is empty.
    :raises KeyReused: when the key answered something with another fingerprint.
    """
    assert connection.in_atomic_block, "an answer and its key stand or fall together"
    if not key:
        raise KeyMissing
    claim = IdempotentAnswer(scope=scope, key=key[:100], fingerprint=fingerprint)
    IdempotentAnswer.objects.bulk_create([claim], ignore_conflicts=True)
    kept = IdempotentAnswer.objects.select_for_update().get(scope=scope, key=key[:100])
    if kept.fingerprint != fingerprint:
        raise KeyReused(answer=kept.answer)
    if not kept.answer:
        kept.answer = make()
        kept.save(update_fields=["answer"])
    return kept.answer


def is_answered(scope: str, key: str) -> bool:
    """Tell whether a key already answered something."""
    return IdempotentAnswer.objects.filter(scope=scope, key=key[:100]).exclude(answer="").exists()


def refuse_answered(scope: str, key: str) -> None:
    """Refuse a key that already answered something, before the same is prepared again.

    :raises KeyReused: with the first answer.
    """
    answer = IdempotentAnswer.objects.filter(scope=scope, key=key[:100]).values_list("answer", flat=True).first()
    if answer:
        raise KeyReused(answer=answer)


class IdempotencyKeyField(forms.CharField):
    """A hidden key, new with every fresh form."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"widget": forms.HiddenInput, "initial": lambda: uuid.uuid4().hex, "max_length": 100, **kwargs}
        )
