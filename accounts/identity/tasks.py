"""Background work of identity: names held against watchlists."""

from collections.abc import Sequence

from django.utils import timezone

from accounts.identity import operations
from accounts.identity.models import Watchlist
from accounts.identity.queries import screening
from portal.core import jobs


@jobs.task(name="identity.screen")
def screen(reference: str) -> None:
    """Screen one enterprise, whose names changed."""
    operations.screen([reference], at=timezone.now())


@jobs.task(name="identity.screen_book")
def screen_book(reference: str) -> None:
    """Screen the whole book, since a list was loaded; who cannot be screened does not keep the others from it."""

    def screen_some(references: Sequence[str]) -> None:
        operations.screen(references, at=timezone.now())

    together = screening.TOGETHER
    failure = jobs.some_at_once(screening.book(), screen_some, size=together, failed="identity.not_screened")
    if failure:
        raise failure
    operations.note_screened(Watchlist.objects.get(reference=reference), at=timezone.now())


@jobs.task(name="identity.read_watchlist")
def read_watchlist(reference: str) -> None:
    """Read a list's file that somebody brought."""
    operations.read_brought(reference, at=timezone.now())


@jobs.task(name="identity.load_watchlist")
def load_watchlist(reference: str) -> None:
    """Load a list's file that a second person approved."""
    operations.load_brought(reference, at=timezone.now())
