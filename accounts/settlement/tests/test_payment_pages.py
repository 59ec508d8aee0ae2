"""Pages and API of payees, limits, payments and the payment desk."""

import json
from decimal import Decimal

import pytest
from celery.schedules import crontab
from django.urls import reverse

from accounts.identity.tests.builders import machine, make_enterprise
from accounts.ledger.tests.builders import NOW
from accounts.settlement.models import Payee, PaymentFile, PaymentInstruction, PaymentRules
from accounts.settlement.tests.builders import held, make_payee, make_payment, make_settlement_account
from accounts.settlement.tests.pages import url
from portal.core.models import Notice
from portal.core.notices.operations import text_of


def asking(payee, **changed):
    return {"payee": payee.reference, "amount": "30.00", "text": "flour", "idempotency_key": "k"} | changed


def sent_code(client, account, payee, **changed):
    client.post(url("pay", account), asking(payee, **changed, send_code="1"))
    told = json.loads(Notice.objects.filter(code="payment_code").latest("pk").params)
    return told["code"]


def pay(client, account, payee, **changed):
    code = changed.pop("code", None) or sent_code(client, account, payee, **changed)
    return client.post(url("pay", account), asking(payee, **changed, confirm="1", code=code))


class TestPayees:
    PAYEE = {"name": "Mill", "number": "DE21 5005 0000 9876 5432 10", "bank": "SPUEDE2U", "idempotency_key": "k"}

    def test_are_saved_once_by_a_member(self, client_of, owner, enterprise):
        client = client_of(owner)
        for _ in range(2):
            assert client.post(url("payees", enterprise), self.PAYEE).status_code == 302
        assert Payee.objects.get().name == "Mill"
        assert "Mill" in client.get(url("payees", enterprise)).content.decode()

    def test_say_what_is_wrong(self, client_of, owner, enterprise):
        response = client_of(owner).post(url("payees", enterprise), self.PAYEE | {"bank": "X"})
        assert (response.status_code, "We do not know this bank" in response.content.decode()) == (422, True)

    def test_are_saved_by_the_banks_name_and_shown_with_it(self, client_of, owner, enterprise):
        client, told = client_of(owner), {"number": "6222020200112233445", "bank": "工商银行"}
        client.post(url("payees", enterprise), self.PAYEE | told)
        assert Payee.objects.get().bank_code == "ICBKCNBJ"
        page = client.get(url("payees", enterprise)).content.decode()
        assert "Industrial and Commercial Bank of China · ICBKCNBJ" in page

    def test_are_saved_by_a_cnaps_code(self, client_of, owner, enterprise):
        told = {"number": "6222020200112233445", "bank": "1021 0009 9996"}
        client_of(owner).post(url("payees", enterprise), self.PAYEE | told)
        assert Payee.objects.get().bank_code == "102100099996"

    def test_are_removed(self, client_of, owner, enterprise, mill):
        client_of(owner).post(url("payee_remove", mill))
        assert not Payee.objects.standing().exists()

    def test_do_not_exist_for_a_stranger(self, client_of, stranger, enterprise, mill):
        client = client_of(stranger)
        assert client.get(url("payees", enterprise)).status_code == 404
        assert client.post(url("payee_remove", mill)).status_code == 404

    def test_are_closed_to_staff(self, client_of, officer, enterprise, mill):
        client = client_of(officer)
        assert client.get(url("payees", enterprise)).status_code == 403
        assert client.post(url("payee_remove", mill)).status_code == 403

    def test_are_removed_only_by_post(self, client_of, owner, mill):
        assert client_of(owner).get(url("payee_remove", mill)).status_code == 405


class TestRules:
    def test_are_set_by_the_owner(self, client_of, owner, enterprise):
        told = {"daily_limit": "100", "second_person_from": ""}
        assert client_of(owner).post(url("rules", enterprise), told).status_code == 302
        assert PaymentRules.objects.get().daily_limit_amount == 100
        assert "¥100.00" in client_of(owner).get(url("rules", enterprise)).content.decode()

    def test_are_closed_to_a_manager(self, client_of, manager, enterprise):
        assert client_of(manager).get(url("rules", enterprise)).status_code == 403

    def test_do_not_exist_for_a_stranger(self, client_of, stranger, enterprise):
        assert client_of(stranger).get(url("rules", enterprise)).status_code == 404


