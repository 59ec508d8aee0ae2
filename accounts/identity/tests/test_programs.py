"""A token for a program, made on a page by whoever has a passkey."""

import re
from time import time

import pytest
from allauth.account.internal.flows import login
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from accounts.identity import operations
from accounts.identity.tests.builders import NOW
from portal.core.models import AuditEvent

PAGE = "/profile/programs/"


@pytest.fixture
def passkey(owner):
    """Wang Fang has a passkey and no authenticator app."""
    return Authenticator.objects.create(user=owner, type="webauthn", data={})


def prove(client, *, by="webauthn", ago=0):
    """As allauth notes it."""
    session = client.session
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = session["_auth_user_id"]
    session["account_authentication_methods"] = [{"method": "mfa", "type": by, "at": time() - ago}]
    session.save()
    return client


def token_on(page):
    found = re.search(r"<code>(\w{64})</code>", page.text)
    return found and found.group(1)


class TestPrograms:
    def test_a_token_follows_a_passkey_and_is_shown_once(self, client_of, owner, passkey):
        client = prove(client_of(owner))
        assert client.post(PAGE).url == PAGE
        assert client.head(PAGE)["Cache-Control"].startswith("max-age=0, no-cache, no-store")
        kept, page = client.session["program_token"], client.get(PAGE)
        token = token_on(page)
        assert token != kept
        program = Client(headers={"Authorization": f"Token {token}"})
        assert program.get(reverse("api:enterprises")).status_code == 200
        assert token_on(client.get(PAGE)) is None
        assert AuditEvent.objects.get(verb="identity.token_given").by == owner.reference

    @pytest.mark.parametrize("told", [{"by": "totp"}, {"ago": 301}], ids=["another factor", "long ago"])
    def test_no_token_without_a_passkey_just_now(self, client_of, owner, passkey, told):
        answer = prove(client_of(owner), **told).post(PAGE)
        assert answer.url == f"{reverse('mfa_reauthenticate_webauthn')}?next=%2Fprofile%2Fprograms%2F"
        assert not owner.auth_token_set.exists()

    def test_nobody_is_given_one_signed_out(self, passkey):
        assert reverse("account_login") in Client().post(PAGE).url

    def test_lists_ones_own(self, client_of, owner, stranger):
        operations.give_token(stranger, at=NOW)
        assert "Tokens that are good now" not in client_of(owner).get(PAGE).text
        operations.give_token(owner, at=NOW)
        assert client_of(owner).get(PAGE).text.count('<th scope="row">') == 1

    def test_says_how_a_program_gets_one_with_a_password(self, client_of, owner):
        page = client_of(owner).get(PAGE).text
        assert ("/api/v1/tokens" in page, "Make a token" in page) == (True, False)
