"""PDF documents by Typst, with one Simplified Chinese font of our own so that nothing depends on the machine's."""

import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import segno
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

FONTS: Final = Path(__file__).parent / "fonts"


def render(template: str, data: Mapping[str, Any], *, language: str) -> bytes:
    """Render ``templates/pdf/<template>.typ`` with its data (read there by ``json(bytes(sys.inputs.data))``).

    ``data`` carries finished text in the reader's language; ``lang`` is added for hyphenation and accessibility.
    """
    import typst

    folder = settings.BASE_DIR / "templates" / "pdf"
    content = json.dumps({**data, "lang": "zh" if language.startswith("zh") else "en"}, cls=DjangoJSONEncoder)
    rendered: bytes = typst.compile(
        str(folder / f"{template}.typ"),
        root=str(folder),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": content},
        pdf_standards=["a-2b"],
    )
    return rendered


def qr(address: str) -> str:
    """Draw the code that leads to an address, as SVG for a document."""
    picture = BytesIO()
    segno.make_qr(address, error="m").save(picture, kind="svg", border=0, xmldecl=False, dark="#1c2b29")
    return picture.getvalue().decode()
