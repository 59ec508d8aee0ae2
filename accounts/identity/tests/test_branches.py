"""Proofs of branches: opened and named by an administrator."""

import pytest
from django.urls import reverse

from accounts.identity import operations
from accounts.identity.models import Branch
from accounts.identity.operations.branches import BranchCodeTaken
from accounts.identity.tests.builders import NOW
from portal.core.models import AuditEvent

NAMES = {"name_en": "Old Bridge", "name_zh_hans": "老桥支行"}
PLACE = {"address_en": "2 Bridge Road", "address_zh_hans": "桥头路2号", "phone": "0572 555 0103"}
HILL = {"code": "003"} | NAMES | PLACE
DETAILS = operations.BranchDetails(**NAMES, **PLACE)


class TestOpenBranch:
    def test_makes_it_one_that_owners_can_choose(self, administrator):
        branch = operations.open_branch(DETAILS, code="003", by=administrator, at=NOW)
        assert (branch.name_en, branch.phone, branch.is_head_office) == ("Old Bridge", "0572 555 0103", False)

    def test_records_who_and_when(self, administrator):
        operations.open_branch(DETAILS, code="003", by=administrator, at=NOW)
        event = AuditEvent.objects.get(verb="branch.opened")
        assert (event.subject, event.by, event.at) == ("003", administrator.reference, NOW)

    def test_refuses_a_code_that_is_taken(self, administrator):
        with pytest.raises(BranchCodeTaken):
            operations.open_branch(DETAILS, code="001", by=administrator, at=NOW)


class TestPages:
    def test_open_a_branch_once(self, administrator, client_of):
        client = client_of(administrator)
        assert client.post(reverse("identity:branches"), HILL).status_code == 302
        again = client.post(reverse("identity:branches"), HILL)
        assert again.status_code == 422
        assert b"Another branch has this code." in again.content
        assert Branch.objects.filter(code="003").count() == 1

    def test_change_a_name_and_a_place(self, administrator, client_of):
        told = {"name_en": "River City", "name_zh_hans": "河城支行"} | PLACE
        client = client_of(administrator)
        assert client.post(reverse("identity:branch", args=["001"]), told).status_code == 302
        branch = Branch.objects.get(code="001")
        assert (branch.name_en, branch.address_zh_hans) == ("River City", "桥头路2号")
        assert AuditEvent.objects.get(verb="branch.described").subject == "001"
        assert "2 Bridge Road" in client.get(reverse("identity:branch", args=["001"])).text

    def test_are_read_by_an_auditor_who_changes_nothing(self, auditor, client_of):
        client = client_of(auditor)
        assert client.get(reverse("identity:branches")).status_code == 200
        assert client.post(reverse("identity:branches"), HILL).status_code == 403
        assert client.get(reverse("identity:branch", args=["001"])).status_code == 403

    def test_are_closed_to_others(self, officer, owner, client_of):
        for person in (officer, owner):
            assert client_of(person).get(reverse("identity:branches")).status_code == 403

    def test_do_not_know_a_branch_that_is_not(self, administrator, client_of):
        assert client_of(administrator).get(reverse("identity:branch", args=["999"])).status_code == 404

    def test_take_no_other_method(self, administrator, client_of):
        assert client_of(administrator).put(reverse("identity:branches")).status_code == 405

    def test_cost_the_same_however_many(self, administrator, client_of, django_assert_max_num_queries):
        for number in range(20):
            operations.open_branch(DETAILS, code=f"B{number}", by=administrator, at=NOW)
        client = client_of(administrator)
        with django_assert_max_num_queries(6):
            client.get(reverse("identity:branches"))
