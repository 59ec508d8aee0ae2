"""XML as files bring it: recognized, in an encoding the parser knows, without entities or anything from elsewhere."""

import io
import re
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from accounts.statements.parsing.refusals import refused

DEEPEST: Final = 40
MOST_ELEMENTS: Final = 300_000
_CHINESE: Final = re.compile(rb"\s*<\?xml[^>]*encoding=[\"'](?i:gb2312|gbk|gb18030|cp936)[\"'][^>]*\?>")


def is_xml(content: bytes) -> bool:
    """Tell whether a file begins like XML."""
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:64]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = content[:256].decode("utf-16", errors="ignore").lstrip().encode()[:64]
    return re.match(rb"<[?!A-Za-z]", start) is not None


def steps(content: bytes) -> Iterator[tuple[str, Element]]:
    """Go through a file, down (``start``) and up (``end``).

    :raises StatementRefused: ``xml_broken`` with the line, ``xml_forbidden`` for declarations and what is too deep.
    """
    depth = 0
    try:
        for event, element in iterparse(io.BytesIO(_known(content)), events=("start", "end"), forbid_dtd=True):
            depth += 1 if event == "start" else -1
            if depth > DEEPEST:
                raise refused("xml_forbidden")
            yield event, element
    except DefusedXmlException:
        raise refused("xml_forbidden") from None
    except ParseError as error:
        line = error.position[0] if getattr(error, "position", None) else 1
        raise refused("xml_broken", line=line) from None
    except (ValueError, LookupError):  # an encoding that nobody knows
        raise refused("xml_broken", line=1) from None


def tree(content: bytes) -> Element:
    """Read a small file whole.

    :raises StatementRefused: as ``steps``; ``xml_forbidden`` also for more elements than any such file has.
    """
    root: Element | None = None
    for count, (_event, element) in enumerate(steps(content)):
        root = element if root is None else root
        if count > 2 * MOST_ELEMENTS:
            raise refused("xml_forbidden")
    assert root is not None, "a file without an element is broken"
    return root


def name_of(element: Element) -> str:
    """Name an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def at(element: Element, path: str) -> list[Element]:
    """Find what stands at a path below an element, whatever the namespaces."""
    return element.findall("/".join(f"{{*}}{step}" for step in path.split("/")))


def text(element: Element, path: str) -> str:
    """Read what stands first at a path below an element; nothing where there is none."""
    found = at(element, path)
    return (found[0].text or "").strip() if found else ""


def _known(content: bytes) -> bytes:
    """Bring Chinese encodings, which the parser does not know, to UTF-8."""
    declared = _CHINESE.match(content[:200])
    return content[declared.end() :].decode("gb18030").encode() if declared else content
