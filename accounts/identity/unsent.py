"""Forms that were not taken because the session had ended: kept for an hour, for the person who filled them in.

Whose form it was, its own token says: each sign-in makes a new secret for the tokens of its pages, and the cache
remembers for whom. A form whose sender is not known is not kept. What is kept is encrypted; the session only names it.
"""

import json
import sys
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django import forms
from django.core.cache import cache
from django.http import HttpRequest
from django.middleware.csrf import CSRF_TOKEN_LENGTH, _unmask_cipher_token  # type: ignore[attr-defined]  # Django's own
from django.urls import resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.identity.models import User
from portal.core.fields import decrypt, encrypt, lookup_hash

LIFETIME: Final = timedelta(hours=1)
SENDERS_REMEMBERED: Final = timedelta(days=2)  # a session lives for twelve hours; forms stay open over night
LARGEST: Final = 32 * 1024  # bytes of answers
IN_SESSION: Final = "unsent_form"
ELSEWHERE: Final = ("/accounts/", "/language/", "/unsent/", "/demo/", "/api/")  # no answers, or nothing but secrets
SECRETS: Final = ("password", "secret", "token")
SHOWN_AGAIN: Final = "shown_again"  # marks a form that is only to be shown in another language
LEFT_OUT: Final = {"code", "confirm", "language", "send_code", SHOWN_AGAIN}  # a payment is looked at once more


@dataclass(frozen=True)
class Unsent:
    """A form on its way: who sent it, from which page, where to, the answers and the names of files by field."""

    sender: str
    page: str
    path: str
    answers: list[tuple[str, str]]
    files: list[tuple[str, str]]


def remember_sender(request: HttpRequest, user: User) -> None:
    """Remember who signed in, by the secret of which the tokens on their pages are made."""
    cache.set(_sender_key(request.META["CSRF_COOKIE"]), user.reference, SENDERS_REMEMBERED.total_seconds())


def forget_sender(request: HttpRequest) -> None:
    """Forget who it was when they sign out: what is typed on their pages from then on may be somebody else's."""
    cache.delete(_sender_key(request.META.get("CSRF_COOKIE", "")))


def keep(request: HttpRequest) -> bool:
    """Keep a form that came from one of our pages without being taken, and tell whether it is kept.

    Someone else's than who is signed in is not, nor is one without anything that a person typed or attached.
    """
    sender, page = _sender_of(request), _page_of(request)
    user: Any = request.user
    if not sender or not page or request.path.startswith(ELSEWHERE):
        return False
    if user.is_authenticated and user.reference != sender:
        return False
    form = Unsent(sender, page, request.get_full_path(), list(answers(request)), list(_attached(request)))
    written = json.dumps(asdict(form))
    if len(written) > LARGEST or not (rows_of(form) or form.files):
        return False
    discard(request)
    name = uuid.uuid4().hex
    cache.set(_key(name), encrypt(written), LIFETIME.total_seconds())
    request.session[IN_SESSION] = name
    return True


def kept_for(request: HttpRequest) -> Unsent | None:
    """Find what is kept in this browser for the person who is signed in; what is somebody else's goes for good."""
    written = cache.get(_key(request.session.get(IN_SESSION, "")))
    if written is None:
        return None
    form = Unsent(**json.loads(decrypt(written)))
    if form.sender == getattr(request.user, "reference", None):
        return form
    discard(request)
    return None


def claim(request: HttpRequest) -> Unsent | None:
    """Take what is kept for the person, once: of two who ask at the same time one gets it."""
    form = kept_for(request)
    return form if form and discard(request) else None


def discard(request: HttpRequest) -> bool:
    """Throw away what is kept, and tell whether there was anything."""
    return bool(cache.delete(_key(request.session.pop(IN_SESSION, ""))))


def rows_of(form: Unsent) -> list[dict[str, str]]:
    """Write the answers in the words of the view's own form; what that hides or does not know is left out."""
    names = [name for name, _answer in form.answers]
    known = [made.base_fields for made in _forms_beside(form.path)]
    fields: Mapping[str, forms.Field] = max(known, key=lambda each: len(each.keys() & set(names)), default={})
    written = ((fields.get(name), answer) for name, answer in form.answers)
    rows = [{"label": str(field.label), "value": _said(field, answer)} for field, answer in written if field]
    return [row for row in rows if row["value"]]


def answers(request: HttpRequest) -> Iterable[tuple[str, str]]:
    """List what a form holds besides files and secrets."""
    for name, given in request.POST.lists():
        if name not in LEFT_OUT and not any(each in name for each in SECRETS):
            yield from ((name, answer) for answer in given)


def _forms_beside(path: str) -> Iterable[type[forms.Form]]:
    """List the forms that the view at a path may use: those which its module knows."""
    module = sys.modules[resolve(urlsplit(path).path).func.__module__]
    return (each for each in vars(module).values() if isinstance(each, type) and issubclass(each, forms.Form))


def _said(field: forms.Field, answer: str) -> str:
    """Say an answer as the form showed it; nothing for one that only the form itself could read."""
    if field.widget.is_hidden or isinstance(field, forms.ModelChoiceField):
        return ""
    if isinstance(field, forms.BooleanField):
        return _("Yes")
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        return next((str(label) for value, label in choices if str(value) == answer), "") if answer else ""
    return answer.strip()


def _attached(request: HttpRequest) -> Iterable[tuple[str, str]]:
    for name, files in request.FILES.lists():
        yield from ((name, file.name or "") for file in files)


def _page_of(request: HttpRequest) -> str:
    """Tell which of our pages sent the form; nothing where that is not certain."""
    page, origin = urlsplit(request.headers.get("Referer", "")), request.headers.get("Origin")
    here = f"{request.scheme}://{request.get_host()}"
    path = page._replace(scheme="", netloc="").geturl()
    is_ours = f"{page.scheme}://{page.netloc}" == here and origin in {None, here}
    return path if is_ours and url_has_allowed_host_and_scheme(path, None) else ""


def _sender_of(request: HttpRequest) -> str | None:
    token = request.POST.get("csrfmiddlewaretoken", "")
    try:
        secret = _unmask_cipher_token(token) if len(token) == CSRF_TOKEN_LENGTH else token
    except ValueError:  # not made of a token's letters
        return None
    found: str | None = cache.get(_sender_key(secret))
    return found


def _sender_key(secret: str) -> str:
    return f"form-sender:{lookup_hash(secret)}"


def _key(name: str) -> str:
    return f"unsent-form:{name}"
