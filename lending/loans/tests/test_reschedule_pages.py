"""Pages and API of reschedulings, by the litany."""

import io
import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.identity.models import Enterprise
from accounts.identity.tests.builders import machine
from lending.applications.tests.pages import shown
from lending.loans.proposals import operations as proposals
from lending.loans.rescheduling.models import Rescheduling
from lending.loans.tests.builders import make_offer_today, repay, sign, told_code
from lending.loans.tests.pages import url
from lending.loans.tests.rescheduling import approve, propose, reschedule
from lending.products.tests.builders import make_product


@pytest.fixture
def loan(bank, enterprise, owner, today):
    make_product()
    return sign(make_offer_today(enterprise, by=owner), by=owner, at=timezone.now(), on=today)


@pytest.fixture
def proposed(loan, officer, today):
    return propose(loan, by=officer, on=today)


@pytest.fixture
def approved(proposed, second, today):
    approve(proposed, by=second, on=today)
    return proposed


def asked(today, **changed):
    told = {"first_due_date": today + timedelta(days=40), "installments": 12, "interest_only": 2}
    return told | {"interest_method": "equal_installments", "reason": "Floods.", "idempotency_key": "k"} | changed


@pytest.fixture(params=["ended", "outdated"])
def outlived(request, loan, officer, owner, today):
    """Give a proposal that ended yesterday, or of whose loan something was repaid since."""
    on = today - timedelta(days=15) if request.param == "ended" else today
    made = propose(loan, by=officer, on=on)
    if on == today:
        repay(loan, "500.00", by=owner, on=today)
    return made


class TestPropose:
    def test_shows_both_schedules_first_and_proposes_what_was_shown(self, client_of, officer, loan, today):
        client = client_of(officer)
        assert 'name="first_due_date"' in shown(client.get(url("reschedule", loan)))
        page = client.post(url("reschedule", loan), asked(today))
        assert page.status_code == 200
        assert "Costs more" in shown(page)
        assert not Rescheduling.objects.exists()
        seen = page.context["comparison"].shown
        other = client.post(url("reschedule", loan), asked(today, installments=11, seen=seen))
        assert other.status_code == 200
        assert not Rescheduling.objects.exists()
        answer = client.post(url("reschedule", loan), asked(today, seen=seen))
        made = Rescheduling.objects.get()
        assert answer.url == url("rescheduling", made)
        assert client.post(url("reschedule", loan), asked(today, seen=seen)).url == answer.url

    def test_shows_what_is_open_instead_of_a_second_form(self, client_of, officer, loan, proposed):
        page = shown(client_of(officer).get(url("reschedule", loan)))
        assert f'Proposal <span class="whole">{proposed.reference}</span> for this loan is still open.' in page
        assert (url("rescheduling", proposed) in page, 'name="first_due_date"' in page) == (True, False)

    def test_is_offered_on_the_loans_page_unless_one_is_open(self, client_of, officer, loan, today):
        client, offered = client_of(officer), f'href="{url("reschedule", loan)}"'
        assert offered in shown(client.get(url("detail", loan)))
        proposed = propose(loan, by=officer, on=today)
        page = shown(client.get(url("detail", loan)))
        assert (offered in page, url("rescheduling", proposed) in page) == (False, True)

    def test_offers_a_form_again_where_nothing_can_come_of_it(self, client_of, officer, loan, outlived):
        assert 'name="first_due_date"' in shown(client_of(officer).get(url("reschedule", loan)))

    def test_says_what_will_not_do(self, client_of, officer, loan, today):
        page = client_of(officer).post(url("reschedule", loan), asked(today, first_due_date=today))
        assert page.status_code == 422
        assert "has to fall due after today" in shown(page)

    def test_refuses_the_last_day_there_is(self, client_of, officer, loan, today):
        page = client_of(officer).post(url("reschedule", loan), asked(today, first_due_date="9999-12-31"))
        assert (page.status_code, "at the latest" in shown(page)) == (422, True)

    @pytest.mark.parametrize("who", ["owner", "manager", "approver", "auditor"])
    def test_is_for_officers_and_underwriters(self, client_of, request, loan, who):
        assert client_of(request.getfixturevalue(who)).get(url("reschedule", loan)).status_code == 403

    def test_does_not_exist_for_another_branch(self, client_of, officer, loan, bank):
        Enterprise.objects.update(branch=bank.other_branch)
        assert client_of(officer).get(url("reschedule", loan)).status_code == 404


