"""The language that a person, or a visitor, chose."""

from django.urls import reverse


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
