"""Opening what came closed: a ZIP of several files, a file behind a password. No password is kept anywhere."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.cashflow.models import StatementImport
from accounts.cashflow.operations.receiving import check_few_wait, take
from accounts.cashflow.questions import AnswerRefused
from accounts.cashflow.states import TRANSITIONS, Event
from accounts.identity.models import Enterprise
from accounts.identity.operations import lock_to_change
from accounts.statements import confined
from accounts.statements.parsing import StatementRefused
from portal.core import audit, files, jobs, tries
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

MOST_TRIES: Final = 30  # a year's statements, month by month, with slips
TRIES_PERIOD: Final = timedelta(hours=1)
register({"password_tries": _("Too many passwords were tried. The files wait for you; go on in an hour.")})


class PasswordRefused(Refusal):
    """The password does not open the file, or too many were tried, or what is in the file cannot be taken."""

    code = "password_wrong"
    field = "password"


def unfolded(upload: UploadedFile) -> list[UploadedFile]:
    """Give the files of a ZIP; of what is none, or cannot be unfolded without more, itself: reading it tells why."""
    content = upload.read(files.MAX_BYTES + 1)
    upload.seek(0)
    if not content.startswith(b"PK") or len(content) > files.MAX_BYTES:
        return [upload]
    try:
        held = confined.files_of_zip(content)
    except StatementRefused:
        return [upload]
    return [SimpleUploadedFile(name, part) for name, part in held] or [upload]


def bring(
    enterprise: Enterprise, upload: UploadedFile, *, password: str = "", by: str, at: datetime, key: str = ""
) -> list[StatementImport]:
    """Receive a file as ``receive`` does, a ZIP as the files in it, a locked file opened by its password.

    :raises FileRefused: when it, or a file in it, is empty or too large; nothing is kept then.
    :raises StatementsWait: likewise, when too many wait to be read.
    :raises KeyReused: when the key brought another file before.
    :raises PasswordRefused: when the password opens nothing.
    """
    files.check_size(upload)
    found = unfolded(upload)
    is_locked = False
    if password and found == [upload]:
        opened = _opened(enterprise, upload.read(), name=upload.name or "", password=password)
        is_locked = files.digest_of(opened[0]) != files.digest_of(upload)
        found = opened if is_locked else found
    return _brought(enterprise, upload, found, is_locked=is_locked, by=by, at=at, key=key)


@transaction.atomic(durable=True)
def _brought(
    enterprise: Enterprise,
    upload: UploadedFile,
    found: Sequence[UploadedFile],
    *,
    is_locked: bool,
    by: str,
    at: datetime,
    key: str,
) -> list[StatementImport]:
    def taken() -> str:
        locked = files.keep(upload, kind="evidence", by=by, at=at) if is_locked else None
        told = [take(enterprise, each, by=by, at=at, locked=locked).reference for each in found]
        return " ".join(told)

    brought = fingerprint_of([enterprise.reference, files.digest_of(upload)])
    references = answer_once(f"cashflow.receive {by}", key, fingerprint=brought, make=taken) if key else taken()
    statements = StatementImport.objects.select_related("file").in_bulk(references.split(), field_name="reference")
    return [statements[each] for each in references.split()]


def unlock(statement: StatementImport, password: str, *, by: str, at: datetime) -> list[StatementImport]:
    """Open the file of a statement and let it be read; of a ZIP the first file, the others become statements too.

    The locked file is kept beside what was in it. Two at once open it once.

    :raises AnswerRefused: when no password is asked.
    :raises PasswordRefused: when it does not open the file, too many were tried, or what is in it cannot be taken.
    :raises TransitionRefused: when nothing is asked any more.
    """
    if not statement.is_locked:
        raise AnswerRefused
    with statement.file.open() as content:
        locked = content.read()
    found = _opened(statement.enterprise, locked, name=statement.file.original_name, password=password)
    return _unlocked(statement, found, by=by, at=at)


def _opened(enterprise: Enterprise, content: bytes, *, name: str, password: str) -> list[UploadedFile]:
    if tries.count(f"file passwords {enterprise.reference}", within=TRIES_PERIOD) > MOST_TRIES:
        raise PasswordRefused("password_tries")
    try:
        found = confined.opened(content, name=name, password=password)
    except StatementRefused as why:
        raise PasswordRefused(why.code, **why.params) from None
    return [SimpleUploadedFile(each, part) for each, part in found]


@transaction.atomic(durable=True)
def _unlocked(
    statement: StatementImport, found: Sequence[UploadedFile], *, by: str, at: datetime
) -> list[StatementImport]:
    at = lock_to_change(statement.enterprise_id, at=at)
    locked = statement.file
    statement.refresh_from_db(from_queryset=StatementImport.objects.locked())
    if statement.file_id != locked.pk:
        return []
    statement.status = target_of(TRANSITIONS, Event.ANSWER, statement.status)
    check_few_wait([statement.enterprise_id])
    came = statement.locked_file or locked  # a ZIP may hold a file with a lock of its own
    statement.locked_file, statement.file = came, files.keep(found[0], kind="evidence", by=by, at=at)
    statement.question = {}
    statement.save(update_fields=["status", "file", "locked_file", "question"])
    others = [take(statement.enterprise, each, by=by, at=at, locked=locked) for each in found[1:]]
    details = {"sha256": statement.file.sha256, "others": [each.reference for each in others]}
    audit.record("cashflow.statement_unlocked", subject=statement.reference, by=by, at=at, details=details)
    jobs.ask("cashflow.read", statement.reference, at=at, lane=statement.enterprise.reference)
    return others
