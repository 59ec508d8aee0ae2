"""Waivers of late interest: four eyes, a limit, told to the borrower, never rewritten; pages and API by the litany."""

from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.identity.models import User
from accounts.identity.tests.builders import confirm_mail, machine
from accounts.ledger import queries as books
from accounts.ledger.tests.builders import tamper
from lending.applications.operations import FourEyesRefused
from lending.applications.tests.builders import NOW, make_approver
from lending.loans import queries, tasks
from lending.loans.proposals import operations as proposals
from lending.loans.proposals.operations import ProposalRefused
from lending.loans.proposals.queries import waiting_for
from lending.loans.tests.builders import LATE_RULE, make_offer, repay, sign
from lending.loans.tests.losing import write_off
from lending.loans.tests.pages import url
from lending.loans.tests.rescheduling import reschedule
from lending.loans.tests.waiving import approve, propose
from lending.loans.waivers import operations
from lending.loans.waivers.models import Waiver
from lending.loans.waivers.operations import WaiverRefused
from lending.products.tests.builders import make_product
from portal.core.idempotency import KeyReused
from portal.core.models import AuditEvent, Notice
from portal.core.notices.operations import text_of
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused

DAY = timedelta(days=1)


@pytest.fixture
def loan(bank, enterprise, owner, today):
    """The shop borrowed at a price for being late, and is late today."""
    make_product(**LATE_RULE)
    loan = sign(make_offer(enterprise, by=owner), by=owner)
    assert loan.installments.get(number=1).due_date + 10 * DAY < today
    return loan


@pytest.fixture
def open_amount(loan, today):
    return owed(loan, today)


@pytest.fixture
def proposed(loan, officer, open_amount, today):
    return propose(loan, open_amount, by=officer, on=today)


def owed(loan, on):
    return queries.late_interest_of(loan, on=on).open_amount


class TestPropose:
    def test_keeps_how_much_why_and_who(self, loan, proposed, officer, open_amount):
        assert (proposed.status, proposed.amount, proposed.proposed_by) == ("proposed", open_amount, officer)
        event = AuditEvent.objects.get(verb="loans.propose_waiver")
        assert (event.subject, event.by) == (loan.reference, officer.reference)
        assert event.details["reason"] == "The road was closed."

    def test_waives_nothing_yet(self, loan, proposed, open_amount, today):
        assert owed(loan, today) == open_amount

    def test_sent_twice_happens_once(self, loan, proposed, officer, open_amount, today):
        assert propose(loan, open_amount, by=officer, on=today) == proposed
        with pytest.raises(KeyReused):
            propose(loan, "0.01", by=officer, on=today)

    @pytest.mark.parametrize(
        ("amount", "code"),
        [("0", "waiver_amount_wrong"), ("0.005", "waiver_amount_wrong"), ("99999", "waiver_amount_wrong")],
    )
    def test_refuses_an_amount_that_is_not_open(self, loan, officer, today, amount, code):
        with pytest.raises(WaiverRefused) as refused:
            propose(loan, amount, by=officer, on=today)
        assert refused.value.code == code

    def test_refuses_without_reason_and_where_nothing_is_late(self, loan, officer, today):
        told = {"key": "k", "by": officer, "at": timezone.now()}
        with pytest.raises(ProposalRefused) as refused:
            operations.propose(loan, Decimal(1), reason=" ", on=today, **told)
        assert refused.value.code == "proposal_reason_missing"
        with pytest.raises(WaiverRefused) as refused:
            operations.propose(loan, Decimal(1), reason="Floods.", on=loan.disbursed_on, **told)
        assert refused.value.code == "no_late_interest"

    def test_refuses_a_second_while_one_is_open(self, loan, proposed, officer, today):
        with pytest.raises(ProposalRefused) as refused:
            propose(loan, "1.00", by=officer, on=today, key="other")
        assert refused.value.code == "proposal_open"

    def test_refuses_who_acts_for_the_enterprise(self, loan, owner, today):
        with pytest.raises(FourEyesRefused):
            propose(loan, "1.00", by=owner, on=today)


