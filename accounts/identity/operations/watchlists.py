"""Watchlists: brought as files, read, approved by a second person, loaded."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.identity import names, watchlist_files
from accounts.identity.models import User, Watchlist, WatchlistEntry, WatchlistUpload
from accounts.identity.queries.list_changes import fingerprint, newest_of
from accounts.identity.watchlist_states import ON_ITS_WAY, TRANSITIONS, UploadEvent
from portal.core import audit, files, jobs
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

BATCH: Final = 2_000

register(
    {
        "watchlist_not_utf8": _("Line %(line)s holds characters that are not UTF-8. Save the file as UTF-8 first."),
        "watchlist_not_csv": _("Line %(line)s is not CSV: a quotation mark may be missing, or a cell is far too long."),
        "watchlist_empty": _("The file names nobody."),
        "watchlist_too_long": _("The file has more than %(value)s lines."),
        "watchlist_columns": _("Line %(line)s does not fit. Give the file a heading with the columns %(value)s."),
        "watchlist_incomplete": _("Line %(line)s lacks its name, list_kind or reference."),
        "watchlist_kind": _("Line %(line)s: list_kind is “%(value)s”; it must be sanctions or pep."),
        "watchlist_year": _("Line %(line)s: birth_year is “%(value)s”; it must be a year of four digits, or empty."),
        "watchlist_repeated": _("Line %(line)s repeats the reference %(value)s."),
        "watchlist_older": _("A newer version of this list is loaded already, as of %(as_of)s."),
        "watchlist_known": _("This very file is loaded already."),
        "watchlist_of_tomorrow": _("This day has not come yet."),
        "watchlist_on_its_way": _("A file of this list is on its way already. Have it loaded, or discard it first."),
        "watchlist_same_person": _("You brought this file. A second person has it loaded."),
    }
)


class WatchlistRefused(Refusal):
    """The file is no list that can be used, or not this person's to have loaded."""

    code = "watchlist_empty"


@transaction.atomic(durable=True)
def load_watchlist(name: str, content: bytes, *, as_of: date, by: str, at: datetime) -> Watchlist:
    """Load a version of a list and promise to hold the whole book against it; the same file again changes nothing.

    :param name: by which versions belong together, e.g. ``"un-sanctions"``.
    :param as_of: the day on which the list was so.
    :raises WatchlistRefused: when the file is unreadable, or older than what is loaded.
    """
    newest = newest_of(name)
    if newest and _is_same(newest, content, as_of=as_of):
        return newest
    return _load(name, content, as_of=as_of, by=by, at=at)


def _is_same(newest: Watchlist, content: bytes, *, as_of: date) -> bool:
    return newest.sha256 == hashlib.sha256(content).hexdigest() and newest.as_of == as_of


def _load(name: str, content: bytes, *, as_of: date, by: str, at: datetime) -> Watchlist:
    lines = _readable(name, content, as_of=as_of)
    version = (Watchlist.objects.filter(name=name).aggregate(newest=Max("version"))["newest"] or 0) + 1
    digest = hashlib.sha256(content).hexdigest()
    loaded: Watchlist = Watchlist.objects.create(
        name=name, version=version, as_of=as_of, sha256=digest, entry_count=len(lines), loaded_at=at, loaded_by=by
    )
    WatchlistEntry.objects.bulk_create((_entry(loaded, line) for line in lines), batch_size=BATCH)
    details = {"list": str(loaded), "entries": len(lines), "sha256": digest, "as_of": as_of}
    audit.record("identity.watchlist_loaded", subject=loaded.reference, by=by, at=at, details=details)
    jobs.ask("identity.screen_book", loaded.reference, at=at)
    return loaded


def _readable(name: str, content: bytes, *, as_of: date) -> Sequence[watchlist_files.Line]:
    newest = newest_of(name)
    if newest and newest.as_of > as_of:
        raise WatchlistRefused("watchlist_older", as_of=newest.as_of)
    try:
        return watchlist_files.read(content)
    except watchlist_files.FileUnreadable as error:
        raise WatchlistRefused(f"watchlist_{error.why}", line=error.line, value=error.value) from error


def _entry(loaded: Watchlist, line: watchlist_files.Line) -> WatchlistEntry:
    spellings = (line.name, *line.aliases)
    return WatchlistEntry(
        watchlist=loaded,
        reference=line.reference[: watchlist_files.MOST_CHARACTERS],
        kind=line.kind,
        name=line.name[:200],
        aliases=list(line.aliases),
        birth_year=line.birth_year,
        country=line.country[:60],
        forms=list(dict.fromkeys(form for spelling in spellings for form in names.forms(spelling))),
        fingerprint=fingerprint(loaded.name, line),
    )


