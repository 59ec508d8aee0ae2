"""The desk's pages and its API, by the litany: staff of the branch read, who serves records, nobody else sees."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.identity.models import Role
from accounts.identity.tests.builders import machine, make_enterprise, make_user
from accounts.settlement.tests.builders import make_deposit, withdraw
from lending.applications.tests.builders import NOW, make_approver
from lending.arrears import operations as arrears
from lending.arrears import queries
from lending.arrears.models import Contact
from lending.arrears.operations import Said
from lending.loans import operations as loans
from lending.loans.tests.builders import held, make_loan
from lending.loans.tests.rescheduling import reschedule

DAY = timedelta(days=1)
DESK = "/arrears/"
FILLED = {"way": "call", "reached": "yes", "note": "Pays on Friday.", "idempotency_key": "k"}


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture
def page(loan):
    """Give the page of the loan's contacts: by the clock, its first installments are long late."""
    return reverse("arrears:contacts", args=[loan.reference])


def another_loan(bank, number=1, branch=None):
    person = make_user(f"Owner {number}", phone=f"+86138001390{number:02}")
    enterprise = make_enterprise(
        person,
        branch=branch or bank.branch,
        legal_name=f"Shop {number}",
        identifier=f"9133010667395{number:04}P",
    )
    made = make_loan(enterprise, by=person)
    withdraw(made.settlement_account, held(made), on=NOW.date())
    return made


def record(loan, by, *, key="k", on=None, **said):
    now = timezone.now()
    told = {"way": "call", "is_reached": True, "note": "n"} | said
    return arrears.record(loan, Said(**told), key=key, by=by, at=now, on=on or timezone.localdate(now))


class TestLateLoans:
    def seen(self, user, on, **told):
        return [row.reference for row in queries.late_loans(user, on=on, **told)]

    def test_lists_by_band_of_days(self, loan, first, officer):
        for days, band in ((1, "1-29"), (29, "1-29"), (30, "30-89"), (89, "30-89"), (90, "90"), (400, "90")):
            on = first.due_date + days * DAY
            found = [code for code in ("1-29", "30-89", "90") if self.seen(officer, on, band=code)]
            assert found == [band], days
        assert self.seen(officer, first.due_date) == []

    def test_tells_amounts_and_days(self, loan, first, officer):
        (row,) = queries.rows_of(queries.late_loans(officer, on=first.due_date + DAY), on=first.due_date + DAY)
        assert (row.days_past_due, row.loan.late_amount) == (1, first.total_amount)
        assert row.loan.open_principal_amount == loan.principal_amount

    def test_counts_the_schedule_in_force_alone(self, bank, loan, officer, owner):
        agreed = reschedule(loan, proposer=officer, approver=make_approver(bank.branch), owner=owner)
        assert agreed.status == "agreed"
        on = loan.installments.current().first().due_date + DAY
        (row,) = queries.rows_of(queries.late_loans(officer, on=on), on=on)
        assert (row.days_past_due, row.loan.open_principal_amount) == (1, loan.principal_amount)

    def test_waits_for_a_step_where_none_is_set_or_its_day_has_come(self, loan, officer):
        today = timezone.localdate()
        assert queries.due_steps(officer, on=today) == 1
        record(loan, officer, next_step_on=today + 2 * DAY)
        assert [queries.due_steps(officer, on=today + day * DAY) for day in range(3)] == [0, 0, 1]
        record(loan, officer, key="b", promised_amount=first_amount(loan), promised_on=today + 5 * DAY)
        assert [queries.due_steps(officer, on=today + day * DAY) for day in (2, 5)] == [0, 1]

    def test_orders_by_days_or_by_step(self, loan, bank, officer):
        other, today = another_loan(bank), timezone.localdate()
        record(loan, officer, next_step_on=today)
        found = queries.late_loans(officer, on=today)
        assert [each.pk for each in found.order_by(*queries.ORDERS["days"])] == [loan.pk, other.pk]
        assert [each.pk for each in found.order_by(*queries.ORDERS["step"])] == [other.pk, loan.pk]

    def test_shows_nobody_the_loans_of_their_own_enterprise(self, loan, first, officer, owner):
        loan.enterprise.memberships.create(user=officer, role="manager", began_at=NOW)
        assert self.seen(officer, first.due_date + DAY) == []
        assert not queries.readable(owner).exists()


def first_amount(loan):
    return loan.installments.get(number=1).total_amount


