"""The language that a person, or a visitor, chose."""

import re

from django.urls import reverse

from accounts.identity.models import Enterprise
from accounts.identity.tests.builders import make_enterprise


class TestSetLanguage:
    def test_is_kept_for_the_person(self, client_of, li_na):
        client_of(li_na).post(reverse("set_language"), {"language": "zh-hans", "next": "/"})
        li_na.refresh_from_db()
        assert li_na.language == "zh-hans"

    def test_works_for_visitors(self, browser):
        browser.post(reverse("set_language"), {"language": "zh-hans", "next": reverse("account_login")})
        assert 'lang="zh-hans"' in browser.get(reverse("account_login")).text

    def test_keeps_no_language_we_do_not_speak(self, client_of, li_na):
        client_of(li_na).post(reverse("set_language"), {"language": "tlh", "next": "/"})
        li_na.refresh_from_db()
        assert li_na.language == "en"


class TestAFormThatCameBack:
    def test_comes_back_in_the_other_language_with_what_was_typed(self, client_of, li_na):
        browser, page = client_of(li_na), reverse("identity:register_who")
        came_back = browser.post(page, {"legal_name": "河镇便利店", "identifier": "12"})
        again = switched(browser, page, came_back)
        assert 'lang="zh-hans"' in again.text
        assert 'value="河镇便利店"' in again.text
        assert Enterprise.objects.count() == 0

    def test_is_not_sent_by_it(self, client_of, li_na):
        browser, page = client_of(li_na), reverse("identity:register_who")
        number = {"identifier_kind": "uscc", "identifier": "91110108551385082Q"}
        answers = {"legal_name": "河镇便利店", "founded_on": "2019-05-01"} | number
        browser.post(page, answers | {"shown_again": "1"})
        assert browser.get(reverse("identity:register")).url == page
        browser.post(page, answers)
        assert browser.get(reverse("identity:register")).url != page

    def test_is_shown_to_visitors_too_without_the_password(self, browser):
        page = reverse("account_signup")
        came_back = browser.post(page, {"full_name": "李娜", "phone": "12", "password1": "three words apart"})
        again = switched(browser, page, came_back)
        assert 'lang="zh-hans"' in again.text
        assert 'value="李娜"' in again.text
        assert "three words apart" not in came_back.text + again.text

    def test_leads_on_to_where_its_reader_was_going(self, browser):
        page = reverse("account_login") + "?next=/profile/"
        came_back = browser.post(page, {"login": "12", "password": "three words apart", "next": "/profile/"})
        assert 'name="login"' in switched(browser, page, came_back).text

    def test_comes_back_where_its_address_only_takes_forms(self, client_of, li_na, bank):
        shop = make_enterprise(li_na, branch=bank.branch)
        browser, page = client_of(li_na), reverse("identity:invite", args=[shop.reference])
        came_back = browser.post(page, {"phone": "12"})
        again = switched(browser, page, came_back)
        assert 'lang="zh-hans"' in again.text
        assert 'value="12"' in again.text
        assert shop.invitations.count() == 0


def switched(browser, page, came_back):
    """Press the other language on a form's answer, as a browser does."""
    kept = re.findall(r'<input type="hidden" form="language" name="([^"]+)" value="([^"]*)">', came_back.text)
    kept = {"next": page} | dict(kept)  # of two of a name the last one counts
    answer = browser.post(reverse("set_language"), kept | {"language": "zh-hans"})
    assert (answer.status_code, answer.url) == (307, page)
    return browser.post(answer.url, kept | {"language": "zh-hans"}, headers={"Referer": f"http://testserver{page}"})
