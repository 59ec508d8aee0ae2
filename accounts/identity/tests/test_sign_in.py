"""Proofs of signing in, end to end, as a browser does it."""

import json
from datetime import timedelta
from urllib.parse import quote

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.identity import operations
from accounts.identity.models import User
from accounts.identity.tests.builders import NOW, make_user
from accounts.identity.tests.signing_in import (
    E164,
    NUMBER,
    PASSWORD,
    SECRET,
    code_now,
    give_authenticator,
    newest_code,
    sign_in,
)
from portal.core.models import AuditEvent, Notice


@pytest.fixture
def clerk(officer):
    """The loan officer, with a password."""
    officer.set_password(PASSWORD)
    officer.put_phone(E164)
    officer.phone_verified = True
    officer.save()
    return officer


class TestSignIn:
    @pytest.mark.parametrize(
        "login", [NUMBER, "13800138000", "+86 13800138000", "li.na@example.org", "LI.NA@example.org"]
    )
    def test_on_a_new_device_asks_for_a_code_by_message(self, browser, li_na, login):
        assert sign_in(browser, login).url == reverse("account_confirm_login_code")
        assert Notice.objects.get().address == E164
        answer = browser.post(reverse("account_confirm_login_code"), {"code": newest_code()})
        assert answer.url == reverse("home")
        assert browser.get(reverse("identity:profile")).status_code == 200

    def test_takes_a_code_in_groups_and_in_full_width_digits(self, browser, li_na):
        sign_in(browser)
        code = "".join(chr(ord(digit) + 0xFEE0) for digit in newest_code())
        answer = browser.post(reverse("account_confirm_login_code"), {"code": f"{code[:3]} {code[3:]}"})
        assert answer.url == reverse("home")

    def test_on_a_trusted_device_asks_for_no_code(self, browser, li_na):
        sign_in(browser)
        browser.post(reverse("account_confirm_login_code"), {"code": newest_code(), "trusts_device": "on"})
        browser.post(reverse("account_logout"))
        assert sign_in(browser).url == reverse("home")

    def test_trusts_no_device_by_a_password_or_a_wrong_code(self, browser, li_na):
        browser.post(reverse("account_login"), {"login": NUMBER, "password": PASSWORD, "trusts_device": "on"})
        browser.post(reverse("account_confirm_login_code"), {"code": "000000", "trusts_device": "on"})
        assert "mfa_trusted" not in browser.cookies

    def test_on_a_device_not_trusted_asks_again(self, browser, li_na):
        sign_in(browser)
        browser.post(reverse("account_confirm_login_code"), {"code": newest_code()})
        browser.post(reverse("account_logout"))
        assert sign_in(browser).url == reverse("account_confirm_login_code")

    def test_refuses_a_wrong_password_and_a_number_nobody_has_alike(self, browser, li_na):
        wrong = sign_in(browser, password="another-phrase").context["form"].errors
        unknown = sign_in(browser, login="139 0013 9000").context["form"].errors
        assert wrong == unknown
        assert "do not fit together" in str(wrong)

    def test_stops_five_wrong_tries_on_one_number_only(self, browser, li_na):
        other = make_user("Zhao Lei", phone="+8613900139000")
        other.set_password(PASSWORD)
        other.save()
        for login in (NUMBER, "13800138000", "+8613800138000", NUMBER, NUMBER):
            sign_in(browser, login, password="another-phrase")
        assert "Too many wrong tries" in str(sign_in(browser).context["form"].errors)
        assert sign_in(browser, "139 0013 9000").status_code == 302

    def test_ends_after_three_wrong_codes(self, browser, li_na):
        sign_in(browser)
        for _time in range(3):
            answer = browser.post(reverse("account_confirm_login_code"), {"code": "x"})
        assert answer.url == reverse("account_login")

    def test_sends_a_new_code_when_asked(self, browser, li_na):
        sign_in(browser)
        first = newest_code()
        browser.post(reverse("account_confirm_login_code"), {"action": "resend"})
        assert Notice.objects.count() == 2
        if first != newest_code():
            assert browser.post(reverse("account_confirm_login_code"), {"code": first}).status_code == 200
        assert browser.post(reverse("account_confirm_login_code"), {"code": newest_code()}).status_code == 302

    def test_sends_a_dozen_codes_an_hour(self, browser, li_na):
        for _time in range(12):
            assert sign_in(Client()).status_code == 302
        assert sign_in(Client()).status_code == 429
        assert Notice.objects.count() == 12

    def test_lets_nobody_in_whose_sign_in_is_closed(self, browser, li_na):
        User.objects.update(is_active=False)
        assert sign_in(browser).url == reverse("account_inactive")

    def test_is_traced_without_what_was_typed(self, browser, li_na):
        sign_in(browser, password="another-phrase")
        sign_in(browser)
        browser.post(reverse("account_confirm_login_code"), {"code": newest_code()})
        refused, done = AuditEvent.objects.order_by("pk").filter(verb__startswith="identity.sign_in")
        assert (refused.verb, refused.by, done.verb, done.by) == (
            "identity.sign_in_refused",
            "system",
            "identity.sign_in",
            li_na.reference,
        )
        assert E164 not in str(refused.details)

    def test_speaks_the_persons_language_on_a_new_device(self, browser, li_na):
        operations.keep_language(li_na, "zh-hans")
        sign_in(browser)
        browser.post(reverse("account_confirm_login_code"), {"code": newest_code()})
        assert browser.cookies["language"].value == "zh-hans"


