"""ZIP archives, measured before anything in them is unfolded."""

import io
import lzma
import zlib
from collections.abc import Callable
from typing import Final
from zipfile import BadZipFile, ZipFile, ZipInfo

from accounts.statements.parsing.refusals import refused

MOST_PARTS: Final = 500
MOST_UNFOLDED: Final = 64 * 1024 * 1024
_IN_UTF_8: Final = 0x800
_LOCKED: Final = 0x1
_DAMAGE: Final = (
    BadZipFile, EOFError, LookupError, NotImplementedError, OSError, RuntimeError, ValueError, lzma.LZMAError,
    zlib.error,
)  # fmt: skip


def names(content: bytes) -> list[str]:
    """List the parts of an archive by their names; none where it is no archive, or a damaged one."""
    if not content.startswith(b"PK"):
        return []
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            return [_name(part) for part in archive.infolist()]
    except _DAMAGE:
        return []


def parts(content: bytes, wanted: Callable[[str], bool]) -> list[tuple[str, bytes]]:
    """Unfold the wanted parts of an archive, each with its name; a part never unfolds further than it says it does.

    :raises StatementRefused: ``zip_too_large``, ``zip_locked``, ``zip_broken``.
    """
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            found = archive.infolist()
            if len(found) > MOST_PARTS or sum(part.file_size for part in found) > MOST_UNFOLDED:
                raise refused("zip_too_large", most=MOST_PARTS)
            if any(part.flag_bits & _LOCKED for part in found):
                raise refused("zip_locked")
            return [(_name(part), archive.read(part)) for part in found if wanted(_name(part))]
    except _DAMAGE:
        raise refused("zip_broken") from None


def _name(part: ZipInfo) -> str:
    """Read a name as it was meant: Chinese systems write GB 18030 and do not say so."""
    if part.flag_bits & _IN_UTF_8:
        return part.filename
    try:
        return part.filename.encode("cp437").decode("gb18030")
    except ValueError:
        return part.filename
