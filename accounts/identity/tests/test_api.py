"""Proofs of the API of people and enterprises."""

import json

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.identity import consents, operations
from accounts.identity.models import Enterprise, User
from accounts.identity.tests.builders import machine, make_enterprise, make_user
from accounts.identity.tests.signing_in import newest_code
from portal.core.models import AuditEvent, Notice
from portal.core.notices.operations import text_of

PASSWORD = "three-odd-words"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
JSON = "application/json"
PROBLEM = "application/problem+json"


@pytest.fixture(autouse=True)
def nobody_tried(db):
    """Forget the tries of other tests."""
    cache.clear()


def with_password(user):
    user.set_password(PASSWORD)
    user.save()
    return user


def ask_token(login="138 0013 8000", password=PASSWORD, **more):
    return Client().post(reverse("api:tokens"), {"login": login, "password": password, **more}, JSON)


def code_by_message():
    assert ask_token().json()["code"] == "code_sent"
    return newest_code()


def code_of_authenticator():
    return totp.format_hotp_value(totp.hotp_value(SECRET, next(iter(totp.yield_hotp_counters_from_time()))))


class TestTokens:
    def test_let_a_machine_in(self, owner, enterprise):
        with_password(owner)
        answer = ask_token(code=code_by_message())
        assert answer.status_code == 201
        inside = Client(headers={"Authorization": f"Token {answer.json()['token']}"})
        assert inside.get(reverse("api:enterprises")).json()["results"][0]["reference"] == enterprise.reference

    def test_are_recorded(self, owner):
        with_password(owner)
        ask_token(code=code_by_message())
        told = AuditEvent.objects.filter(verb__in=["signing.code_sent", "signing.confirmed", "identity.token_given"])
        assert [(event.subject, event.by) for event in told] == [(owner.reference, owner.reference)] * 3

    def test_are_not_given_for_a_password_alone(self, owner):
        with_password(owner)
        answer = ask_token()
        assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (401, PROBLEM, "code_sent")
        assert not owner.auth_token_set.exists()
        sent = Notice.objects.get()
        assert (sent.code, sent.address) == ("token_code", owner.phone)
        assert "lets a program into your accounts" in text_of(sent)

    def test_send_no_code_to_whoever_has_not_the_password(self, owner):
        with_password(owner)
        ask_token(password="another-phrase")
        assert not Notice.objects.exists()

    def test_take_a_code_once_and_no_other(self, owner):
        with_password(owner)
        code = code_by_message()
        assert ask_token(code=f"{(int(code) + 1) % 1_000_000:06d}").json()["code"] == "signing_code_wrong"
        assert [ask_token(code=code).status_code for _time in range(2)] == [201, 422]

    def test_take_no_code_that_was_sent_for_something_else(self, owner):
        with_password(owner)
        operations.send_signing_code(owner, subject="A-7K3QX9TM", at=timezone.now())
        assert ask_token(code=newest_code()).json()["code"] == "signing_code_missing"

    def test_stop_after_five_wrong_codes(self, owner):
        with_password(owner)
        code = code_by_message()
        for _time in range(5):
            ask_token(code="x")
        assert ask_token(code=code).json()["code"] == "signing_code_attempts"

    def test_ask_an_owner_with_an_authenticator_for_its_code(self, owner):
        with_password(owner)
        totp.TOTP.activate(owner, SECRET)
        assert ask_token().json()["code"] == "second_factor_refused"
        assert not Notice.objects.exists()
        assert ask_token(code=code_of_authenticator()).status_code == 201

    def test_end_when_asked(self, owner):
        client = machine(owner)
        assert client.delete(reverse("api:current_token")).status_code == 204
        assert client.get(reverse("api:enterprises")).status_code == 401

    @pytest.mark.parametrize(
        ("login", "password"),
        [("138 0013 8000", "another-phrase"), ("139 9999 9999", PASSWORD), ("x@example.org", PASSWORD)],
    )
    def test_refuse_what_does_not_fit_alike(self, owner, login, password):
        with_password(owner)
        answer = ask_token(login, password)
        assert (answer.status_code, answer["Content-Type"], answer["WWW-Authenticate"]) == (401, PROBLEM, "Token")
        assert answer.json()["code"] == "sign_in_refused"

    @pytest.mark.parametrize("changed", [{"is_active": False}, {"phone_verified": False}])
    def test_refuse_whoever_may_not_enter(self, owner, changed):
        with_password(owner)
        User.objects.update(**changed)
        assert ask_token().status_code == 401

    def test_ask_staff_for_their_second_factor(self, officer):
        officer.put_phone("+8613800138000")
        officer.phone_verified = True
        with_password(officer)
        assert ask_token().json()["code"] == "second_factor_refused"
        totp.TOTP.activate(officer, SECRET)
        assert ask_token().json()["code"] == "second_factor_refused"
        assert ask_token(code="000000").status_code == 401
        assert ask_token(code=code_of_authenticator()).status_code == 201

    def test_stop_after_five_wrong_tries(self, owner):
        with_password(owner)
        for _time in range(5):
            ask_token(password="another-phrase")
        answer = ask_token()
        assert (answer.status_code, answer["Content-Type"]) == (429, PROBLEM)

    def test_say_what_is_missing(self):
        answer = Client().post(reverse("api:tokens"), {}, JSON)
        assert (answer.status_code, sorted(answer.json()["errors"])) == (400, ["login", "password"])

    def test_refuse_another_method(self):
        answer = Client().get(reverse("api:tokens"))
        assert (answer.status_code, answer["Content-Type"]) == (405, PROBLEM)


