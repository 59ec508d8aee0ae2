"""What staff do with a case on its page, they can do by machine: by the same people, once."""

from typing import Any

import pytest
from django.core.cache import cache

from accounts.identity.models import User
from accounts.identity.tests.builders import machine, make_user
from lending.applications.models import Application, Review, Revocation
from lending.applications.tests.builders import conclude, make_approved, make_referred, recommend
from lending.products.tests.builders import make_product

ADVICE = {"outcome": "approve", "amount": "15000.00", "annual_rate": "0.10", "note": "Sound."}
REASON = {"reason": "changed", "note": "The shop has closed."}


@pytest.fixture(autouse=True)
def product(bank):
    cache.clear()
    return make_product()


@pytest.fixture
def referred(enterprise, owner, approver):
    approver.staffpost_set.update(approval_limit_amount=100000)
    return make_referred(enterprise, by=owner)


def post(user: User, application: Application, place: str, told: object = None, *, key: str = "k"):
    address = f"/api/v1/applications/{application.reference}/{place}"
    return machine(user).post(address, told or {}, format="json", headers={"Idempotency-Key": key})


def newest(user: User, application: Application, place: str) -> Any:
    return machine(user).get(f"/api/v1/applications/{application.reference}/{place}").json()["results"][0]


class TestReview:
    def test_goes_from_recommendation_to_offer(self, referred, officer, approver):
        answer = post(officer, referred, "recommendation", ADVICE)
        assert (answer.status_code, answer.json()["by"]) == (201, officer.reference)
        read = newest(approver, referred, "reviews")
        assert read["amount"] == "15000.00"
        said = {"outcome": "approve", "note": "Agreed.", "seen": read["shown"]}
        assert post(approver, referred, "conclusion", said).json()["status"] == "approved"
        assert referred.reviews.count() == 2

    def test_leaves_out_of_the_reasons_what_people_settled_as_the_owners_page_does(
        self, referred, owner, officer, approver
    ):
        def told(person):
            decision = machine(person).get(f"/api/v1/applications/{referred.reference}/decision").json()
            return {each["code"] for each in decision["reasons"]}

        policy = told(owner)
        recommend(referred, by=officer)
        conclude(referred, by=approver)
        assert policy - told(owner)
        assert told(owner) < told(officer) == policy

    def test_is_recommended_once_under_one_key(self, referred, officer):
        first, again = (post(officer, referred, "recommendation", ADVICE).json() for _time in range(2))
        assert first == again
        assert Review.objects.count() == 1
        assert post(officer, referred, "recommendation", ADVICE | {"note": "Other."}).status_code == 409
        assert post(officer, referred, "recommendation", ADVICE, key="").status_code == 400

    def test_is_for_the_roles_of_the_page(self, referred, officer, approver, owner, stranger, auditor):
        for person, status in ((approver, 403), (auditor, 403), (owner, 403), (stranger, 404)):
            assert post(person, referred, "recommendation", ADVICE).status_code == status
        assert post(officer, referred, "conclusion", {}).status_code == 403
        reviews = f"/api/v1/applications/{referred.reference}/reviews"
        people = (officer, auditor, owner, stranger)
        assert [machine(each).get(reviews).status_code for each in people] == [200, 200, 403, 404]

    def test_is_not_concluded_unread(self, referred, officer, approver):
        post(officer, referred, "recommendation", ADVICE)
        said = {"outcome": "approve", "note": "Agreed.", "seen": "0"}
        answer = post(approver, referred, "conclusion", said)
        assert answer.status_code == 422
        assert "changed_since" in answer.json()["type"]

    def test_refuses_what_the_product_does_not_allow(self, referred, officer):
        answer = post(officer, referred, "recommendation", ADVICE | {"annual_rate": "0.99"})
        assert (answer.status_code, Review.objects.count()) == (422, 0)

    def test_is_closed_to_staff_who_act_for_the_enterprise(self, referred, bank, enterprise, owner):
        both = make_user("Both Wu", role="officer", branch=bank.branch)
        enterprise.memberships.create(user=both, role="manager", began_at=enterprise.registered_at)
        assert post(both, referred, "recommendation", ADVICE).status_code == 403


class TestRevocation:
    def test_revokes_at_once_what_the_rules_approved(self, enterprise, owner, officer):
        offered = make_approved(enterprise, by=owner)
        first, again = (post(officer, offered, "revocations", REASON).json() for _time in range(2))
        assert first == again
        assert (first["needs_second"], first["outcome"]) == (False, "confirmed")
        offered.refresh_from_db()
        assert (offered.status, Revocation.objects.count()) == ("withdrawn", 1)

    @pytest.mark.parametrize(("outcome", "status"), [("confirmed", "withdrawn"), ("declined", "approved")])
    def test_waits_for_a_second_person_where_two_approved(self, referred, officer, approver, bank, outcome, status):
        self.offer(referred, officer, approver)
        assert post(officer, referred, "revocations", REASON).json()["outcome"] == ""
        said = {"outcome": outcome, "seen": newest(approver, referred, "revocations")["shown"]}
        assert post(officer, referred, "revocations/conclusion", said).status_code == 403
        assert post(approver, referred, "revocations/conclusion", said).json()["status"] == status

    def test_is_dropped_by_who_asked(self, referred, officer, approver):
        self.offer(referred, officer, approver)
        post(officer, referred, "revocations", REASON)
        assert post(approver, referred, "revocations/withdrawal").status_code == 422
        assert post(officer, referred, "revocations/withdrawal").status_code == 200
        assert Revocation.objects.get().outcome == "declined"

    def test_is_for_the_roles_of_the_page(self, enterprise, owner, auditor, stranger):
        offered = make_approved(enterprise, by=owner)
        people = ((auditor, 403), (owner, 403), (stranger, 404))
        assert all(post(person, offered, "revocations", REASON).status_code == status for person, status in people)

    def offer(self, referred, officer, approver):
        post(officer, referred, "recommendation", ADVICE)
        said = {"outcome": "approve", "note": "Agreed.", "seen": newest(approver, referred, "reviews")["shown"]}
        assert post(approver, referred, "conclusion", said).status_code == 200
