"""Taking a statement file in."""

import hashlib
from datetime import datetime
from typing import Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.cashflow.models import StatementImport
from accounts.cashflow.states import Status
from accounts.identity.models import Enterprise
from portal.core import audit, files, jobs
from portal.core.idempotency import answer_once, fingerprint_of
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


@transaction.atomic(durable=True)
def receive(enterprise: Enterprise, upload: UploadedFile, *, by: str, at: datetime, key: str = "") -> StatementImport:
    """Keep a statement file as it came and ask for it to be read; a key makes sending twice one statement.

    A file that is there already is that statement, with the moment at which it came first. One that was not accepted
    is read anew, and takes the place of the refused one.

    :raises FileRefused: when it is empty or too large.
    :raises StatementsWait: when too many wait to be read.
    :raises KeyReused: when the key brought another file before.
    """
    if not key:
        return _received(enterprise, upload, by=by, at=at)
    reference = answer_once(
        f"cashflow.receive {by}",
        key,
        fingerprint=fingerprint_of([enterprise.reference, _digest(upload)]),
        make=lambda: _received(enterprise, upload, by=by, at=at).reference,
    )
    return StatementImport.objects.get(reference=reference)


def _digest(upload: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _received(enterprise: Enterprise, upload: UploadedFile, *, by: str, at: datetime) -> StatementImport:
    Enterprise.objects.locked().get(pk=enterprise.pk)
    same = (
        StatementImport.objects.current().filter(enterprise=enterprise, file__sha256=_digest(upload)).order_by("part")
    )
    known = same.exclude(status=Status.REFUSED).first()
    if known is not None:
        return known
    if StatementImport.objects.filter(enterprise=enterprise, status=Status.READING).count() >= MOST_WAITING:
        raise StatementsWait(most=MOST_WAITING)
    for refused in same:
        audit.record("cashflow.statement_withdrawn", subject=refused.reference, by=by, at=at, details={"lines": 0})
    same.update(status=Status.WITHDRAWN, superseded_at=at)
    stored = files.keep(upload, kind="evidence", by=by, at=at)
    statement = StatementImport.objects.create(enterprise=enterprise, file=stored, uploaded_at=at, uploaded_by=by)
    details = {"enterprise": enterprise.reference, "sha256": stored.sha256}
    audit.record("cashflow.statement_received", subject=statement.reference, by=by, at=at, details=details)
    jobs.ask("cashflow.read", statement.reference, at=at, lane=statement.enterprise.reference)
    return statement
