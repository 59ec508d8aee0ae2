"""What the bank keeps about the person who asks."""

import json

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.identity import consents
from accounts.identity import operations as identity
from accounts.identity.tests.builders import make_check, make_paper
from portal.core import audit

PAGE = "/profile/record/"


@pytest.fixture
def looked_at(owner, enterprise, officer):
    """An owner who agreed to something, whose document was seen and whose number was shown."""
    asked = {"purpose": consents.CREDIT_REGISTER, "wording_version": consents.CURRENT_VERSION}
    identity.agree(enterprise, **asked, by=owner, at=timezone.now())
    make_check(enterprise, person=owner, number_ending="204X")
    identity.show_number(owner.memberships.get(), by=officer, at=timezone.now())
    return owner


def taken_along(client):
    response = client.get(reverse("own_record_file"))
    assert response["Cache-Control"] == "private, no-store"
    return json.loads(response.content)


class TestPage:
    def test_tells_agreements_checks_looks_and_acts(self, client_of, looked_at, officer, django_assert_max_num_queries):
        client = client_of(looked_at)
        with django_assert_max_num_queries(24):
            page = client.get(PAGE).content.decode()
        for told in (
            "I may act for this enterprise.",
            "The bank may ask the credit register",
            "document ending 204X",
            "Mobile number of a customer shown",
        ):
            assert told in page
        assert "Consent given" in page
        assert officer.full_name not in page

    def test_tells_nothing_of_others(self, client_of, looked_at, stranger):
        page = client_of(stranger).get(PAGE).content.decode()
        assert "204X" not in page
        assert "Mobile number of a customer shown" not in page
        assert looked_at.full_name not in page

    def test_tells_who_read_an_enterprise_only_while_one_acted_for_it(self, client_of, manager, enterprise, auditor):
        membership = manager.memberships.get()
        identity.note_read(enterprise, by=auditor, at=membership.began_at)
        membership.ended_at = timezone.now()
        membership.save()
        identity.note_read(enterprise, by=auditor, at=timezone.now())
        assert client_of(manager).get(PAGE).content.decode().count("Whole record of a customer read") == 1

    def test_names_no_digest_that_a_code_was_asked_for(self, client_of, owner):
        with transaction.atomic():
            for subject in (f"cash {'4d0a' * 10}", "O-FMH3F0QM"):
                audit.record("signing.confirmed", subject=subject, by=owner.reference, at=timezone.now())
        page = client_of(owner).get(PAGE).content.decode()
        assert (page.count("Signing code confirmed"), "O-FMH3F0QM" in page, "4d0a" in page) == (2, True, False)

    def test_tells_staff_their_posts(self, client_of, officer):
        assert "Loan officer" in client_of(officer).get(PAGE).content.decode()

    def test_names_the_photos_of_their_own_papers(self, client_of, owner, enterprise, manager):
        paper = make_paper(enterprise, person=owner, kind="identity_document", by=owner)
        assert "Identity document" in client_of(owner).get(PAGE).text
        assert "Identity document" not in client_of(manager).get(PAGE).text
        assert [each["reference"] for each in taken_along(client_of(owner))["papers"]] == [paper.reference]


class TestFile:
    def test_is_what_the_page_tells(self, client_of, looked_at, enterprise):
        told = taken_along(client_of(looked_at))
        assert told["person"]["name"] == looked_at.full_name
        assert [each["enterprise"] for each in told["memberships"]] == [enterprise.reference]
        assert [each["purpose"] for each in told["consents"]] == ["credit_register", "enterprise_data"]
        assert [each["number_ending"] for each in told["identity_checks"]] == ["204X"]
        assert [each["act"] for each in told["looked_at_by_the_bank"]] == ["identity.number_shown"]
        assert [each["act"] for each in told["acts"]] == ["identity.agreed"]

    def test_is_only_read_and_only_signed_in(self, client, client_of, owner):
        for address in (PAGE, reverse("own_record_file")):
            assert client_of(owner).post(address).status_code == 405
            assert client.get(address).status_code == 302