class TestList:
    def test_shows_what_the_person_sees(self, officer, enterprise, bank):
        make_enterprise(make_user(), branch=bank.other_branch, legal_name="Far Away", identifier="X")
        results = machine(officer).get(reverse("api:enterprises")).json()["results"]
        assert [result["legal_name"] for result in results] == ["Green Tea Shop"]

    def test_leafs_by_cursor(self, owner, bank):
        for number in range(3):
            make_enterprise(owner, branch=bank.branch, legal_name=f"Shop {number}", identifier=f"X{number}")
        client = machine(owner)
        first = client.get(reverse("api:enterprises"), {"page_size": 2}).json()
        second = client.get(first["next"]).json()
        assert [len(first["results"]), len(second["results"]), second["next"]] == [2, 1, None]

    def test_keeps_its_query_budget(self, owner, bank, django_assert_max_num_queries):
        for number in range(10):
            make_enterprise(owner, branch=bank.branch, legal_name=f"Shop {number}", identifier=f"X{number}")
        client = machine(owner)
        with django_assert_max_num_queries(7):
            client.get(reverse("api:enterprises"))

    def test_is_closed_to_whoever_has_no_token(self):
        answer = Client().get(reverse("api:enterprises"))
        assert (answer.status_code, answer["Content-Type"], answer["WWW-Authenticate"]) == (401, PROBLEM, "Token")

    def test_is_closed_to_browser_sessions(self, client_of, owner):
        assert client_of(owner).get(reverse("api:enterprises")).status_code == 401

    def test_is_not_for_course_editors(self, course_editor):
        assert machine(course_editor).get(reverse("api:enterprises")).status_code == 403


class TestRead:
    def test_shows_the_enterprise(self, owner, enterprise):
        assert machine(owner).get(reverse("api:enterprise", args=[enterprise.reference])).json() == {
            "reference": enterprise.reference,
            "legal_name": "Green Tea Shop",
            "identifier_kind": "uscc",
            "identifier": "91110108551385082Q",
            "former_names": [],
            "industry": "4711",
            "setting": "village",
            "employees": 4,
            "annual_revenue_amount": "600000.00",
            "founded_on": "2019-05-01",
            "branch": "001",
            "size_class": "micro",
            "registered_at": "2026-03-02T17:00:00+08:00",
        }

    def test_hides_it_from_strangers(self, stranger, enterprise):
        answer = machine(stranger).get(reverse("api:enterprise", args=[enterprise.reference]))
        assert (answer.status_code, answer["Content-Type"]) == (404, PROBLEM)

    def test_refuses_another_method(self, owner, enterprise):
        assert machine(owner).delete(reverse("api:enterprise", args=[enterprise.reference])).status_code == 405


NEW = {
    "legal_name": "Spring Noodles",
    "identifier_kind": "uscc",
    "identifier": "91330106673959654P",
    "industry": "4711",
    "setting": "town",
    "employees": 3,
    "annual_revenue_amount": "480000.00",
    "founded_on": "2021-03-01",
    "branch": "001",
    "consented_to": consents.CURRENT_VERSION,
}


def register(client, key="k1", **changed):
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(reverse("api:enterprises"), NEW | changed, format="json", headers=headers)


