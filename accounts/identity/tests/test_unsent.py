"""A form that was sent while signed out comes back to who filled it in, and to nobody else."""

import json
import re

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.middleware import csrf
from django.test import Client
from django.urls import reverse

from accounts.identity import unsent
from accounts.identity.models import Invitation
from accounts.identity.tests.builders import make_enterprise, make_user
from accounts.identity.tests.signing_in import NUMBER, PASSWORD, newest_code
from portal.core.fields import decrypt

HERE = "http://testserver"
OTHER_NUMBER = "139 0013 9000"


@pytest.fixture
def shop(li_na, bank):
    """Li Na's shop."""
    return make_enterprise(li_na, branch=bank.branch)


@pytest.fixture
def phone(browser, shop):
    """Li Na's phone, signed in, which insists on tokens."""
    return enter(Client(enforce_csrf_checks=True))


def enter(browser, login=NUMBER):
    """Sign in by the pages, token and all."""
    answer = browser.get(reverse("account_login"))
    data = {"login": login, "password": PASSWORD, "csrfmiddlewaretoken": token_in(answer)}
    browser.post(reverse("account_login"), data)
    page = browser.get(reverse("account_confirm_login_code"))
    data = {"code": newest_code(), "csrfmiddlewaretoken": token_in(page)}
    assert browser.post(reverse("account_confirm_login_code"), data).status_code == 302
    return browser


def token_in(page):
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text).group(1)


def page_of(shop):
    return reverse("identity:enterprise", args=[shop.reference])


def invite(browser, shop, token, *, page="", origin=HERE, **changed):
    """Send the form by which a manager is invited."""
    data = {"phone": "135 0013 5000", "role": "manager", "csrfmiddlewaretoken": token} | changed
    headers = {"Referer": page or HERE + page_of(shop), "Origin": origin}
    return browser.post(reverse("identity:invite", args=[shop.reference]), data, headers=headers)


def end_sessions():
    """As from another device."""
    for session in UserSession.objects.all():
        session.end()


