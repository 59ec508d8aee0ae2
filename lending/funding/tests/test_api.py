"""Proofs of other funds for machines."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.cashflow.tests.builders import make_statement
from accounts.identity import consents
from accounts.identity.tests.builders import machine
from lending.funding.models import Introduction
from lending.funding.tests.builders import make_program


@pytest.fixture
def program(bank):
    return make_program(at=timezone.now(), setting="village")


def asked(**changed):
    told = {"program": "guarantee", "version": 1, "amount": "40000.00", "purpose": "stock", "items": ["cash_flow"]}
    return told | {"consent": consents.CURRENT_VERSION} | changed


def shared(user, enterprise, *items):
    path = reverse("api:funding_shared", args=[enterprise.reference, "guarantee"])
    return machine(user).get(path, {"items": items})


def post(user, enterprise, key="one", **changed):
    path = reverse("api:introductions", args=[enterprise.reference])
    headers = {"Idempotency-Key": key} if key else {}
    read = shared(user, enterprise, "cash_flow").json()
    sent = asked(**{"seen": read.get("fingerprint", "nothing")} | changed)
    return machine(user).post(path, sent, content_type="application/json", headers=headers)


class TestPrograms:
    def test_say_how_they_suit_and_why(self, enterprise, program, owner):
        path = reverse("api:funding_programs", args=[enterprise.reference])
        (told,) = machine(owner).get(path, {"amount": "40000"}).json()
        assert (told["program"]["code"], told["program"]["version"], told["fit"]) == ("guarantee", 1, "fits")
        assert told["findings"][0] == {"criterion": "setting", "answer": "met", "met_from": None}
        assert machine(owner).get(path).json()[0]["fit"] == "unsure"
        assert machine(owner).get(path, {"amount": "much"}).status_code == 400

    def test_do_not_exist_for_a_stranger(self, enterprise, program, stranger):
        path = reverse("api:funding_programs", args=[enterprise.reference])
        assert machine(stranger).get(path).status_code == 404


class TestShared:
    def test_is_told_word_for_word(self, enterprise, program, owner):
        make_statement(enterprise)
        told = shared(owner, enterprise).json()
        assert (told["version"], set(told["content"])) == (1, {"identity", "contact"})
        assert told["content"]["contact"]["phone"] == owner.phone
        more = shared(owner, enterprise, "cash_flow").json()
        assert set(more["content"]) == {"identity", "contact", "cash_flow"}
        assert more["fingerprint"] != told["fingerprint"]
        assert shared(owner, enterprise, "else").status_code == 400

    def test_is_for_members(self, enterprise, program, officer, stranger):
        assert [shared(each, enterprise).status_code for each in (officer, stranger)] == [404, 404]


class TestIntroductions:
    def test_are_asked_for_once_by_one_key(self, enterprise, program, owner):
        answers = [post(owner, enterprise) for _time in range(2)]
        assert [each.status_code for each in answers] == [201, 201]
        assert answers[0].json() == answers[1].json()
        assert answers[0].json()["items"] == ["contact", "identity"]  # there is no cash flow to tell of
        listed = machine(owner).get(reverse("api:introductions", args=[enterprise.reference])).json()
        assert [each["reference"] for each in listed["results"]] == [answers[0].json()["reference"]]

    @pytest.mark.parametrize(
        ("changed", "status", "code"),
        [
            ({"key": ""}, 400, "key_missing"),
            ({"consent": "1999-01"}, 422, "consent_missing"),
            ({"amount": "1"}, 422, "program_does_not_suit"),
            ({"version": 2}, 404, "not_found"),
            ({"seen": "another"}, 422, "shared_changed"),
            ({"seen": ""}, 400, "invalid"),
        ],
    )
    def test_refuse(self, enterprise, program, owner, changed, status, code):
        answer = post(owner, enterprise, **changed)
        assert (answer.status_code, answer.json()["code"]) == (status, code)

    def test_are_for_owners(self, enterprise, program, manager, officer, stranger):
        assert [post(each, enterprise).status_code for each in (manager, officer, stranger)] == [403, 404, 404]

    def test_are_taken_back(self, enterprise, program, owner, manager, stranger):
        reference = post(owner, enterprise).json()["reference"]
        one, back = (reverse(f"api:{name}", args=[reference]) for name in ("introduction", "introduction_withdrawal"))
        assert [machine(each).get(one).status_code for each in (manager, stranger)] == [200, 404]
        assert [machine(each).post(back).status_code for each in (manager, stranger)] == [403, 404]
        assert [machine(owner).post(back).json()["status"] for _time in range(2)] == ["withdrawn"] * 2
        assert Introduction.objects.get().status == "withdrawn"
