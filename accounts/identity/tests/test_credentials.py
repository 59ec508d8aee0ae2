"""Proofs that no change of what a person signs in with goes untraced or untold."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction
from django.urls import reverse

from accounts.identity import operations
from accounts.identity.models import Branch
from accounts.identity.operations import Change
from accounts.identity.operations.credentials import BEGINNINGS
from accounts.identity.tests.builders import NOW, make_enterprise
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
from portal.core.models import AuditEvent, Notice
from portal.core.notices.operations import text_of

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
def inside(client_of, li_na, browser):
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

    def test_tells_of_an_authenticator_set_up_and_removed(self, inside, li_na, django_capture_on_commit_callbacks):
        secret = inside.get(reverse("mfa_activate_totp")).context["form"].secret
        with django_capture_on_commit_callbacks(execute=True):
            inside.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
        inside.post(reverse("mfa_deactivate_totp"))
        assert traced(li_na) == [("authenticator_added", {}), ("authenticator_removed", {})]

    def test_tells_of_new_recovery_codes(self, inside, li_na, django_capture_on_commit_callbacks):
        give_authenticator(li_na)
        with django_capture_on_commit_callbacks(execute=True):
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


class TestNotice:
    @pytest.mark.parametrize("change", [each for each in Change if each not in BEGINNINGS])
    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_says_what_changed(self, li_na, change, language):
        li_na.language = language
        with transaction.atomic():
            operations.note_change(li_na, change, at=NOW)
        text, letter = (text_of(notice) for notice in Notice.objects.order_by("pk"))
        what, _, then = text.partition("If it was not you" if language == "en" else "如非您本人操作")
        assert len(what) > 8
        assert then
        assert text in letter

    def test_of_a_number_goes_to_the_old_one_and_the_e_mail(self, inside):
        change_phone(inside)
        told = Notice.objects.filter(code="credentials_changed").order_by("pk")
        assert [notice.address for notice in told] == [E164, "li.na@example.org"]
        assert "the one that ends in 9999" in text_of(told[0])
        assert NEW_NUMBER not in text_of(told[0])

    def test_goes_to_no_number_and_no_e_mail_that_nobody_confirmed(self, li_na):
        li_na.phone_verified = False
        li_na.emailaddress_set.update(verified=False)
        with transaction.atomic():
            operations.note_change(li_na, Change.PASSWORD_CHANGED, at=NOW)
        assert not Notice.objects.exists()

    def test_of_a_password_names_the_branchs_telephone(self, inside, li_na, bank):
        make_enterprise(li_na, branch=bank.branch)
        Branch.objects.filter(pk=bank.branch.pk).update(phone="0571 8600 1234")
        change_password(inside)
        text = text_of(Notice.objects.get(channel="sms"))
        assert text == "Your password with us was changed. If it was not you, call us at once: 0571 8600 1234"

    def test_of_a_password_chosen_by_a_code_is_sent(self, browser, li_na):
        reset_password(browser)
        told = Notice.objects.filter(code="credentials_changed").order_by("pk")
        assert [notice.address for notice in told] == [E164, "li.na@example.org"]

    def test_names_the_banks_telephone_where_no_branch_has_one(self, inside, settings):
        settings.BANK_PHONE = "95500"
        change_password(inside)
        assert "call us at once: 95500" in text_of(Notice.objects.get(channel="sms"))

    def test_of_a_new_main_e_mail_goes_to_the_old_one(self, inside, li_na):
        EmailAddress.objects.create(user=li_na, email="new@example.org", verified=True)
        inside.post(reverse("account_email"), {"email": "new@example.org", "action_primary": ""})
        assert Notice.objects.get(channel="mail").address == "li.na@example.org"
