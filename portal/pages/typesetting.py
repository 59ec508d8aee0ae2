"""How the words of a page are set, whoever wrote them: numbers and dates stay whole, Chinese stands close."""

import re
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

KEPT: Final = re.compile(r"(<(option|pre|script|style|svg|textarea|title)\b.*?</\2>)", re.DOTALL)
REFERENCE: Final = re.compile(r"([A-Z](?<![\w-].)[A-Z]{0,2}-[0-9A-HJKMNP-TV-Z]{8,16})(?![\w-])", re.ASCII)
# An account number, an IBAN or a reference for a transfer, in groups of four.
GROUPED: Final = re.compile(
    r"([0-9A-Z](?<![\w-].)[0-9A-Z][0-9]{2} [0-9A-Z]{4} [0-9A-Z]{4}(?: [0-9A-Z]{4}){0,5}(?: [0-9A-Z]{1,3})?)(?![\w-])",
    re.ASCII,
)
DATE: Final = re.compile(
    r"([0-9]{4}年[0-9]{1,2}月(?:[0-9]{1,2}日)?"
    r"|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9]{1,2}, [0-9]{4}\b)",
    re.ASCII,
)
GAP: Final = re.compile(
    r"([，。、；：！？])((?:</(?:a|b|em|small|span|strong)>)*)\s+(?=(?:<(?:a|b|em|small|strong)\b[^>]*>)*[^\s<])"
)
IN_ONE: Final = r'<span class="whole">\1</span>'
ANGLE: Final = re.compile(r"[<>]|\Z")


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
            if "Content-Length" in response:  # it was counted before
                response["Content-Length"] = str(len(response.content))
        return response


def typeset(page: str, *, chinese: bool) -> str:
    """Keep numbers and dates on one line; in Chinese leave no space after a stop, which brings its own."""
    set_part = _set_chinese if chinese else _set
    parts = KEPT.split(page)  # what is set, what is kept, the name of its tag, and so on
    parts[::3] = [set_part(part) for part in parts[::3]]
    del parts[2::3]
    return "".join(parts)


def _set(text: str) -> str:
    return _replace(DATE, IN_ONE, _replace(GROUPED, IN_ONE, _replace(REFERENCE, IN_ONE, text)))


def _set_chinese(text: str) -> str:
    return _replace(GAP, r"\1\2", _set(text))


def _replace(pattern: re.Pattern[str], told: str, text: str) -> str:
    """Replace where the first group stands between tags: no angle follows it, or one that opens."""
    angle = -1  # the next one: each is looked for once, however long the text

    def tell(match: re.Match[str]) -> str:
        nonlocal angle
        if angle < match.end(1):
            angle = ANGLE.search(text, match.end(1)).start()  # type: ignore[union-attr]  # at the end of all
        return match[0] if text[angle : angle + 1] == ">" else match.expand(told)

    return pattern.sub(tell, text)