class TestRegister:
    @pytest.fixture
    def client(self, owner):
        """The machine of Wang Fang, who registers her second enterprise."""
        return machine(owner)

    def test_makes_the_person_its_owner(self, client, owner):
        answer = register(client)
        assert (answer.status_code, answer.json()["size_class"]) == (201, "micro")
        assert Enterprise.objects.visible_to(owner).get().reference == answer.json()["reference"]

    def test_refuses_half_a_character(self, client):
        path, cut = reverse("api:enterprises"), NEW | {"identifier_kind": "\ud83d"}
        answer = client.post(path, json.dumps(cut), content_type="application/json", headers={"Idempotency-Key": "k1"})
        assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)

    @pytest.mark.parametrize("depth", [960, 100_000])
    def test_refuses_what_is_nested_too_deep(self, client, depth):
        path, deep = reverse("api:enterprises"), f'{{"employees": {"[" * depth}{"]" * depth}}}'
        answer = client.post(path, deep, content_type="application/json", headers={"Idempotency-Key": "k1"})
        assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)

    def test_sent_twice_registers_once(self, client):
        assert register(client).json() == register(client).json()
        assert Enterprise.objects.count() == 1

    def test_refuses_a_key_used_for_something_else(self, client):
        register(client)
        answer = register(client, legal_name="Autumn Noodles")
        assert (answer.status_code, answer.json()["code"]) == (409, "key_reused")

    def test_asks_for_a_key(self, client):
        answer = register(client, key="")
        assert (answer.status_code, answer.json()["code"]) == (400, "key_missing")

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"identifier": "91330106673959654Q"}, "identifier_invalid"),
            ({"consented_to": "1999-01"}, "consent_missing"),
            ({"founded_on": "2999-01-01"}, "founded_in_future"),
            ({"founded_on": "0209-01-01"}, "founded_too_early"),
            ({"industry": "47"}, "industry_too_broad"),
        ],
    )
    def test_refuses_by_code(self, client, changed, code):
        answer = register(client, **changed)
        assert (answer.status_code, answer.json()["code"], answer["Content-Type"]) == (422, code, PROBLEM)

    def test_tells_nobody_whose_a_registered_number_is(self, client, stranger):
        answer = register(client)
        assert (answer.status_code, answer.json()["code"]) == (422, "identifier_taken")
        assert "Stranger" not in answer.text

    def test_says_which_answers_are_wrong(self, client):
        answer = register(client, employees=0, branch="HO", industry="9999")
        assert (answer.status_code, sorted(answer.json()["errors"])) == (400, ["branch", "employees", "industry"])

    def test_refuses_what_it_would_not_heed(self, client):
        answer = register(client, currency="USD")
        assert (answer.status_code, [*answer.json()["errors"]]) == (400, ["currency"])

    def test_is_not_for_staff(self, officer):
        assert register(machine(officer)).status_code == 403


class TestChoices:
    def test_find_trades(self, owner):
        blank = machine(owner).get(reverse("api:industries"), {"q": " "})
        assert (blank.status_code, list(blank.json()["errors"])) == (400, ["q"])
        found = machine(owner).get(reverse("api:industries"), {"q": "retail"}).json()
        assert found[0] == {
            "code": "4711",
            "section": "G",
            "name_en": "Retail sale in stores with food predominating",
            "name_zh_hans": "食品为主的综合零售",
        }

    def test_list_branches(self, owner):
        assert [branch["code"] for branch in machine(owner).get(reverse("api:branches")).json()] == ["002", "001"]


class TestSchema:
    def test_is_public_and_describes_what_there_is(self):
        answer = Client().get("/api/v1/schema", headers={"Accept": "application/vnd.oai.openapi+json"})
        assert answer.status_code == 200
        described = answer.json()
        assert {"/api/v1/tokens", "/api/v1/enterprises"} <= set(described["paths"])
        headers = [one["name"] for one in described["paths"]["/api/v1/enterprises"]["post"]["parameters"]]
        assert headers == ["Idempotency-Key"]


class TestNothing:
    @pytest.mark.parametrize("method", ["get", "post", "delete"])
    def test_is_told_in_the_apis_form(self, method):
        answer = getattr(Client(), method)("/api/v1/no-such-thing")
        assert (answer.status_code, answer["Content-Type"], answer.json()["status"]) == (404, PROBLEM, 404)