@transaction.atomic(durable=True)
def bring_watchlist(
    name: str, upload: UploadedFile, *, as_of: date, key: str, by: User, at: datetime
) -> WatchlistUpload:
    """Keep a list's file and promise to read it; the same key keeps it once.

    :raises WatchlistRefused: of a day to come, or while another file of the list is on its way.
    :raises FileRefused: when it is empty or too large.
    :raises KeyReused: when the key brought something else.
    """
    if as_of > timezone.localtime(at).date():
        raise WatchlistRefused("watchlist_of_tomorrow")

    def make() -> str:
        if WatchlistUpload.objects.filter(name=name, status__in=ON_ITS_WAY).exists():
            raise WatchlistRefused("watchlist_on_its_way")
        kept = files.keep(upload, kind="evidence", by=by.reference, at=at)
        brought = WatchlistUpload(name=name, as_of=as_of, file=kept, uploaded_by=by, uploaded_at=at)
        try:
            with transaction.atomic():
                brought.save(force_insert=True)
        except IntegrityError as error:
            raise WatchlistRefused("watchlist_on_its_way") from error
        details = {"list": name, "as_of": as_of, "sha256": kept.sha256}
        audit.record("identity.watchlist_brought", subject=brought.reference, by=by.reference, at=at, details=details)
        jobs.ask("identity.read_watchlist", brought.reference, at=at)
        return brought.reference

    content = fingerprint_of([name, as_of, upload.name, upload.size])
    reference = answer_once(f"identity.watchlist:{by.reference}", key, fingerprint=content, make=make)
    return WatchlistUpload.objects.get(reference=reference)


@transaction.atomic(durable=True)
def read_brought(reference: str, *, at: datetime) -> None:
    """Read a file that was brought and count what it changes; it waits for a second person, or says what is wrong."""
    brought = _locked(WatchlistUpload.objects.get(reference=reference))
    if brought.status not in TRANSITIONS[UploadEvent.READ].sources:
        return
    content = _content(brought)
    newest = newest_of(brought.name)
    try:
        if newest and _is_same(newest, content, as_of=brought.as_of):
            raise WatchlistRefused("watchlist_known")
        lines = _readable(brought.name, content, as_of=brought.as_of)
    except WatchlistRefused as refusal:
        _refuse(brought, refusal, at=at)
        return
    fresh = {fingerprint(brought.name, line) for line in lines}
    known = set(newest.entries.values_list("fingerprint", flat=True)) if newest else set()
    brought.entry_count = len(lines)
    brought.new_count, brought.gone_count = len(fresh - known), len(known - fresh)
    _move(brought, UploadEvent.READ)


@transaction.atomic(durable=True)
def approve_brought(brought: WatchlistUpload, *, by: User, at: datetime) -> None:
    """Let a second person have a file loaded; a task does it.

    :raises WatchlistRefused: by whoever brought it.
    :raises TransitionRefused: when it does not wait for that.
    """
    _locked(brought)
    target_of(TRANSITIONS, UploadEvent.APPROVE, brought.status)
    if brought.uploaded_by_id == by.pk:
        raise WatchlistRefused("watchlist_same_person")
    brought.decided_by, brought.decided_at = by, at
    _move(brought, UploadEvent.APPROVE)
    audit.record("identity.watchlist_approved", subject=brought.reference, by=by.reference, at=at)
    jobs.ask("identity.load_watchlist", brought.reference, at=at)


@transaction.atomic(durable=True)
def discard_brought(brought: WatchlistUpload, *, by: User, at: datetime) -> None:
    """Drop a file that is not to be loaded; it stays in the records.

    :raises TransitionRefused: when it is past that.
    """
    _locked(brought)
    target_of(TRANSITIONS, UploadEvent.DISCARD, brought.status)
    brought.decided_by, brought.decided_at = by, at
    _move(brought, UploadEvent.DISCARD)
    audit.record("identity.watchlist_discarded", subject=brought.reference, by=by.reference, at=at)


@transaction.atomic(durable=True)
def load_brought(reference: str, *, at: datetime) -> None:
    """Load a file that a second person approved; loaded twice, it is loaded once."""
    brought = _locked(WatchlistUpload.objects.select_related("uploaded_by").get(reference=reference))
    if brought.status not in TRANSITIONS[UploadEvent.LOAD].sources:
        return
    by = brought.uploaded_by.reference
    try:
        brought.watchlist = _load(brought.name, _content(brought), as_of=brought.as_of, by=by, at=at)
    except WatchlistRefused as refusal:  # a command loaded a newer one meanwhile
        _refuse(brought, refusal, at=at)
        return
    _move(brought, UploadEvent.LOAD)


def _locked(brought: WatchlistUpload) -> WatchlistUpload:
    assert connection.in_atomic_block, "a lock belongs to the transaction that needs it"
    brought.refresh_from_db(from_queryset=WatchlistUpload.objects.locked())
    return brought


def _content(brought: WatchlistUpload) -> bytes:
    with brought.file.open() as opened:
        return opened.read()


def _move(brought: WatchlistUpload, event: UploadEvent) -> None:
    brought.status = target_of(TRANSITIONS, event, brought.status)
    brought.save()


def _refuse(brought: WatchlistUpload, refusal: WatchlistRefused, *, at: datetime) -> None:
    params = {name: value.isoformat() if isinstance(value, date) else value for name, value in refusal.params.items()}
    brought.problem, brought.problem_params = refusal.code, params
    _move(brought, UploadEvent.REFUSE)
    audit.record("identity.watchlist_refused", subject=brought.reference, by=None, at=at, details={"why": refusal.code})