class TestReviewOfAPayment:
    def test_tells_what_will_leave_and_moves_nothing(self, client_of, owner, account, mill):
        page = client_of(owner).post(url("pay", account), asking(mill, review="1")).content.decode()
        for part in ("Mill Ltd", "DE21 5005", "¥30.00", "¥970.00", "cannot be called back", "Send me a code"):
            assert part in page
        assert (held(account), PaymentInstruction.objects.count()) == (1000, 0)

    def test_says_by_when_it_leaves_the_bank(self, client_of, owner, account, mill, settings):
        shown = client_of(owner).post(url("pay", account), asking(mill, review="1")).text
        assert "leaves within 15 minutes" in shown
        assert settings.CELERY_BEAT_SCHEDULE["send payments"]["schedule"] == crontab(minute="*/15")

    def test_goes_back_to_what_was_filled_in(self, client_of, owner, account, mill):
        page = client_of(owner).post(url("pay", account), asking(mill, again="1"))
        assert (page.status_code, 'value="30.00"' in page.content.decode()) == (200, True)

    def test_says_how_much_the_account_can_pay(self, client_of, owner, account, mill):
        page = client_of(owner).post(url("pay", account), asking(mill, review="1", amount="2000"))
        assert (page.status_code, "this account can pay ¥1,000.00 now" in page.content.decode()) == (422, True)

    def test_leads_who_sends_it_again_with_another_amount_to_the_first_payment(self, client_of, owner, account, mill):
        client = client_of(owner)
        pay(client, account, mill)
        page = client.post(url("pay", account), asking(mill, review="1", amount="31"))
        assert url("payment", PaymentInstruction.objects.get()) in page.content.decode()

    def test_says_that_a_second_person_must_agree(self, client_of, manager, account, mill):
        page = client_of(manager).post(url("pay", account), asking(mill, review="1")).content.decode()
        assert "A second person of your enterprise must agree" in page


class TestCodeOfAPayment:
    @pytest.fixture
    def baker(self, enterprise, stranger, bank):
        shop = make_enterprise(stranger, branch=bank.branch, legal_name="Bakery", identifier="91350211M000100Y43")
        number = make_settlement_account(shop).number
        return make_payee(enterprise, name=shop.legal_name, number=number, bank_code="")

    def test_names_amount_and_payee_in_the_message(self, client_of, owner, account, mill):
        sent_code(client_of(owner), account, mill)
        assert "to pay ¥30.00 to Mill Ltd (account ending 3210)" in text_of(Notice.objects.latest("pk"))

    @pytest.mark.parametrize("code", ["000000x", " "])
    def test_is_needed_out_of_the_bank(self, client_of, owner, account, mill, code):
        page = pay(client_of(owner), account, mill, code=code)
        assert (page.status_code, held(account)) == (422, 1000)
        assert "Check the payment" in page.content.decode()

    def test_is_said_to_be_sent_until_it_is_right(self, client_of, owner, account, mill):
        client = client_of(owner)
        assert "Send a new code" not in client.post(url("pay", account), asking(mill, review="1")).text
        page = client.post(url("pay", account), asking(mill, send_code="1")).text
        assert ("Send a new code" in page, 'name="code_sent"' in page) == (True, True)
        wrong = client.post(url("pay", account), asking(mill, confirm="1", code="000000", code_sent="1")).text
        assert "Send a new code" in wrong

    def test_serves_no_other_amount(self, client_of, owner, account, mill):
        client = client_of(owner)
        code = sent_code(client, account, mill)
        assert pay(client, account, mill, amount="40.00", code=code).status_code == 422
        assert held(account) == 1000

    def test_is_asked_for_the_first_time_inside_the_bank_and_then_no_more(self, client_of, owner, account, baker):
        client = client_of(owner)
        assert pay(client, account, baker, code=" ").status_code == 422
        assert pay(client, account, baker).status_code == 302
        assert pay(client, account, baker, idempotency_key="k2", code=" ").status_code == 302
        assert held(account) == 940

    def test_is_asked_for_from_the_enterprises_threshold_on(self, client_of, owner, account, baker, enterprise):
        client = client_of(owner)
        pay(client, account, baker)
        PaymentRules.objects.create(
            enterprise=enterprise, daily_limit_amount=900, second_person_amount=50, set_at=NOW, effective_at=NOW
        )
        assert pay(client, account, baker, idempotency_key="k2", amount="50", code=" ").status_code == 422


