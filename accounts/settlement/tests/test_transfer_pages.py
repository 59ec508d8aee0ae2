"""The page of a transfer: filled in, looked at, let go with a code where one is asked for."""

import json
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.ledger import operations as ledger
from accounts.ledger.tests.builders import NOW
from accounts.settlement import operations as settlement
from accounts.settlement.models import PaymentRules, Transfer
from accounts.settlement.tests.builders import held, make_deposit, make_payee, make_payment, make_settlement_account
from portal.core.models import Notice
from portal.core.notices.operations import text_of


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise, holding="100.00")


@pytest.fixture
def address(account):
    return reverse("settlement:transfer", args=[account.reference])


def data(payee, amount="30", **changed):
    told = {
        "idempotency_key": "k",
        "to_name": payee.enterprise.legal_name,
        "to_number": payee.grouped_number,
        "amount": amount,
        "text": "flour",
    }
    return told | changed


def sent_code(client, address, asked):
    client.post(address, asked | {"send_code": "1"})
    return json.loads(Notice.objects.filter(code="payment_code").latest("pk").params)["code"]


def transferred(client, address, asked, *, code="", **more):
    code = code or sent_code(client, address, asked)
    return client.post(address, asked | {"confirm": "1", "code": code}, **more)


class TestForm:
    def test_is_shown_with_a_key(self, client_of, owner, address):
        response = client_of(owner).get(address)
        assert (response.status_code, "idempotency_key" in response.text) == (200, True)

    @pytest.mark.parametrize("written", ["1,000.00", "１０００", " 1 000 ", "¥1,000"])
    def test_reads_amounts_as_people_write_them(self, client_of, owner, address, account, noodles, written):
        make_deposit(account, "1000.00")
        assert "¥1,000.00" in client_of(owner).post(address, data(noodles, written)).text

    @pytest.mark.parametrize("written", ["0", "-5", "0.001", "much", ""])
    def test_refuses_what_is_no_amount(self, client_of, owner, address, noodles, written):
        assert client_of(owner).post(address, data(noodles, written)).status_code == 422

    def test_says_how_much_the_account_can_pay(self, client_of, owner, address, noodles):
        page = client_of(owner).post(address, data(noodles, "100.01"))
        assert (page.status_code, "this account can pay ¥100.00 now" in page.text) == (422, True)

    def test_says_that_the_digits_are_wrong(self, client_of, owner, address, noodles):
        page = client_of(owner).post(address, data(noodles, to_number="1234567890123456"))
        assert "This is not a correct account number." in page.text

    def test_is_for_owners_only(self, client_of, manager, officer, address, noodles):
        for user in (manager, officer):
            assert client_of(user).post(address, data(noodles)).status_code == 403


class TestDinars:
    """A currency of three decimals."""

    def test_are_taken_to_the_last_digit(self, client_of, owner, enterprise, noodles):
        ledger.open_books("KWD", at=NOW)
        mine, theirs = (
            settlement.open_account(each, currency="KWD", by="U-OFFICER", at=NOW)
            for each in (enterprise, noodles.enterprise)
        )
        make_deposit(mine, "9.000")
        page = client_of(owner).post(reverse("settlement:transfer", args=[mine.reference]), data(theirs, "1.234"))
        assert ("1.234" in page.text, "7.766" in page.text) == (True, True)


