"""Taking a statement file in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from accounts.cashflow.models import StatementImport
from accounts.cashflow.states import Status
from accounts.identity.models import Enterprise
from accounts.identity.operations import lock_to_change
from portal.core import audit, files, jobs
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.models import StoredFile
from portal.core.refusals import Refusal, register

MOST_WAITING: Final = 20  # statements of one enterprise; they are read one after another

register(
    {
        "statements_wait": _(
            "%(most)s statements of this enterprise are still being read. Bring this one when some of them are done."
        ),
    }
)


class StatementsWait(Refusal):
    """As many of the enterprise's statements as may wait are waiting to be read: ``params["most"]``."""

    code = "statements_wait"
    field = "file"


@transaction.atomic(durable=True)
def receive(enterprise: Enterprise, upload: UploadedFile, *, by: str, at: datetime, key: str = "") -> StatementImport:
    """Keep a statement file as it came and ask for it to be read; a key makes sending twice one statement.

    A file that is there already is that statement, with the moment at which it came first. One that was not accepted
    is read anew, and takes the place of the refused one.

    :raises FileRefused: when it is empty or too large, or was withdrawn since the key brought it.
    :raises StatementsWait: when too many wait to be read.
    :raises KeyReused: when the key brought another file before.
    """
    if not key:
        return take(enterprise, upload, by=by, at=at)
    reference = answer_once(
        f"cashflow.receive {by}",
        key,
        fingerprint=fingerprint_of([enterprise.reference, files.digest_of(upload)]),
        make=lambda: take(enterprise, upload, by=by, at=at).reference,
    )
    brought = StatementImport.objects.select_related("file").get(reference=reference)
    if brought.status != Status.WITHDRAWN:
        return brought
    same = _same([(enterprise, upload)]).get(enterprise.pk)
    if not same:
        raise files.FileRefused("file_taken_back", name=upload.name)
    return same[0]


def take(
    enterprise: Enterprise, upload: UploadedFile, *, by: str, at: datetime, locked: StoredFile | None = None
) -> StatementImport:
    """Receive one file; an inner step of ``receive``.

    :param locked: the file as it came, of which this one is what was in it.
    """
    ((statement, is_new),) = _kept([(enterprise, upload)], by=by, at=at)
    if is_new and locked:
        statement.locked_file = locked
        statement.save(update_fields=["locked_file"])
    if is_new:
        jobs.ask("cashflow.read", statement.reference, at=at, lane=enterprise.reference)
    return statement


@transaction.atomic(durable=True)
def receive_each(brought: Sequence[tuple[Enterprise, UploadedFile]], *, by: str, at: datetime) -> list[StatementImport]:
    """Keep a statement file of each of many enterprises, as ``receive`` does, for a caller who reads them at once.

    :raises FileRefused: when one of them is refused; none is kept then.
    :raises StatementsWait: likewise.
    """
    return [statement for statement, _is_new in _kept(brought, by=by, at=at)]


def _kept(
    brought: Sequence[tuple[Enterprise, UploadedFile]], *, by: str, at: datetime
) -> list[tuple[StatementImport, bool]]:
    """Keep the files that are no statements yet, one of each enterprise; tell of each whether it is new."""
    enterprises = [enterprise.pk for enterprise, _upload in brought]
    at = lock_to_change(*enterprises, at=at)
    same = _same(brought)
    known = {pk: each for pk, held in same.items() for each in reversed(held) if each.status != Status.REFUSED}
    new = [(enterprise, upload) for enterprise, upload in brought if enterprise.pk not in known]
    check_few_wait([enterprise.pk for enterprise, _upload in new])
    _withdraw([each for enterprise, _upload in new for each in same.get(enterprise.pk, ())], by=by, at=at)
    stored = files.keep_each([upload for _enterprise, upload in new], kind="evidence", by=by, at=at)
    fresh = StatementImport.objects.bulk_create(
        StatementImport(enterprise=enterprise, file=file, uploaded_at=at, uploaded_by=by)
        for (enterprise, _upload), file in zip(new, stored, strict=True)
    )
    told = [(each.reference, {"enterprise": each.enterprise.reference, "sha256": each.file.sha256}) for each in fresh]
    audit.record_many("cashflow.statement_received", told, by=by, at=at)
    held = {each.enterprise_id: (each, True) for each in fresh}
    return [held.get(pk) or (known[pk], False) for pk in enterprises]


def check_few_wait(enterprises: Sequence[int]) -> None:
    """Refuse another statement of enterprises of which many wait; an inner step.

    :raises StatementsWait: when too many do.
    """
    waiting = StatementImport.objects.filter(enterprise__in=enterprises, status=Status.READING)
    if any(count >= MOST_WAITING for _pk, count in waiting.values_list("enterprise").annotate(Count("pk"))):
        raise StatementsWait(most=MOST_WAITING)


def _same(brought: Sequence[tuple[Enterprise, UploadedFile]]) -> dict[int, list[StatementImport]]:
    """Find the statements that are of these very files, by enterprise."""
    digests = {enterprise.pk: files.digest_of(upload) for enterprise, upload in brought}
    of_these = Q(file__sha256__in=digests.values()) | Q(locked_file__sha256__in=digests.values())
    held = StatementImport.objects.current().filter(of_these, enterprise__in=digests)
    same: dict[int, list[StatementImport]] = {}
    for each in held.select_related("file", "locked_file").order_by("part", "pk"):
        if digests[each.enterprise_id] in {file.sha256 for file in (each.file, each.locked_file) if file}:
            same.setdefault(each.enterprise_id, []).append(each)
    return same


def _withdraw(refused: Sequence[StatementImport], *, by: str, at: datetime) -> None:
    """Let new ones take the place of refused ones of the same files."""
    told = [(each.reference, {"lines": 0}) for each in refused]
    audit.record_many("cashflow.statement_withdrawn", told, by=by, at=at)
    StatementImport.objects.filter(pk__in=[each.pk for each in refused]).update(
        status=Status.WITHDRAWN, superseded_at=at
    )
