"""Pages and API of credit lines, by the litany."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.identity.tests.builders import machine, make_enterprise
from accounts.ledger import queries as books
from accounts.settlement.tests.builders import make_settlement_account
from lending.applications import operations as applications
from lending.applications.models import Offer
from lending.applications.tests.builders import make_approver, make_draft
from lending.applications.tests.pages import shown
from lending.loans.lines.models import CreditLine
from lending.loans.lines.queries import drawing_subject
from lending.loans.models import Loan
from lending.loans.tests.builders import make_offer_today, sent_code
from lending.loans.tests.lines import draw, draw_code, make_line, make_line_product, open_line
from lending.loans.tests.losing import write_off
from lending.loans.tests.pages import url
from portal.core.formats import money

ROOT = "/api/v1"


@pytest.fixture(autouse=True)
def product(bank):
    return make_line_product()


@pytest.fixture
def offer(enterprise, owner):
    return make_offer_today(enterprise, by=owner)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def line(offer, owner, now):
    return open_line(offer, by=owner, at=now, on=timezone.localdate(now))


@pytest.fixture
def signer(signer_of, owner):
    return signer_of(owner)


ASKED = {"amount": "6000", "term_months": "3", "idempotency_key": "k"}
OF_OWNERS = ("draw", "give_line_back")
OF_STAFF = ("suspend_line", "resume_line", "lower_line")


class TestEveryPage:
    @pytest.mark.parametrize("name", ["line", "draw"])
    def test_does_not_exist_for_a_stranger(self, client_of, stranger, line, name):
        assert client_of(stranger).get(url(name, line)).status_code == 404

    @pytest.mark.parametrize("name", OF_OWNERS)
    @pytest.mark.parametrize("who", ["manager", "officer", "auditor"])
    def test_that_draws_is_for_owners(self, client_of, request, line, name, who):
        assert client_of(request.getfixturevalue(who)).post(url(name, line)).status_code == 403

    @pytest.mark.parametrize("name", OF_STAFF)
    @pytest.mark.parametrize("who", ["owner", "operations", "auditor"])
    def test_that_keeps_is_for_who_judges(self, client_of, request, line, name, who):
        told = {"reason": "Sales fell.", "limit_amount": "5000"}
        assert client_of(request.getfixturevalue(who)).post(url(name, line), told).status_code == 403

    @pytest.mark.parametrize("name", ["give_line_back", *OF_STAFF])
    def test_that_changes_something_takes_post(self, client_of, owner, line, name):
        assert client_of(owner).get(url(name, line)).status_code == 405

    @pytest.mark.parametrize("who", ["owner", "manager", "officer", "auditor"])
    def test_shows_limit_drawn_and_available(self, client_of, request, line, owner, now, who):
        draw(line, "6000", by=owner, at=now, on=timezone.localdate(now))
        page = shown(client_of(request.getfixturevalue(who)).get(url("line", line)))
        assert all(each in page for each in ("¥20,000.00", "¥6,000.00", "¥14,000.00"))


class TestSigning:
    def test_speaks_of_a_line_and_opens_it(self, signer, offer, owner, enterprise, now):
        account = make_settlement_account(enterprise)
        answer = shown(signer.get(reverse("applications:detail", args=[offer.application.reference])))
        assert "Approved: a credit line of ¥20,000" in answer
        page = shown(signer.get(url("sign", offer)))
        assert "Your credit line of ¥20,000" in page
        assert "from ¥1,000 at a time" in page
        told = {"account": account.pk, "read": "on", "code": sent_code(offer, to=owner, at=now)}
        signed = signer.post(url("sign", offer), told)
        line = CreditLine.objects.get()
        assert signed["Location"] == url("line", line) == signer.post(url("sign", offer), told)["Location"]
        assert books.balance(account.ledger_account) == 0
        answer = shown(signer.get(reverse("applications:detail", args=[offer.application.reference])))
        assert url("line", line) in answer

    def test_has_a_contract_before_and_after(self, signer, offer, owner, now):
        assert signer.get(url("contract", offer)).content.startswith(b"%PDF")
        open_line(offer, by=owner, at=now, on=timezone.localdate(now))
        assert signer.get(url("contract", offer)).content.startswith(b"%PDF")


class TestDrawing:
    def test_is_looked_at_then_confirmed_by_a_code(self, client_of, owner, line, now):
        client = client_of(owner)
        assert "You can draw ¥20,000.00 now." in shown(client.get(url("draw", line)))
        looked_at = client.post(url("draw", line), ASKED)
        assert (looked_at.status_code, Loan.objects.count()) == (200, 0)
        assert "The schedule: 3 installments" in shown(looked_at)
        assert "A late installment costs no more interest" in shown(looked_at)
        seen = looked_at.context["draw"].shown
        page = shown(client.post(url("draw", line), ASKED | {"send_code": "1"}))
        assert "We sent a code" in page
        assert " autofocus" in page
        wrong = client.post(url("draw", line), ASKED | {"confirm": "1", "seen": seen, "code": "nothing"})
        assert (wrong.status_code, Loan.objects.count()) == (422, 0)
        code = draw_code(line, Decimal(6000), by=owner, key="k", months=3, at=now)
        told = ASKED | {"confirm": "1", "seen": seen, "code": code}
        answers = [client.post(url("draw", line), told) for _ in range(2)]
        loan = Loan.objects.get()
        assert [answer["Location"] for answer in answers] == [url("detail", loan)] * 2
        assert books.balance(line.settlement_account.ledger_account) == Decimal(6000)
        assert url("line", line) in shown(client.get(url("detail", loan)))

    def test_sent_twice_when_nothing_is_left_leads_to_the_first(self, client_of, owner, line, now):
        draw(line, "20000", by=owner, key="k", months=3, at=now, on=timezone.localdate(now))
        again = client_of(owner).post(url("draw", line), ASKED | {"amount": "20000", "confirm": "1"})
        assert again["Location"] == url("detail", Loan.objects.get())

    def test_refuses_on_the_form(self, client_of, owner, line):
        refused = client_of(owner).post(url("draw", line), ASKED | {"amount": "20001"})
        assert (refused.status_code, "At most ¥20,000.00 can be drawn now." in shown(refused)) == (422, True)

    def test_can_be_changed_again(self, client_of, owner, line):
        page = client_of(owner).post(url("draw", line), ASKED | {"again": "1"})
        assert (page.status_code, 'value="6000"' in shown(page)) == (200, True)

    def test_says_what_stands_in_the_way(self, client_of, owner, line, officer):
        client_of(officer).post(url("suspend_line", line), {"reason": "Sales fell."})
        for name in ("line", "draw"):
            page = shown(client_of(owner).get(url(name, line)))
            assert "The bank has suspended this line" in page
            assert "Sales fell." not in page

    def test_offers_nothing_while_the_line_is_suspended(self, client_of, owner, line, officer):
        assert "Available" in shown(client_of(owner).get(url("line", line)))
        client_of(officer).post(url("suspend_line", line), {"reason": "Sales fell."})
        assert "Available" not in shown(client_of(owner).get(url("line", line)))
        assert "Available" not in shown(client_of(owner).get("/"))

    def test_invites_to_sign_another_only_once_it_is_resumed(self, client_of, owner, line, officer, enterprise, bank):
        at = timezone.now()
        application = make_draft(enterprise, by=owner, key="second", at=at)
        applications.submit(application, by=owner, at=at)
        applications.decide(application.reference, at=at, on=timezone.localdate(at))
        offer = Offer.objects.get(application=application)
        case, sign = reverse("applications:detail", args=[offer.application.reference]), url("sign", offer)
        client_of(officer).post(url("suspend_line", line), {"reason": "Sales fell."})
        page = shown(client_of(owner).get(case))
        assert (sign in page, "The bank has suspended your credit line." in page) == (False, True)
        assert "Read the contract and sign it." not in shown(client_of(owner).get("/"))
        client_of(make_approver(bank.branch)).post(url("resume_line", line), {"reason": "Sales rose."})
        assert sign in shown(client_of(owner).get(case))
        assert "Read the contract and sign it." in shown(client_of(owner).get("/"))

    def test_suggests_no_amount_where_nothing_is_due_yet(self, client_of, owner, line, now):
        loan = draw(line, "6000", by=owner, at=now, on=timezone.localdate(now), key="first")
        form = client_of(owner).get(url("repay", loan)).context["form"]
        assert form["amount"].value() != 0

    def test_keeps_from_a_manager_why_it_is_suspended(self, client_of, manager, line, officer):
        client_of(officer).post(url("suspend_line", line), {"reason": "Sales fell."})
        assert "Sales fell." not in shown(client_of(manager).get(url("line", line)))

    def test_a_code_is_bound_to_the_key(self, line):
        subjects = {drawing_subject(line, Decimal(amount), 3, key=key) for amount in ("1", "1.0", "2") for key in "ab"}
        assert len(subjects) == 4


class TestKeeping:
    def test_is_suspended_by_one_and_resumed_by_another(self, client_of, officer, line, bank):
        suspended = client_of(officer).post(url("suspend_line", line), {"reason": "Sales fell."})
        assert suspended["Location"] == url("line", line)
        assert "Sales fell." in shown(client_of(officer).get(url("line", line)))
        approver = client_of(make_approver(bank.branch))
        assert approver.post(url("resume_line", line), {"reason": ""}).status_code == 422
        approver.post(url("resume_line", line), {"reason": "Sales rose."})
        line.refresh_from_db()
        assert line.status == "active"

    def test_is_lowered_or_says_why_not(self, client_of, officer, line):
        client, told = client_of(officer), {"reason": "Less."}
        refused = client.post(url("lower_line", line), told | {"limit_amount": "20000"})
        assert (refused.status_code, "A limit is only lowered" in shown(refused)) == (422, True)
        client.post(url("lower_line", line), told | {"limit_amount": "5000"})
        line.refresh_from_db()
        assert line.limit_amount == Decimal(5000)

    def test_shows_a_draw_that_was_written_off(self, client_of, officer, enterprise, owner, bank):
        line = make_line(enterprise, by=owner)
        loan = draw(line, "6000", by=owner)
        write_off(loan, proposer=officer, approver=make_approver(bank.branch))
        assert "Written off" in shown(client_of(officer).get(url("line", line)))

    def test_is_given_back_by_its_owner(self, client_of, owner, line):
        client_of(owner).post(url("give_line_back", line))
        assert "Apply for a new line" in shown(client_of(owner).get(url("line", line)))


class TestWhereItShows:
    def test_at_home_with_a_way_to_draw(self, client_of, owner, line):
        page = shown(client_of(owner).get("/"))
        assert all(each in page for each in (url("draw", line), "¥20,000.00"))

    def test_at_home_for_a_manager_who_does_not_draw(self, client_of, manager, line):
        page = shown(client_of(manager).get("/"))
        assert (url("line", line) in page, url("draw", line) in page) == (True, False)

    def test_at_home_with_the_name_of_whose_it_is_among_several(self, client_of, owner, line, bank):
        make_enterprise(owner, branch=bank.branch, legal_name="Green Tea Farm", identifier="91330106673959654P")
        card = shown(client_of(owner).get("/")).split('id="line-')[1].split("</section>")[0]
        assert line.enterprise.legal_name in card

    def test_in_the_record_the_book_and_the_lists(self, client_of, auditor, line, django_assert_max_num_queries):
        client = client_of(auditor)
        record = client.get(f"/enterprises/{line.enterprise.reference}/record/")
        assert line.reference in shown(record)
        assert "Undrawn credit lines" in shown(client.get("/portfolio/"))
        with django_assert_max_num_queries(20):
            assert line.reference in shown(client.get("/loans/lines/"))
        assert line.reference in shown(client.get("/loans/lines/", {"q": line.reference}))


class TestApi:
    def test_tells_lines_and_draws(self, owner, line, now):
        loan = draw(line, "6000", by=owner, at=now, on=timezone.localdate(now))
        client, at = machine(owner), f"{ROOT}/credit-lines/{line.reference}"
        told = client.get(at).json()
        assert (told["limit_amount"], told["drawn_amount"], told["available_amount"]) == (
            "20000.00", "6000.00", "14000.00",
        )  # fmt: skip
        assert client.get(f"{ROOT}/credit-lines").json()["results"] == [told]
        assert [each["reference"] for each in client.get(f"{at}/draws").json()["results"]] == [loan.reference]
        assert client.get(f"{ROOT}/loans/{loan.reference}").json()["line"] == line.reference

    def test_tells_what_a_draw_costs_or_why_not(self, owner, line):
        client, at = machine(owner), f"{ROOT}/credit-lines/{line.reference}/cost"
        told = client.get(at, {"amount": "6000.00", "term_months": 3}).json()
        assert (told["amount"], len(told["installments"])) == ("6000.00", 3)
        refused = client.get(at, {"amount": "1.00", "term_months": 3})
        assert (refused.status_code, refused.json()["code"]) == (422, "draw_too_small")
        assert client.get(at).status_code == 400

    def test_says_what_the_page_says_of_paying_off_within_the_month(self, client_of, offer, owner, now):
        then = now - timedelta(days=12)
        line = open_line(offer, by=owner, at=then, on=timezone.localdate(then))
        loan = draw(line, "6000", by=owner, at=then, on=timezone.localdate(then))
        told = machine(owner).get(f"{ROOT}/loans/{loan.reference}/payoff").json()
        interest = (6000 * line.annual_rate * 12 / 365).quantize(Decimal("0.01"))
        assert Decimal(told["payoff_amount"]) == 6000 + interest
        page = shown(client_of(owner).get(url("repay", loan)))
        assert money(Decimal(told["payoff_amount"])) in page
        assert f"saves {money(Decimal(told['payoff_saved_amount']))} of interest" in page
        assert machine(owner).get(f"{ROOT}/loans/{loan.reference}").json()["early_by_day"]

    def test_lets_staff_keep_and_the_owner_give_back(self, owner, officer, line, bank):
        at = f"{ROOT}/credit-lines/{line.reference}"
        staff, told = machine(officer), {"reason": "Sales fell."}
        assert machine(owner).post(f"{at}/suspension", told, format="json").status_code == 403
        assert staff.post(f"{at}/suspension", told, format="json").json()["status"] == "suspended"
        assert staff.post(f"{at}/resumption", told, format="json").status_code == 403
        second = machine(make_approver(bank.branch))
        assert second.post(f"{at}/resumption", told, format="json").json()["status"] == "active"
        lowered = staff.put(f"{at}/limit", told | {"limit_amount": "5000.00"}, format="json")
        assert lowered.json()["limit_amount"] == "5000.00"
        assert staff.post(f"{at}/end").status_code == 403
        assert machine(owner).post(f"{at}/end").json()["status"] == "ended"

    def test_is_closed_to_strangers(self, stranger, line):
        client, at = machine(stranger), f"{ROOT}/credit-lines/{line.reference}"
        assert {client.get(f"{at}{rest}").status_code for rest in ("", "/draws", "/cost")} == {404}
