"""Which kinds of file are no table and no message, told by their content and never by their name; pure."""

import re
from codecs import BOM_UTF8
from typing import Final

_SPREADSHEETS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_OLD_SPREADSHEETS: Final = (
    b"\x09\x00\x04\x00",
    b"\x09\x02\x06\x00",
    b"\x09\x04\x06\x00",
    b"\x09\x08\x08\x00",
    b"\x09\x08\x10\x00",
)
# named where a part begins: three letters stand anywhere in a large archive
_PART: Final = rb"PK\x03\x04.{26}/?"
_IN_SPREADSHEETS: Final = re.compile(
    _PART + rb"(xl/|docProps/|\[Content_Types\]\.xml|mimetype.{,60}opendocument)", re.DOTALL
)
_PICTURES: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
_PHOTOS: Final = (b"ftypheic", b"ftypmif1", b"ftypheix")
_OTHERS: Final = (b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"\x7fELF", b"MZ")
_PAGE: Final = re.compile(rb"\s*(<!DOCTYPE html|<html|<table|<meta )", re.IGNORECASE)


def why_refused(content: bytes) -> str:
    """Tell why a kind of file is refused whatever it holds; nothing where it may be read."""
    if content.startswith(b"%PDF"):
        return "statement_pdf"
    if content.startswith(_PICTURES) or content[4:12] in _PHOTOS:
        return "statement_picture"
    if content.startswith(b"PK") and b"OFD.xml" in content:
        return "statement_ofd"
    if content.startswith(b"PK") and not _IN_SPREADSHEETS.search(content):
        return "statement_zip"
    if content.startswith((*_SPREADSHEETS, *_OLD_SPREADSHEETS)) or _is_page_of_rows(content):
        return "statement_spreadsheet"
    return "statement_wrong_type" if content.startswith(_OTHERS) else ""


def _is_page_of_rows(content: bytes) -> bool:
    """Tell a web page with a table, which some banks call Excel."""
    return _PAGE.match(content.removeprefix(BOM_UTF8)) is not None and b"<tr" in content.lower()