class TestStaff:
    def test_must_set_up_an_authenticator_first(self, browser, clerk):
        sign_in(browser)
        browser.post(reverse("account_confirm_login_code"), {"code": newest_code()})
        assert browser.get(reverse("home")).url == reverse("mfa_activate_totp")
        page = browser.get(reverse("mfa_activate_totp"))
        secret = page.context["form"].secret
        assert secret in page.text
        answer = browser.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
        assert answer.url == reverse("mfa_view_recovery_codes")
        assert len(browser.get(answer.url).context["unused_codes"]) == 10
        assert browser.get(reverse("home")).status_code == 200

    def test_then_sign_in_with_its_code_every_time(self, browser, clerk):
        give_authenticator(clerk)
        for step in (-1, 0):
            assert sign_in(browser).url == reverse("mfa_authenticate")
            assert browser.get(reverse("identity:profile")).status_code == 302
            assert browser.post(reverse("mfa_authenticate"), {"code": "000"}).status_code == 200
            answer = browser.post(reverse("mfa_authenticate"), {"code": recovery_or_now(clerk, step)})
            assert answer.url == reverse("home")
            browser.post(reverse("account_logout"))
        assert not Notice.objects.exists()

    def test_without_a_number_enter_by_e_mail(self, browser, approver):
        approver.set_password(PASSWORD)
        approver.email = "approver@bank.example"
        approver.save()
        give_authenticator(approver)
        assert sign_in(browser, "approver@bank.example").url == reverse("mfa_authenticate")
        assert browser.post(reverse("mfa_authenticate"), {"code": code_now()}).url == reverse("home")

    def test_cannot_remove_their_only_factor(self, browser, clerk, client_of):
        authenticator = give_authenticator(clerk).instance
        assert not get_adapter().can_delete_authenticator(authenticator)

    def test_secret_is_encrypted(self, clerk):
        give_authenticator(clerk)
        assert SECRET not in json.dumps(Authenticator.objects.get(type="totp").data)


def recovery_or_now(user, step):
    """A code that was not used before: the authenticator's now, the first time; a recovery code after it."""
    if step:
        return code_now()
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    return RecoveryCodes.activate(user).get_unused_codes()[0]


class TestSignOut:
    def test_lets_the_browser_forget_what_it_kept(self, client_of, owner):
        client = client_of(owner)
        assert "Clear-Site-Data" not in client.get(reverse("identity:profile"))
        assert client.post(reverse("account_logout"))["Clear-Site-Data"] == '"cache"'


class TestOtherDevices:
    def test_are_signed_out_and_programs_with_them(self, li_na):
        here, there = Client(), Client()
        token, _expires_at = operations.give_token(li_na, at=NOW)
        program = Client(headers={"Authorization": f"Token {token}"})
        for browser in (here, there):
            sign_in(browser)
            browser.post(reverse("account_confirm_login_code"), {"code": newest_code()})
            assert browser.get(reverse("identity:profile")).status_code == 200
        assert program.get(reverse("api:enterprises")).status_code == 200
        assert here.post(reverse("usersessions_list")).status_code == 302
        assert here.get(reverse("identity:profile")).status_code == 200
        assert there.get(reverse("identity:profile")).status_code == 302
        assert program.get(reverse("api:enterprises")).status_code == 401
        assert AuditEvent.objects.get(verb="identity.token_ended").by == li_na.reference

    def test_are_trusted_no_more(self, li_na):
        here, stolen = Client(), Client()
        for browser in (here, stolen):
            sign_in(browser)
            browser.post(reverse("account_confirm_login_code"), {"code": newest_code(), "trusts_device": "on"})
        stolen.post(reverse("account_logout"))
        here.post(reverse("usersessions_list"))
        for browser in (stolen, here):
            browser.post(reverse("account_logout"))
            assert sign_in(browser).url == reverse("account_confirm_login_code")
        li_na.refresh_from_db()
        forgotten = AuditEvent.objects.get(verb="identity.devices_forgotten")
        assert (forgotten.by, forgotten.at) == (li_na.reference, li_na.devices_trusted_from)

    def test_can_be_trusted_anew(self, li_na):
        User.objects.update(devices_trusted_from=timezone.now() - timedelta(seconds=2))
        browser = Client()
        sign_in(browser)
        browser.post(reverse("account_confirm_login_code"), {"code": newest_code(), "trusts_device": "on"})
        browser.post(reverse("account_logout"))
        assert sign_in(browser).url == reverse("home")

    def test_a_program_is_signed_out_where_no_other_device_is(self, client_of, li_na):
        here = client_of(li_na)
        operations.give_token(li_na, at=NOW)
        assert "Programs that you let into" in here.get(reverse("usersessions_list")).text
        here.post(reverse("usersessions_list"))
        assert not li_na.auth_token_set.exists()