class TestPages:
    def test_the_desk_lists_and_the_home_page_counts(self, client_of, officer, loan):
        client = client_of(officer)
        shown = client.get(DESK).content.decode()
        assert loan.reference in shown
        assert "Late loans to follow up" in client.get("/").content.decode()
        record(loan, officer, next_step_on=timezone.localdate() + 9 * DAY)
        assert loan.reference not in client.get(f"{DESK}?step=due").content.decode()
        assert "Late loans to follow up" not in client.get("/").content.decode()

    def test_a_contact_is_recorded_once_and_shown(self, client_of, officer, page):
        client = client_of(officer)
        for _twice in range(2):
            assert client.post(page, FILLED).headers["Location"] == page
        assert Contact.objects.get().by == officer
        assert "Pays on Friday." in client.get(page).content.decode()

    def test_what_is_wrong_is_said_at_its_field(self, client_of, officer, page):
        response = client_of(officer).post(page, FILLED | {"note": ""})
        assert (response.status_code, "Say what was said" in response.content.decode()) == (422, True)

    def test_a_form_that_came_too_late_says_so_and_keeps_the_note(self, client_of, officer, loan, page):
        today = timezone.localdate()
        make_deposit(loan.settlement_account, "30000.00", on=today)
        loans.collect_due(loan, at=timezone.now(), on=today)
        shown = client_of(officer).post(page, FILLED).content.decode()
        assert "Nothing of this loan is late" in shown
        assert FILLED["note"] in shown

    def test_the_loans_own_page_leads_staff_there_and_owners_not(self, client_of, officer, owner, loan, page):
        record(loan, officer, note="A secret of the desk.")
        address = reverse("loans:detail", args=[loan.reference])
        assert page in client_of(officer).get(address).content.decode()
        seen = client_of(owner).get(address).content.decode()
        assert page not in seen
        assert "secret" not in seen

    def test_an_auditor_reads_and_records_nothing(self, client_of, auditor, officer, loan, page):
        record(loan, officer)
        client = client_of(auditor)
        shown = client.get(page)
        assert (shown.status_code, "Record the contact" in shown.content.decode()) == (200, False)
        assert client.post(page, FILLED).status_code == 403
        assert "Late loans to follow up" not in client.get("/").content.decode()

    def test_are_closed_to_everyone_else(self, client_of, bank, owner, manager, stranger, course_editor, page):
        for user in (owner, manager, stranger, course_editor):
            client = client_of(user)
            answers = [client.get(DESK), client.get(page), client.post(page, FILLED)]
            assert [each.status_code for each in answers] == [403] * 3
        elsewhere = client_of(make_user("Far Off", role=Role.OFFICER, branch=bank.other_branch))
        assert [elsewhere.get(page).status_code, elsewhere.post(page, FILLED).status_code] == [404, 404]
        assert Contact.objects.count() == 0

    def test_take_only_their_methods(self, client_of, officer, page):
        assert [client_of(officer).post(DESK).status_code, client_of(officer).put(page).status_code] == [405, 405]

    def test_asks_the_database_as_often_for_many_loans_as_for_one(self, client_of, bank, officer, loan):
        client = client_of(officer)

        def statements():
            with CaptureQueriesContext(connection) as caught:
                assert client.get(DESK).status_code == 200
            return len(caught)

        record(loan, officer)
        statements()
        few = statements()
        for number in range(2, 5):
            record(another_loan(bank, number), officer, key=f"k{number}")
        assert statements() == few
        assert few < 15


class TestApi:
    def test_lists_late_loans_and_their_contacts(self, loan, officer):
        made, client = record(loan, officer), machine(officer)
        (late,) = client.get("/api/v1/late-loans").json()["results"]
        assert (late["loan"], late["last_contact"]) == (loan.reference, made.reference)
        (contact,) = client.get(f"/api/v1/loans/{loan.reference}/contacts").json()["results"]
        assert (contact["note"], contact["promise"], contact["by"]) == ("n", None, officer.reference)
        assert client.get("/api/v1/late-loans?band=1-29").json()["results"] == []

    def test_records_once(self, loan, officer):
        today = timezone.localdate()
        asked = {"way": "visit", "is_reached": True, "note": "n", "promised_amount": "5.00"}
        asked["promised_on"] = str(today + DAY)
        address = f"/api/v1/loans/{loan.reference}/contacts"
        for _twice in range(2):
            answer = machine(officer).post(address, asked, format="json", headers={"Idempotency-Key": "a"})
            assert (answer.status_code, answer.json()["promise"]) == (201, "open")
        assert Contact.objects.count() == 1
        assert machine(officer).post(address, asked, format="json").status_code == 400

    def test_is_closed_to_members_and_read_only_for_auditors(self, loan, owner, auditor):
        address = f"/api/v1/loans/{loan.reference}/contacts"
        assert machine(owner).get(address).status_code == 403
        assert machine(owner).get("/api/v1/late-loans").status_code == 403
        asked = {"way": "call", "is_reached": False}
        answers = [
            machine(auditor).get(address),
            machine(auditor).post(address, asked, format="json", headers={"Idempotency-Key": "a"}),
        ]
        assert [each.status_code for each in answers] == [200, 403]
