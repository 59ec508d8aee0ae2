"""What the browser of somebody who signed out still shows."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.identity.models import User
from portal.core.tests import browser
from portal.pages.tests.visitor import Visitor
from portal.seed.sign_ins import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class TestSignOut:
    def test_leaves_nothing_to_go_back_to(self, live_server: Any, owner: User) -> None:
        owner.set_password(PASSWORD)
        owner.save()
        with browser.driver(width=360) as phone:
            visitor = Visitor(phone, live_server.url)
            visitor.sign_in(owner)
            visitor.open(reverse("identity:profile"))
            visitor.see(owner.full_name)
            visitor.open(reverse("account_logout"))
            visitor.press("Sign out")
            visitor.see("Sign in")
            phone.back()
            phone.back()
            assert reverse("account_login") in phone.current_url
            assert owner.full_name not in phone.page_source
