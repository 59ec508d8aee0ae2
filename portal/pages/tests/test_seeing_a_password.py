"""A password that is typed can be looked at, where scripts run; without them nothing is different."""

from typing import Any

import pytest
from django.urls import reverse
from selenium.webdriver.common.by import By

from portal.core.tests import browser
from portal.pages.tests.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class TestSwitch:
    @pytest.mark.parametrize("page", ["account_signup", "account_login"])
    def test_shows_what_is_typed_and_hides_it_again_when_it_is_sent(self, live_server: Any, page: str) -> None:
        with browser.driver(width=320) as phone:
            visitor = Visitor(phone, live_server.url)
            visitor.open(reverse(page))
            field = phone.find_element(By.CSS_SELECTOR, "[autocomplete*='password']")
            switch = phone.find_element(By.CSS_SELECTOR, "[data-shows]")
            seen = [(field.get_attribute("type"), switch.accessible_name)]
            for _twice in range(2):
                switch.click()
                seen.append((field.get_attribute("type"), switch.accessible_name))
            assert seen == [("password", "Show Password"), ("text", "Hide Password"), ("password", "Show Password")]
            assert abs(switch.rect["y"] - field.rect["y"]) < 2  # beside it, as on a wide screen
            switch.click()
            phone.execute_script(
                "arguments[0].form.addEventListener('submit', (sent) => sent.preventDefault());"
                "arguments[0].form.requestSubmit()",
                field,
            )
            assert field.get_attribute("type") == "password"
            assert phone.execute_script("return document.documentElement.scrollWidth") == 320

    def test_is_not_there_without_scripts(self, live_server: Any) -> None:
        with browser.driver(width=320, scripts=False) as phone:
            Visitor(phone, live_server.url).open(reverse("account_signup"))
            assert not phone.find_element(By.CSS_SELECTOR, "[data-shows]").is_displayed()
