"""What no page may contain: code or style within the page, strings beside the translations, other people's hosts."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
TAGS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
NAMED_BY_TAG = re.compile(r"(?<=<)(/?)(?:\{%.*?%\}|\{\{.*?\}\})+", re.DOTALL)  # <{{ tag }} class="...">
SILENT = re.compile(
    r"\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}"
    r"|\{%\s*blocktrans(?:late)?\b.*?%\}.*?\{%\s*endblocktrans(?:late)?\s*%\}"
    r"|\{%\s*block width\s*%\}.*?\{%\s*endblock\s*%\}"  # names a class
    r"|\{#.*?#\}",
    re.DOTALL,
)
WORD = re.compile(r"[^\W\d_]{2,}")
READ_ALOUD = {"alt", "aria-label", "placeholder", "title"}
LOADED = {"src", "srcset"}
UNTRANSLATED_PLACES = {"code", "script", "style"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def problems(text: str) -> list[tuple[int, str]]:
    """Tell what a template may not contain, each with its line."""
    found = [(_line(text, match.start()), "escaping is turned off") for match in re.finditer(r"\|\s*safe\b", text)]
    found += [(_line(text, m.start()), "escaping is turned off") for m in re.finditer(r"\{%\s*autoescape off", text)]
    parser = _Parser()
    parser.feed(TAGS.sub(_blank, NAMED_BY_TAG.sub(r"\1x-element", SILENT.sub(_blank, text))))
    parser.close()
    return sorted(found + parser.found)


def _blank(match: re.Match[str]) -> str:
    """Keep the lines of what is taken out, and that something stood there."""
    return "0" + "\n" * match[0].count("\n")


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self._open: list[tuple[str, bool]] = []  # element, and whether its text is not for translation

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        for problem in (*_element_problems(tag, given), *_attribute_problems(tag, given)):
            self._note(problem)
        if tag not in VOID:
            silent = tag in UNTRANSLATED_PLACES or given.get("translate") == "no" or self._silent()
            self._open.append((tag, silent))

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        if not self._silent() and WORD.search(data):
            self._note(f"text outside translations: {data.strip()[:60]!r}")

    def _silent(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def _note(self, problem: str) -> None:
        self.found.append((self.getpos()[0], problem))


def _element_problems(tag: str, given: dict[str, str | None]) -> Iterator[str]:
    if tag == "style" or "style" in given:
        yield "style within the page"
    if tag == "script" and "src" not in given and given.get("type") != "application/json":
        yield "code within the page"
    if tag == "img" and "alt" not in given:
        yield "picture without alt"


def _attribute_problems(tag: str, given: dict[str, str | None]) -> Iterator[str]:
    for name, value in given.items():
        if name.startswith("on") or (value or "").startswith("javascript:"):
            yield f"code within the page: {name}"
        if (name in LOADED or (tag == "link" and name == "href")) and re.match(r"(https?:)?//", value or ""):
            yield f"loaded from another host: {value}"
        if name in READ_ALOUD and given.get("translate") != "no" and WORD.search(value or ""):
            yield f"text outside translations: {name}={value!r}"


REPORTS = "reports"  # written to files that stand alone, never served: they carry their style and plots within


def main() -> int:
    """Look through every template."""
    count = 0
    for path in sorted((PROJECT / "templates").rglob("*.html")):
        if path.parent.name == REPORTS:
            continue
        for line, problem in problems(path.read_text()):
            print(f"{path.relative_to(PROJECT)}:{line}: {problem}")
            count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