class TestApprove:
    def test_asks_for_it_no_more_and_books_nothing(self, loan, proposed, second, today):
        approve(proposed, by=second, on=today)
        tomorrow = owed(loan, today + DAY)
        assert (owed(loan, today), queries.owing_of(loan, on=today).late_interest_amount) == (0, 0)
        assert tomorrow > 0  # what is late bears on
        assert AuditEvent.objects.get(verb="loans.approve_waiver").by == second.reference
        assert (queries.discrepancies(), books.discrepancies()) == ([], [])

    def test_waives_a_part(self, loan, officer, second, open_amount, today):
        approve(propose(loan, "1.00", by=officer, on=today), by=second, on=today)
        assert owed(loan, today) == open_amount - 1

    def test_tells_the_owners(self, loan, proposed, second, today, owner):
        approve(proposed, by=second, on=today)
        text = text_of(Notice.objects.get(code="late_interest_waived"))
        assert f"{proposed.amount:,.2f}" in text
        assert loan.reference in text

    def test_writes_the_amount_as_the_owner_reads_it(self, proposed, second, today, owner):
        User.objects.filter(pk=owner.pk).update(language="zh-hans")
        tamper("lending_loan", "currency = 'USD'")
        approve(proposed, by=second, on=today)
        assert f"US${proposed.amount:,.2f}" in text_of(Notice.objects.get(code="late_interest_waived"))

    def test_tells_nothing_to_a_number_that_nobody_confirmed(self, proposed, second, today, owner):
        User.objects.filter(pk=owner.pk).update(phone_verified=False)
        approve(proposed, by=second, on=today)
        assert not Notice.objects.filter(code="late_interest_waived").exists()

    def test_tells_by_mail_whom_that_alone_reaches(self, proposed, second, today, owner):
        User.objects.filter(pk=owner.pk).update(phone_verified=False)
        EmailAddress.objects.create(user=owner, email="li@example.com", verified=True)
        approve(proposed, by=second, on=today)
        notice = Notice.objects.get(code="late_interest_waived")
        subject, body = text_of(notice).split("\n\n")
        assert (notice.channel, notice.address, subject) == ("mail", "li@example.com", "A message from your bank")
        assert f"{proposed.amount:,.2f}" in body

    def test_refuses_who_proposed_it_and_above_the_limit(self, bank, proposed, officer, today):
        with pytest.raises(FourEyesRefused):
            approve(proposed, by=officer, on=today)
        poor = make_approver(bank.branch, limit="0.50", name="Third Gao")
        with pytest.raises(FourEyesRefused) as refused:
            approve(proposed, by=poor, on=today)
        assert refused.value.code == "above_approval_limit"
        proposed.refresh_from_db()
        assert (proposed.status, proposed.decided_by) == ("proposed", None)

    def test_refuses_more_than_is_open_now(self, loan, proposed, owner, second, today):
        repay(loan, "1.00", by=owner, on=today)
        with pytest.raises(ProposalRefused, match="proposal_lapsed"):
            approve(proposed, by=second, on=today)

    def test_two_at_once_one_wins(self, transactional_db, loan, proposed, second, today):
        def decide():
            try:
                approve(Waiver.objects.get(), by=second, on=today)
            except TransitionRefused:
                return False
            return True

        assert sorted(together(decide, decide)) == [False, True]
        assert owed(loan, today) == 0

    def test_beside_a_repayment_never_takes_twice(self, transactional_db, loan, proposed, owner, second, today):
        def waive():
            try:
                approve(Waiver.objects.get(), by=second, on=today)
            except ProposalRefused:
                return None
            return Waiver.objects.get().amount

        made, waived = together(lambda: repay(loan, proposed.amount, by=owner, on=today), waive)
        assert (waived is None) == (made.late_interest_amount == proposed.amount)
        assert queries.discrepancies() == []

    def test_goes_before_a_new_schedule(self, loan, proposed, officer, owner, second, today):
        approve(proposed, by=second, on=today)
        made = reschedule(loan, proposer=officer, approver=second, owner=owner, on=today)
        made.refresh_from_db()
        assert made.late_interest_amount == 0
        assert owed(loan, today) == 0


