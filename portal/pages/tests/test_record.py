"""One customer's whole record, read by an auditor."""

from django.urls import reverse
from django.utils import timezone

from accounts.identity.tests.builders import make_check, make_checked
from accounts.settlement.tests.builders import make_settlement_account
from lending.applications.tests.builders import make_declined
from portal.core.models import AuditEvent


class TestRecord:
    def address(self, enterprise):
        return reverse("record", args=[enterprise.reference])

    def test_tells_all_and_notes_that_it_was_read(
        self, client_of, auditor, owner, enterprise, django_assert_max_num_queries
    ):
        make_checked(enterprise)
        case = make_declined(enterprise, by=owner)
        account = make_settlement_account(enterprise, holding="12.00")
        client = client_of(auditor)
        with django_assert_max_num_queries(32):
            page = client.get(self.address(enterprise)).content.decode()
        assert account.grouped_number in page
        assert "¥12.00" in page
        assert case.reference in page
        assert "Papers checked" in page
        assert "13800138000" not in page
        event = AuditEvent.objects.get(verb="identity.record_read")
        assert (event.subject, event.by) == (enterprise.reference, auditor.reference)

    def test_tells_of_who_acted_for_it_once(self, client_of, auditor, owner, manager, enterprise):
        make_check(enterprise, person=manager, number_ending="204X")
        manager.memberships.update(ended_at=timezone.now())
        page = client_of(auditor).get(self.address(enterprise)).content.decode()
        assert page.count(str(manager)) >= 2  # as a member, and with the check
        assert f"?subject={manager.reference}" in page

    def test_is_read_by_auditors_alone(self, client_of, officer, owner, enterprise):
        for person in (officer, owner):
            assert client_of(person).get(self.address(enterprise)).status_code == 403

    def test_is_only_read(self, client_of, auditor, enterprise):
        assert client_of(auditor).post(self.address(enterprise)).status_code == 405