class TestDecide:
    def test_approves_what_was_read(self, client_of, second, proposed):
        client = client_of(second)
        assert reverse("loans:reschedulings") in shown(client.get(reverse("loans:list")))
        assert proposed.reference in shown(client.get(reverse("loans:reschedulings")))
        page = client.get(url("rescheduling", proposed))
        told = {"seen": page.context["comparison"].shown, "outcome": "approve", "note": "Sound."}
        assert client.post(url("conclude_rescheduling", proposed), told).status_code == 302
        proposed.refresh_from_db()
        assert proposed.status == "approved"
        again = client.post(url("conclude_rescheduling", proposed), told)
        assert again.status_code == 422

    def test_declines(self, client_of, second, proposed):
        told = {"outcome": "decline", "note": "Too long."}
        client_of(second).post(url("conclude_rescheduling", proposed), told)
        proposed.refresh_from_db()
        assert proposed.status == "declined"

    @pytest.mark.parametrize("who", ["owner", "officer", "auditor"])
    def test_is_for_approvers(self, client_of, request, approved, who):
        client = client_of(request.getfixturevalue(who))
        assert client.post(url("conclude_rescheduling", approved), {}).status_code == 403

    def test_is_not_shown_to_its_owner_before(self, client_of, owner, stranger, proposed):
        statuses = [client_of(each).get(url("rescheduling", proposed)).status_code for each in (owner, stranger)]
        assert statuses == [404, 404]

    def test_says_what_can_no_longer_be_approved_and_declines_it(self, client_of, second, outlived):
        client = client_of(second)
        assert outlived.reference not in shown(client.get(reverse("loans:reschedulings")))
        page = shown(client.get(url("rescheduling", outlived)))
        assert "This proposal has ended" in page
        outlived.refresh_from_db()
        assert ('name="outcome"' in page) == outlived.is_open  # one of which something was repaid has lapsed
        told = {"outcome": "approve", "note": "Sound.", "seen": ""}
        refused = client.post(url("conclude_rescheduling", outlived), told)
        assert (refused.status_code, "has to propose it anew" in shown(refused)) == (422, True)
        declined = client.post(url("conclude_rescheduling", outlived), told | {"outcome": "decline"})
        assert declined.status_code == (302 if outlived.is_open else 422)

    def test_can_be_withdrawn_before_the_borrower_agrees(self, client_of, officer, approved):
        client_of(officer).post(url("withdraw_rescheduling", approved))
        approved.refresh_from_db()
        assert approved.status == "withdrawn"
        page = client_of(officer).post(url("withdraw_rescheduling", approved), follow=True)
        assert "no longer possible" in shown(page)

    def test_is_not_withdrawn_by_a_member_of_the_enterprise(self, client_of, officer, approved):
        approved.loan.enterprise.memberships.create(user=officer, role="owner", began_at=timezone.now())
        assert url("withdraw_rescheduling", approved) not in shown(
            client_of(officer).get(url("rescheduling", approved))
        )
        client_of(officer).post(url("withdraw_rescheduling", approved))
        assert machine(officer).post(f"/api/v1/reschedulings/{approved.reference}/withdrawal").status_code == 422
        approved.refresh_from_db()
        assert approved.status == "approved"


class TestMembers:
    def test_read_the_schedules_and_not_what_the_bank_says_among_itself(self, client_of, owner, manager, approved):
        for who in (owner, manager):
            page = shown(client_of(who).get(url("rescheduling", approved)))
            assert "A new schedule for your loan" in page
            assert not [each for each in (approved.reason, approved.note, str(approved.decided_by)) if each in page]

    def test_are_offered_only_what_can_be_agreed_to(self, client_of, owner, officer, second, outlived):
        Rescheduling.objects.update(status="approved", decided_by=second, decided_at=timezone.now())
        assert url("rescheduling", outlived) not in shown(client_of(owner).get(url("detail", outlived.loan)))
        for page in (url("detail", outlived.loan), url("rescheduling", outlived)):
            told = shown(client_of(officer).get(page))
            assert ("This proposal has ended" in told, "Waits for the borrower" in told) == (True, False)

    def test_read_that_an_offer_was_withdrawn_but_nothing_that_nobody_approved(
        self, client_of, owner, officer, loan, approved, today
    ):
        proposals.withdraw(approved, by=officer, at=timezone.now())
        assert "This proposal has ended" in shown(client_of(owner).get(url("rescheduling", approved)))
        other = propose(loan, by=officer, key="other", on=today)
        proposals.withdraw(other, by=officer, at=timezone.now())
        assert client_of(owner).get(url("rescheduling", other)).status_code == 404