class TestDeclineAndWithdraw:
    def test_leave_it_owed(self, loan, proposed, officer, second, open_amount, today):
        proposals.decline(proposed, note="Paid late before.", by=second, at=timezone.now())
        other = propose(loan, "1.00", by=officer, on=today, key="other")
        proposals.withdraw(other, by=officer, at=timezone.now())
        assert {each.status for each in Waiver.objects.all()} == {"declined", "withdrawn"}
        assert owed(loan, today) == open_amount
        with pytest.raises(TransitionRefused):
            approve(other, by=second, on=today)

    def test_need_a_note_and_another_person(self, proposed, officer, second):
        with pytest.raises(ProposalRefused):
            proposals.decline(proposed, note=" ", by=second, at=timezone.now())
        with pytest.raises(FourEyesRefused):
            proposals.decline(proposed, note="No.", by=officer, at=timezone.now())


class TestLapse:
    def test_happens_by_itself_once_less_is_open(self, loan, proposed, officer, owner, open_amount, today):
        confirm_mail(officer, "olga@bank.example")
        repay(loan, "1.00", by=owner, on=today)
        proposed.refresh_from_db()
        assert (proposed.status, proposed.decided_by) == ("lapsed", None)
        event = AuditEvent.objects.get(verb="loans.lapse_waiver")
        assert (event.by, event.details["waiver"]) == ("system", proposed.reference)
        notice = Notice.objects.get(code="waiver_lapsed")
        assert (notice.address, loan.reference in text_of(notice)) == ("olga@bank.example", True)
        assert propose(loan, open_amount - 1, by=officer, on=today, key="anew").status == "proposed"

    def test_does_not_happen_while_as_much_is_open(self, loan, officer, owner, open_amount, today):
        made = propose(loan, open_amount - 1, by=officer, on=today)
        repay(loan, "1.00", by=owner, on=today)
        made.refresh_from_db()
        assert made.status == "proposed"

    def test_happens_after_its_days(self, loan, officer, second, today):
        confirm_mail(officer, "olga@bank.example")
        made = propose(loan, "1.00", by=officer, on=today - 15 * DAY)
        with pytest.raises(ProposalRefused, match="proposal_lapsed"):
            approve(made, by=second, on=today)
        assert list(waiting_for(second, Waiver, on=today)) == []
        for _twice in range(2):
            tasks.lapse_proposals()
        made.refresh_from_db()
        assert (made.status, Notice.objects.filter(code="waiver_lapsed").count()) == ("lapsed", 1)

    def test_waits_for_its_last_day(self, loan, officer, second, today):
        made = propose(loan, "1.00", by=officer, on=today - 14 * DAY)
        tasks.lapse_proposals()
        approve(made, by=second, on=today)
        assert made.status == "approved"

    @pytest.mark.parametrize("changed", [{"expires_on": date.max}, {"status": "proposed"}])
    def test_is_never_rewritten(self, loan, proposed, owner, today, changed):
        repay(loan, "1.00", by=owner, on=today)
        with pytest.raises(IntegrityError), transaction.atomic():
            Waiver.objects.update(**changed)


