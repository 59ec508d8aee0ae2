"""ZIP archives, measured before anything in them is unfolded."""

import io
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import PurePosixPath
from typing import Final

from pyzipper import ZIP_DEFLATED, ZIP_STORED, AESZipFile, BadZipFile, ZipInfo

from accounts.statements.parsing.refusals import refused

MOST_PARTS: Final = 500
MOST_UNFOLDED: Final = 64 * 1024 * 1024
_IN_UTF_8: Final = 0x800
_LOCKED: Final = 0x1
_LITTER: Final = ("__MACOSX/", "Thumbs.db", "desktop.ini")  # what systems put beside the files
_DAMAGE: Final = (
    BadZipFile, EOFError, LookupError, NotImplementedError, OSError, RuntimeError, ValueError, zlib.error,
)  # fmt: skip


def names(content: bytes) -> list[str]:
    """List the parts of an archive by their names; none where it is no archive, or a damaged one."""
    if not content.startswith(b"PK"):
        return []
    try:
        with AESZipFile(io.BytesIO(content)) as archive:
            return [_name(part) for part in archive.infolist()]
    except _DAMAGE:
        return []


def is_meant(name: str) -> bool:
    """Tell a file that somebody packed from a folder and from what systems put beside files."""
    file = PurePosixPath(name).name
    return not (name.endswith("/") or name.startswith(_LITTER) or file in _LITTER or file.startswith("."))


def parts(content: bytes, wanted: Callable[[str], bool], *, password: str = "") -> list[tuple[str, bytes]]:
    """Unfold the wanted parts of an archive, each with its name; a part never unfolds further than it says it does.

    :raises StatementRefused: ``zip_too_large``, ``zip_locked`` where a password is missing, ``password_wrong``,
        ``zip_broken``.
    """
    try:
        with AESZipFile(io.BytesIO(content)) as archive:
            found = archive.infolist()
            if len(found) > MOST_PARTS or sum(part.file_size for part in found) > MOST_UNFOLDED:
                raise refused("zip_too_large", most=MOST_PARTS)
            locked = any(part.flag_bits & _LOCKED for part in found)
            if locked and not password:
                raise refused("zip_locked")
            return [(_name(part), _unfolded(archive, part, password)) for part in found if wanted(_name(part))]
    except _DAMAGE:
        raise refused("zip_broken") from None


def _unfolded(archive: AESZipFile, part: ZipInfo, password: str) -> bytes:
    """Unfold one part; of old locks, one wrong password in 256 is told by the content alone."""
    if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):  # other ways cannot be unfolded up to a size
        raise refused("zip_broken")
    if not part.flag_bits & _LOCKED:
        return _read(archive, part)
    for key in dict.fromkeys((password.encode(), password.encode("gb18030"))):
        with suppress(BadZipFile, EOFError, RuntimeError, zlib.error):
            return _read(archive, part, key)
    raise refused("password_wrong")


def _read(archive: AESZipFile, part: ZipInfo, key: bytes | None = None) -> bytes:
    """Read a part: all that is packed, but no more unfolded, because its size may be a lie."""
    with archive.open(part, pwd=key) as unfolded:
        told: bytes = unfolded.read(max(part.file_size, part.compress_size) + 1)
        return told


def _name(part: ZipInfo) -> str:
    """Read a name as it was meant: Chinese systems write GB 18030 and do not say so."""
    name: str = part.filename
    if part.flag_bits & _IN_UTF_8:
        return name
    try:
        return name.encode("cp437").decode("gb18030")
    except ValueError:
        return name
