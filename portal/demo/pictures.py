"""Takes the README's pictures from a running demo: ``python -m portal.demo.pictures http://localhost:8000``."""

import re
import sys
from base64 import b64decode
from io import BytesIO
from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

from portal.core.tests.browser import driver, look

FOLDER: Final = Path(__file__).parents[2] / "docs" / "pictures"
PHONE: Final = (360, 800)
DESK: Final = (1280, 900)
COLORS: Final = 96
PATIENCE: Final = 40  # seconds: an authenticator's code is good once, and the next one comes after half a minute
CASE: Final = "明前茶叶经营部"
APPROVED: Final = "+8613800131091"  # an owner whose offer waits to be signed
SHOP: Final = "+8613800001000"


class Picture(NamedTuple):
    """A page in a language: who signs in for it (nobody: a visitor), its address, and which links to follow there."""

    name: str
    size: tuple[int, int]
    language: str
    who: str
    address: str
    links: tuple[str, ...] = ()


PICTURES: Final = (
    Picture("welcome-phone", PHONE, "en", "", "/"),
    Picture("answer-phone", PHONE, "en", APPROVED, "/applications/", ("main li.card a",)),
    Picture(
        "lesson-phone", PHONE, "zh-hans", APPROVED, "/training/courses/know-your-cash/", ("main a[href*=lessons]",)
    ),
    Picture("case-desk", DESK, "en", "underwriter@bank.example", f"/applications/queue/?q={CASE}", ("main tbody a",)),
    Picture("cashflow-desk", DESK, "en", SHOP, "/cashflow/", ("main li a", "main a[href$='/forecast/']")),
    Picture("books-desk", DESK, "en", "auditor@bank.example", "/ledger/"),
)


def main(base: str) -> None:
    """Take each picture anew."""
    for picture in PICTURES:
        with driver(DESK[0], language="en") as browser:
            if picture.who:
                _sign_in(browser, base, picture.who)
            browser.get(base)
            browser.add_cookie({"name": "language", "value": picture.language})
            look(browser, picture.size[0])
            browser.get(base + picture.address)
            for link in picture.links:
                browser.get(str(browser.find_element(By.CSS_SELECTOR, link).get_attribute("href")))
            _keep(browser, picture)


def _keep(browser: WebDriver, picture: Picture) -> None:
    """Keep what is seen first of the page, in few colors."""
    taken = browser.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True})
    seen = Image.open(BytesIO(b64decode(taken["data"]))).convert("RGB").crop((0, 0, *picture.size))
    seen.quantize(COLORS, dither=Image.Dither.NONE).save(FOLDER / f"{picture.name}.png", optimize=True)


def _sign_in(browser: WebDriver, base: str, who: str) -> None:
    """Sign in as the demo's door says: with the password of all, and a code that was sent or that is shown."""
    password = re.search(r"^Password: (\S+)$", _door(browser, base), re.MULTILINE)
    assert password, "only a demo has such a door"
    browser.get(f"{base}/accounts/login/")
    browser.find_element(By.NAME, "login").send_keys(who)
    field = browser.find_element(By.NAME, "password")
    field.send_keys(password[1])
    field.submit()
    WebDriverWait(browser, PATIENCE).until(lambda _: _code_taken(browser, base, who))


def _code_taken(browser: WebDriver, base: str, who: str) -> bool:
    """Give the newest code where one is asked for, and tell whether none is any more."""
    fields = browser.find_elements(By.NAME, "code")
    if not fields:
        return "/accounts/" not in browser.current_url
    browser.switch_to.new_window("tab")
    code = re.search(rf"{re.escape(who)} \D*(\d{{6}})(?!\d)", _door(browser, base))
    browser.close()
    browser.switch_to.window(browser.window_handles[0])
    if code:
        field = browser.find_element(By.NAME, "code")
        field.clear()
        field.send_keys(code[1])
        field.submit()
    return False


def _door(browser: WebDriver, base: str) -> str:
    browser.get(f"{base}/demo/")
    return str(browser.find_element(By.TAG_NAME, "body").text)


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
