"""How the words of a page are set, whoever wrote them: a reference stays whole, Chinese sentences stand close."""

import re
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

KEPT: Final = r"<(?P<kept>option|pre|script|style|svg|textarea|title)\b.*?</(?P=kept)>|<[^>]*>"
REFERENCE: Final = r"(?<![\w-])(?P<reference>[A-Z]{1,3}-[0-9A-HJKMNP-TV-Z]{8,14})(?![\w-])"
GAP: Final = (
    r"(?P<stop>[，。、；：！？](?:</(?:a|b|em|small|span|strong)>)*)\s+(?=(?:<(?:a|b|em|small|strong)\b[^>]*>)*[^\s<])"
)
PLAIN: Final = re.compile(f"{KEPT}|{REFERENCE}", re.DOTALL)
CHINESE: Final = re.compile(f"{KEPT}|{REFERENCE}|{GAP}", re.DOTALL)


class TypesettingMiddleware:
    """Set every page: what stands between its tags, and nothing that was typed into a form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, and set the page if it is one."""
        response = self.get_response(request)
        if not response.streaming and response.headers.get("Content-Type", "").startswith("text/html"):
            chinese = response.headers.get("Content-Language", "").startswith("zh")
            response.content = typeset(response.text, chinese=chinese)
        return response


def typeset(page: str, *, chinese: bool) -> str:
    """Keep references from breaking at their hyphen; in Chinese leave no space after a stop, which brings its own."""
    return (CHINESE if chinese else PLAIN).sub(_set, page)


def _set(found: re.Match[str]) -> str:
    if found.lastgroup == "reference":
        return f'<span class="whole">{found[0]}</span>'
    return found["stop"] if found.lastgroup == "stop" else found[0]
