"""OFD (GB/T 33190): an archive of pages that carries the invoice as data, attached or by tags, beside its looks.

The tax office's files name for each field the drawn object that shows it (custom tags), the older ones attach the
invoice's XML. What a page merely shows at some place is not read.
"""

import re
from typing import Final
from xml.etree.ElementTree import Element

from accounts.statements.parsing import archive, markup
from accounts.statements.parsing.documents import tax_office
from accounts.statements.parsing.invoice import ParsedInvoice
from accounts.statements.parsing.refusals import refused

ENTRY: Final = "OFD.xml"
_ATTACHED: Final = re.compile(r"(.*/)?(attach[^/]*/.+|original_invoice)\.xml", re.IGNORECASE)
_TAGS: Final = re.compile(r"(.*/)?tags?/.+\.xml", re.IGNORECASE)
_DRAWN: Final = re.compile(r"(.*/)?(pages|tpls)/.+\.xml", re.IGNORECASE)


def read(content: bytes) -> ParsedInvoice:
    """Read the invoice that an OFD file carries.

    :raises StatementRefused: ``ofd_no_data`` where it carries none; as the tax office's XML is.
    """
    parts = archive.parts(content, lambda name: name.lower().endswith(".xml"))
    attached = [markup.tree(part) for name, part in parts if _ATTACHED.fullmatch(name)]
    tagged = [markup.tree(part) for name, part in parts if _TAGS.fullmatch(name)]
    for root in (*attached, *tagged):
        if tax_office.recognizes(root):
            _resolve(root, parts)
            return tax_office.read(root)
    raise refused("ofd_no_data")


def _resolve(root: Element, parts: list[tuple[str, bytes]]) -> None:
    """Put the texts of the drawn objects in the place of the references to them."""
    fields = [each for each in root.iter() if markup.at(each, "ObjectRef")]
    if not fields:
        return
    texts: dict[str, str] = {}
    for drawn in (markup.tree(part) for name, part in parts if _DRAWN.fullmatch(name)):
        for each in drawn.iter():
            if markup.name_of(each) == "TextObject":
                texts[each.get("ID", "")] = "".join(code.text or "" for code in markup.at(each, "TextCode"))
    for each in fields:
        each.text = "".join(texts.get((ref.text or "").strip(), "") for ref in markup.at(each, "ObjectRef"))