class TestPay:
    def test_pays_once_however_often_it_is_sent(self, client_of, owner, account, mill):
        client = client_of(owner)
        code = sent_code(client, account, mill)
        for _ in range(2):
            response = pay(client, account, mill, code=code)
        made = PaymentInstruction.objects.get()
        assert response["Location"] == url("payment", made)
        assert held(account) == 970
        assert "Mill Ltd" in client.get(url("payments", account)).content.decode()

    def test_leads_who_has_no_payee_to_saving_one(self, client_of, owner, account):
        assert "no payee that can be paid yet" in client_of(owner).get(url("pay", account)).content.decode()

    def test_lets_the_owner_confirm_what_a_manager_made(self, client_of, owner, manager, account, mill):
        pay(client_of(manager), account, mill)
        made = PaymentInstruction.objects.get()
        client_of(manager).post(url("payment_confirm", made))
        assert held(account) == 1000
        assert url("payment_confirm", made) in client_of(owner).get(url("payment", made)).content.decode()
        client_of(owner).post(url("payment_confirm", made))
        assert held(account) == 970

    def test_is_named_by_what_it_pays_and_offers_a_second_person_one_way_to_stop_it(
        self, client_of, owner, manager, account, mill
    ):
        made = make_payment(account, mill, by=manager.reference)
        pages = [client_of(each).get(url("payment", made)).text for each in (owner, manager)]
        assert all("<h1>¥30.00 to Mill Ltd</h1>" in page for page in pages)
        assert [url("payment_decline", made) in page for page in pages] == [True, False]
        assert [url("payment_void", made) in page for page in pages] == [False, True]

    def test_lets_the_owner_decline(self, client_of, owner, manager, account, mill):
        made = make_payment(account, mill, by=manager.reference)
        client_of(owner).post(url("payment_decline", made), {"reason": "too dear"})
        made.refresh_from_db()
        assert made.status == "declined"

    def test_lets_a_member_cancel_in_time(self, client_of, owner, account, mill):
        made = make_payment(account, mill)
        client_of(owner).post(url("payment_void", made))
        assert held(account) == 1000

    @pytest.mark.parametrize("name", ["pay", "payments"])
    def test_does_not_exist_for_a_stranger(self, client_of, stranger, account, name):
        assert client_of(stranger).get(url(name, account)).status_code == 404

    @pytest.mark.parametrize("name", ["payment_confirm", "payment_decline", "payment_void"])
    def test_is_not_acted_on_by_strangers_staff_or_links(
        self, client_of, stranger, officer, owner, account, mill, name
    ):
        made = make_payment(account, mill)
        assert client_of(stranger).post(url(name, made)).status_code == 404
        assert client_of(officer).post(url(name, made)).status_code == 403
        assert client_of(owner).get(url(name, made)).status_code == 405

    def test_is_seen_but_not_made_by_staff(self, client_of, officer, account, mill):
        assert client_of(officer).get(url("payments", account)).status_code == 200
        assert client_of(officer).get(url("pay", account)).status_code == 403

    def test_list_costs_the_same_however_long(self, client_of, owner, account, mill, django_assert_max_num_queries):
        for _ in range(10):
            make_payment(account, mill, "1.00")
        client = client_of(owner)
        with django_assert_max_num_queries(8):
            client.get(url("payments", account))

    def test_names_the_payee_on_the_statement(self, client_of, owner, account, mill):
        make_payment(account, mill)
        shown = client_of(owner).get(url("account", account), {"first": "2026-01-01", "last": "2026-03-31"})
        assert "Mill Ltd" in shown.content.decode()