def fields_of(page):
    """What the kept page's form sends."""
    form = page.text.partition(reverse("identity:send_unsent"))[2].partition("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form))


class TestSignedOutMeanwhile:
    def test_is_sent_by_a_click_after_signing_in(self, phone, shop):
        token = token_in(phone.get(page_of(shop)))
        end_sessions()
        answer = invite(phone, shop, token)
        assert answer.url == f"{reverse('account_login')}?next={reverse('identity:unsent')}"
        assert "What you filled in is kept" in phone.get(answer.url).text
        enter(phone)
        page = phone.get(reverse("identity:unsent"))
        assert ("Mobile number" in page.text, "135 0013 5000" in page.text) == (True, True)
        assert not Invitation.objects.exists()
        sent = phone.post(reverse("identity:send_unsent"), fields_of(page), headers={"Referer": HERE + "/unsent/"})
        assert (sent.status_code, sent.url) == (307, reverse("identity:invite", args=[shop.reference]))
        assert phone.post(sent.url, fields_of(page)).status_code == 302
        assert Invitation.objects.count() == 1

    def test_is_sent_only_once(self, phone, shop):
        token = token_in(phone.get(page_of(shop)))
        end_sessions()
        invite(phone, shop, token)
        data = fields_of(enter(phone).get(reverse("identity:unsent")))
        assert phone.post(reverse("identity:send_unsent"), data).status_code == 307
        assert phone.post(reverse("identity:send_unsent"), data).url == reverse("home")

    def test_is_not_sent_without_a_token_of_now(self, phone, shop):
        token = token_in(phone.get(page_of(shop)))
        end_sessions()
        invite(phone, shop, token)
        enter(phone)
        assert phone.post(reverse("identity:send_unsent"), {"csrfmiddlewaretoken": token}).status_code == 403
        assert phone.get(reverse("identity:unsent")).status_code == 200

    def test_can_be_thrown_away(self, phone, shop):
        token = token_in(phone.get(page_of(shop)))
        end_sessions()
        invite(phone, shop, token)
        data = {"csrfmiddlewaretoken": fields_of(enter(phone).get(reverse("identity:unsent")))["csrfmiddlewaretoken"]}
        for name in ("discard_unsent", "send_unsent"):
            phone.post(reverse(f"identity:{name}"), data | {"shown_again": "1"})  # it is not done, only shown
        assert phone.post(reverse("identity:discard_unsent"), data).url == page_of(shop)
        assert phone.get(reverse("identity:unsent")).url == reverse("home")

    def test_goes_for_good_when_somebody_else_signs_in(self, phone, shop, bank):
        other = make_user("Zhao Lei", phone="+8613900139000")
        other.set_password(PASSWORD)
        other.save()
        token = token_in(phone.get(page_of(shop)))
        end_sessions()
        invite(phone, shop, token)
        name = phone.session[unsent.IN_SESSION]
        answer = enter(phone, OTHER_NUMBER).get(reverse("identity:unsent"), follow=True)
        assert ("135 0013 5000" in answer.text, answer.request["PATH_INFO"]) == (False, "/")
        assert cache.get(f"unsent-form:{name}") is None

    def test_is_kept_encrypted_without_secrets_or_the_last_word_on_a_payment(self, phone, shop):
        token = token_in(phone.get(page_of(shop)))
        end_sessions()
        invite(phone, shop, token, code="123456", new_password="three-odd-words", confirm="1", other="kept")
        kept = cache.get(f"unsent-form:{phone.session[unsent.IN_SESSION]}")
        assert "135 0013" not in kept
        answers = unsent.Unsent(**json.loads(decrypt(kept))).answers
        assert [name for name, _answer in answers] == ["phone", "role", "other"]

    @pytest.mark.parametrize(
        "changed",
        [
            {"page": "https://elsewhere.example/enterprises/"},
            {"page": HERE + "//elsewhere.example"},
            {"origin": "https://elsewhere.example"},
            {"note": "x" * unsent.LARGEST},
            {"phone": "", "role": ""},
        ],
        ids=["foreign page", "page that leads away", "foreign origin", "too large", "nothing typed"],
    )
    def test_is_not_kept(self, phone, shop, changed):
        token = token_in(phone.get(page_of(shop)))
        end_sessions()
        phone.handler.enforce_csrf_checks = False  # these would not come this far
        assert reverse("identity:unsent") not in invite(phone, shop, token, **changed)["Location"]
        assert unsent.IN_SESSION not in phone.session

    def test_of_a_sender_nobody_knows_is_not_kept(self, phone, shop):
        token = token_in(phone.get(page_of(shop)))
        end_sessions()
        cache.clear()
        assert "unsent" not in invite(phone, shop, token).url
        assert unsent.IN_SESSION not in phone.session

    def test_after_signing_out_on_purpose_is_not_kept(self, phone, shop):
        token = token_in(phone.get(page_of(shop)))
        phone.post(reverse("account_logout"), {"csrfmiddlewaretoken": token})
        assert "unsent" not in invite(phone, shop, token).url
        assert unsent.IN_SESSION not in phone.session


class TestTokenOfAnEarlierSignIn:
    def test_is_shown_again_at_once_to_the_same_person(self, phone, shop):
        token = token_in(phone.get(page_of(shop)))
        phone.cookies.pop("sessionid")
        enter(phone)
        assert invite(phone, shop, token).url == reverse("identity:unsent")
        assert "135 0013 5000" in phone.get(reverse("identity:unsent")).text

    def test_is_refused_where_somebody_else_is_signed_in(self, phone, shop):
        other = make_user("Zhao Lei", phone="+8613900139000")
        other.set_password(PASSWORD)
        other.save()
        token = token_in(phone.get(page_of(shop)))
        phone.cookies.pop("sessionid")
        enter(phone, OTHER_NUMBER)
        answer = invite(phone, shop, token)
        assert (answer.status_code, "This form has expired" in answer.text) == (403, True)
        assert unsent.IN_SESSION not in phone.session

    def test_made_up_is_refused(self, phone, shop):
        for token in ("", "!" * 64, csrf.CSRF_ALLOWED_CHARS[0] * 64):
            assert invite(phone, shop, token).status_code == 403
        assert unsent.IN_SESSION not in phone.session


class TestFiles:
    def test_are_named_to_be_chosen_again(self, phone, shop):
        address = reverse("identity:papers", args=[shop.reference])
        page = phone.get(address)
        end_sessions()
        data = {
            "what": "license",
            "file": SimpleUploadedFile("license.jpg", b"no picture", "image/jpeg"),
            "idempotency_key": "k" * 32,
            "csrfmiddlewaretoken": token_in(page),
        }
        answer = phone.post(address, data, headers={"Referer": HERE + address, "Origin": HERE})
        assert reverse("identity:unsent") in answer.url
        kept = enter(phone).get(reverse("identity:unsent"))
        assert ("Choose this file again: license.jpg" in kept.text, 'type="file"' in kept.text) == (True, True)
        assert fields_of(kept)["idempotency_key"] == "k" * 32
