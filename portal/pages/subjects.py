"""What an act was about, in words where the audit trail keeps a code; a reference stays as it is."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core import formats
from portal.core.models import AuditEvent
from portal.pages import codes

WORDS: Final[Mapping[str, Promise]] = {
    "books": gettext_lazy("Books"),
    "cash": gettext_lazy("Cash"),
    "decisions": gettext_lazy("Decisions"),
    "draw": gettext_lazy("Draw"),
    "failures": gettext_lazy("What failed alone"),
    "payment": gettext_lazy("Payment"),
    "sign-in": gettext_lazy("Sign in"),
    "trail": gettext_lazy("Audit trail"),
    "watchlists": gettext_lazy("Watchlists"),
}
ROWS: Final = {"branch": "branch", "training": "course"}  # by the area of an act: what its subject is the code of
SIGNED: Final = re.compile(r"(\S+) ([0-9a-f]{12})[0-9a-f]{20,}")  # what a signing code was bound to
MONTH: Final = re.compile(r"\d{4}-\d{2}")


def coded(events: Iterable[AuditEvent]) -> Iterator[dict[str, str]]:
    """Give the subjects that are codes of rows, as details are given to ``codes.names_in``."""
    for event in events:
        if kind := _kind(event.verb):
            yield {kind: event.subject}


def words(verb: str, subject: str, names: Mapping[str, str]) -> str:
    """Say what an act was about, in the reader's language."""
    if kind := _kind(verb):
        return names.get(f"{kind} {subject}", subject)
    if signed := SIGNED.fullmatch(subject):
        return f"{WORDS.get(signed[1], signed[1])} {signed[2]}…"
    if verb == "ledger.sealed":
        return _("Block %(number)s") % {"number": subject}
    if MONTH.fullmatch(subject):
        return formats.month(date.fromisoformat(f"{subject}-01"))
    day, _space, currency = subject.partition(" ")
    if codes.DAY.fullmatch(day):
        return f"{formats.day(date.fromisoformat(day))} {currency}".rstrip()
    return str(WORDS.get(subject, subject))


def _kind(verb: str) -> str:
    return ROWS.get(verb.partition(".")[0], "")
