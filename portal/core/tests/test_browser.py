"""Proofs that a missing browser is told of, and fails where it must be there."""

from pathlib import Path

import pytest

from portal.core.tests import browser


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without a browser."""
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("nothing_installed")
class TestMissingBrowser:
    def test_is_a_reason_to_skip(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("BROWSER_REQUIRED", raising=False)
        with pytest.raises(pytest.skip.Exception, match="chromium-driver"), browser.driver():
            pass

    def test_fails_where_the_journey_must_run(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BROWSER_REQUIRED", "1")
        with pytest.raises(pytest.fail.Exception, match="chromium-driver"), browser.driver():
            pass
