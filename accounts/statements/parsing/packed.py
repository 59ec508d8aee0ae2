"""A ZIP of statement files, as wallets mail them: each file in it is one of its own."""

from pathlib import PurePosixPath
from typing import Final

from accounts.statements.parsing import archive
from accounts.statements.parsing.refusals import StatementRefused, refused
from accounts.statements.parsing.statement import plain

MOST_FILES: Final = 20
File = tuple[str, bytes]  # its name, and what it holds


def files(content: bytes, *, password: str = "") -> list[File]:
    """Unfold the files of a ZIP, without the folders in which they lie.

    :raises StatementRefused: ``statement_locked`` where a password is missing, ``password_wrong``; ``zip_empty``
        where none holds anything, ``zip_too_many_files``; as an archive is.
    """
    try:
        found = [
            (_short(name), part) for name, part in archive.parts(content, archive.is_meant, password=password) if part
        ]
    except StatementRefused as why:
        raise refused("statement_locked") if why.code == "zip_locked" else why from None
    if not found:
        raise refused("zip_empty")
    if len(found) > MOST_FILES:
        raise refused("zip_too_many_files", most=MOST_FILES)
    return found


def _short(name: str) -> str:
    return plain(PurePosixPath(name.replace("\\", "/")).name)[-100:].strip(". ") or "file"
