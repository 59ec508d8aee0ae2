"""Customers found by what they tell, and the trace that it leaves."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.identity import operations, queries
from accounts.identity.models import User
from accounts.identity.tests.builders import make_check, make_user
from portal.core.models import AuditEvent


def found(text, user):
    return [each.legal_name for each in queries.enterprises_matching(text, user=user, by_person=True)]


class TestFinding:
    @pytest.mark.parametrize("asked", ["138 0013 8000", "+8613800138000", "wang f"])
    def test_finds_by_who_acts_for_it(self, enterprise, stranger, owner, officer, asked):
        assert found(asked, officer) == [enterprise.legal_name]
        assert not queries.enterprises_matching(asked, user=officer)

    def test_tells_nobody_how_a_document_ends(self, enterprise, owner, officer):
        make_check(enterprise, person=owner, number_ending="204X")
        assert found("204X", officer) == []

    def test_does_not_find_by_who_no_longer_acts_for_it(self, enterprise, owner, officer):
        enterprise.memberships.update(ended_at=enterprise.registered_at)
        assert found("138 0013 8000", officer) == []

    def test_stays_within_the_branches_that_one_sees(self, enterprise, bank):
        elsewhere = make_user("Other Officer", role="officer", branch=bank.other_branch)
        assert found("138 0013 8000", elsewhere) == []


class TestTrace:
    def test_is_left_of_whom_was_found_by_their_number(self, client_of, officer, owner, enterprise):
        page = client_of(officer).get(reverse("identity:enterprises"), {"q": "138 0013 8000"})
        assert enterprise.legal_name in page.content.decode()
        event = AuditEvent.objects.get(verb="identity.looked_up")
        assert (event.subject, event.by) == (owner.reference, officer.reference)
        assert "138" not in str(event.details)

    def test_of_several_is_written_together(self, enterprise, owner, manager, officer, django_assert_num_queries):
        User.objects.filter(pk=manager.pk).update(full_name="Wang Feng")
        with django_assert_num_queries(4):  # the people, one write within its transaction
            operations.note_found("wang f", [enterprise], by=officer, at=timezone.now())
        told = AuditEvent.objects.filter(verb="identity.looked_up").values_list("subject", flat=True)
        assert set(told) == {owner.reference, manager.reference}

    def test_is_not_left_of_an_enterprise_found_by_its_name(self, client_of, officer, enterprise):
        client_of(officer).get(reverse("identity:enterprises"), {"q": enterprise.legal_name})
        assert not AuditEvent.objects.filter(verb="identity.looked_up").exists()


class TestNumber:
    def address(self, enterprise):
        member = enterprise.memberships.get()
        return reverse("identity:show_number", args=[enterprise.reference, member.pk])

    def test_is_masked_until_it_is_asked_for(self, client_of, officer, owner, enterprise):
        client = client_of(officer)
        page = client.get(reverse("identity:enterprise", args=[enterprise.reference])).content.decode()
        assert "••••8000" in page
        assert "13800138000" not in page
        shown = client.post(self.address(enterprise))
        assert "tel:+8613800138000" in shown.content.decode()
        assert shown["Cache-Control"] == "no-store"
        event = AuditEvent.objects.get(verb="identity.number_shown")
        assert (event.subject, event.by) == (owner.reference, officer.reference)

    def test_is_shown_to_nobody_who_does_not_call(self, client_of, auditor, stranger, owner, enterprise):
        assert client_of(auditor).post(self.address(enterprise)).status_code == 403
        assert client_of(stranger).post(self.address(enterprise)).status_code == 403
        assert client_of(owner).post(self.address(enterprise)).status_code == 403
        assert not AuditEvent.objects.filter(verb="identity.number_shown").exists()

    def test_acts_only_on_posts_and_in_ones_branches(self, client_of, officer, enterprise, bank):
        assert client_of(officer).get(self.address(enterprise)).status_code == 405
        elsewhere = make_user("Other Officer", role="officer", branch=bank.other_branch)
        assert client_of(elsewhere).post(self.address(enterprise)).status_code == 404
