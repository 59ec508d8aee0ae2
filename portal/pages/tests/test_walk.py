"""A walk over every page, as every kind of person, in both languages, on a phone and at a desk, by light and dark."""

import re
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from django.conf import settings as django_settings
from django.test import Client

from portal.core.tests import browser
from portal.pages.tests.crawl import crawl, routes
from portal.pages.tests.people import client_of, everyone, tell, tell_of_locked_files
from portal.seed.story import Story

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE: Final = Path(browser.__file__).parent / "axe" / "axe.min.js"
STANDARD: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
JUDGE: Final = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: arguments[0], resultTypes: ["violations"]}).then(
  found => done(found.violations.flatMap(each => each.nodes.map(
    node => each.id + " " + node.target + " " + (node.any[0]?.message || each.help)))),
  error => done(["axe: " + error]));
"""
SHAPE: Final = """
const styled = [...document.querySelectorAll("[style]")];
return [document.querySelectorAll("h1").length, styled.map(each => each.outerHTML.slice(0, 120))];
"""
SCROLLED: Final = """
const tables = [...document.querySelectorAll(".table-responsive")];
return tables.filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.getAttribute("aria-label"));
"""
SMALL_DESK: Final = 900  # where no table asks to be scrolled sideways


class Look(NamedTuple):
    """How a page is looked at."""

    language: str
    width: int
    dark: bool


LOOKS: Final = (  # the two of a language share one loading of the page
    (Look("en", 320, dark=False), Look("en", 1440, dark=True)),
    (Look("zh-hans", 1440, dark=False), Look("zh-hans", 320, dark=True)),
)


class TestEveryPage:
    def test_is_accessible_fits_and_complains_of_nothing(self, story: Story, live_server: Any, settings: Any) -> None:
        settings.DEMO = True
        tell(story)
        tell_of_locked_files(story)
        walk, known, reached = Walk(live_server.url), set[Any](), set[str]()
        with browser.driver() as driver:
            driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": AXE.read_text()})
            for name, client, starts in everyone(story):
                found = crawl(client, starts, known=known)
                reached |= found.routes
                walk.faults += [f"{name}: {dead}" for dead in found.dead]
                for address in found.pages:
                    walk.look(driver, name, client, address)
        print(f"{walk.looked} pages looked at")  # noqa: T201 - shown with -s
        assert walk.faults == [], "\n".join(walk.faults)
        anyone = client_of(story.staff["admin"])
        assert sorted(each for each in routes() if each not in reached and not no_page(each, anyone)) == []
        assert sorted(each for each in RARE if each in reached) == []


class Walk:
    """Looks at pages and remembers what is wrong with them."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.faults: list[str] = []
        self.looked = 0

    def look(self, driver: Any, name: str, client: Client, path: str) -> None:
        """Look at a page in both languages, at both widths, by light and dark."""
        self.looked += 1
        for looks in LOOKS:
            self._open(driver, client, path, looks[0])
            for look in looks:
                browser.look(driver, look.width, dark=look.dark)
                self._judge(driver, f"{name} {path} {look.language} {look.width}{' dark' if look.dark else ''}")
            browser.look(driver, SMALL_DESK)
            told = f"{name} {path} {look.language} {SMALL_DESK}: scrolls sideways:"
            self.faults += [f"{told} {table}" for table in driver.execute_script(SCROLLED)]

    def _open(self, driver: Any, client: Client, path: str, look: Look) -> None:
        if not driver.current_url.startswith(self.address):
            driver.get(f"{self.address}/health/live")
        driver.delete_all_cookies()
        for cookie in client.cookies.values():
            driver.add_cookie({"name": cookie.key, "value": cookie.value, "path": "/"})
        driver.add_cookie({"name": django_settings.LANGUAGE_COOKIE_NAME, "value": look.language, "path": "/"})
        browser.look(driver, look.width, dark=look.dark)
        driver.get(self.address + path)

    def _judge(self, driver: Any, where: str) -> None:
        faults = list(driver.execute_async_script(JUDGE, STANDARD))
        headings, styled = driver.execute_script(SHAPE)
        faults += [f"styled: {each}" for each in styled]
        faults += [f"{headings} h1"] if headings != 1 else []
        wide = browser.overflow(driver)
        faults += [f"wider than the window by {wide}"] if wide else []
        told = [entry["message"] for entry in driver.get_log("browser")]
        faults += [each for each in told if "favicon.ico" not in each]  # asked for by pages that are no pages
        self.faults += [f"{where}: {fault}" for fault in faults]


NO_PAGES: Final = ("api/", "^api/", "health/", "metrics", "language/")
RARE: Final = {  # and why nobody of the walk comes there
    "accounts/2fa/trust/": "switched off",
    "accounts/2fa/webauthn/keys/<int:pk>/edit/": "needs a passkey",
    "accounts/2fa/webauthn/keys/<int:pk>/remove/": "needs a passkey",
    "accounts/2fa/webauthn/login/": "needs a passkey",
    "accounts/2fa/webauthn/reauthenticate/": "needs a passkey",
    "accounts/^confirm-email/(?P<key>[-:\\w]+)/$": "from a message to an e-mail address",
    "accounts/confirm-email/": "from a message to an e-mail address",
    "accounts/password/reset/complete/": "once the code of a message was right",
    "accounts/password/set/": "everyone has a password",
    "applications/<slug:reference>/documents/<int:document>/": "a file",
    "enterprises/<str:reference>/checks/<str:check>/download": "a file",
    "loans/write-offs/<slug:reference>/download/": "a file",
    "loans/reschedulings/<slug:reference>/agree/": "leads back to what is agreed to",
    "pay/<str:token>/send/": "leads back to the request",
    "settlement/batches/<str:reference>/submit/": "leads back to the batch",
    "settlement/standing/<str:reference>/resume/": "leads back to the standing order",
    "unsent/": "a form filled in while signed out",
}
BLANK: Final = re.compile(r"<(?:(\w+):)?\w+>")


def no_page(route: str, client: Client) -> bool:
    """Tell whether an address shows no page: it is for machines, or takes only what a form sends."""
    if route.startswith(NO_PAGES) or route in RARE:
        return True
    address = BLANK.sub(lambda blank: "1" if blank[1] == "int" else "x", route)
    return client.get(f"/{address}").status_code == 405
