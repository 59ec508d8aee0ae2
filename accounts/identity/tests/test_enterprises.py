"""Proofs of the pages of enterprises."""

import pytest
from django.urls import reverse

from accounts.identity.models import Enterprise
from accounts.identity.tests.builders import make_enterprise, make_user
from portal.core.fields import lookup_hash


def make_many(bank, count):
    """More enterprises of the branch."""
    person = make_user("Owner of many")
    for number in range(count):
        enterprise = make_enterprise(
            person, branch=bank.branch, legal_name=f"Shop {number:02}", identifier=f"X{number}"
        )
        assert enterprise.pk


class TestStaffList:
    def test_shows_the_branchs_enterprises_only(self, client_of, officer, enterprise, bank):
        make_enterprise(make_user(), branch=bank.other_branch, legal_name="Far Away", identifier="X")
        page = client_of(officer).get(reverse("identity:enterprises"))
        assert "Green Tea Shop" in page.text
        assert "Far Away" not in page.text

    def test_shows_head_office_all(self, client_of, auditor, enterprise, bank):
        make_enterprise(make_user(), branch=bank.other_branch, legal_name="Far Away", identifier="X")
        assert client_of(auditor).get(reverse("identity:enterprises")).text.count("<tr>") == 3

    @pytest.mark.parametrize("asked", ["tea", "91110108551385082q", "9111 0108 5513 85082Q", "REFERENCE"])
    def test_finds_by(self, client_of, officer, enterprise, stranger, asked):
        page = client_of(officer).get(
            reverse("identity:enterprises"), {"q": asked.replace("REFERENCE", enterprise.reference)}
        )
        assert [found.legal_name for found in page.context["page"].object_list] == ["Green Tea Shop"]

    def test_says_that_nothing_was_found(self, client_of, officer, enterprise):
        assert "No enterprise found." in client_of(officer).get(reverse("identity:enterprises"), {"q": "zeppelin"}).text

    def test_is_paged(self, client_of, officer, bank):
        make_many(bank, 30)
        first = client_of(officer).get(reverse("identity:enterprises"), {"q": "Shop"})
        assert "Page 1 of 2" in first.text
        assert "q=Shop&amp;page=2" in first.text
        assert (
            len(client_of(officer).get(reverse("identity:enterprises"), {"page": 2}).context["page"].object_list) == 5
        )

    def test_keeps_its_query_budget(self, client_of, officer, bank, django_assert_max_num_queries):
        make_many(bank, 25)
        browser = client_of(officer)
        with django_assert_max_num_queries(8):
            browser.get(reverse("identity:enterprises"))

    def test_is_not_for_course_editors(self, client_of, course_editor):
        assert client_of(course_editor).get(reverse("identity:enterprises")).status_code == 403

    def test_refuses_another_method(self, client_of, officer):
        assert client_of(officer).post(reverse("identity:enterprises")).status_code == 405


class TestOwnList:
    def test_shows_ones_own(self, client_of, owner, enterprise, stranger):
        page = client_of(owner).get(reverse("identity:enterprises")).text
        assert "Green Tea Shop" in page
        assert "Stranger" not in page

    def test_invites_whoever_has_none_to_register(self, client_of, bank):
        assert reverse("identity:register") in client_of(make_user()).get(reverse("identity:enterprises")).text


class TestDetail:
    @pytest.mark.parametrize("who", ["owner", "manager", "officer", "auditor", "underwriter"])
    def test_is_shown_to(self, request, client_of, enterprise, who):
        page = client_of(request.getfixturevalue(who)).get(reverse("identity:enterprise", args=[enterprise.reference]))
        assert page.status_code == 200
        assert "91110108551385082Q" in page.text
        assert "Micro" in page.text

    def test_explains_the_size(self, client_of, owner, enterprise):
        page = client_of(owner).get(reverse("identity:enterprise", args=[enterprise.reference])).text
        assert "¥1,000,000" in page
        assert "¥5,000,000" in page

    def test_is_hidden_from_strangers(self, client_of, enterprise, stranger):
        assert client_of(stranger).get(reverse("identity:enterprise", args=[enterprise.reference])).status_code == 404

    def test_is_hidden_from_other_branches(self, client_of, enterprise, bank):
        officer = make_user(role="officer", branch=bank.other_branch)
        assert client_of(officer).get(reverse("identity:enterprise", args=[enterprise.reference])).status_code == 404

    def test_is_not_for_course_editors(self, client_of, enterprise, course_editor):
        assert (
            client_of(course_editor).get(reverse("identity:enterprise", args=[enterprise.reference])).status_code == 403
        )

    def test_refuses_another_method(self, client_of, owner, enterprise):
        assert client_of(owner).post(reverse("identity:enterprise", args=[enterprise.reference])).status_code == 405

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_speaks(self, client_of, owner, enterprise, language):
        browser = client_of(owner)
        browser.cookies["language"] = language
        page = browser.get(reverse("identity:enterprise", args=[enterprise.reference])).text
        assert {"en": "Retail sale in stores", "zh-hans": "食品为主的综合零售"}[language] in page


class TestVisibleTo:
    def test_finds_nothing_for_whoever_is_no_member(self, enterprise, stranger):
        assert enterprise not in Enterprise.objects.visible_to(stranger)

    def test_is_found_by_the_hash_of_its_identifier(self, enterprise):
        assert Enterprise.objects.get(identifier_hash=lookup_hash("91110108551385082Q")) == enterprise