class TestAgree:
    def test_takes_password_and_code_and_changes_the_schedule(self, signer_of, owner, approved, loan):  # noqa: F811
        client = signer_of(owner)
        page = client.get(url("rescheduling", approved))
        assert url("rescheduling", approved) in shown(client.get(url("detail", loan)))
        client.post(url("send_rescheduling_code", approved))
        told = {"seen": page.context["comparison"].shown, "read": "on", "code": told_code()}
        assert client.post(url("agree_rescheduling", approved), told).url == url("detail", loan)
        page = shown(client.get(url("detail", loan)))
        assert "Rescheduled" in page
        assert "The schedule until" in page
        assert url("amendment", approved) in page
        assert "Rescheduled" in shown(client.get(reverse("loans:list")))

    def test_asks_for_the_password(self, client_of, owner, approved):
        owner.set_password("a password of one's own")
        owner.save()
        answer = client_of(owner).post(url("agree_rescheduling", approved), {})
        assert "/accounts/reauthenticate/" in answer.url

    def test_needs_the_box_and_the_code(self, signer_of, owner, approved, loan):  # noqa: F811
        assert signer_of(owner).post(url("agree_rescheduling", approved), {}).status_code == 422
        assert loan.installments.count() == 12

    @pytest.mark.parametrize("who", ["manager", "officer"])
    def test_is_for_owners(self, signer_of, request, approved, who):  # noqa: F811
        client = signer_of(request.getfixturevalue(who))
        assert client.post(url("agree_rescheduling", approved), {}).status_code == 403
        assert client.post(url("send_rescheduling_code", approved)).status_code == 403

    def test_does_not_exist_for_a_stranger(self, signer_of, stranger, approved):  # noqa: F811
        for name in ("agree_rescheduling", "send_rescheduling_code"):
            assert signer_of(stranger).post(url(name, approved)).status_code == 404


class TestAmendment:
    @pytest.mark.parametrize(
        ("language", "words"), [("en", "Amendment to the loan contract"), ("zh-hans", "贷款合同补充协议")]
    )
    def test_can_be_downloaded(self, client_of, owner, officer, second, loan, today, language, words):
        made = reschedule(loan, proposer=officer, approver=second, owner=owner, on=today)
        answer = client_of(owner).get(url("amendment", made), headers={"accept-language": language})
        told = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
        assert words.replace(" ", "") in "".join(told.split())
        assert "Wang" in told
        assert made.reference in told

    def test_says_before_that_it_is_not_agreed_to(self, client_of, owner, approved):
        answer = client_of(owner).get(url("amendment", approved))
        told = PdfReader(io.BytesIO(answer.content)).pages[-1].extract_text()
        assert "Not agreed to yet" in " ".join(told.split())


class TestApi:
    def test_proposes_compares_and_approves(self, officer, second, owner, loan, today):
        told = {key: str(value) for key, value in asked(today).items() if key != "idempotency_key"}
        path = f"/api/v1/loans/{loan.reference}/reschedulings"
        made = machine(officer).post(path, told, format="json", headers={"idempotency-key": "a"})
        assert made.status_code == 201, made.content
        assert machine(owner).get(path).json()["results"] == []
        one = f"/api/v1/reschedulings/{made.json()['reference']}"
        found = machine(second).get(one).json()
        assert len(found["comparison"]["after"]) == 12
        told = {"seen": found["comparison"]["shown"], "note": "Sound."}
        assert machine(officer).post(f"{one}/approval", told, format="json").status_code == 403
        assert machine(second).post(f"{one}/approval", told, format="json").json()["status"] == "approved"
        assert machine(owner).get(path).json()["results"][0]["status"] == "approved"
        assert machine(second).post(f"{one}/decline", {"note": "No."}, format="json").status_code == 409
        assert machine(officer).post(f"{one}/withdrawal").json()["status"] == "withdrawn"

    def test_keeps_the_schedules_that_were_superseded(self, owner, officer, second, loan, today):
        reschedule(loan, proposer=officer, approver=second, owner=owner, on=today)
        told = json.loads(machine(owner).get(f"/api/v1/loans/{loan.reference}").content)
        assert {row["version"] for row in told["installments"]} == {2}
        assert {row["superseded_on"] for row in told["superseded_installments"]} == {today.isoformat()}

    def test_is_not_for_owners_to_propose(self, owner, loan):
        path = f"/api/v1/loans/{loan.reference}/reschedulings"
        assert machine(owner).post(path, {}, format="json").status_code == 403
