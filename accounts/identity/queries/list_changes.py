"""What a watchlist's file would change: whom it adds, leaves out, and tells otherwise than the version in force."""

from dataclasses import dataclass, field

from accounts.identity import watchlist_files
from accounts.identity.models import Watchlist, WatchlistEntry, WatchlistUpload
from accounts.identity.watchlist_files import Line
from portal.core.idempotency import fingerprint_of


@dataclass(frozen=True, slots=True)
class Changes:
    """The lines that differ, in the order of the file; those left out in the order of the version in force."""

    removed: list[Line] = field(default_factory=list)
    changed: list[tuple[Line, Line]] = field(default_factory=list)  # before, after
    added: list[Line] = field(default_factory=list)


def newest_of(name: str) -> Watchlist | None:
    """Find the newest version of a list."""
    return Watchlist.objects.filter(name=name).order_by("-version").first()


def fingerprint(name: str, line: Line) -> str:
    """Digest a line of a list by what screening makes use of."""
    return fingerprint_of([name, line.reference, line.kind, (line.name, *line.aliases), line.birth_year])


def changes_of(brought: WatchlistUpload) -> Changes:
    """Hold a file that was read against the newest version of its list."""
    newest = newest_of(brought.name)
    before = {entry.reference: entry for entry in newest.entries.order_by("pk").defer("forms")} if newest else {}
    changes = Changes()
    with brought.file.open() as opened:
        lines = watchlist_files.read(opened.read())
    for line in lines:
        entry = before.pop(line.reference[: watchlist_files.MOST_CHARACTERS], None)
        if entry is None:
            changes.added.append(line)
        elif entry.fingerprint != fingerprint(brought.name, line):
            changes.changed.append((_line(entry), line))
    changes.removed.extend(_line(entry) for entry in before.values())
    return changes


def _line(entry: WatchlistEntry) -> Line:
    return Line(entry.reference, entry.kind, entry.name, tuple(entry.aliases), entry.birth_year, entry.country)
