"""The audit trail on a page."""

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.identity.tests.builders import NOW
from portal.core import audit

URL = "/audit/"


@pytest.fixture
def events(officer):
    with transaction.atomic():
        audit.record("applications.submit", subject="A-1", by=officer.reference, at=NOW, details={"amount": "5"})
        audit.record("loans.sign", subject="L-1", by=None, at=NOW)


class TestTrail:
    """Auditors read all of it."""

    def test_shows_who_did_what_with_names(self, client_of, auditor, events):
        shown = client_of(auditor).get(URL).content.decode()
        assert "applications.submit" in shown
        assert "Olga Sun" in shown
        assert "amount: 5" in shown

    def test_narrows_to_a_subject(self, client_of, auditor, events):
        shown = client_of(auditor).get(URL, {"subject": "L-1"}).content.decode()
        assert "loans.sign" in shown
        assert "applications.submit" not in shown

    def test_asks_the_same_few_questions_however_many_events(
        self, client_of, auditor, events, django_assert_max_num_queries
    ):
        with transaction.atomic():
            for number in range(60):
                audit.record("loans.repay", subject=f"L-{number}", by=auditor.reference, at=NOW)
        client = client_of(auditor)
        with django_assert_max_num_queries(8):
            client.get(URL)

    @pytest.mark.parametrize("role", ["officer", "approver", "operations", "owner"])
    def test_is_closed_to_others(self, request, client_of, role):
        assert client_of(request.getfixturevalue(role)).get(URL).status_code == 403

    def test_is_read_only(self, client_of, auditor):
        assert client_of(auditor).post(reverse("audit")).status_code == 405
