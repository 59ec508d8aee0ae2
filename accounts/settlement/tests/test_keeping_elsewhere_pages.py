"""Money kept back and paid elsewhere, on pages and by the API."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.identity.tests.builders import machine
from accounts.ledger.models import Hold
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement.models import PaymentInstruction
from accounts.settlement.tests.builders import make_payment, make_settlement_account, shown
from accounts.settlement.tests.keeping import COURT, keep, kept, pay, send
from accounts.settlement.tests.pages import url


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise, holding="100.00")


@pytest.fixture
def paid(account):
    return pay(account, keep(account))


class TestPages:
    @pytest.fixture
    def asked(self):
        until = timezone.localdate() + timedelta(days=5)
        told = {"idempotency_key": "k", "amount": "30", "until": until.isoformat(), "reason": "order 7"}
        return told | {"to": COURT.number, "bank": COURT.bank, "name": COURT.name}

    @pytest.fixture
    def hold(self, client_of, operations, account, asked):
        assert client_of(operations).post(url("kept", account), asked).status_code == 302
        return Hold.objects.get()

    @pytest.fixture
    def returned(self, client_of, account, hold, colleague):
        pay = reverse("settlement:pay_kept", args=[account.reference, hold.reference])
        client_of(colleague).post(pay, {"amount": 20, "seen": shown(hold)})
        made, now = PaymentInstruction.objects.get(), timezone.now()
        settlement.send_payments(currency="CNY", on=TODAY, at=now, by="U-OPS")
        made.refresh_from_db()
        with transaction.atomic():
            settlement.give_back(made, reason="AC04", on=timezone.localdate(), at=now, by="U-OPS")
        return made

    @pytest.mark.parametrize(
        ("wrong", "language", "said"),
        [
            ({"bank": "some other bank"}, "en", "We do not know this bank."),
            ({"bank": "some other bank"}, "zh-hans", "无法识别该银行"),
            ({"to": "DE22500500009876543210"}, "en", "This is not a correct account number."),
            ({"name": ""}, "en", "To another bank, enter the payee&#x27;s account number and name."),
            ({"to": ""}, "zh-hans", "付往他行时，请填写收款人的账号和名称。"),
            ({"to": "", "bank": ""}, "en", "To another bank, enter the payee&#x27;s account number and name."),
            ({"bank": ""}, "en", "This bank has no account with this number. Check it, or enter its bank."),
            ({"bank": ""}, "zh-hans", "本行没有此账号。请核对，或填写其开户行。"),
        ],
    )
    def test_say_what_is_wrong(self, client_of, operations, account, asked, wrong, language, said):
        headers = {"Accept-Language": language}
        page = client_of(operations).post(url("kept", account), asked | wrong, headers=headers)
        assert (page.status_code, said in page.text, Hold.objects.exists()) == (422, True, False)

    def test_pay_in_two_steps(self, client_of, account, operations, colleague, hold):
        pay = reverse("settlement:pay_kept", args=[account.reference, hold.reference])
        assert pay not in client_of(operations).get(url("kept", account)).text
        page = client_of(colleague).get(url("kept", account)).text
        for part in (pay, "May be paid to District Court, account", "DE21 5005 0000 9876 5432 10"):
            assert part in page
        said = client_of(colleague).post(pay, {"amount": "20.00", "seen": shown(hold)}, follow=True).text
        for part in ("It leaves within 15 minutes.", "¥20.00 paid to District Court", "Will be sent"):
            assert part in said

    @pytest.mark.parametrize(
        ("language", "parts"),
        [
            ("en", ("¥20.00 paid to District Court", "Came back", "The payee&#x27;s account is closed.")),
            ("zh-hans", ("District Court", "已退回", "收款人账户已销户。")),
        ],
    )
    def test_tell_what_came_back_and_is_kept_again(self, client_of, owner, account, returned, language, parts):
        page = client_of(owner).get(url("kept", account), headers={"Accept-Language": language}).text
        for part in (*parts, reverse("settlement:payment", args=[returned.reference]), "<h2>¥20.00</h2>"):
            assert part in page

    def test_show_the_payment_and_name_staff_to_staff_alone(self, client_of, owner, operations, colleague, returned):
        address = reverse("settlement:payment", args=[returned.reference])
        staff, members = (client_of(each).get(address).text for each in (operations, owner))
        for part in ("The bank, out of money that it kept back", "kept back as before, then it is free"):
            assert part in staff
            assert part in members
        assert (str(operations) in staff, str(colleague) in staff) == (True, True)
        assert (str(operations) in members, str(colleague) in members) == (False, False)

    def test_name_another_account(self, client_of, account, operations, colleague, owner, hold):
        page, address = url("kept", account), reverse("settlement:kept_payee", args=[account.reference, hold.reference])
        assert "Name another account" in client_of(colleague).get(page).text
        assert "May be paid to District Court" in client_of(colleague).get(address).text
        wrong = client_of(colleague).post(address, {"to": COURT.number, "bank": "ICBKCNBJ", "name": "High Court"})
        assert (wrong.status_code, "is of another country than the bank." in wrong.text) == (422, True)
        assert client_of(colleague).post(address, {}).status_code == 422
        told = {"to": "6222020200112233445", "bank": "Bank of China", "name": "High Court"}
        said = client_of(colleague).post(address, told, follow=True).text
        for part in ("A colleague can pay it there.", "May be paid to High Court", str(colleague), "can pay it."):
            assert part in said
        assert "District Court" not in said
        pay = reverse("settlement:pay_kept", args=[account.reference, hold.reference])
        assert (pay in said, pay in client_of(operations).get(page).text) == (False, True)
        assert client_of(owner).get(address).status_code == 403

    def test_cancel_in_two_steps(self, client_of, account, operations, colleague, owner, hold):
        pay = reverse("settlement:pay_kept", args=[account.reference, hold.reference])
        client_of(colleague).post(pay, {"amount": 20, "seen": shown(hold)})
        paid = PaymentInstruction.objects.get()
        page, ask, confirm = (url(f"payment{each}", paid) for each in ("", "_void_ask", "_void_confirm"))
        for address in (ask, confirm):
            assert client_of(owner).post(address, {"reason": "mine"}).status_code == 403
        said = client_of(operations).post(ask, {"reason": "wrong number"}, follow=True).text
        for part in ("It is not sent until", "wrong number", "You asked for it.", str(operations)):
            assert part in said
        assert confirm not in said
        assert "wrong number" in client_of(colleague).get(reverse("settlement:payment_desk")).text
        members = client_of(owner).get(page).text
        assert ("may cancel this payment" in members, str(operations) in members) == (True, False)
        assert "may cancel this payment" in client_of(owner).get(url("kept", account)).text
        for _ in range(2):
            said = client_of(colleague).post(confirm, follow=True).text
        assert "was canceled before it was sent" in said
        assert Hold.objects.filter(status="pending", amount=20).count() == 1

    def test_let_it_be_sent_after_all(self, client_of, operations, paid):
        settlement.ask_to_void(paid, reason="wrong", at=NOW, by="U-THREE")
        said = client_of(operations).post(url("payment_void_decline", paid), follow=True).text
        assert "leaves within 15 minutes" in said
        assert send().payment_count == 1

    def test_cancel_nothing_that_an_enterprise_pays(self, client_of, operations, account, mill):
        made = make_payment(account, mill)
        assert client_of(operations).post(url("payment_void_ask", made), {"reason": "no"}).status_code == 404

    def test_offer_no_canceling_and_no_such_payee(self, client_of, owner, account, paid):
        page = client_of(owner).get(reverse("settlement:payment", args=[paid.reference])).text
        assert "Cancel the payment" not in page
        assert "District Court" not in client_of(owner).get(url("payees", account.enterprise)).text
        assert "District Court" in client_of(owner).get(url("payments", account)).text


class TestApi:
    def keep(self, user, account, **changed):
        until = (timezone.localdate() + timedelta(days=5)).isoformat()
        payee = {"name": COURT.name, "number": COURT.number, "bank_code": COURT.bank}
        told = {"amount": "30.00", "until": until, "reason": "order 7", "payee": payee} | changed
        path = f"/api/v1/settlement-accounts/{account.reference}/holds"
        return machine(user).post(path, told, format="json", headers={"Idempotency-Key": "k"})

    def test_keeps_once_and_pays_once(self, operations, colleague, owner, account):
        first, second = (self.keep(operations, account) for _ in range(2))
        assert (first.status_code, first.json()) == (201, second.json())
        told = first.json()
        payee = {"name": "District Court", "number": "DE21500500009876543210", "bank_code": "SPUEDE2UXXX"}
        assert (told["to"], told["payee"], told["payment"]) == (None, payee, None)
        pay, seen = f"/api/v1/holds/{told['reference']}/pay", {"seen": told["shown"]}
        assert machine(operations).post(pay, seen, format="json").json()["code"] == "same_person"
        paid = machine(colleague).post(pay, {"amount": "20.00"} | seen, format="json").json()
        assert machine(colleague).post(pay, seen, format="json").status_code == 409
        payment = machine(owner).get(f"/api/v1/payments/{paid['payment']}").json()
        assert (payment["status"], payment["amount"], payment["payee_name"]) == ("pending", "20.00", "District Court")
        refused = machine(owner).post(f"/api/v1/payments/{paid['payment']}/void")
        assert (refused.status_code, refused.json()["code"]) == (422, "payment_of_bank")

    def test_names_another_account_and_cancels_by_two(self, operations, colleague, owner, account):
        told = self.keep(operations, account).json()
        path, payee = f"/api/v1/holds/{told['reference']}", {"name": "High Court", "number": "62220202"}
        payee["bank_code"] = "BKCHCNBJ"
        named = machine(colleague).post(f"{path}/payee", {"payee": payee}, format="json").json()
        assert (named["payee"]["name"], named["shown"] == told["shown"]) == ("High Court", False)
        assert machine(colleague).post(f"{path}/payee", {}, format="json").status_code == 400
        stale = machine(operations).post(f"{path}/pay", {"seen": told["shown"]}, format="json")
        assert stale.json()["code"] == "changed_since"
        paid = machine(operations).post(f"{path}/pay", {"seen": named["shown"]}, format="json").json()["payment"]
        void = f"/api/v1/payments/{paid}/void"
        assert machine(owner).post(f"{void}/ask", {"reason": "no"}, format="json").status_code == 403
        asked = machine(operations).post(f"{void}/ask", {"reason": "wrong number"}, format="json").json()
        assert (asked["status"], asked["is_to_void"]) == ("pending", True)
        assert machine(operations).post(f"{void}/confirm").json()["code"] == "same_person"
        assert machine(colleague).post(f"{void}/confirm").json()["status"] == "voided"
        assert machine(colleague).post(f"{void}/confirm").status_code == 409
        assert machine(colleague).post(f"{void}/decline").status_code == 409
        assert kept(account) == (100, 70)

    def test_refuses_two_accounts_and_what_is_none(self, operations, account):
        assert self.keep(operations, account, to=account.reference).status_code == 400
        for name, value, code in (
            ("bank_code", "some other bank", "bank_code_wrong"),
            ("number", "DE22500500009876543210", "payee_number_wrong"),
        ):
            payee = {"name": "Court", "number": COURT.number, "bank_code": COURT.bank, name: value}
            answer = self.keep(operations, account, payee=payee)
            assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert not Hold.objects.exists()
