"""A person at a browser: opens pages, fills in, presses, and waits until something is to be seen."""

import json
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from accounts.identity.models import User
from portal.core.models import Notice
from portal.seed.sign_ins import PASSWORD, code_of

PATIENCE = 30
UNSTEADY = (StaleElementReferenceException, WebDriverException)


class Visitor:
    """What one person does in one browser."""

    def __init__(self, browser: Any, address: str) -> None:
        self.browser = browser
        self.address = address

    def open(self, path: str) -> None:
        """Go to a page."""
        self.browser.get(self.address + path)

    def wait(self, condition: Any, what: str) -> Any:
        """Wait until the condition holds; what was waited for and what was seen stand in the failure."""
        patience = WebDriverWait(self.browser, PATIENCE, poll_frequency=0.1, ignored_exceptions=UNSTEADY)
        try:
            return patience.until(lambda _: condition())
        except Exception as late:
            seen = f"{self.browser.current_url}\n{self.browser.find_element(By.TAG_NAME, 'body').text[:1500]}"
            raise AssertionError(f"waited for {what}; saw {seen}") from late

    def see(self, *texts: str) -> None:
        """Wait until the page shows the texts."""
        for text in texts:
            self.wait(lambda text=text: text in self.browser.find_element(By.TAG_NAME, "body").text, f"“{text}”")

    def fill(self, **answers: str) -> None:
        """Fill in text fields by name."""
        for name, answer in answers.items():
            field = self._form_field(name)
            if field.get_attribute("type") == "date":  # what is typed there depends on the browser's language
                self.browser.execute_script("arguments[0].value = arguments[1]", field, answer)
            else:
                field.clear()
                field.send_keys(answer)

    def upload(self, name: str, path: Path) -> None:
        """Choose a file."""
        self._form_field(name).send_keys(str(path))

    def pick(self, name: str, text: str) -> None:
        """Choose from a list by what it says."""
        Select(self._form_field(name)).select_by_visible_text(text)

    def choose(self, text: str) -> None:
        """Choose a radio button or tick a box by its label."""
        self._click(f"//label[contains(normalize-space(), '{text}')]")

    def press(self, text: str) -> None:
        """Press the button or follow the link that says so, and wait for the next page."""
        says = f"[contains(normalize-space(), '{text}')]"
        page = self.browser.find_element(By.TAG_NAME, "html")
        self._click(f"//main//button{says} | //main//a{says} | //main//input[@type='submit' and @value='{text}']")
        self.wait(lambda: _is_gone(page), f"the page after “{text}”")

    def click(self, text: str) -> None:
        """Press what does not lead to another page."""
        self._click(f"//main//*[self::a or self::button or self::summary][contains(normalize-space(), '{text}')]")

    def heading(self) -> str:
        """Read the page's heading."""
        return str(self.browser.find_element(By.TAG_NAME, "h1").text)

    def sign_in(self, user: User) -> None:
        """Sign in on a new device: by the message that comes, or by the authenticator."""
        self.forget()
        self.open("/accounts/login/")
        self.fill(login=user.phone or user.email or "", password=PASSWORD)
        self.press("Sign in")
        secret = Authenticator.objects.filter(user=user, type="totp").first()
        self.fill(code=code_of(secret.data["secret"]) if secret else latest_code("sign_in_code"))
        self.press("Sign in" if secret else "Continue")

    def forget(self) -> None:
        """Become a new person on a new device."""
        self.browser.delete_all_cookies()

    def _form_field(self, name: str) -> WebElement:
        found: WebElement = self.wait(
            lambda: self.browser.find_element(By.CSS_SELECTOR, f"main [name='{name}']:not([type='hidden'])"),
            f"the field {name}",
        )
        return found

    def _click(self, path: str) -> None:
        self.wait(lambda: self._clicked(path), path)

    def _clicked(self, path: str) -> bool:
        """Click what may still be moving into sight; refused, the caller asks again."""
        element = self.browser.find_element(By.XPATH, path)
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element)
        element.click()
        return True


def _is_gone(page: WebElement) -> bool:
    try:
        page.is_enabled()
    except StaleElementReferenceException:
        return True
    return False


def latest_code(notice: str) -> str:
    """Read the code from the newest message of a kind."""
    sent = Notice.objects.filter(code=notice).latest("pk")
    return str(json.loads(sent.params)["code"])
