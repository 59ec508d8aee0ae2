"""Pages and API of payees, limits, payments and the payment desk."""

from decimal import Decimal

import pytest
from django.urls import reverse
from knox.models import AuthToken
from rest_framework.test import APIClient

from accounts.ledger import queries
from accounts.settlement.models import Payee, PaymentFile, PaymentInstruction, PaymentRules
from accounts.settlement.tests.builders import make_payee, make_payment, make_settlement_account


@pytest.fixture(autouse=True)
def _files(tmp_path, settings):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise, holding="1000.00")


@pytest.fixture
def mill(enterprise):
    return make_payee(enterprise)


def url(name, thing):
    return reverse(f"settlement:{name}", args=[thing.reference])


def held(account):
    return queries.balance(account.ledger_account)


def pay(client, account, payee, **changed):
    told = {"payee": payee.reference, "amount": "30.00", "text": "flour", "idempotency_key": "k"} | changed
    return client.post(url("pay", account), told)


class TestPayees:
    PAYEE = {"name": "Mill", "number": "DE21 5005 0000 9876 5432 10", "bank_code": "SPUEDE2U", "idempotency_key": "k"}

    def test_are_saved_once_by_a_member(self, client_of, owner, enterprise):
        client = client_of(owner)
        for _ in range(2):
            assert client.post(url("payees", enterprise), self.PAYEE).status_code == 302
        assert Payee.objects.get().name == "Mill"
        assert "Mill" in client.get(url("payees", enterprise)).content.decode()

    def test_say_what_is_wrong(self, client_of, owner, enterprise):
        response = client_of(owner).post(url("payees", enterprise), self.PAYEE | {"bank_code": "X"})
        assert (response.status_code, "not a correct bank code" in response.content.decode()) == (422, True)

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


class TestPay:
    def test_pays_once_however_often_it_is_sent(self, client_of, owner, account, mill):
        client = client_of(owner)
        for _ in range(2):
            response = pay(client, account, mill)
        made = PaymentInstruction.objects.get()
        assert response["Location"] == url("payment", made)
        assert held(account) == 970
        assert "Mill Ltd" in client.get(url("payments", account)).content.decode()

    def test_says_what_is_wrong(self, client_of, owner, account, mill):
        response = pay(client_of(owner), account, mill, amount="2000")
        assert response.status_code == 422
        assert "There is not enough money in the account." in response.content.decode()

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
        shown = client_of(owner).get(url("account", account), {"first": "2026-01-01", "last": "2026-12-31"})
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

    def test_is_closed_to_others(self, client_of, owner, officer):
        for user in (owner, officer):
            assert client_of(user).get(reverse("settlement:payment_desk")).status_code == 403
            assert client_of(user).post(reverse("settlement:payments_send")).status_code == 403

    def test_sends_only_on_posts(self, client_of, operations):
        assert client_of(operations).get(reverse("settlement:payments_send")).status_code == 405


class TestApi:
    @pytest.fixture
    def api(self):
        def of(user):
            client = APIClient()
            client.credentials(HTTP_AUTHORIZATION=f"Token {AuthToken.objects.create(user)[1]}")
            return client

        return of

    def post(self, client, account, payee, key="k", amount="30.00"):
        return client.post(
            f"/api/v1/settlement-accounts/{account.reference}/payments",
            {"payee": payee.reference, "amount": amount, "text": "flour"},
            HTTP_IDEMPOTENCY_KEY=key,
        )

    def test_saves_payees_and_lists_them(self, api, owner, enterprise):
        client, root = api(owner), f"/api/v1/enterprises/{enterprise.reference}/payees"
        told = {"name": "Mill", "number": "6222020200112233445", "bank_code": "ICBKCNBJ"}
        assert client.post(root, told, HTTP_IDEMPOTENCY_KEY="k").status_code == 201
        assert [each["name"] for each in client.get(root).json()["results"]] == ["Mill"]

    def test_pays_once_for_one_key(self, api, owner, account, mill):
        first, second = (self.post(api(owner), account, mill) for _ in range(2))
        assert (first.status_code, first.json()) == (201, second.json())
        assert (first.json()["status"], held(account)) == ("pending", 970)

    def test_confirms_and_cancels(self, api, owner, manager, account, mill):
        made = self.post(api(manager), account, mill).json()
        assert made["status"] == "waiting"
        root = f"/api/v1/payments/{made['reference']}"
        assert api(owner).post(f"{root}/confirm").json()["status"] == "pending"
        assert api(owner).post(f"{root}/void").json()["status"] == "voided"
        assert api(owner).get(root).json()["status"] == "voided"

    def test_refuses_with_a_problem(self, api, owner, account, mill):
        answer = self.post(api(owner), account, mill, amount="1000.01")
        assert (answer.status_code, answer.json()["code"]) == (422, "insufficient_funds")

    def test_knows_nothing_of_anothers(self, api, stranger, account, mill):
        made = make_payment(account, mill)
        assert self.post(api(stranger), account, mill).status_code == 404
        assert api(stranger).post(f"/api/v1/payments/{made.reference}/void").status_code == 404

    def test_lets_staff_look_and_not_pay(self, api, officer, account, mill):
        assert self.post(api(officer), account, mill).status_code == 403
        assert held(account) == Decimal(1000)