class TestReview:
    def test_tells_what_will_leave_and_moves_nothing(self, client_of, owner, address, account, noodles):
        page = client_of(owner).post(address, data(noodles, to_name="stranger noodles")).text
        told = ("Stranger Noodles", "stranger noodles", noodles.grouped_number, "¥30.00", "flour", "¥70.00")
        for part in (*told, account.grouped_number, "cannot be called back", "Send me a code"):
            assert part in page
        assert held(account) == 100

    def test_writes_the_amount_out_for_chinese_readers(self, client_of, owner, address, noodles):
        client = client_of(owner)
        assert "元整" not in client.post(address, data(noodles)).text
        client.cookies["language"] = "zh-hans"
        assert "人民币叁拾元整" in client.post(address, data(noodles)).text

    def test_goes_back_to_what_was_filled_in(self, client_of, owner, address, noodles):
        page = client_of(owner).post(address, data(noodles, "30.50", again="1"))
        assert page.status_code == 200
        for part in ('value="30.50"', 'value="flour"', 'value="k"', f'value="{noodles.grouped_number}"'):
            assert part in page.text

    def test_refuses_what_two_people_must_agree_to(self, client_of, owner, address, noodles, enterprise):
        PaymentRules.objects.create(
            enterprise=enterprise, daily_limit_amount=900, second_person_amount=20, set_at=NOW, effective_at=NOW
        )
        page = client_of(owner).post(address, data(noodles))
        assert (page.status_code, "pay a saved payee" in page.text) == (422, True)

    def test_leads_who_reloads_it_later_to_the_account(self, client_of, owner, address, account, noodles):
        client = client_of(owner)
        transferred(client, address, data(noodles))
        page = client.post(address, data(noodles)).text
        assert "This was already sent once." in page
        assert reverse("settlement:account", args=[account.reference]) in page


class TestTransfer:
    def test_is_made_by_its_code_and_says_so(self, client_of, owner, address, noodles):
        page = transferred(client_of(owner), address, data(noodles), follow=True)
        assert "¥30.00 sent to Stranger Noodles." in page.text
        assert Transfer.objects.get().made_by == owner.reference

    def test_sent_twice_moves_the_money_once(self, client_of, owner, address, account, noodles):
        client = client_of(owner)
        code = sent_code(client, address, data(noodles))
        for _ in range(2):
            assert transferred(client, address, data(noodles), code=code).status_code == 302
        assert held(account) == 70

    def test_names_amount_and_payee_in_the_message(self, client_of, owner, address, noodles):
        sent_code(client_of(owner), address, data(noodles))
        ending = noodles.number[-4:]
        assert f"to pay ¥30.00 to Stranger Noodles (account ending {ending})" in text_of(Notice.objects.latest("pk"))

    @pytest.mark.parametrize("code", ["000000x", " "])
    def test_is_not_made_to_somebody_new_without_its_code(self, client_of, owner, address, account, noodles, code):
        page = transferred(client_of(owner), address, data(noodles), code=code)
        assert (page.status_code, "Check the transfer" in page.text, held(account)) == (422, True, 100)

    @pytest.mark.parametrize("changed", [{"amount": "40"}, {"text": "eggs"}, {"idempotency_key": "k2"}])
    def test_is_not_made_by_the_code_of_another(self, client_of, owner, address, account, noodles, changed):
        client = client_of(owner)
        code = sent_code(client, address, data(noodles))
        assert transferred(client, address, data(noodles) | changed, code=code).status_code == 422
        assert held(account) == 100

    def test_needs_no_code_to_whom_was_paid_before(self, client_of, owner, address, account, noodles):
        client = client_of(owner)
        transferred(client, address, data(noodles))
        again = data(noodles, idempotency_key="k2")
        assert "Send me a code" not in client.post(address, again).text
        assert transferred(client, address, again, code=" ").status_code == 302
        assert held(account) == 40

    def test_needs_no_code_to_a_payee_who_was_paid(self, client_of, owner, address, account, noodles, enterprise):
        payee = make_payee(enterprise, name="Stranger Noodles", number=noodles.number, bank_code="")
        make_payment(account, payee)
        assert transferred(client_of(owner), address, data(noodles), code=" ").status_code == 302

    def test_spares_a_payment_the_code_in_turn(self, client_of, owner, address, account, noodles, enterprise):
        client = client_of(owner)
        payee = make_payee(enterprise, name="Stranger Noodles", number=noodles.number, bank_code="")
        asked = {"payee": payee.reference, "amount": "10.00", "text": "", "idempotency_key": "k2"}
        pay = reverse("settlement:pay", args=[account.reference])
        assert "Send me a code" in client.post(pay, asked).text
        transferred(client, address, data(noodles))
        assert "Send me a code" not in client.post(pay, asked).text

    def test_needs_no_code_between_ones_own_accounts(self, client_of, owner, address, account, enterprise):
        other = make_settlement_account(enterprise)
        assert transferred(client_of(owner), address, data(other), code=" ").status_code == 302
        assert held(other) == Decimal(30)
