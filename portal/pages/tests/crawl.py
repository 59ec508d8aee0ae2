"""Finds every page that a person can reach by following links, and what of the URLconf nobody reaches."""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, get_resolver, resolve
from django.urls.resolvers import URLPattern, URLResolver

SAMPLES: Final = 3  # pages of one address that a person is shown, such as three cases of a queue
LINK: Final = re.compile(r'(?:href|hx-get)="([^"#]+)"')
TAG: Final = re.compile(r'<(\w+)(?:[^>]*? class="([^"]*)")?')


@dataclass
class Crawl:
    """What one person reached: the pages, the addresses of the URLconf, and links that lead nowhere."""

    pages: list[str] = field(default_factory=list)
    routes: set[str] = field(default_factory=set)
    dead: list[str] = field(default_factory=list)


def crawl(client: Client, starts: Iterable[str], *, known: set[Any]) -> Crawl:
    """Follow every link; a page built like one in ``known`` need not be looked at again."""
    found, waiting, seen, shown = Crawl(), deque(starts), set[str](), Counter[str]()
    while waiting:
        address = waiting.popleft()
        route = route_of(address)
        if address in seen or route is None or shown[route] >= SAMPLES:
            continue
        seen.add(address)
        shown[route] += 1
        found.routes.add(route)
        waiting.extend(_visit(client, address, route, found, known))
    return found


def _visit(client: Client, address: str, route: str, found: Crawl, known: set[Any]) -> Iterator[str]:
    answer: Any = client.get(address)
    answer.close()  # a download's file
    if answer.status_code in {301, 302}:
        yield urljoin(address, answer["Location"])
        return
    if answer.status_code != 200:
        found.dead.append(f"{answer.status_code} {address}")
        return
    if not answer["Content-Type"].startswith("text/html"):
        return
    text = answer.content.decode()
    build = (route, frozenset(TAG.findall(text)))
    if build not in known:
        known.add(build)
        found.pages.append(address)
    for link in LINK.findall(text):
        yield urljoin(address, link.replace("&amp;", "&"))


def route_of(address: str) -> str | None:
    """Name the pattern that answers an address of ours, or nothing for static files and other hosts."""
    parts = urlsplit(address)
    if parts.netloc or parts.scheme or parts.path.startswith("/static/"):
        return None
    try:
        return resolve(parts.path).route
    except Resolver404:
        return None


def routes(resolver: Any = None, prefix: str = "") -> Iterator[str]:
    """List every pattern of the URLconf."""
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from routes(each, prefix + str(each.pattern))
        elif isinstance(each, URLPattern):
            yield prefix + str(each.pattern)
