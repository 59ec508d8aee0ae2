"""Refusals: what the portal says no to, as codes with parameters; the sentence is made at the edge."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _

Sentence = str | Promise
_SENTENCES: Final[dict[str, Sentence]] = {}


class Refusal(Exception):
    """Base of all refusals; ``code`` names the sentence, ``params`` fill it."""

    code = "refused"

    def __init__(self, code: str | None = None, **params: Any) -> None:
        super().__init__(code or self.code, params)
        self.code = code or self.code
        self.params = params


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
    return sentence_of(refusal.code, refusal.params)


def sentence_of(code: str, params: Mapping[str, Any]) -> str:
    """Say a stored code with its parameters in the active language."""
    text = _SENTENCES.get(code)
    return str(text) % params if text is not None else _("This could not be done.")
