"""Proofs of signing up, end to end, as a browser does it."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts.identity import operations
from accounts.identity.models import User
from accounts.identity.tests.builders import NOW
from accounts.identity.tests.signing_in import E164, NUMBER, newest_code, sign_up
from portal.core.models import Notice
from portal.core.notices.operations import text_of


class TestSignUp:
    def test_leads_by_a_code_to_the_inside(self, browser):
        assert sign_up(browser).url == reverse("account_verify_phone")
        assert Notice.objects.get().address == E164
        answer = browser.post(reverse("account_verify_phone"), {"code": newest_code()}, follow=True)
        user = User.objects.get()
        assert (user.full_name, user.phone, user.phone_verified, user.email) == ("Li Na", E164, True, "")
        assert answer.context["user"] == user

    def test_lets_nobody_in_before_the_code(self, browser):
        sign_up(browser)
        assert browser.get(reverse("identity:profile")).status_code == 302

    def test_two_without_e_mail_do_not_collide(self, browser):
        sign_up(browser)
        sign_up(Client(), phone="13900139000")
        assert User.objects.count() == 2

    def test_keeps_an_e_mail_and_asks_to_confirm_it(self, browser):
        sign_up(browser, email="li.na@example.org")
        browser.post(reverse("account_verify_phone"), {"code": newest_code()})
        letter = Notice.objects.get(channel="mail")
        assert (letter.address, "confirm-email" in text_of(letter)) == ("li.na@example.org", True)
        link = re.search(r"http://testserver(\S+)", text_of(letter)).group(1)
        browser.post(link)
        assert EmailAddress.objects.get().verified

    def test_asks_for_patience_before_another_message(self, browser):
        sign_up(browser)
        page = sign_up(Client())
        assert (page.status_code, "Wait a minute" in page.text) == (429, True)

    def test_tells_nobody_that_a_number_is_known(self, browser, li_na):
        answer = sign_up(browser)
        assert answer.url == reverse("account_verify_phone")
        assert browser.get(answer.url).status_code == 200
        assert Notice.objects.get().code == "number_exists"
        assert User.objects.filter(full_name="Li Na").count() == 1

    @pytest.mark.parametrize(
        ("changed", "field", "words"),
        [
            ({"phone": "12345"}, "phone", "138 0013 8000"),
            ({"phone": ""}, "phone", "Fill this in."),
            ({"full_name": ""}, "full_name", "Fill this in."),
            ({"password1": "short"}, "password1", "at least 10"),
            ({"email": "no"}, "email", "name@example.com"),
        ],
    )
    def test_says_near_the_field_what_is_wrong(self, browser, changed, field, words):
        page = sign_up(browser, **changed)
        assert words in " ".join(page.context["form"].errors[field])
        assert f'id="id_{field}_error"' in page.text

    @pytest.mark.parametrize("password", ["short", "password123", "lina@example.org"])
    def test_refuses_a_password_in_the_readers_language(self, browser, password):
        browser.cookies["language"] = "zh-hans"
        page = sign_up(browser, password1=password, email="lina@example.org")
        told = " ".join(page.context["form"].errors["password1"])
        assert "密码" in told
        assert "assword" not in told

    def test_asks_in_a_helpful_order(self, browser):
        assert list(browser.get(reverse("account_signup")).context["form"].fields) == [
            "full_name",
            "phone",
            "email",
            "password1",
        ]

    def test_lets_a_mistyped_number_be_changed(self, browser):
        sign_up(browser, phone="13900139000")
        browser.post(reverse("account_verify_phone"), {"action": "change", "phone": NUMBER})
        browser.post(reverse("account_verify_phone"), {"code": newest_code()})
        assert User.objects.get().phone == E164

    def test_ends_after_three_wrong_codes(self, browser):
        sign_up(browser)
        for _time in range(3):
            browser.post(reverse("account_verify_phone"), {"code": "x"})
        assert browser.get(reverse("account_verify_phone")).url == reverse("account_login")

    def test_binds_the_invitations_to_the_number(self, browser, enterprise, owner):
        operations.invite_manager(enterprise, phone="+8613500135000", by=owner, at=NOW)
        sign_up(browser, phone="13500135000")
        browser.post(reverse("account_verify_phone"), {"code": newest_code()})
        user = User.objects.with_phone("+8613500135000")
        assert list(user.memberships.values_list("enterprise", "role")) == [(enterprise.pk, "manager")]

    def test_keeps_the_language_it_was_done_in(self, browser):
        browser.cookies["language"] = "zh-hans"
        sign_up(browser)
        assert User.objects.get().language == "zh-hans"
