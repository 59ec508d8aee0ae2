"""Proofs that no change of what a person signs in with goes untraced."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.urls import reverse

from accounts.identity.tests.signing_in import (
    E164,
    NUMBER,
    PASSWORD,
    SECRET,
    code_now,
    give_authenticator,
    newest_code,
    sign_up,
)
from accounts.identity.tests.test_account_pages import just_proven
from portal.core.models import AuditEvent

NEW_NUMBER = "+8613900139999"
NEW_PASSWORD = "four-odder-words"


def traced(user):
    """What the audit trail tells of a person, signing in aside, in the order of its events."""
    found = AuditEvent.objects.filter(subject=user.reference, verb__startswith="identity.").order_by("pk")
    return [(event.verb.removeprefix("identity."), event.details) for event in found.exclude(verb="identity.sign_in")]


def change_phone(client):
    client.post(reverse("account_change_phone"), {"phone": NEW_NUMBER})
    return client.post(reverse("account_verify_phone"), {"code": newest_code()})


def change_password(client):
    data = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    return client.post(reverse("account_change_password"), data)


def reset_password(browser):
    browser.post(reverse("account_reset_password"), {"email": NUMBER})
    answer = browser.post(reverse("account_confirm_password_reset_code"), {"code": newest_code()})
    return browser.post(answer.url, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})


@pytest.fixture
def inside(client_of, li_na):
    """Li Na's browser, where she has just shown who she is."""
    return just_proven(client_of(li_na), li_na)


class TestTrail:
    def test_tells_of_a_sign_up_once(self, browser):
        sign_up(browser)
        browser.post(reverse("account_verify_phone"), {"code": newest_code()})
        event = AuditEvent.objects.get(verb="identity.signed_up")
        assert event.by == event.subject
        assert AuditEvent.objects.filter(verb="identity.phone_confirmed", subject=event.subject).count() == 1

    def test_tells_of_another_number_by_its_last_digits_only(self, inside, li_na):
        change_phone(inside)
        li_na.refresh_from_db()
        assert li_na.phone == NEW_NUMBER
        assert traced(li_na) == [("phone_changed", {"from": "8000", "to": "9999"})]

    def test_tells_of_another_password(self, inside, li_na):
        change_password(inside)
        assert traced(li_na) == [("password_changed", {})]

    def test_tells_of_a_password_chosen_by_a_code(self, browser, li_na):
        reset_password(browser)
        assert traced(li_na) == [("password_reset", {})]

    def test_tells_of_an_authenticator_set_up_and_removed(self, inside, li_na):
        secret = inside.get(reverse("mfa_activate_totp")).context["form"].secret
        inside.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
        inside.post(reverse("mfa_deactivate_totp"))
        assert traced(li_na) == [("authenticator_added", {}), ("authenticator_removed", {})]

    def test_tells_of_new_recovery_codes(self, inside, li_na):
        give_authenticator(li_na)
        inside.post(reverse("mfa_generate_recovery_codes"))
        assert traced(li_na) == [("recovery_codes_made", {})]

    def test_tells_of_an_e_mail_removed(self, inside, li_na):
        EmailAddress.objects.create(user=li_na, email="old@example.org", verified=True)
        inside.post(reverse("account_email"), {"email": "old@example.org", "action_remove": ""})
        assert traced(li_na) == [("email_removed", {})]

    def test_holds_no_secret(self, inside, li_na):
        TOTP.activate(li_na, SECRET)
        change_phone(inside)
        change_password(inside)
        told = str(list(AuditEvent.objects.values()))
        assert not [secret for secret in (E164, NEW_NUMBER, PASSWORD, NEW_PASSWORD, SECRET) if secret in told]