class TestDecidedBefore:
    def test_keeps_what_was_said_and_gets_its_days(self, proposed, second, today):
        approve(proposed, by=second, on=today)
        tamper("lending_waiver", "expires_on = '2020-01-01'")
        migration = import_module("lending.migrations.0020_lapsed_proposals")
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            cursor.execute(migration.FILLED.format(table="lending_waiver"))
            cursor.execute(f"SET ROLE {settings.RUNTIME_ROLE}")
        proposed.refresh_from_db()
        assert (proposed.status, proposed.expires_on) == ("approved", timezone.localdate(NOW) + 14 * DAY)
        with pytest.raises(IntegrityError), transaction.atomic():
            Waiver.objects.update(expires_on=today)


class TestDatabase:
    @pytest.mark.parametrize("changed", [{"amount": 1}, {"note": "Other."}, {"status": "proposed", "decided_by": None}])
    def test_never_rewrites_what_was_decided(self, proposed, second, today, changed):
        approve(proposed, by=second, on=today)
        with pytest.raises(IntegrityError), transaction.atomic():
            Waiver.objects.update(**changed)

    def test_keeps_the_amount_of_a_proposal(self, proposed):
        with pytest.raises(IntegrityError), transaction.atomic():
            Waiver.objects.update(amount=1)


class TestPages:
    def test_from_the_proposal_to_the_owners_page(self, client_of, loan, open_amount, officer, second, owner):
        client = client_of(officer)
        page = client.get(url("detail", loan)).content.decode()
        assert f"¥{open_amount:,.2f}" in page
        assert url("waive", loan) in page
        told = {"amount": open_amount, "reason": "Floods.", "idempotency_key": "k"}
        made = [client.post(url("waive", loan), told)["Location"] for _twice in range(2)]
        waiver = Waiver.objects.get()
        assert made == [url("waiver", waiver)] * 2
        assert client_of(owner).get(url("waiver", waiver)).status_code == 404
        client = client_of(second)
        assert waiver.reference in client.get(reverse("loans:waivers")).content.decode()
        decided = {"outcome": "approve", "note": "Fair."}
        assert client.post(url("conclude_waiver", waiver), decided).status_code == 302
        again = client.post(url("conclude_waiver", waiver), decided)
        assert again.status_code == 422
        assert 'id="decide"' not in again.content.decode()
        client = client_of(owner)
        assert "late interest waived on" in client.get(url("detail", loan)).content.decode()
        shown = client.get(url("waiver", waiver)).content.decode()
        assert "Floods." not in shown

    def test_of_a_loan_that_is_written_off_it_is_proposed_as_well(self, client_of, loan, officer, second, today):
        write_off(loan, proposer=officer, approver=second, on=loan.disbursed_on + 500 * DAY)
        client = client_of(officer)
        assert url("waive", loan) in client.get(url("detail", loan)).content.decode()
        told = {"amount": "1.00", "reason": "Floods.", "idempotency_key": "k"}
        assert client.post(url("waive", loan), told).status_code == 302

    def test_an_approver_finds_them_beside_the_loans(self, client_of, second):
        assert reverse("loans:waivers") in client_of(second).get(reverse("loans:list")).content.decode()

    def test_a_mistake_comes_back_with_words(self, client_of, loan, officer):
        answer = client_of(officer).post(url("waive", loan), {"amount": "99999", "reason": "x", "idempotency_key": "k"})
        assert answer.status_code == 422
        assert "Waive an amount above zero" in answer.content.decode()

    def test_show_what_is_open_instead_of_a_second_form(self, client_of, loan, proposed, officer):
        client = client_of(officer)
        page = client.get(url("waive", loan)).content.decode()
        words = f"Proposal {proposed.reference} for this loan is still open."
        set_whole = words.replace(proposed.reference, f'<span class="whole">{proposed.reference}</span>')
        assert (set_whole in page, url("waiver", proposed) in page, 'name="amount"' in page) == (True, True, False)
        told = {"amount": "1.00", "reason": "Floods."}
        page = client.post(url("waive", loan), told | {"idempotency_key": "other"})
        assert set_whole in page.content.decode()
        path = f"/api/v1/loans/{loan.reference}/waivers"
        refused = machine(officer).post(path, told, headers={"Idempotency-Key": "other"}, format="json")
        assert (refused.status_code, refused.json()["code"]) == (422, "proposal_open")
        assert refused.json()["detail"].startswith(words)

    def test_are_for_whom_they_are_for(self, client_of, loan, proposed, officer, second, owner, stranger):
        assert client_of(stranger).get(url("waiver", proposed)).status_code == 404
        assert [client_of(user).get(url("waive", loan)).status_code for user in (owner, second)] == [403, 403]
        client = client_of(officer)
        assert client.post(url("conclude_waiver", proposed), {}).status_code == 403
        assert client.get(url("withdraw_waiver", proposed)).status_code == 405
        assert client.post(url("withdraw_waiver", proposed)).status_code == 302
        assert list(waiting_for(second, Waiver, on=timezone.localdate())) == []

    def test_are_for_a_loan_written_off_as_well(self, client_of, loan, officer):
        tamper("lending_loan", "status = 'written_off'")
        client = client_of(officer)
        page = client.get(url("detail", loan)).content.decode()
        assert (url("waive", loan) in page, url("reschedule", loan) in page) == (True, False)
        assert client.get(url("waive", loan)).status_code == 200

    def test_the_owner_reads_what_tomorrow_costs(self, client_of, loan, owner, today):
        client = client_of(owner)
        found = queries.late_interest_of(loan, on=today)
        for page in (url("detail", loan), url("repay", loan), reverse("home")):
            shown = client.get(page).content.decode()
            assert f"¥{found.open_amount:,.2f}" in shown
            assert f"¥{found.tomorrow_amount:,.2f}" in shown

    def test_the_desk_of_late_loans_tells_it(self, client_of, loan, officer, open_amount):
        client = client_of(officer)
        for page in (reverse("arrears:desk"), reverse("arrears:contacts", args=[loan.reference])):
            assert f"¥{open_amount:,.2f}" in client.get(page).content.decode()


