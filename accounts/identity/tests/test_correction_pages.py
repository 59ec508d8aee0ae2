"""Proofs of the pages of corrections, and of corrections by machine."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.identity import queries
from accounts.identity.models import DetailsCorrection, Enterprise
from accounts.identity.tests.builders import machine, make_enterprise
from accounts.identity.tests.correcting import ANOTHER_NUMBER, NEW_NAME, ask


def form(enterprise, **changed):
    """Fill in the page as it comes, with some answers changed."""
    told = queries.details_of(enterprise) | {"branch": str(enterprise.branch_id), "reason": "mistyped"}
    return told | {"idempotency_key": "k", "trade": ""} | changed


class TestPages:
    def test_walk_from_the_owner_to_the_second_person(self, client_of, enterprise, owner, officer, teller):
        page = reverse("identity:correct", args=[enterprise.reference])
        assert "On file: Green Tea Shop" in client_of(owner).get(page).text
        answer = client_of(owner).post(page, form(enterprise, legal_name=f" {NEW_NAME} "))
        made = DetailsCorrection.objects.get()
        assert answer.url == reverse("identity:correction", args=[made.reference])
        assert "Propose" in client_of(officer).get(answer.url).text
        client_of(officer).post(reverse("identity:propose_correction", args=[made.reference]))
        assert "A colleague must agree" in client_of(officer).get(answer.url).text
        client_of(teller).post(reverse("identity:agree_correction", args=[made.reference]))
        shown = client_of(owner).get(reverse("identity:enterprise", args=[enterprise.reference])).text
        assert NEW_NAME in shown
        assert "Green Tea Shop (until" in shown

    def test_finds_the_trade_by_words(self, client_of, enterprise, owner, bank):
        page = reverse("identity:correct", args=[enterprise.reference])
        shown = client_of(owner).post(page, form(enterprise, trade="nothing like it")).text
        assert "We found no trade" in shown
        shown = client_of(owner).post(page, form(enterprise, trade="food"))
        assert shown.status_code == 422
        assert 'value="4711"' in shown.text

    def test_refuses_on_the_field(self, client_of, enterprise, owner, stranger):
        page = reverse("identity:correct", args=[enterprise.reference])
        answer = client_of(owner).post(page, form(enterprise, identifier=ANOTHER_NUMBER))
        assert (answer.status_code, "identifier" in answer.context["form"].errors) == (422, True)

    def test_refuses_a_year_of_three_digits_but_none_that_is_on_file(self, client_of, enterprise, owner):
        Enterprise.objects.filter(pk=enterprise.pk).update(founded_on=date(1888, 1, 1))
        enterprise.refresh_from_db()
        page = reverse("identity:correct", args=[enterprise.reference])
        answer = client_of(owner).post(page, form(enterprise, founded_on="0209-05-01"))
        assert answer.context["form"].errors == {"founded_on": ["Check the year."]}
        assert client_of(owner).post(page, form(enterprise, legal_name=NEW_NAME)).status_code == 302

    def test_refuses_with_a_reason_on_the_page(self, client_of, asked, officer):
        client, address = client_of(officer), reverse("identity:refuse_correction", args=[asked.reference])
        assert client.post(address, {"note": ""}).status_code == 422
        assert client.post(address, {"note": "No."}, follow=True).status_code == 200
        asked.refresh_from_db()
        assert (asked.status, asked.note) == ("refused", "No.")

    def test_corrects_a_name(self, client_of, enterprise, manager):
        held = enterprise.memberships.get(user=manager)
        page = reverse("identity:correct_name", args=[enterprise.reference, held.pk])
        told = {"full_name": "Chen Yi", "reason": "mistyped", "idempotency_key": "k"}
        assert client_of(manager).post(page, told).status_code == 302
        assert DetailsCorrection.objects.get().person == manager

    def test_lead_back_to_the_list_who_gave_the_enterprise_to_another_branch(
        self, client_of, enterprise, officer, teller, bank
    ):
        [made] = ask(enterprise, officer, branch=bank.other_branch.code)
        address = reverse("identity:agree_correction", args=[made.reference])
        answer = client_of(teller).post(address, follow=True)
        assert (answer.status_code, answer.request["PATH_INFO"]) == (200, reverse("identity:corrections"))

    @pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("manager", 403), ("auditor", 200)])
    def test_are_shown_to_few(self, request, client_of, asked, enterprise, who, status):
        client = client_of(request.getfixturevalue(who))
        assert client.get(reverse("identity:correct", args=[enterprise.reference])).status_code == status
        of_one = client.get(reverse("identity:correction", args=[asked.reference])).status_code
        assert of_one == (404 if who == "manager" else status)

    def test_list_costs_the_same_however_many_wait(
        self, client_of, asked, officer, owner, bank, django_assert_max_num_queries
    ):
        other = make_enterprise(owner, branch=bank.branch, legal_name="Noodles", identifier=ANOTHER_NUMBER)
        ask(other, owner, key="2", legal_name="Noodle House")
        client = client_of(officer)
        with django_assert_max_num_queries(9):
            shown = client.get(reverse("identity:corrections")).text
        assert "Noodles" in shown


class TestApi:
    def test_walks_all_the_way(self, enterprise, owner, officer, teller):
        address = f"/api/v1/enterprises/{enterprise.reference}/corrections"
        told = {"legal_name": NEW_NAME, "employees": 9, "reason": "mistyped"}
        made = machine(owner).post(address, told, headers={"Idempotency-Key": "k"}, format="json").json()
        assert [each["status"] for each in made] == ["done", "asked"]
        assert made[1]["details"] == [{"detail": "legal_name", "before": "Green Tea Shop", "after": NEW_NAME}]
        steps = f"/api/v1/corrections/{made[1]['reference']}/steps"
        assert machine(officer).post(steps, {"step": "propose"}).json()["status"] == "proposed"
        assert machine(officer).post(steps, {"step": "agree"}).json()["code"] == "correction_same_person"
        assert machine(teller).post(steps, {"step": "agree"}).json()["status"] == "agreed"
        assert machine(owner).get(address).json()["results"][0]["status"] == "agreed"

    def test_asks_for_a_name_with_its_person(self, enterprise, owner, stranger):
        address = f"/api/v1/enterprises/{enterprise.reference}/corrections"
        told = {"full_name": "Wang Fangfang", "reason": "mistyped"}
        send = machine(owner).post
        assert send(address, told, headers={"Idempotency-Key": "k"}).status_code == 400
        told["person"] = owner.reference
        assert send(address, told, headers={"Idempotency-Key": "k"}).status_code == 201
        assert machine(stranger).get(address).status_code == 404

    def test_refuses_with_a_note(self, asked, officer):
        steps = f"/api/v1/corrections/{asked.reference}/steps"
        assert machine(officer).post(steps, {"step": "refuse"}).json()["code"] == "correction_note_missing"
        assert machine(officer).post(steps, {"step": "refuse", "note": "No."}).json()["note"] == "No."
