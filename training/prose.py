"""Lesson text: Markdown made into HTML that is readable on a narrow screen and by a screen reader.

Raw HTML and pictures are off. A paragraph ``Table: …`` (``表：…``) right before a table becomes its caption; a row's
first cell heads the row; alignment becomes a class, because the pages allow no ``style`` attribute. A line
``{own:buffer_days}`` is no text: it marks where the reader's own figure stands.
"""

import re
from collections.abc import MutableSequence, Sequence
from functools import lru_cache
from typing import Any, Final

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

CAPTIONS: Final = ("Table:", "表：")
RIGHT: Final = "text-align:right"
OWN: Final = re.compile(r"^\{own:([a-z_]+)\}$", re.MULTILINE)


class _Renderer(RendererHTML):
    """Wraps tables so that only they scroll."""

    def table_open(self, tokens: Sequence[Token], index: int, *_args: Any) -> str:
        """Open the scrolling region, the table and its caption."""
        caption = escapeHtml(tokens[index].meta.get("caption", ""))
        return (
            f'<div class="table-responsive" tabindex="0" role="region" aria-label="{caption}">'
            f'<table class="table table-sm told"><caption>{caption}</caption>\n'
        )

    def table_close(self, *_args: Any) -> str:
        """Close both."""
        return "</table></div>\n"


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable("table").disable(["image"])


def figures_in(text: str) -> list[str]:
    """Name the figures of one's own that a lesson's text marks, in order."""
    return OWN.findall(text)


def parts(text: str, *, deeper: int = 0) -> list[tuple[SafeString, str]]:
    """Cut a lesson's text at its marks: each part as HTML, with the figure that follows it, if one does."""
    cut = [*OWN.split(text), ""]
    return [(as_html(prose.strip(), deeper=deeper), figure) for prose, figure in zip(cut[::2], cut[1::2], strict=True)]


@lru_cache(maxsize=256)
def as_html(text: str, *, deeper: int = 0) -> SafeString:
    """Render a lesson's Markdown; its headings may stand so many levels deeper, below one of the page's."""
    markdown = _markdown()
    environment: dict[str, Any] = {}
    tokens = _captioned(markdown.parse(text, environment))
    _make_headers(tokens)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{int(token.tag[1:]) + deeper}"
    html: str = markdown.renderer.render(tokens, markdown.options, environment)
    return SafeString(html)  # made from Markdown with raw HTML off


def _captioned(tokens: Sequence[Token]) -> list[Token]:
    kept: list[Token] = []
    for token in tokens:
        if token.type == "table_open":
            token.meta["caption"] = _taken_caption(kept)
        kept.append(token)
    return kept


def _taken_caption(before: MutableSequence[Token]) -> str:
    if len(before) < 3 or before[-1].type != "paragraph_close":
        return ""
    content = before[-2].content
    for word in CAPTIONS:
        if content.startswith(word):
            del before[-3:]
            return content.removeprefix(word).strip()
    return ""


def _make_headers(tokens: Sequence[Token]) -> None:
    first_of_row = in_body = False
    for index, token in enumerate(tokens):
        if token.type in {"tbody_open", "thead_open"}:
            in_body = token.type == "tbody_open"
        elif token.type == "tr_open":
            first_of_row = True
        elif token.type in {"th_open", "td_open"}:
            _make_cell(tokens, index, heads_row=in_body and first_of_row)
            first_of_row = False


def _make_cell(tokens: Sequence[Token], index: int, *, heads_row: bool) -> None:
    cell, content, closing = tokens[index : index + 3]
    right = cell.attrs.pop("style", None) == RIGHT
    if cell.type == "th_open" and not content.content:
        cell.tag = closing.tag = "td"  # an empty heading names nothing
    elif heads_row:
        cell.tag = closing.tag = "th"
        cell.attrs["scope"] = "row"
    elif cell.type == "th_open":
        cell.attrs["scope"] = "col"
    if right:
        cell.attrs["class"] = "text-end" if cell.type == "th_open" else "num"  # headings may wrap, figures may not
