"""What pages weigh on the wire: the first page of an owner, the pages after it, and pages of staff."""

import re
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client

from portal.pages.tests.crawl import crawl
from portal.pages.tests.people import AT_A_DESK, INSIDE, client_of, owner_of, tell
from portal.seed.story import Story

pytestmark = pytest.mark.django_db(transaction=True)

KB: Final = 1024
FIRST, LATER, STAFF = 60 * KB, 15 * KB, 250 * KB
ASSET: Final = re.compile(r'<(?:link|script|img)\b[^>]*?(?:href|src)="(/static/[^"]+)"')


@pytest.fixture
def collected(settings: Any, tmp_path: Path) -> Path:
    """The static files as WhiteNoise serves them: named by content and compressed."""
    storage = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STORAGES = {**django_settings.STORAGES, "staticfiles": storage}
    settings.STATIC_ROOT = tmp_path
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path


@pytest.mark.usefixtures("collected")
class TestWeight:
    def test_of_the_first_page_and_those_after_it_suits_a_slow_line(self, story: Story, collected: Path) -> None:
        tell(story, ("repaying", "referred"))
        for name, client in (("visitor", Client()), ("owner", client_of(owner_of("repaying")))):
            first, kept = weight(client, "/", collected, kept=set())
            print(f"{name}: the first page {first / KB:.1f} KB")  # noqa: T201 - shown with -s
            assert first <= FIRST
            assert too_heavy(client, INSIDE if name == "owner" else ("/",), collected, kept=kept, limit=LATER) == {}

    def test_of_staff_pages_stays_within_their_budget(self, story: Story, collected: Path) -> None:
        tell(story, ("repaying", "referred"))
        for who in ("underwriter", "editor"):
            client = client_of(story.staff[who])
            assert too_heavy(client, AT_A_DESK, collected, kept=set(), limit=STAFF) == {}


def too_heavy(client: Client, starts: tuple[str, ...], root: Path, *, kept: set[str], limit: int) -> dict[str, int]:
    """Weigh every page that can be reached, each alone after the first one, and name those over the limit."""
    weights = {page: weight(client, page, root, kept=kept)[0] for page in crawl(client, starts, known=set()).pages}
    heaviest = max(weights, key=lambda page: weights[page])
    print(f"{len(weights)} pages, the heaviest {weights[heaviest] / KB:.1f} KB: {heaviest}")  # noqa: T201 - shown with -s
    return {page: each for page, each in weights.items() if each > limit}


def weight(client: Client, page: str, root: Path, *, kept: set[str]) -> tuple[int, set[str]]:
    """Weigh a page and what it brings along that a browser has not kept, compressed as it is served."""
    answer = client.get(page, headers={"accept-encoding": "gzip"})
    plain = client.get(page).content.decode()
    assets = set(ASSET.findall(plain))
    return len(answer.content) + sum(_served(root / each.removeprefix("/static/")) for each in assets - kept), assets


def _served(file: Path) -> int:
    compressed = file.with_name(f"{file.name}.gz")
    return (compressed if compressed.exists() else file).stat().st_size
