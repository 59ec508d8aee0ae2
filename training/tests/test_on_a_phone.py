"""A learner's whole way on the narrowest phone, without a mouse and in both languages."""

import base64
import os
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from accounts.identity.tests.builders import make_user
from portal.core.tests.browser import driver, overflow, picture
from training import operations, queries
from training.models import Attempt, Choice
from training.tests.builders import COURSES, NOW, answers_to, make_attempt, make_course

PHONE = 320


def signed_in(browser, url: str, user, language: str) -> None:
    client = Client()
    client.force_login(user, backend=django_settings.AUTHENTICATION_BACKENDS[0])
    browser.get(f"{url}/health/live")
    browser.add_cookie({"name": "sessionid", "value": client.cookies["sessionid"].value})
    browser.add_cookie({"name": "language", "value": language})


def keep_picture(browser, name: str) -> None:
    """Keep what the page looks like, where ``PICTURES`` names a folder."""
    if folder := os.environ.get("PICTURES"):
        Path(folder, f"{name}.png").write_bytes(base64.b64decode(picture(browser)))


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
class TestOnAPhone:
    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_no_page_is_wider_than_the_phone(self, live_server, settings, language):
        settings.ALLOWED_HOSTS = ["*"]
        user = make_user("Chen Jie")
        course = make_course()
        attempt = make_attempt(course, user)
        operations.submit_attempt(attempt, answers=answers_to(attempt, wrong=1), by=user, at=NOW)
        again = make_attempt(course, user)
        paths = {"catalogue": "", "course": f"courses/{course.slug}/", "quiz": f"attempts/{again.reference}/"}
        paths |= {"result": f"attempts/{attempt.reference}/result/", "certificates": "certificates/"}
        paths |= {"verified": f"verify/{attempt.certificate.code}/", "unknown": "verify/C-0/"}
        courses = [make_course(folder) for folder in COURSES.iterdir() if folder.is_dir()]
        for taught in courses:
            paths[f"{taught.slug} on paper"] = f"courses/{taught.slug}/whole/"
            paths[f"{taught.slug} worksheet"] = f"courses/{taught.slug}/worksheet/"
            for lesson in queries.taught_in(taught):
                paths[lesson.slug] = f"courses/{taught.slug}/lessons/{lesson.slug}/"
        with driver(PHONE, language=language) as page:
            signed_in(page, live_server.url, user, language)
            for name, path in paths.items():
                page.get(f"{live_server.url}/training/{path}")
                keep_picture(page, f"{name}.{language}")
                assert page.find_elements(By.TAG_NAME, "h1"), name
                assert overflow(page) == 0, name

    def test_a_forgotten_answer_is_asked_for_and_the_others_stay(self, live_server, settings):
        settings.ALLOWED_HOSTS = ["*"]
        user = make_user("Chen Jie")
        attempt = make_attempt(make_course(), user)
        with driver(PHONE) as page:
            signed_in(page, live_server.url, user, "en")
            page.get(f"{live_server.url}/training/attempts/{attempt.reference}/")
            groups = page.find_elements(By.TAG_NAME, "fieldset")
            for group in groups[1:]:
                choose_right(group)
            send(page)
            WebDriverWait(page, 10).until(lambda _page: page.find_elements(By.CLASS_NAME, "error-summary"))
            keep_picture(page, "refused")
            assert len(page.find_elements(By.CSS_SELECTOR, "input:checked")) == len(groups) - 1
            choose_right(page.find_elements(By.TAG_NAME, "fieldset")[0])
            send(page)
            WebDriverWait(page, 10).until(lambda _page: "/result/" in page.current_url)
            assert page.find_element(By.TAG_NAME, "h1").text == "You have passed"
        assert Attempt.objects.get().correct_count == len(groups)


def send(page) -> None:
    page.find_element(By.CSS_SELECTOR, "form.quiz [type=submit]").send_keys(Keys.ENTER)


def choose_right(group) -> None:
    for choice in group.find_elements(By.CSS_SELECTOR, "input[type=radio]"):
        if Choice.objects.get(pk=choice.get_attribute("value")).is_correct:
            choice.send_keys(Keys.SPACE)
