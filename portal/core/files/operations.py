"""Keeping files and handing them out."""

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import PurePath
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext_lazy as _

from portal.core.files.checking import Clean, Unreadable, clean_document
from portal.core.models import StoredFile
from portal.core.refusals import Refusal, register

MAX_BYTES: Final = 10 * 1024 * 1024

register(
    {
        "file_empty": _("%(name)s is empty. Choose the file again."),
        "file_too_large": _("%(name)s is too large. A file may have up to 10 MB."),
        "file_too_long": _("%(name)s has too many pages. A document may have up to 200; send those that matter."),
        "file_too_wide": _("%(name)s has too many pixels. Take the photo again with a smaller setting."),
        "file_type": _("%(name)s is not a picture (JPEG, PNG, HEIC, WebP) or a PDF document."),
        "file_damaged": _("%(name)s cannot be read; it may be damaged. Save or photograph it again."),
        "file_known": _("%(name)s is here already; nothing was added."),
        "file_taken_back": _(
            "%(name)s came in with this form before and was taken back since. Open this page anew to bring it again."
        ),
        "file_locked": _("%(name)s is protected by a password. Save a copy without one."),
    }
)


class FileRefused(Refusal):
    """The upload is not a file we keep; ``code`` says why, ``params["name"]`` which."""

    code = "file_damaged"
    field = "file"  # beside which a form tells it


def keep(upload: UploadedFile, *, kind: str, by: str, at: datetime, known: Collection[str] = ()) -> StoredFile:
    """Check an upload and keep it: ``kind="document"`` a clean copy, ``kind="evidence"`` its bytes as they came.

    :param known: the digests of documents beside which the same one again tells nothing.
    :raises FileRefused: when it is empty, too large, known, or not what that kind may be.
    """
    return _kept([_checked(upload, kind=kind, known=known)], by=by, at=at)[0]


def keep_each(uploads: Iterable[UploadedFile], *, kind: str, by: str, at: datetime) -> list[StoredFile]:
    """Check many uploads and keep them together, as ``keep`` does.

    :raises FileRefused: when one of them is refused; none is kept then.
    """
    return _kept([_checked(upload, kind=kind) for upload in uploads], by=by, at=at)


def keep_bytes(content: bytes, *, name: str, media_type: str, by: str, at: datetime) -> StoredFile:
    """Keep content that is known to be good."""
    return _kept([(name, media_type, content)], by=by, at=at)[0]


def check_size(upload: UploadedFile) -> str:
    """Refuse an upload that is empty or too large before it is read, and tell its name.

    :raises FileRefused: when it is.
    """
    name = PurePath(upload.name or "file").name[:150]
    if not upload.size:
        raise FileRefused("file_empty", name=name)
    if upload.size > MAX_BYTES:
        raise FileRefused("file_too_large", name=name)
    return name


def digest_of(upload: UploadedFile) -> str:
    """Tell an upload by its content."""
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


Checked = tuple[str, str, bytes]  # a file's name, its media type, what is kept of it


def _checked(upload: UploadedFile, *, kind: str, known: Collection[str] = ()) -> Checked:
    name, content = check_size(upload), upload.read()
    if kind == "evidence":
        return name, "application/octet-stream", content
    try:
        clean: Clean = clean_document(content)
    except Unreadable as error:
        raise FileRefused(error.code, name=name) from error
    name = PurePath(name).stem[:140] + clean.suffix
    if hashlib.sha256(clean.content).hexdigest() in known:
        raise FileRefused("file_known", name=name)
    return name, clean.media_type, clean.content


def _kept(checked: Iterable[Checked], *, by: str, at: datetime) -> list[StoredFile]:
    kept = []
    for name, media_type, content in checked:
        stored = StoredFile(
            opaque_name=StoredFile.new_opaque_name(),
            original_name=name,
            media_type=media_type,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            stored_at=at,
            stored_by=by,
        )
        stored.content.save(name, ContentFile(content), save=False)
        kept.append(stored)
    return StoredFile.objects.bulk_create(kept)


def as_attachment(stored: StoredFile) -> FileResponse:
    """Hand a file out as a download; the caller has checked who asks."""
    response = FileResponse(
        stored.open(), as_attachment=True, filename=stored.original_name, content_type=stored.media_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def private_file(content: bytes, *, name: str, media_type: str) -> HttpResponse:
    """Hand out a file that was made for whoever asks, and keep it out of every cache."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
