"""Refusals: what the portal says no to, as codes with parameters; the sentence is made at the edge."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from portal.core import formats
from portal.core.coded import Coded

Sentence = str | Promise
_SENTENCES: Final[dict[str, Sentence]] = {}


class Refusal(Coded):
    """Base of all refusals; ``code`` names the sentence, ``params`` fill it."""

    @property
    def sentence_code(self) -> str:
        """Name the sentence, where a refusal that knows more has another one than its code's."""
        return self.code


class Fault(Refusal):
    """A fault of ours keeps from being done what could be; the same may go well later."""


def register(sentences: Mapping[str, Sentence]) -> None:
    """Teach the sentences of a slice's codes; a code has one sentence.

    :raises ValueError: when a code is already taught with another sentence.
    """
    for code, text in sentences.items():
        if code in _SENTENCES and str(_SENTENCES[code]) != str(text):
            raise ValueError(f"refusal {code} has two sentences")
        _SENTENCES[code] = text


def sentence(refusal: Refusal) -> str:
    """Say a refusal in the active language."""
    return sentence_of(refusal.sentence_code, refusal.params)


def codes() -> list[str]:
    """Name every code that has a sentence, in order."""
    return sorted(_SENTENCES)


def outline_of(code: str) -> str:
    """Say a stored code whose parameters nobody kept: dots stand for them; nothing for a code without a sentence."""
    return _filled(_SENTENCES.get(code, ""), defaultdict(lambda: "…"))


def sentence_of(code: str, params: Mapping[str, Any]) -> str:
    """Say a stored code with its parameters in the active language; decimals are amounts, dates are business dates.

    A parameter with a code and parameters of its own is the sentence of that.
    """
    text = _SENTENCES.get(code)
    if text is None:
        return _("This could not be done.")
    return _filled(text, {name: _written(value, params) for name, value in params.items()})


def _filled(text: Sentence, params: Mapping[str, Any]) -> str:
    """Fill a sentence; one that names nothing stays as it is, for it may tell of percent."""
    said = str(text)
    return said % params if "%(" in said else said


def _written(value: Any, params: Mapping[str, Any]) -> Any:
    if isinstance(value, Decimal):
        return formats.money(value, params.get("currency"))
    if isinstance(value, Mapping):
        return sentence_of(value["code"], value["params"])
    return formats.day(value) if isinstance(value, date) else value


@contextmanager
def shown_on(
    form: BaseForm, fields: Mapping[str, str] | None = None, *, only: type[Refusal] = Refusal
) -> Iterator[None]:
    """Let a refusal in the ``with`` block land on the form: on the field that its code, or itself, names, or above it.

    :param only: the kind of refusal that is shown there; others go on.
    """
    try:
        yield
    except only as refusal:
        field = (fields or {}).get(refusal.code) or getattr(refusal, "field", "")
        form.add_error(field if field in form.fields else None, sentence(refusal))


@contextmanager
def shown_above(request: HttpRequest) -> Iterator[None]:
    """Let a refusal inside the ``with`` block be told above the next page."""
    try:
        yield
    except Refusal as refusal:
        messages.error(request, sentence(refusal))
