"""What an upload really is, judged by its content and never by its name; and a clean copy of it."""

import io
import warnings
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import pi_heif
import pypdf
from PIL import Image, ImageOps
from pypdf.errors import PyPdfError

MAX_PIXELS: Final = 60_000_000
MAX_SIDE: Final = 3_000
MAX_PDF_PAGES: Final = 200
pi_heif.register_heif_opener()


class Unreadable(Exception):
    """The content is not what it says, or hides something; ``code`` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Clean:
    """A copy that is safe to keep."""

    content: bytes
    media_type: str
    suffix: str


def clean_document(content: bytes) -> Clean:
    """Make a safe copy of a picture or a PDF document.

    :raises Unreadable: ``file_type`` for other content, ``file_damaged``, ``file_locked``, ``file_too_long``,
        ``file_too_wide``.
    """
    if content[:1024].lstrip().startswith(b"%PDF-"):
        return _clean_pdf(content)
    is_webp = content.startswith(b"RIFF") and content[8:12] == b"WEBP"  # as chat programs save photos
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or is_webp or content[4:12] in _HEIF_BRANDS:
        return _clean_picture(content)
    raise Unreadable("file_type")


_HEIF_BRANDS: Final = {b"ftyp" + brand for brand in (b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"heim", b"heis")}


def _clean_picture(content: bytes) -> Clean:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture: Image.Image = Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "HEIF", "WEBP"])
            if picture.width * picture.height > MAX_PIXELS:
                raise Unreadable("file_too_wide")
            picture = ImageOps.exif_transpose(picture).convert("RGB")
    except Unreadable:
        raise
    except Exception as error:  # decoders raise whatever they meet in damaged content
        raise Unreadable("file_damaged") from error
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    copy = io.BytesIO()
    picture.save(copy, "JPEG", quality=85, optimize=True)
    return Clean(copy.getvalue(), "image/jpeg", ".jpg")


def _clean_pdf(content: bytes) -> Clean:
    try:
        reader = _opened(content)
        if len(reader.pages) > MAX_PDF_PAGES:
            raise Unreadable("file_too_long")
        writer = pypdf.PdfWriter()
        for page in reader.pages:
            for action in ("/AA", "/Annots"):
                page.pop(action, None)
            writer.add_page(page)
        copy = io.BytesIO()
        writer.write(copy)
    except Unreadable:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        raise Unreadable("file_damaged") from error
    if not writer.pages:
        raise Unreadable("file_damaged")
    return Clean(copy.getvalue(), "application/pdf", ".pdf")


def _opened(content: bytes) -> pypdf.PdfReader:
    with suppress(NotImplementedError):  # locked for those who hold a certificate
        reader = pypdf.PdfReader(io.BytesIO(content))
        if not reader.is_encrypted or reader.decrypt(""):  # many offices only forbid to change what anyone may open
            return reader
    raise Unreadable("file_locked")
