"""Which kinds of file are no table and no message, told by their content and never by their name; pure."""

import re
from typing import Final

from accounts.statements.parsing import archive

COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # around old documents, and around locked ones
_DOCUMENTS: Final = ("xl/", "docProps/", "[Content_Types].xml", "mimetype")
# named where a part begins: three letters stand anywhere in a large archive
_DOCUMENT: Final = re.compile(
    rb"PK\x03\x04.{26}/?(xl/|docProps/|\[Content_Types\]\.xml|mimetype.{,60}opendocument)", re.DOTALL
)
_PICTURES: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
_PHOTOS: Final = (b"ftypheic", b"ftypmif1", b"ftypheix")
_OTHERS: Final = (b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"\x7fELF", b"MZ")


def is_pdf(content: bytes) -> bool:
    """Tell whether a file is a PDF; some begin with a few other bytes."""
    return b"%PDF-" in content[:1024] and not content.startswith(b"PK")


def why_refused(content: bytes) -> str:
    """Tell why a kind of file is refused whatever it holds; nothing where it may be read."""
    if is_pdf(content):
        return "statement_pdf"
    if content.startswith(_PICTURES) or content[4:12] in _PHOTOS:
        return "statement_picture"
    if content.startswith(b"PK"):
        return _why_no_archive_is_read(content)
    if content.startswith(COMPOUND):
        return "statement_spreadsheet"
    return "statement_wrong_type" if content.startswith(_OTHERS) else ""


def is_archive(content: bytes) -> bool:
    """Tell a ZIP of files from a document that is one inside."""
    return why_refused(content) == "statement_zip"


def _why_no_archive_is_read(content: bytes) -> str:
    names = [name.lstrip("/") for name in archive.names(content)]
    if "OFD.xml" in names if names else b"OFD.xml" in content:
        return "statement_ofd"
    is_document = any(name.startswith(_DOCUMENTS) for name in names) if names else _DOCUMENT.search(content)
    return "statement_spreadsheet" if is_document else "statement_zip"