class TestDesk:
    def test_sends_and_hands_out_the_file(self, client_of, operations, account, mill):
        make_payment(account, mill)
        client = client_of(operations)
        assert "¥30.00" in client.get(reverse("settlement:payment_desk")).content.decode()
        client.post(reverse("settlement:payments_send"))
        file = client.get(url("payment_file", PaymentFile.objects.get()))
        assert b"pain.001.001.09" in file.content
        assert "attachment" in file["Content-Disposition"]

    def test_does_not_say_that_nothing_waits_where_what_waits_cannot_be_sent(
        self, client_of, operations, account, mill
    ):
        make_payment(account, mill)
        Payee.objects.update(bank_code="SPUEDE2O")  # saved before it was refused
        page = client_of(operations).post(reverse("settlement:payments_send"), follow=True).text
        told = ("Nothing waits to be sent", "Payment not sent: its payee’s account or bank cannot be right")
        assert [each in page for each in told] == [False, True]

    def test_is_closed_to_others(self, client_of, owner, officer):
        for user in (owner, officer):
            assert client_of(user).get(reverse("settlement:payment_desk")).status_code == 403
            assert client_of(user).post(reverse("settlement:payments_send")).status_code == 403

    def test_offers_an_auditor_nothing_to_send(self, client_of, operations, auditor):
        button = f'action="{reverse("settlement:payments_send")}"'
        shown = [client_of(user).get(reverse("settlement:payment_desk")).text for user in (operations, auditor)]
        assert [button in page for page in shown] == [True, False]

    def test_sends_only_on_posts(self, client_of, operations):
        assert client_of(operations).get(reverse("settlement:payments_send")).status_code == 405


class TestApi:
    def post(self, client, account, payee, key="k", amount="30.00"):
        return client.post(
            f"/api/v1/settlement-accounts/{account.reference}/payments",
            {"payee": payee.reference, "amount": amount, "text": "flour"},
            HTTP_IDEMPOTENCY_KEY=key,
        )

    def test_saves_payees_and_lists_them(self, owner, enterprise):
        client, root = machine(owner), f"/api/v1/enterprises/{enterprise.reference}/payees"
        told = {"name": "Mill", "number": "6222020200112233445", "bank_code": "ICBKCNBJ"}
        assert client.post(root, told, HTTP_IDEMPOTENCY_KEY="k").status_code == 201
        assert [each["name"] for each in client.get(root).json()["results"]] == ["Mill"]

    def test_pays_once_for_one_key(self, owner, account, mill):
        first, second = (self.post(machine(owner), account, mill) for _ in range(2))
        assert (first.status_code, first.json()) == (201, second.json())
        assert (first.json()["status"], held(account)) == ("pending", 970)

    def test_confirms_and_cancels(self, owner, manager, account, mill):
        made = self.post(machine(manager), account, mill).json()
        assert made["status"] == "waiting"
        root = f"/api/v1/payments/{made['reference']}"
        assert machine(owner).post(f"{root}/confirm").json()["status"] == "pending"
        assert machine(owner).post(f"{root}/void").json()["status"] == "voided"
        assert machine(owner).get(root).json()["status"] == "voided"

    def test_refuses_with_a_problem(self, owner, account, mill):
        answer = self.post(machine(owner), account, mill, amount="1000.01")
        assert (answer.status_code, answer.json()["code"]) == (422, "insufficient_funds")

    def test_knows_nothing_of_anothers(self, stranger, account, mill):
        made = make_payment(account, mill)
        assert self.post(machine(stranger), account, mill).status_code == 404
        assert machine(stranger).post(f"/api/v1/payments/{made.reference}/void").status_code == 404

    def test_lets_staff_look_and_not_pay(self, officer, account, mill):
        assert self.post(machine(officer), account, mill).status_code == 403
        assert held(account) == Decimal(1000)
