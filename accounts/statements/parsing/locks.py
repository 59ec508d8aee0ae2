"""Files behind a password: ZIP, XLSX and XLS, PDF. What is in them comes out unchanged, but for the lock."""

import io
from typing import Final

import msoffcrypto
import pypdf
from msoffcrypto.exceptions import InvalidKeyError

from accounts.statements.parsing import kinds, packed
from accounts.statements.parsing.kinds import COMPOUND
from accounts.statements.parsing.packed import File
from accounts.statements.parsing.refusals import StatementRefused, refused
from accounts.statements.parsing.statement import MAX_BYTES

_PACKAGE: Final = "EncryptedPackage".encode("utf-16-le")
_EVERYBODYS: Final = "VelvetSweatshop"  # locks workbooks that may be read by all and changed by none


def is_locked_package(content: bytes) -> bool:
    """Tell an XLSX behind a password: a container of the old kind around it."""
    return content.startswith(COMPOUND) and _PACKAGE in content


def kind_of(content: bytes) -> str:
    """Tell what kind of file is locked."""
    if content.startswith(b"PK"):
        return "zip"
    return "pdf" if kinds.is_pdf(content) else "spreadsheet"


def opened(content: bytes, *, name: str, password: str) -> list[File]:
    """Take the lock off a file: itself under its name, or the files of a ZIP; a file without one is itself.

    :raises StatementRefused: ``password_wrong``; ``lock_unknown`` where it cannot be opened by any; what is wrong with
        a ZIP; ``statement_too_large``.
    """
    try:
        if kinds.is_archive(content):
            return packed.files(content, password=password)
        bare = _bare(content, password)
    except (StatementRefused, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - the libraries raise whatever they meet in damaged content
        raise refused("lock_unknown") from None
    if len(bare) > MAX_BYTES:
        raise refused("statement_too_large")
    return [(name, bare)]


def opened_for_all(content: bytes) -> bytes | None:
    """Open a workbook that is locked by the password which every program knows; nothing where it is another."""
    try:
        ((_name, bare),) = opened(content, name="", password=_EVERYBODYS)
    except StatementRefused:
        return None
    return bare


def _bare(content: bytes, password: str) -> bytes:
    if kinds.is_pdf(content):
        return _off_pdf(content, password)
    return _off_spreadsheet(content, password) if content.startswith(COMPOUND) else content


def _off_pdf(content: bytes, password: str) -> bytes:
    reader = pypdf.PdfReader(io.BytesIO(content))
    if not reader.is_encrypted or reader.decrypt(""):  # many only forbid to change what anyone may open
        return content
    if not reader.decrypt(password):
        raise refused("password_wrong")
    bare = io.BytesIO()
    pypdf.PdfWriter(clone_from=reader).write(bare)
    return bare.getvalue()


def _off_spreadsheet(content: bytes, password: str) -> bytes:
    locked, bare = msoffcrypto.OfficeFile(io.BytesIO(content)), io.BytesIO()
    if not locked.is_encrypted():
        return content
    try:
        if locked.format == "ooxml":
            locked.load_key(password=password, verify_password=True)
        else:
            locked.load_key(password=password)
    except InvalidKeyError:
        raise refused("password_wrong") from None
    locked.decrypt(bare)
    return bare.getvalue()
