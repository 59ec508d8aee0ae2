"""Pages of the loan, by the litany."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.identity.models import Enterprise
from accounts.identity.tests.builders import make_enterprise, make_hit
from accounts.settlement import queries as settlement
from accounts.settlement.models import SettlementAccount
from accounts.settlement.tests.builders import make_deposit, make_settlement_account
from lending.applications import operations as applications
from lending.applications.states import Status
from lending.applications.tests.builders import TODAY
from lending.applications.tests.pages import shown
from lending.loans import queries
from lending.loans.models import Loan, Repayment
from lending.loans.states import LoanStatus
from lending.loans.tests.builders import make_loan, make_offer_today, repay, sent_code, sign
from lending.loans.tests.pages import url
from lending.products.tests.builders import make_product

SEEN = r'name="seen" value="([0-9a-f]{64})"'


@pytest.fixture(autouse=True)
def product(bank):
    return make_product()


@pytest.fixture
def offer(enterprise, owner):
    return make_offer_today(enterprise, by=owner)


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise)


@pytest.fixture
def loan(enterprise, owner):
    return make_loan(enterprise, by=owner)


def signing(offer, account, owner, **changed):
    told = {"account": account.pk, "read": "on"}
    return told | ({} if "code" in changed else {"code": sent_code(offer, to=owner, at=timezone.now())}) | changed


class TestEveryPage:
    @pytest.mark.parametrize("name", ["sign", "contract"])
    def test_of_an_offer_does_not_exist_for_a_stranger(self, signer_of, stranger, offer, name):
        assert signer_of(stranger).get(url(name, offer)).status_code == 404

    @pytest.mark.parametrize("name", ["sign", "send_code", "open_account"])
    def test_of_an_offer_takes_nothing_from_a_stranger(self, signer_of, stranger, offer, name):
        assert signer_of(stranger).post(url(name, offer)).status_code == 404

    @pytest.mark.parametrize("name", ["sign", "send_code", "open_account"])
    @pytest.mark.parametrize("who", ["manager", "officer", "operations", "auditor"])
    def test_that_signs_is_for_owners(self, signer_of, request, offer, name, who):
        assert signer_of(request.getfixturevalue(who)).post(url(name, offer)).status_code == 403
        assert not SettlementAccount.objects.exists()

    @pytest.mark.parametrize("name", ["detail", "repay"])
    def test_of_a_loan_does_not_exist_for_a_stranger_or_another_branch(
        self, client_of, stranger, officer, loan, bank, name
    ):
        Enterprise.objects.update(branch=bank.other_branch)
        assert [client_of(each).get(url(name, loan)).status_code for each in (stranger, officer)] == [404, 404]

    @pytest.mark.parametrize("who", ["manager", "officer", "operations", "auditor"])
    def test_that_repays_is_for_owners(self, client_of, request, loan, who):
        client = client_of(request.getfixturevalue(who))
        assert client.post(url("repay", loan), {"amount": "10", "idempotency_key": "k"}).status_code == 403
        assert not Repayment.objects.exists()

    @pytest.mark.parametrize("name", ["send_code", "open_account"])
    def test_that_acts_takes_only_posts(self, signer_of, owner, offer, name):
        assert signer_of(owner).get(url(name, offer)).status_code == 405

    def test_that_shows_takes_only_gets(self, client_of, owner, loan):
        assert client_of(owner).post(url("detail", loan)).status_code == 405
        assert client_of(owner).post(url("contract", loan.offer)).status_code == 405

    @pytest.mark.parametrize("name", ["detail", "repay"])
    def test_works_in_chinese(self, client_of, owner, loan, name):
        assert client_of(owner).get(url(name, loan), headers={"accept-language": "zh-hans"}).status_code == 200


class TestList:
    def test_shows_what_is_open_and_next_due(self, client_of, owner, officer, stranger, loan):
        repay(loan, "1720.07", by=owner)
        page = shown(client_of(owner).get(reverse("loans:list")))
        assert "¥20,000.00" in page
        assert "May 6, 2026" in page
        assert "Late" in page  # that day is long over
        assert loan.reference in shown(client_of(officer).get(reverse("loans:list")))
        assert loan.reference not in shown(client_of(stranger).get(reverse("loans:list")))

    def test_shows_what_is_due_longest_first(self, enterprise, owner, officer, bank):
        late = make_loan(enterprise, by=owner)
        other = make_enterprise(owner, branch=bank.branch, identifier="91330106673959654P")
        paid = make_loan(other, by=owner, key="2")
        repay(paid, "1720.07", by=owner)
        assert list(queries.listed(officer)) == [late, paid]

    def test_hides_from_staff_who_do_not_handle_money(self, client_of, course_editor, loan):
        assert loan.reference not in shown(client_of(course_editor).get(reverse("loans:list")))

    def test_asks_the_database_little(self, client_of, officer, loan, django_assert_max_num_queries):
        client = client_of(officer)
        with django_assert_max_num_queries(8):
            client.get(reverse("loans:list"))


class TestSign:
    def test_asks_for_the_password_first(self, client_of, owner, offer, account):
        owner.set_password("a password of one's own")
        owner.save()
        response = client_of(owner).post(url("sign", offer), signing(offer, account, owner))
        assert (response.status_code, "/accounts/reauthenticate/" in response["Location"]) == (302, True)
        assert not Loan.objects.exists()

    def test_goes_on_once_the_password_is_typed(self, client_of, owner, offer, account):
        owner.set_password("a password of one's own")
        owner.save()
        client, told = client_of(owner), signing(offer, account, owner)
        place = client.post(url("sign", offer), told)["Location"]
        proof = {"password": "a password of one's own", "next": url("sign", offer)}
        wrong = client.post(place, proof | {"password": "another"})
        assert (wrong.status_code, Loan.objects.exists()) == (200, False)
        assert client.post(place, proof)["Location"] == url("detail", Loan.objects.get())

    def test_comes_back_filled_in_where_the_code_is_wrong_after_the_password(self, client_of, owner, offer, account):
        owner.set_password("a password of one's own")
        owner.save()
        client = client_of(owner)
        place = client.post(url("sign", offer), signing(offer, account, owner) | {"code": "000000"})["Location"]
        page = client.post(place, {"password": "a password of one's own", "next": url("sign", offer)})
        assert (page.status_code, f'action="{url("sign", offer)}"' in page.text) == (422, True)
        assert not Loan.objects.exists()

    def test_tells_every_cost_before(self, signer_of, owner, offer, account):
        page = shown(signer_of(owner).get(url("sign", offer)))
        for part in ("Each installment", "You pay back in all", "Yearly cost (APR)", account.grouped_number):
            assert part in page

    def test_offers_to_open_an_account_where_there_is_none(self, signer_of, owner, offer):
        client = signer_of(owner)
        assert "Open a settlement account" in shown(client.get(url("sign", offer)))
        for _ in range(2):
            client.post(url("open_account", offer))
        assert SettlementAccount.objects.count() == 1
        assert "Sign and pay out" in shown(client.get(url("sign", offer)))

    def test_sends_a_code_when_asked(self, signer_of, owner, offer, account):
        client, said = signer_of(owner), "We sent a code to your phone."
        assert said not in shown(client.get(url("sign", offer)))
        answer = client.post(url("send_code", offer))
        assert answer["Location"] == url("sign", offer) + "#sign"
        page = shown(client.get(answer["Location"]))
        assert said in page.split('id="sign"')[1]
        assert "Send a new code" in page

    def test_asks_for_no_code_while_the_bank_looks_once_more(self, signer_of, owner, offer, account):
        make_hit(offer.application.enterprise)
        shown = signer_of(owner).get(url("sign", offer)).content.decode()
        assert "look at this offer once more" in shown
        assert url("send_code", offer) not in shown

    def test_signs_and_shows_the_loan(self, signer_of, owner, offer, account):
        response = signer_of(owner).post(url("sign", offer), signing(offer, account, owner), follow=True)
        loan = Loan.objects.get()
        assert response.redirect_chain == [(url("detail", loan), 302)]
        assert "Signed. ¥20,000.00 is in your account." in shown(response)
        assert settlement.available_balance(account) == 20000

    def test_sent_twice_signs_once(self, signer_of, owner, offer, account):
        client, told = signer_of(owner), signing(offer, account, owner)
        places = {client.post(url("sign", offer), told)["Location"] for _ in range(2)}
        assert len(places) == Loan.objects.count() == 1

    def test_says_that_a_code_is_wrong_beside_it(self, signer_of, owner, offer, account):
        told = signing(offer, account, owner)
        told["code"] = f"{(int(told['code']) + 1) % 1_000_000:06d}"
        response = signer_of(owner).post(url("sign", offer), told)
        assert response.status_code == 422
        assert "This code is not right." in shown(response)
        assert not Loan.objects.exists()

    @pytest.mark.parametrize("missing", ["read", "code", "account"])
    def test_needs_every_answer(self, signer_of, owner, offer, account, missing):
        told = signing(offer, account, owner)
        del told[missing]
        assert signer_of(owner).post(url("sign", offer), told).status_code == 422

    def test_does_not_know_another_enterprises_account(self, signer_of, owner, offer, account, stranger):
        foreign = make_settlement_account(Enterprise.objects.get(legal_name="Stranger Noodles"))
        response = signer_of(owner).post(url("sign", offer), signing(offer, foreign, owner))
        assert (response.status_code, Loan.objects.count()) == (422, 0)

    def test_of_a_withdrawn_offer_says_so(self, signer_of, owner, offer, account):
        applications.withdraw(offer.application, by=owner, at=timezone.now())
        client = signer_of(owner)
        assert "can no longer be signed" in shown(client.get(url("sign", offer)))
        response = client.post(url("sign", offer), signing(offer, account, owner))
        assert (response.status_code, Loan.objects.count()) == (422, 0)

    def test_is_marked_on_the_application(self, signer_of, client_of, owner, offer, account):
        client = signer_of(owner)
        client.post(url("sign", offer), signing(offer, account, owner))
        offer.application.refresh_from_db()
        assert offer.application.status == Status.ACCEPTED
        page = shown(client.get(reverse("applications:detail", args=[offer.application.reference])))
        assert url("detail", Loan.objects.get()) in page


class TestContract:
    @pytest.mark.parametrize("who", ["owner", "manager", "officer", "auditor"])
    def test_goes_to_those_who_may_see_the_case(self, client_of, request, offer, who):
        response = client_of(request.getfixturevalue(who)).get(url("contract", offer))
        assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
        assert response["Cache-Control"] == "private, no-store"
        assert response.content.startswith(b"%PDF-")


class TestDetail:
    def test_shows_the_schedule_and_what_is_next(self, client_of, owner, loan):
        page = shown(client_of(owner).get(url("detail", loan)))
        assert "Principal still open" in page
        assert page.count("¥1,720.07") >= 11
        assert url("repay", loan) in page

    def test_tells_how_late_it_is(self, client_of, owner, loan):
        days = (timezone.localdate() - loan.installments.get(number=1).due_date).days
        assert f"{days} days late" in shown(client_of(owner).get(url("detail", loan)))

    @pytest.mark.parametrize("who", ["manager", "officer"])
    def test_leads_only_owners_to_repaying(self, client_of, request, loan, who):
        assert url("repay", loan) not in shown(client_of(request.getfixturevalue(who)).get(url("detail", loan)))

    def test_asks_the_database_little(self, client_of, owner, loan, django_assert_max_num_queries):
        for number in range(5):
            repay(loan, "10.00", by=owner, key=str(number))
        client = client_of(owner)
        with django_assert_max_num_queries(12):
            client.get(url("detail", loan))

    def test_says_that_it_is_late_as_the_list_does(self, client_of, owner, loan):
        page = shown(client_of(owner).get(url("detail", loan)))  # the days of its schedule are long over
        assert "Late" in page.split("<h1>")[1].split("</h1>")[0]


class TestRepay:
    def test_proposes_what_is_late_and_tells_what_the_account_holds(self, client_of, owner, loan):
        page = shown(client_of(owner).get(url("repay", loan)))
        assert "In your settlement account" in page
        assert "¥20,000.00" in page

    def test_books_what_was_written(self, client_of, owner, loan):
        told = {"amount": "1,720.07", "idempotency_key": "k"}
        response = client_of(owner).post(url("repay", loan), told, follow=True)
        assert "Thank you. The repayment is booked." in shown(response)
        assert str(Repayment.objects.get().amount) == "1720.07"

    def test_sent_twice_takes_the_money_once(self, client_of, owner, loan):
        client = client_of(owner)
        for _ in range(2):
            client.post(url("repay", loan), {"amount": "10", "idempotency_key": "k"})
        assert Repayment.objects.count() == 1

    @pytest.mark.parametrize(
        ("amount", "sentence"),
        [
            ("0", "Give an amount of at least 0.01."),
            ("-5", "Give an amount of at least 0.01."),
            ("10.005", "Give an amount with two decimals at most."),
            ("ten", "Give an amount in digits"),
            ("20500", "this account can pay ¥20,000.00 now"),
            ("99999", "can be repaid: that pays everything off today."),
        ],
    )
    def test_says_what_is_wrong_and_keeps_it(self, client_of, owner, loan, amount, sentence):
        response = client_of(owner).post(url("repay", loan), {"amount": amount, "idempotency_key": "k"})
        assert response.status_code == 422
        assert sentence in shown(response)
        assert f'value="{amount}"' in shown(response)

    def test_of_a_repaid_loan_leads_back(self, client_of, owner, loan):
        make_deposit(loan.settlement_account, "5000.00")
        repay(loan, queries.owing_of(loan, on=TODAY).payoff_amount, by=owner)
        loan.refresh_from_db()
        assert loan.status == LoanStatus.REPAID
        client = client_of(owner)
        assert client.get(url("repay", loan))["Location"] == url("detail", loan)
        response = client.post(url("repay", loan), {"amount": "1", "idempotency_key": "more"})
        assert "This loan is already repaid in full." in shown(response)


class TestRepayEarly:
    @pytest.fixture
    def loan(self, bank, enterprise, owner):
        make_product()
        now = timezone.now()
        return sign(make_offer_today(enterprise, by=owner), by=owner, at=now, on=timezone.localdate(now))

    def test_is_told_what_it_saves_before_it_is_taken_and_taken_once(self, client_of, owner, loan):
        client, told = client_of(owner), {"amount": "10,000", "idempotency_key": "k"}
        page = shown(client.post(url("repay", loan), told))
        assert "of it comes back before it is due. That saves ¥" in page
        assert "The next installment is then ¥" in page
        assert "Confirm repayment" in page
        assert not Repayment.objects.exists()
        told["seen"] = re.search(SEEN, page)[1]
        for _click in range(2):
            assert client.post(url("repay", loan), told)["Location"] == url("detail", loan)
        assert Repayment.objects.get().prepaid_amount > 0
        page = shown(client.get(url("detail", loan)))
        assert "of it early" in page
        assert " saved" in page

    def test_is_told_again_where_another_amount_was_written(self, client_of, owner, loan):
        client, told = client_of(owner), {"amount": "10000", "idempotency_key": "k"}
        told |= {"seen": re.search(SEEN, shown(client.post(url("repay", loan), told)))[1], "amount": "12000"}
        assert "of it comes back before it is due" in shown(client.post(url("repay", loan), told))
        assert not Repayment.objects.exists()

    def test_is_told_again_once_it_would_do_something_else(self, client_of, owner, loan):
        client, told = client_of(owner), {"amount": "10000", "idempotency_key": "k"}
        told["seen"] = re.search(SEEN, shown(client.post(url("repay", loan), told)))[1]
        now = timezone.now()
        repay(loan, "5000", by=owner, key="other", at=now, on=timezone.localdate(now))
        page = shown(client.post(url("repay", loan), told))
        assert "Not repaid yet" in page
        assert Repayment.objects.count() == 1
        told["seen"] = re.search(SEEN, page)[1]
        assert client.post(url("repay", loan), told)["Location"] == url("detail", loan)
        assert Repayment.objects.count() == 2

    def test_ends_the_loan_for_what_the_page_says(self, client_of, owner, loan):
        client = client_of(owner)
        page = shown(client.get(url("repay", loan)))
        assert "<dt>To end the loan today</dt><dd>¥20,000.00<br>" in page
        assert 'value="20000.00"' in shown(client.get(url("repay", loan), {"all": "1"}))
        told = {"amount": "20000", "idempotency_key": "k"}
        told["seen"] = re.search(SEEN, shown(client.post(url("repay", loan), told)))[1]
        client.post(url("repay", loan), told)
        loan.refresh_from_db()
        assert loan.status == LoanStatus.REPAID
