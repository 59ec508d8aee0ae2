"""A passkey from its making to the sign-in by it, in a real browser with a virtual authenticator."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from selenium.webdriver.common.virtual_authenticator import VirtualAuthenticatorOptions

from portal.core.tests import browser
from portal.pages.tests.visitor import Visitor
from portal.seed.story import Story

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class TestPasskey:
    def test_is_made_and_then_signs_in_without_a_password(self, live_server: Any, story: Story) -> None:
        approver = story.staff["approver"]
        with browser.driver(width=360) as phone:
            phone.add_virtual_authenticator(
                VirtualAuthenticatorOptions(has_resident_key=True, has_user_verification=True, is_user_verified=True)
            )
            visitor = Visitor(phone, live_server.url)
            visitor.sign_in(approver)
            visitor.open("/accounts/2fa/")
            visitor.press("Add a passkey")
            visitor.fill(name="My phone")
            visitor.choose("Sign in without a password")
            visitor.press("Add")
            visitor.see("Recovery codes")  # made with the first passkey, against the day the phone is lost
            visitor.open("/accounts/2fa/webauthn/")
            visitor.see("My phone")
            visitor.forget()
            visitor.open("/accounts/login/")
            visitor.press("Sign in with a passkey")
            visitor.see("Your day")
            visitor.open("/profile/programs/")
            visitor.press("Make a token")
            visitor.see("It is shown this once", "Tokens that are good now")
        assert Authenticator.objects.get(user=approver, type="webauthn").last_used_at is not None