class TestPasswordReset:
    @pytest.mark.parametrize(("asked", "channel"), [(NUMBER, "sms"), ("li.na@example.org", "mail")])
    def test_goes_by_a_code(self, browser, li_na, asked, channel):
        assert browser.post(reverse("account_reset_password"), {"email": asked}).url == reverse(
            "account_confirm_password_reset_code"
        )
        answer = browser.post(reverse("account_confirm_password_reset_code"), {"code": newest_code(channel)})
        assert answer.url == reverse("account_complete_password_reset")
        data = {"password1": "four-odder-words", "password2": "four-odder-words"}
        assert browser.post(answer.url, data, follow=True).status_code == 200
        assert sign_in(browser, password="four-odder-words").status_code == 302

    def test_sends_a_new_code_when_asked(self, browser, li_na):
        page = browser.post(reverse("account_reset_password"), {"email": NUMBER}, follow=True).text
        assert f'name="email" value="{E164}"' in page
        browser.post(reverse("account_reset_password"), {"email": E164})
        answer = browser.post(reverse("account_confirm_password_reset_code"), {"code": newest_code()})
        assert (Notice.objects.count(), answer.url) == (2, reverse("account_complete_password_reset"))

    def test_ends_what_programs_do_with_the_old_one(self, browser, li_na):
        token, _expires_at = operations.give_token(li_na, at=NOW)
        program = Client(headers={"Authorization": f"Token {token}"})
        assert program.get(reverse("api:enterprises")).status_code == 200
        browser.post(reverse("account_reset_password"), {"email": NUMBER})
        answer = browser.post(reverse("account_confirm_password_reset_code"), {"code": newest_code()})
        browser.post(answer.url, {"password1": "four-odder-words", "password2": "four-odder-words"})
        assert program.get(reverse("api:enterprises")).status_code == 401
        assert AuditEvent.objects.get(verb="identity.token_ended").subject == li_na.reference

    def test_tells_nobody_that_a_number_is_unknown(self, browser, li_na):
        answer = browser.post(reverse("account_reset_password"), {"email": "139 0013 9000"})
        assert answer.url == reverse("account_confirm_password_reset_code")
        assert browser.get(answer.url).status_code == 200
        assert Notice.objects.get().code == "unknown_number"

    def test_refuses_what_is_neither(self, browser, db):
        page = browser.post(reverse("account_reset_password"), {"email": "li na"})
        assert "Enter a mobile number or an e-mail" in page.text

    def test_ends_after_three_wrong_codes(self, browser, li_na):
        browser.post(reverse("account_reset_password"), {"email": NUMBER})
        for _time in range(3):
            answer = browser.post(reverse("account_confirm_password_reset_code"), {"code": "x"})
        assert answer.url == reverse("account_login")


class TestSessionEnded:
    """Whoever was signed out over a form learns it, and comes back to its page."""

    FORM = "/enterprises/new/who/?from=home"

    def send(self, browser, **headers):
        return browser.post(reverse("identity:register_who"), {"legal_name": "Tea"}, headers=headers)

    def test_says_that_nothing_was_sent_and_leads_back_to_the_form(self, browser):
        answer = self.send(browser, referer=f"http://testserver{self.FORM}")
        assert answer["Location"] == f"{reverse('account_login')}?next={quote(self.FORM)}"
        assert "nothing was sent. Sign in and fill it in again." in browser.get(answer["Location"]).text

    def test_takes_the_whole_page_to_the_sign_in_where_only_a_part_was_asked_for(self, browser):
        headers = {"HX-Request": "true", "referer": f"http://testserver{self.FORM}"}
        answer = browser.get(reverse("identity:register_industry"), headers=headers)
        assert (answer.status_code, answer["HX-Redirect"]) == (204, f"/accounts/login/?next={quote(self.FORM)}")

    @pytest.mark.parametrize("headers", [{}, {"referer": "https://elsewhere.example/trap"}])
    def test_follows_nobody_from_elsewhere(self, browser, headers):
        answer = self.send(browser, **headers)
        assert answer["Location"] == f"{reverse('account_login')}?next={reverse('identity:register_who')}"
