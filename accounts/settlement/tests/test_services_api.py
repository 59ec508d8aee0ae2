"""API of what came last: the payer's side of requests, the second person's no, holds and terms."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.identity.models import Enterprise
from accounts.identity.tests.builders import machine
from accounts.ledger import operations as ledger
from accounts.ledger.tests.builders import NOW
from accounts.settlement.models import Transfer
from accounts.settlement.tests.asking import make_request
from accounts.settlement.tests.builders import make_payee, make_payment, make_settlement_account
from accounts.settlement.tests.terms import TIERS, make_product
from accounts.settlement.tests.test_batches import check, submit
from accounts.settlement.tests.test_standing_pages import order_by

ROOT = "/api/v1"


@pytest.fixture
def noodles(stranger):
    return make_settlement_account(Enterprise.objects.get(memberships__user=stranger), holding="500.00")


def lunch(account):
    today = timezone.localdate()
    return make_request(account, on=today, due_date=today + timedelta(days=5))


class TestRequestToPay:
    def pay(self, client, asked, source, amount="80.00"):
        told = {"account": source.reference, "amount": amount}
        return client.post(f"{ROOT}/requests-to-pay/{asked.token}/pay", told, HTTP_IDEMPOTENCY_KEY="k")

    def test_tells_its_payer_what_is_asked_and_not_of_whom(self, stranger, account):
        asked = lunch(account)
        told = machine(stranger).get(f"{ROOT}/requests-to-pay/{asked.token}").json()
        assert (told["payee"], told["open_amount"], told["status"]) == ("Green Tea Shop", "80.00", "open")
        assert not any(name.startswith("customer") for name in told)

    def test_is_paid_once_for_one_key(self, stranger, account, noodles):
        asked = lunch(account)
        first, second = (self.pay(machine(stranger), asked, noodles) for _ in range(2))
        assert (first.status_code, first.json(), Transfer.objects.count()) == (201, second.json(), 1)
        assert machine(stranger).get(f"{ROOT}/requests-to-pay/{asked.token}").json()["status"] == "paid"

    def test_refuses_another_amount(self, stranger, account, noodles):
        assert self.pay(machine(stranger), lunch(account), noodles, "70.00").status_code == 422

    def test_takes_no_account_of_another(self, stranger, account, noodles, manager):
        assert self.pay(machine(manager), lunch(account), noodles).status_code == 404

    def test_wants_a_key_and_somebody_known(self, stranger, account, noodles):
        path, told = f"{ROOT}/requests-to-pay/{lunch(account).token}/pay", {"account": "SA-1", "amount": "1"}
        assert APIClient().post(path, told).status_code == 401
        told["account"] = noodles.reference
        assert machine(stranger).post(path, told).json()["code"] == "key_missing"

    def test_does_not_exist_without_its_token(self, stranger):
        assert machine(stranger).get(f"{ROOT}/requests-to-pay/none").status_code == 404


class TestDecline:
    @pytest.fixture
    def waiting(self, manager, account, enterprise):
        mill = make_payee(enterprise)
        return {
            "payments": make_payment(account, mill, by=manager.reference),
            "standing-orders": order_by(manager, account, mill),
            "payment-batches": self.batch(manager, account, mill),
        }

    def batch(self, manager, account, mill):
        text = f"Name,Account number,BIC,Amount\n{mill.name},{mill.number},{mill.bank_code},5.00\n"
        batch = check(account, text, by=manager.reference)
        submit(batch, by=manager.reference)
        return batch

    @pytest.mark.parametrize("kind", ["payments", "standing-orders", "payment-batches"])
    def test_is_the_second_persons_and_wants_a_reason(self, owner, manager, stranger, officer, waiting, kind):
        path, told = f"{ROOT}/{kind}/{waiting[kind].reference}/decline", {"reason": "too dear"}
        assert machine(stranger).post(path, told).status_code == 404
        assert machine(officer).post(path, told).status_code == 403
        assert machine(owner).post(path).status_code == 400
        assert machine(owner).get(path).status_code == 405
        assert machine(manager).post(path, told).json()["code"] == "same_person"
        assert machine(owner).post(path, told).json()["status"] == "declined"
        assert machine(owner).post(path, told).status_code in {409, 422}  # an order goes on, and nothing waits any more


class TestHolds:
    def test_are_read_by_who_sees_the_account(self, owner, stranger, account):
        with transaction.atomic():
            ledger.hold(
                account.ledger_account, Decimal(40), key="h", event="payment_out", subject="S", text="Deposit",
                at=NOW, by="U-CLERK", expires_at=NOW + timedelta(days=7),
            )  # fmt: skip
        path = f"{ROOT}/settlement-accounts/{account.reference}/holds"
        listed = machine(owner).get(path).json()["results"]
        assert [(each["amount"], each["text"]) for each in listed] == [("40.00", "Deposit")]
        assert machine(stranger).get(path).status_code == 404


class TestTerms:
    def test_are_read_by_who_sees_the_account(self, owner, stranger, enterprise):
        make_product()
        account = make_settlement_account(enterprise)
        path = f"{ROOT}/settlement-accounts/{account.reference}/terms"
        told = machine(owner).get(path).json()
        assert (told["name"], told["monthly_fee_amount"], told["overdraft_annual_rate"]) == (
            "Business account", "5.00", "0.073000",
        )  # fmt: skip
        assert told["interest_tiers"][0] == {"begins": "0.00", "annual_rate": f"{Decimal(TIERS[0][1]):.6f}"}
        assert machine(stranger).get(path).status_code == 404

    def test_do_not_exist_where_none_were_agreed(self, owner, account):
        path = f"{ROOT}/settlement-accounts/{account.reference}/terms"
        assert machine(owner).get(path).status_code == 404
