"""Pages and API of risk classes, write-offs and the allowance, by the litany."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.identity.models import Role
from accounts.identity.tests.builders import machine, make_user
from accounts.ledger.tests.builders import tamper
from accounts.settlement.tests.builders import make_deposit
from lending.applications.tests.builders import make_approver, make_picture
from lending.applications.tests.pages import shown
from lending.loans.losses import operations
from lending.loans.losses.classes import RiskClass
from lending.loans.losses.models import Judgment, WriteOff, WriteOffReversal
from lending.loans.tests.builders import make_offer_today, repay, sign
from lending.loans.tests.losing import approve, propose, propose_reversal
from lending.loans.tests.losing import reverse as reverse_write_off
from lending.loans.tests.pages import url
from lending.products.tests.builders import make_product

API = "/api/v1"


@pytest.fixture
def loan(bank, enterprise, owner, today):
    make_product()
    return sign(make_offer_today(enterprise, by=owner), by=owner, at=timezone.now(), on=today)


@pytest.fixture
def lost(loan, officer, today):
    """The loan, late for a hundred days and found lost."""
    _fell_due(loan, today - timedelta(days=100))
    told = {"reason": "Gone.", "by": officer, "at": timezone.now(), "on": today}
    operations.judge(loan, RiskClass.LOSS, **told)
    return loan


@pytest.fixture
def proposed(lost, officer, today):
    return propose(lost, by=officer, on=today)


@pytest.fixture
def posted(loan, today):
    [made] = operations.post_allowances(today, at=timezone.now())
    return made


class TestRisk:
    def test_shows_the_class_and_what_it_follows_from(self, client_of, officer, auditor, loan, posted):
        page = shown(client_of(officer).get(url("risk", loan)))
        for words in ("Pass", "Days past due", "200.00", "Put it in a worse class", "Allowance month by month"):
            assert words in page
        assert "Put it in a worse class" not in shown(client_of(auditor).get(url("risk", loan)))

    def test_offers_no_write_off_where_only_interest_is_open(self, client_of, officer, lost):
        client = client_of(officer)
        assert "Propose the write-off" in shown(client.get(url("risk", lost)))
        tamper("lending_installment", "principal_amount = 0")
        page = shown(client.get(url("risk", lost)))
        assert "Only interest of this loan is open" in page
        assert "Propose the write-off" not in page

    def test_is_for_the_banks_people_of_the_branch(self, client_of, owner, stranger, manager, course_editor, loan):
        for person in (owner, stranger, manager, course_editor):
            assert client_of(person).get(url("risk", loan)).status_code == 403
        assert client_of(owner).post(url("risk", loan)).status_code in (403, 405)

    def test_is_closed_to_another_branch(self, bank, client_of, loan):
        other = make_approver(bank.other_branch, name="Far Gao")
        assert client_of(other).get(url("risk", loan)).status_code == 404

    def test_judges(self, client_of, officer, loan):
        client = client_of(officer)
        answer = client.post(url("judge", loan), {"risk_class": "4", "reason": "The shop is shut."})
        assert (answer.status_code, Judgment.objects.get().risk_class) == (302, 4)
        again = client.post(url("judge", loan), {"risk_class": "3", "reason": "x"})
        assert again.status_code == 422
        assert "worse only" in shown(again)
        assert client.post(url("judge", loan), {"risk_class": "9"}).status_code == 422

    def test_only_who_may_judges_and_lifts(self, client_of, analyst, officer, second, lost):
        told = {"risk_class": "5", "reason": "x"}
        assert client_of(analyst).post(url("judge", lost), told).status_code == 403
        assert client_of(officer).post(url("lift_judgment", lost), told).status_code == 403
        assert client_of(second).post(url("lift_judgment", lost), {"reason": ""}).status_code == 422
        assert client_of(second).post(url("lift_judgment", lost), told).status_code == 302
        assert Judgment.objects.latest("pk").risk_class is None
        assert client_of(officer).get(url("judge", lost)).status_code == 405

    def test_says_what_else_it_takes(self, client_of, officer, second, loan):
        client, days = client_of(officer), "91 days late or more"
        assert days in shown(client.get(url("risk", loan)))
        client.post(url("judge", loan), {"risk_class": "5", "reason": "The shop is shut."})
        page = shown(client.get(url("risk", loan)))
        assert days in page
        assert "taken back by an approver" in page
        assert "taken back by an approver" not in shown(client_of(second).get(url("risk", loan)))


class TestWriteOff:
    def test_is_proposed_with_a_document_and_approved_by_another(self, client_of, officer, second, lost):
        told = {"grounds": "Nothing left.", "file": make_picture("ruling.png"), "idempotency_key": "k"}
        answer = client_of(officer).post(url("write_off", lost), told)
        made = WriteOff.objects.get()
        assert answer.url == url("write_off_proposal", made)
        page = client_of(second).get(answer.url)
        assert "Nothing left." in shown(page)
        assert client_of(second).get(url("write_off_file", made)).getvalue()
        told = {"outcome": "approve", "note": "Tried all.", "seen": page.context["split"].shown}
        assert client_of(second).post(url("conclude_write_off", made), told).status_code == 302
        lost.refresh_from_db()
        assert lost.status == "written_off"
        assert "Recovered since" in shown(client_of(second).get(answer.url))
        assert client_of(second).post(url("conclude_write_off", made), told).status_code == 422

    def test_says_what_lacks(self, client_of, officer, lost):
        assert client_of(officer).post(url("write_off", lost), {"idempotency_key": "k"}).status_code == 422
        assert not WriteOff.objects.exists()

    def test_shows_what_is_open_instead_of_a_second_form(self, client_of, officer, proposed):
        page = shown(client_of(officer).get(url("risk", proposed.loan)))
        words = f"Proposal {proposed.reference} for this loan is still open."
        set_whole = words.replace(proposed.reference, f'<span class="whole">{proposed.reference}</span>')
        assert (set_whole in page, 'name="grounds"' in page) == (True, False)
        told = shown(client_of(officer).get(url("write_off_proposal", proposed)))
        assert ("lapses earlier" in told, "Days late" in told, "Loss" in told) == (True, True, True)
        where = f"{API}/loans/{proposed.loan.reference}/write-offs"
        refused = machine(officer).post(where, {"grounds": "Gone."}, headers={"Idempotency-Key": "other"})
        assert (refused.status_code, refused.json()["detail"].startswith(words)) == (422, True)

    def test_is_decided_by_approvers_other_than_who_proposed(self, client_of, officer, analyst, second, proposed):
        told = {"outcome": "decline", "note": "No."}
        for person in (officer, analyst):
            assert client_of(person).post(url("conclude_write_off", proposed), told).status_code == 403
        assert client_of(second).post(url("conclude_write_off", proposed), {}).status_code == 422
        assert client_of(second).post(url("conclude_write_off", proposed), told).status_code == 302
        proposed.refresh_from_db()
        assert proposed.status == "declined"

    def test_is_withdrawn_and_waits_no_more(self, client_of, officer, second, proposed):
        listed = reverse("loans:write_offs")
        assert proposed.reference in shown(client_of(second).get(listed))
        assert "Write-offs to decide on" in shown(client_of(second).get("/"))
        assert client_of(officer).get(listed).status_code == 403
        assert client_of(officer).post(url("withdraw_write_off", proposed)).status_code == 302
        assert "Nothing waits." in shown(client_of(second).get(listed))

    def test_is_hidden_from_owners_and_strangers(self, client_of, owner, stranger, proposed):
        for person in (owner, stranger):
            assert client_of(person).get(url("write_off_proposal", proposed)).status_code == 403
        assert client_of(owner).get(url("write_off_file", proposed)).status_code == 403

    def test_is_hidden_from_staff_who_once_acted_for_the_borrower(self, client_of, underwriter, second, proposed):
        now = timezone.now()
        for person in (underwriter, second):
            proposed.loan.enterprise.memberships.create(user=person, role="manager", began_at=now, ended_at=now)
            assert client_of(person).get(url("risk", proposed.loan)).status_code == 404
            assert client_of(person).get(url("write_off_proposal", proposed)).status_code == 404
        assert proposed.reference not in shown(client_of(second).get(reverse("loans:write_offs")))


@pytest.fixture
def written_off(proposed, second, today):
    approve(proposed, by=second, on=today)
    return proposed


class TestReversal:
    def test_is_proposed_on_the_page_of_the_write_off_and_approved_by_another(
        self, client_of, officer, second, owner, written_off
    ):
        make_deposit(written_off.loan.settlement_account, "300.00")
        repay(written_off.loan, "300.00", by=owner, at=timezone.now(), on=timezone.localdate())
        client, told = client_of(officer), {"reason": "The wrong loan.", "idempotency_key": "k"}
        assert "Only where the write-off was a mistake" in shown(client.get(url("write_off_proposal", written_off)))
        assert client.post(url("reverse_write_off", written_off), {"idempotency_key": "k"}).status_code == 422
        for _time in range(2):
            answer = client.post(url("reverse_write_off", written_off), told)
        made = WriteOffReversal.objects.get()
        assert answer.url == url("write_off_reversal", made)
        assert "is still open" in shown(client.get(url("write_off_proposal", written_off)))
        page = client_of(second).get(answer.url)
        for words in ("The wrong loan.", "20,000.00", "Recoveries that become repayments", "300.00"):
            assert words in shown(page)
        told = {"outcome": "approve", "note": "It was.", "seen": page.context["seen"]}
        assert client_of(second).post(url("conclude_reversal", made), told).status_code == 302
        written_off.loan.refresh_from_db()
        assert written_off.loan.status == "active"
        assert "Reversed on" in shown(client.get(url("write_off_proposal", written_off)))
        assert "300.00" in shown(client.get(answer.url))
        assert client_of(second).post(url("conclude_reversal", made), told).status_code == 422

    def test_waits_for_approvers_and_is_withdrawn(self, client_of, officer, analyst, second, written_off, today):
        made, listed = propose_reversal(written_off, by=officer, on=today), reverse("loans:write_off_reversals")
        assert made.reference in shown(client_of(second).get(listed))
        assert "Reversals of write-offs to decide on" in shown(client_of(second).get("/"))
        told = {"outcome": "decline", "note": "No."}
        for person in (officer, analyst):
            assert client_of(person).get(listed).status_code == 403
            assert client_of(person).post(url("conclude_reversal", made), told).status_code == 403
        assert client_of(officer).post(url("withdraw_reversal", made)).status_code == 302
        assert "Nothing waits." in shown(client_of(second).get(listed))

    def test_is_hidden_from_owners_and_other_branches(self, bank, client_of, owner, officer, written_off, today):
        made = propose_reversal(written_off, by=officer, on=today)
        told = {"reason": "x", "idempotency_key": "k"}
        assert client_of(owner).get(url("write_off_reversal", made)).status_code == 403
        assert client_of(owner).post(url("reverse_write_off", written_off), told).status_code == 403
        far = make_approver(bank.other_branch, name="Far Gao")
        assert client_of(far).get(url("write_off_reversal", made)).status_code == 404
        assert client_of(officer).get(url("reverse_write_off", written_off)).status_code == 405


class TestLoanPage:
    def test_tells_the_owner_that_the_debt_stands(self, client_of, owner, manager, officer, second, proposed, today):
        loan = proposed.loan
        assert "Loss" not in shown(client_of(owner).get(url("detail", loan)))
        assert "Loss" in shown(client_of(officer).get(url("detail", loan)))
        approve(proposed, by=second, on=today)
        page = shown(client_of(owner).get(url("detail", loan)))
        for words in ("Written off", "The debt stands", "Repay"):
            assert words in page
        assert "The bank no longer expects" in shown(client_of(manager).get(url("detail", loan)))
        assert "income from recoveries" in shown(client_of(officer).get(url("detail", loan)))
        assert client_of(owner).get(url("repay", loan)).status_code == 200
        assert "has no class" in shown(client_of(officer).get(url("risk", loan)))
        assert client_of(officer).get(url("reschedule", loan)).status_code == 404


class TestAllowance:
    def test_shows_months_rules_and_what_each_loan_asked_for(
        self, client_of, analyst, loan, posted, django_assert_max_num_queries
    ):
        client = client_of(analyst)
        page = shown(client.get(reverse("loans:allowances")))
        for words in ("200.00", "Version 1", "361", posted.entry.reference):
            assert words in page
        with django_assert_max_num_queries(16):
            lines = shown(client.get(reverse("loans:allowance", args=[posted.pk])))
        assert loan.reference in lines
        assert "No loan found." in shown(client.get(reverse("loans:allowance", args=[posted.pk]), {"q": "L-NONE"}))

    def test_shows_loans_of_the_own_branches_only(self, bank, client_of, loan, posted):
        far = make_user("Far Tan", role=Role.RISK_ANALYST, branch=bank.other_branch)
        assert loan.reference not in shown(client_of(far).get(reverse("loans:allowance", args=[posted.pk])))

    def test_is_for_who_reads_the_book(self, client_of, officer, owner, posted):
        for person in (officer, owner):
            for where in (reverse("loans:allowances"), reverse("loans:allowance", args=[posted.pk])):
                assert client_of(person).get(where).status_code == 403


class TestApi:
    def test_tells_the_class_and_judges(self, officer, second, owner, loan):
        client, where = machine(officer), f"{API}/loans/{loan.reference}"
        found = client.get(f"{where}/risk").json()
        told = (found["risk_class"], found["basis"], found["allowance_amount"], found["rate"])
        assert told == ("pass", "days", "200.00", "0.0100")
        made = client.post(f"{where}/judgments", {"risk_class": "loss", "reason": "Gone."}, format="json")
        assert (made.status_code, made.json()["risk_class"]) == (201, "loss")
        lift = {"risk_class": None, "reason": "Back."}
        assert client.post(f"{where}/judgments", lift, format="json").status_code == 403
        assert machine(second).post(f"{where}/judgments", lift, format="json").json()["risk_class"] is None
        assert [each["risk_class"] for each in client.get(f"{where}/judgments").json()["results"]] == [None, "loss"]
        assert machine(owner).get(f"{where}/risk").status_code == 403

    def test_writes_off(self, officer, second, lost, today):
        client, where = machine(officer), f"{API}/loans/{lost.reference}/write-offs"
        told = {"grounds": "Nothing left."}
        assert client.post(where, told).status_code == 400
        made = client.post(where, told, headers={"Idempotency-Key": "k"}).json()
        assert client.post(where, told, headers={"Idempotency-Key": "k"}).json()["reference"] == made["reference"]
        assert (made["status"], made["split"]["expense_amount"]) == ("proposed", "20000.00")
        one = f"{API}/write-offs/{made['reference']}"
        assert client.post(f"{one}/approval", {"note": "x", "seen": "x"}).status_code == 403
        approver = machine(second)
        assert approver.post(f"{one}/approval", {"note": "x", "seen": "x"}).json()["code"] == "changed_since"
        done = approver.post(f"{one}/approval", {"note": "x", "seen": made["split"]["shown"]}).json()
        assert (done["status"], done["written_off_on"], done["split"]) == ("approved", str(today), None)
        assert approver.post(f"{one}/decline", {"note": "x"}).status_code == 409
        assert client.post(f"{one}/withdrawal").status_code == 409
        assert client.get(where).json()["results"][0]["entry"] == done["entry"]
        found = client.get(f"{API}/loans/{lost.reference}").json()
        assert found["status"] == "written_off"
        assert client.get(f"{API}/loans/{lost.reference}/risk").json()["risk_class"] is None

    def test_reverses_a_write_off(self, officer, second, owner, written_off):
        client, where = machine(officer), f"{API}/write-offs/{written_off.reference}/reversals"
        told, key = {"reason": "The wrong loan."}, {"Idempotency-Key": "k"}
        assert client.post(where, told).status_code == 400
        made = client.post(where, told, headers=key).json()
        assert client.post(where, told, headers=key).json()["reference"] == made["reference"]
        assert (made["status"], made["principal_amount"]) == ("proposed", "20000.00")
        one = f"{API}/write-off-reversals/{made['reference']}"
        asked = {"note": "It was.", "seen": made["shown"]}
        assert client.post(f"{one}/approval", asked).status_code == 403
        assert machine(second).post(f"{one}/approval", {"note": "x", "seen": "x"}).json()["code"] == "changed_since"
        done = machine(second).post(f"{one}/approval", asked).json()
        assert (done["status"], done["shown"]) == ("approved", None)
        assert client.get(where).json()["results"][0]["entry"] == done["entry"]
        assert client.get(f"{API}/write-offs/{written_off.reference}").json()["status"] == "reversed"
        assert client.get(f"{API}/loans/{written_off.loan.reference}/risk").json()["risk_class"] == "loss"
        assert client.post(f"{one}/withdrawal").status_code == 409
        assert client.post(where, told, headers={"Idempotency-Key": "other"}).json()["code"] == "write_off_not_booked"
        assert machine(owner).get(one).status_code == 403

    def test_declines_and_withdraws(self, officer, second, lost, today):
        made = propose(lost, by=officer, on=today)
        assert machine(officer).post(f"{API}/write-offs/{made.reference}/withdrawal").json()["status"] == "withdrawn"
        made = propose(lost, by=officer, on=today, key="other")
        declined = machine(second).post(f"{API}/write-offs/{made.reference}/decline", {"note": "No."}).json()
        assert declined["status"] == "declined"

    def test_lists_the_allowance(self, analyst, officer, loan, posted):
        client = machine(analyst)
        [month] = client.get(f"{API}/allowances").json()["results"]
        assert (month["number"], month["asked_amount"]) == (posted.pk, "200.00")
        [line] = client.get(f"{API}/allowances/{posted.pk}/lines").json()["results"]
        assert (line["loan"], line["risk_class"], line["amount"]) == (loan.reference, "pass", "200.00")
        assert machine(officer).get(f"{API}/allowances").status_code == 403

    def test_tells_the_book_by_class(self, analyst, officer, second, lost, today):
        client = machine(analyst)
        found = client.get(f"{API}/portfolio/classes").json()
        assert [each["loans"] for each in found["classes"]] == [0, 0, 0, 0, 1]
        assert found["classes"][4]["allowance_amount"] == "20000.00"
        made = propose(lost, by=officer, on=today)
        approve(made, by=second, on=today)
        found = client.get(f"{API}/portfolio/classes").json()
        assert (found["written_off_loans"], found["written_off_amount"]) == (1, "20000.00")
        assert sum(each["loans"] for each in found["classes"]) == 0
        before = client.get(f"{API}/portfolio/classes", {"last": str(today - timedelta(days=1))}).json()
        assert before["written_off_loans"] == 0
        reverse_write_off(made, proposer=officer, approver=second, on=today)
        found = client.get(f"{API}/portfolio/classes").json()
        assert (found["written_off_loans"], found["classes"][4]["loans"]) == (0, 1)
        assert machine(officer).get(f"{API}/portfolio/classes").status_code == 403


class TestDesk:
    def test_shows_the_class_and_what_was_written_off(self, client_of, officer, second, loan, first_late):
        desk = reverse("arrears:desk")
        page = shown(client_of(officer).get(desk))
        assert loan.reference in page
        assert "Substandard" in page
        on = timezone.localdate()
        operations.judge(loan, RiskClass.LOSS, reason="Gone.", by=officer, at=timezone.now(), on=on)
        approve(propose(loan, by=officer, on=on), by=second, on=on)
        assert loan.reference not in shown(client_of(officer).get(desk))
        assert loan.reference in shown(client_of(officer).get(desk, {"band": "written-off"}))
        [found] = machine(officer).get(f"{API}/late-loans", {"band": "written-off"}).json()["results"]
        assert (found["loan"], found["risk_class"]) == (loan.reference, None)


@pytest.fixture
def first_late(loan):
    """Its first installment fell due a while ago."""
    _fell_due(loan, timezone.localdate() - timedelta(days=100))


def _fell_due(loan, on):
    """Move a loan back in time, so that its first installment fell due on a day."""
    days = (loan.installments.get(number=1).due_date - on).days
    tamper("lending_installment", f"due_date = due_date - {days}")
    tamper("lending_loan", f"disbursed_on = disbursed_on - {days}")
    loan.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # so that entries are judged at commit again
