"""The pages of signing in and of one's own account stand in our frame."""

import pytest
from django.urls import reverse

from accounts.identity.models import Role, StaffPost
from accounts.identity.tests.signing_in import (
    NUMBER,
    give_authenticator,
    newest_code,
    sign_in,
)
from accounts.templatetags.people import browser as named

OUTSIDE = [
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_inactive",
    "account_email_verification_sent",
    "account_password_reset_completed",
]

INSIDE = [
    "account_logout",
    "account_change_password",
    "account_change_phone",
    "account_email",
    "account_reauthenticate",
    "identity:profile",
    "mfa_index",
    "mfa_list_webauthn",
    "usersessions_list",
]


def just_proven(client, user):
    """Let the session say that the person has just shown who they are."""
    from time import time

    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


@pytest.mark.parametrize("language", ["en", "zh-hans"])
class TestEveryPage:
    @pytest.mark.parametrize("name", OUTSIDE)
    def test_outside_stands_in_our_frame(self, browser, language, name):
        browser.cookies["language"] = language
        self._stands(browser.get(reverse(name)), language)

    @pytest.mark.parametrize("name", INSIDE)
    def test_inside_stands_in_our_frame(self, client_of, li_na, language, name):
        browser = client_of(li_na)
        browser.cookies["language"] = language
        self._stands(browser.get(reverse(name)), language)

    @pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_add_webauthn"])
    def test_of_a_new_factor_stands_in_our_frame(self, client_of, li_na, language, name):
        browser = just_proven(client_of(li_na), li_na)
        browser.cookies["language"] = language
        self._stands(browser.get(reverse(name)), language)

    @pytest.mark.parametrize("name", ["mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_reauthenticate"])
    def test_of_a_factor_stands_in_our_frame(self, client_of, li_na, language, name):
        give_authenticator(li_na)
        browser = just_proven(client_of(li_na), li_na)
        browser.cookies["language"] = language
        self._stands(browser.get(reverse(name)), language)

    def test_of_a_code_stands_in_our_frame(self, browser, li_na, language):
        browser.cookies["language"] = language
        sign_in(browser)
        self._stands(browser.get(reverse("account_confirm_login_code")), language)
        browser.post(reverse("account_confirm_login_code"), {"code": newest_code()})
        browser.post(reverse("account_logout"))
        browser.post(reverse("account_reset_password"), {"email": NUMBER})
        self._stands(browser.get(reverse("account_confirm_password_reset_code")), language)
        browser.post(reverse("account_confirm_password_reset_code"), {"code": newest_code()})
        self._stands(browser.get(reverse("account_complete_password_reset")), language)

    @staticmethod
    def _stands(page, language):
        assert page.status_code == 200
        assert f'<html lang="{language}"' in page.text
        assert page.text.count("<h1") == 1
        assert 'class="masthead"' in page.text
        assert "style=" not in page.text


class TestDevices:
    """Devices are told by names that their owner knows."""

    @pytest.mark.parametrize(
        ("told", "shown"),
        [
            ("Mozilla/5.0 (Linux; Android 10; LIO-AN00) Chrome/88.0 Mobile MicroMessenger/8.0.1", "WeChat, Android"),
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge, Windows"),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari, iPhone"),
            ("curl/8.5", "curl/8.5"),
        ],
    )
    def test_are_named_by_browser_and_system(self, told, shown):
        assert named(told) == shown

    def test_are_offered_no_passkey_where_there_is_none(self, browser, li_na):
        give_authenticator(li_na)
        sign_in(browser)
        assert "Use a passkey" not in browser.get(reverse("mfa_authenticate")).text


class TestProfile:
    def test_leads_members_to_a_correction_of_their_name(self, client_of, enterprise, owner):
        membership = enterprise.memberships.get()
        link = reverse("identity:correct_name", args=[enterprise.reference, membership.pk])
        assert (link in self._page(client_of, owner), client_of(owner).get(link).status_code) == (True, 200)

    def test_leads_staff_of_elsewhere_to_it_as_well(self, client_of, enterprise, owner, bank):
        StaffPost.objects.create(user=owner, branch=bank.other_branch, role=Role.OFFICER)
        self.test_leads_members_to_a_correction_of_their_name(client_of, enterprise, owner)

    def _page(self, client_of, user):
        return client_of(user).get(reverse("identity:profile")).content.decode()
