"""Proofs of kept files: judged by content, cleaned, named opaquely, handed out as attachments."""

import io
from datetime import UTC, datetime

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from portal.core import files
from portal.core.files.operations import MAX_BYTES
from portal.core.models import StoredFile

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PLACE = "30.2741"


def picture(kind="JPEG", size=(40, 30), mode="RGB"):
    """A photo that tells in its EXIF data where it was taken."""
    image, out, exif = Image.new(mode, size), io.BytesIO(), Image.Exif()
    exif[0x010E] = f"taken at {PLACE}"
    image.save(out, kind, exif=exif)
    return out.getvalue()


def document(*, password=""):
    """A PDF document with a script and an attachment inside."""
    writer, out = pypdf.PdfWriter(), io.BytesIO()
    script = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("boo()")}
    )
    page = writer.add_blank_page(200, 200)
    page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): script})
    writer.root_object[NameObject("/OpenAction")] = script
    writer.add_attachment("virus.exe", b"MZ")
    if password:
        writer.encrypt(password)
    writer.write(out)
    return out.getvalue()


def keep(content, name="license.jpg", kind="document"):
    return files.keep(SimpleUploadedFile(name, content), kind=kind, by="U-1", at=NOW)


def content_of(stored):
    with stored.open() as file:
        return file.read()


class TestKeep:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_re_encodes_a_picture_without_what_it_tells_besides(self, db, kind):
        stored = keep(picture(kind), "My license.png")
        content = content_of(stored)
        assert (stored.original_name, stored.media_type) == ("My license.jpg", "image/jpeg")
        assert PLACE.encode() not in content
        assert Image.open(io.BytesIO(content)).size == (40, 30)

    def test_makes_a_huge_picture_smaller(self, db):
        assert max(Image.open(io.BytesIO(content_of(keep(picture(size=(4000, 100)))))).size) == 3000

    def test_rewrites_a_document_without_scripts_and_attachments(self, db):
        stored = keep(document(), "contract.pdf")
        content = content_of(stored)
        assert stored.media_type == "application/pdf"
        assert len(pypdf.PdfReader(io.BytesIO(content)).pages) == 1
        for hidden in (b"/JS", b"/JavaScript", b"/EmbeddedFile", b"virus"):
            assert hidden in document()
            assert hidden not in content

    def test_keeps_evidence_as_it_came(self, db):
        stored = keep(b":20:STARTUMSE\r\n", "statement.sta", kind="evidence")
        assert (content_of(stored), stored.media_type) == (b":20:STARTUMSE\r\n", "application/octet-stream")

    def test_records_who_when_and_what(self, db):
        stored = keep(b"x", kind="evidence")
        assert (stored.stored_by, stored.stored_at, stored.size) == ("U-1", NOW, 1)
        assert stored.sha256 == "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"

    def test_names_it_opaquely(self, db):
        stored = keep(b"x", "../../etc/passwd", kind="evidence")
        assert stored.original_name == "passwd"
        assert stored.content.name == f"{stored.opaque_name[:2]}/{stored.opaque_name}"
        assert "passwd" not in stored.content.name

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "file_empty"),
            (b"x" * (MAX_BYTES + 1), "file_too_large"),
            (b"MZ\x90\x00 a program", "file_type"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "file_type"),
            (b"GIF89a", "file_type"),
            (b"\xff\xd8\xff but no picture", "file_damaged"),
            (b"\x89PNG\r\n\x1a\n cut", "file_damaged"),
            (b"%PDF-1.7 cut", "file_damaged"),
        ],
    )
    def test_refuses(self, db, content, code):
        with pytest.raises(files.FileRefused) as refused:
            keep(content)
        assert (refused.value.code, refused.value.params) == (code, {"name": "license.jpg"})
        assert not StoredFile.objects.exists()

    def test_refuses_a_document_behind_a_password(self, db):
        with pytest.raises(files.FileRefused) as refused:
            keep(document(password="secret"))
        assert refused.value.code == "file_locked"

    def test_takes_a_document_that_anyone_may_open_and_nobody_change(self, db):
        writer, locked = pypdf.PdfWriter(), io.BytesIO()
        writer.add_blank_page(200, 200)
        writer.encrypt("", owner_password="office", algorithm="AES-256")
        writer.write(locked)
        kept = pypdf.PdfReader(io.BytesIO(content_of(keep(locked.getvalue(), "license.pdf"))))
        assert (kept.is_encrypted, len(kept.pages)) == (False, 1)

    def test_refuses_a_document_locked_in_a_way_that_nobody_here_knows(self, db):
        with pytest.raises(files.FileRefused) as refused:
            keep(document(password="secret").replace(b"/Filter /Standard", b"/Filter /Adobe.PubSec"))
        assert refused.value.code == "file_locked"

    def test_refuses_a_document_of_too_many_pages(self, db):
        writer, long = pypdf.PdfWriter(), io.BytesIO()
        for _page in range(201):
            writer.add_blank_page(9, 9)
        writer.write(long)
        with pytest.raises(files.FileRefused) as refused:
            keep(long.getvalue())
        assert refused.value.code == "file_too_long"

    def test_refuses_a_bomb(self, db):
        with pytest.raises(files.FileRefused) as refused:
            keep(picture("PNG", size=(9000, 9000), mode="1"))
        assert refused.value.code == "file_too_wide"

    def test_refuses_a_document_by_its_content_whatever_its_name(self, db):
        with pytest.raises(files.FileRefused):
            keep(b"#!/bin/sh", "photo.jpg")


class TestAsAttachment:
    def test_never_opens_in_the_page(self, db):
        answer = files.as_attachment(keep(picture(), "执照.jpg"))
        assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "private, no-store"
        answer.close()
