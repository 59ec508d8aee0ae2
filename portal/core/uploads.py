"""Several files in one choice: each is taken or refused on its own."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.core import files
from portal.core.refusals import Refusal, sentence

MOST_FILES: Final = 20
MOST_MEGABYTES: Final = 30  # of all files together
T = TypeVar("T")


class OnlyCounted(FileUploadHandler):
    """Keeps nothing of more files than may be chosen at once but how many they are, which the field says."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.count = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Count it, and keep it from those who would keep it."""
        super().new_file(*args, **kwargs)
        self.count += 1
        if self.count > MOST_FILES:
            raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:  # noqa: ARG002 - Django's signature
        """Let nothing of it through."""
        return raw_data if self.count <= MOST_FILES else None

    def file_complete(self, file_size: int) -> UploadedFile | None:  # noqa: ARG002 - likewise
        """Give an empty file in its place."""
        return SimpleUploadedFile(str(self.file_name), b"") if self.count > MOST_FILES else None


class FilesInput(forms.FileInput):
    """Lets several files be chosen."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Files, one or several; what is wrong with one of them, an empty one too, is told when it is taken."""

    def __init__(self, *, accept: str, **kwargs: Any) -> None:
        super().__init__(allow_empty_file=True, widget=FilesInput(attrs={"accept": accept}), **kwargs)

    def clean(self, data: Sequence[Any], initial: Any = None) -> list[UploadedFile]:
        """Give the files, unless they are too many or too large together."""
        clean = super().clean
        uploads = [clean(each, initial) for each in data or [None]]
        told = {"found": len(uploads), "most": MOST_FILES, "megabytes": MOST_MEGABYTES}
        if len(uploads) > MOST_FILES:
            raise forms.ValidationError(_("You chose %(found)s files. Choose up to %(most)s at once."), params=told)
        if len(uploads) > 1 and sum(each.size for each in uploads) > MOST_MEGABYTES * 1024 * 1024:
            many = _("Together the files have more than %(megabytes)s MB. Send some of them later.")
            raise forms.ValidationError(many, params=told)
        return uploads


def _itself(upload: UploadedFile) -> Sequence[UploadedFile]:
    return [upload]


def each_of(
    form: forms.Form,
    take: Callable[[UploadedFile, str], T],
    *,
    unfold: Callable[[UploadedFile], Sequence[UploadedFile]] = _itself,
) -> list[T]:
    """Take each chosen file on its own; give what was taken, and tell beside the field what was refused, and why.

    What is refused for another reason than the file (the case is closed) is told once, above the form.

    :param take: takes one file, under a key of its own: the form's with the file's name and content. So a choice that
        is sent again, whole or in part, brings nothing twice.
    :param unfold: gives the files in a file that holds several, one of the chosen at a time.
    """
    uploads = form.cleaned_data["file"]
    taken = []
    for upload, are_several in _unfolded(uploads, unfold):
        try:
            taken.append(take(upload, _key(form.cleaned_data, upload)))
        except Refusal as refusal:
            told, field = sentence(refusal), getattr(refusal, "field", None)
            is_named = isinstance(refusal, files.FileRefused) or upload.name in refusal.params.values()
            if field and are_several and not is_named:
                told = _("%(name)s: %(reason)s") % {"name": upload.name, "reason": told}
            if told not in form.errors.get(field or NON_FIELD_ERRORS, ()):
                form.add_error(field, told)
    return taken


def _unfolded(
    uploads: Sequence[UploadedFile], unfold: Callable[[UploadedFile], Sequence[UploadedFile]]
) -> Iterator[tuple[UploadedFile, bool]]:
    for upload in uploads:
        held = unfold(upload)
        for each in held:
            yield each, len(uploads) > 1 or len(held) > 1


def _key(given: Mapping[str, Any], upload: UploadedFile) -> str:
    named = f"{upload.name} {files.digest_of(upload)}"
    return f"{given.get('idempotency_key', '')}-{hashlib.sha256(named.encode()).hexdigest()}"