class TestApi:
    def test_proposes_approves_and_tells(self, loan, open_amount, officer, second, owner, today):
        path = f"/api/v1/loans/{loan.reference}/waivers"
        asked = {"amount": str(open_amount), "reason": "Floods."}
        made = machine(officer).post(path, asked, headers={"Idempotency-Key": "k"}, format="json")
        assert (made.status_code, made.data["status"]) == (201, "proposed")
        one = f"/api/v1/waivers/{made.data['reference']}"
        assert machine(owner).get(one).status_code == 404
        assert machine(owner).post(f"{one}/approval", {"note": "x"}).status_code == 404
        assert machine(officer).post(f"{one}/approval", {"note": "x"}).status_code == 403
        assert machine(second).post(f"{one}/approval", {"note": "Fair."}).data["status"] == "approved"
        assert [each["amount"] for each in machine(owner).get(path).data["results"]] == [str(open_amount)]
        assert "reason" not in machine(owner).get(one).data

    def test_declines_and_withdraws(self, loan, proposed, officer, second, today):
        one = f"/api/v1/waivers/{proposed.reference}"
        assert machine(second).post(f"{one}/decline", {"note": "No."}).data["status"] == "declined"
        other = propose(loan, "1.00", by=officer, on=today, key="other")
        path = f"/api/v1/waivers/{other.reference}/withdrawal"
        assert machine(officer).post(path).data["status"] == "withdrawn"
        assert machine(officer).post(path).status_code == 409

    def test_a_loan_tells_its_late_interest(self, loan, owner, today):
        found, client = queries.late_interest_of(loan, on=today), machine(owner)
        told = client.get(f"/api/v1/loans/{loan.reference}").data
        assert told["late_interest_amount"] == str(found.open_amount)
        assert told["late_interest_tomorrow_amount"] == str(found.tomorrow_amount)
        payoff = client.get(f"/api/v1/loans/{loan.reference}/payoff").data
        assert payoff["late_interest_amount"] == str(found.open_amount)
