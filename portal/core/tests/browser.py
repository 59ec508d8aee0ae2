"""A real browser for proofs: Debian's Chromium, headless, as wide and as dark as asked for."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.chrome.webdriver import WebDriver

QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
)  # fmt: skip
HEIGHT = 900


@contextmanager
def driver(width: int = 1440, *, dark: bool = False, language: str = "en", scripts: bool = True) -> Iterator[WebDriver]:
    """Open a browser for the length of a ``with`` block; skip the test where there is none.

    The width is emulated: Chromium's own windows are never narrower than 500 pixels. Without ``scripts`` pages run no
    JavaScript. Where BROWSER_REQUIRED is set, a missing browser fails the test instead.
    """
    chromium, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not chromedriver:
        miss = pytest.fail if os.environ.get("BROWSER_REQUIRED") else pytest.skip
        miss("needs Debian's chromium and chromium-driver")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = Options()
        options.binary_location = chromium
        for argument in (*QUIET, f"--user-data-dir={profile}", f"--lang={language}"):
            options.add_argument(argument)
        preferences: dict[str, Any] = {"intl.accept_languages": language}
        if not scripts:
            preferences["profile.managed_default_content_settings.javascript"] = 2
        options.add_experimental_option("prefs", preferences)
        browser = webdriver.Chrome(options=options, service=Service(chromedriver))
        try:
            look(browser, width, dark=dark)
            yield browser
        finally:
            browser.quit()


def look(browser: WebDriver, width: int, *, dark: bool = False, media: str = "screen", scale: float = 1) -> None:
    """Change how wide and how dark the browser is, and whether it shows screen or paper."""
    size = {"width": width, "height": HEIGHT, "deviceScaleFactor": scale, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    calm = {"name": "prefers-reduced-motion", "value": "reduce"}  # no colors caught half way between light and dark
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": [scheme, calm]})


def picture(browser: WebDriver) -> str:
    """Take the whole page, not only what fits the window, as a PNG in base64."""
    taken: dict[str, Any] = browser.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True})
    return str(taken["data"])


def overflow(browser: WebDriver) -> int:
    """Count the pixels by which the page is wider than its window: none is right."""
    script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return int(browser.execute_script(script))
