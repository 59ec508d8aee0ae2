"""Papers keep every character that a name may hold."""

from io import BytesIO
from pathlib import Path

import typst
from pypdf import PdfReader

from portal.core.pdf import FONTS


def gb2312() -> list[str]:
    """List the 6,763 characters of the national standard's two levels."""
    found = []
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                found.append(bytes([high, low]).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return found


class TestTheFont:
    def test_shows_every_character_of_the_national_standard(self, tmp_path: Path):
        # A character map of format 4 counts its bytes in 16 bits: with 22,000 characters it overflows and some vanish.
        characters = gb2312()
        assert len(characters) == 6763
        page = tmp_path / "page.typ"
        page.write_text('#set text(font: "Noto Sans CJK SC")\n' + "".join(characters), encoding="utf-8")
        paper = typst.compile(str(page), font_paths=[str(FONTS)], ignore_system_fonts=True, pdf_standards=["a-2b"])
        text = "".join(one.extract_text() for one in PdfReader(BytesIO(paper)).pages)
        assert set(characters) <= set(text)
