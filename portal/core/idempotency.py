"""A request may arrive twice: the second gets the first one's answer, a key reused for something else is refused."""

import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
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
LONGEST_KEY: Final = 100
_CANONICAL: Final = DjangoJSONEncoder(sort_keys=True, separators=(",", ":"))


class KeyReused(Refusal):
    """The key already answered a request with other content; ``answer`` is what it answered."""

    code = "key_reused"


class KeyMissing(Refusal):
    """The request came without a key."""

    code = "key_missing"


def kept(key: str) -> str:
    """Write a key as it is kept; of a longer one a digest, so that keys that only begin alike stay apart."""
    return key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()


def fingerprint_of(content: Any) -> str:
    """Digest what was asked, so that the same key with other content is noticed."""
    return hashlib.sha256(_CANONICAL.encode(content).encode()).hexdigest()


def answer_once(scope: str, key: str, *, fingerprint: str, make: Callable[[], str]) -> str:
    """Return the first answer given under this key, making it if there is none yet.

    An inner step: the key is claimed in the caller's transaction, so that a concurrent twin waits for its outcome.

    :raises KeyMissing: when the key is empty.
    :raises KeyReused: when the key answered something with another fingerprint.
    """
    (answer,) = answer_each_once(scope, {key: fingerprint}, make=lambda _keys: [make()])
    return answer


def answer_each_once(
    scope: str, fingerprints: Mapping[str, str], *, make: Callable[[Sequence[str]], Sequence[str]]
) -> list[str]:
    """Return the first answers given under these keys, making together those that are missing, as ``answer_once`` does.

    :param fingerprints: by key.
    :param make: gives the answers for the keys that have none yet.
    """
    assert connection.in_atomic_block, "an answer and its key stand or fall together"
    if "" in fingerprints:
        raise KeyMissing
    claims = [IdempotentAnswer(scope=scope, key=kept(key), fingerprint=each) for key, each in fingerprints.items()]
    IdempotentAnswer.objects.bulk_create(claims, ignore_conflicts=True)
    held = IdempotentAnswer.objects.select_for_update().filter(scope=scope, key__in=[each.key for each in claims])
    by_key = {each.key: each for each in held.order_by("pk")}
    answers = {key: by_key[kept(key)] for key in fingerprints}
    for key, fingerprint in fingerprints.items():
        if answers[key].fingerprint != fingerprint:
            raise KeyReused(answer=answers[key].answer)
    missing = [key for key, each in answers.items() if not each.answer]
    for key, answer in zip(missing, make(missing) if missing else (), strict=True):
        answers[key].answer = answer
    IdempotentAnswer.objects.bulk_update([answers[key] for key in missing], ["answer"])
    return [each.answer for each in answers.values()]


def is_answered(scope: str, key: str) -> bool:
    """Tell whether a key already answered something."""
    return IdempotentAnswer.objects.filter(scope=scope, key=kept(key)).exclude(answer="").exists()


def refuse_answered(scope: str, key: str) -> None:
    """Refuse a key that already answered something, before the same is prepared again.

    :raises KeyReused: with the first answer.
    """
    answer = IdempotentAnswer.objects.filter(scope=scope, key=kept(key)).values_list("answer", flat=True).first()
    if answer:
        raise KeyReused(answer=answer)


class IdempotencyKeyField(forms.CharField):
    """A hidden key, new with every fresh form."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"widget": forms.HiddenInput, "initial": lambda: uuid.uuid4().hex, "max_length": LONGEST_KEY, **kwargs}
        )
