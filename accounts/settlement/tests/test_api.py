"""Settlement accounts for machines."""

from decimal import Decimal

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.identity.models import SigningCode
from accounts.identity.tests.builders import machine
from accounts.settlement import operations as settlement
from accounts.settlement.models import Transfer
from accounts.settlement.tests.builders import make_deposit, make_settlement_account

ROOT = "/api/v1/settlement-accounts"


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise, holding="100.00")


class TestReading:
    def test_lists_own_accounts(self, owner, account, noodles):
        told = machine(owner).get(ROOT).json()["results"]
        assert [(each["number"], each["balance"], each["status"]) for each in told] == [
            (account.number, "100.00", "open")
        ]

    def test_reads_one(self, owner, account):
        told = machine(owner).get(f"{ROOT}/{account.reference}").json()
        assert (told["reference"], told["enterprise"]) == (account.reference, account.enterprise.reference)

    def test_pages_through_postings_newest_first(self, owner, account):
        make_deposit(account, "5.00", text="eggs")
        client = machine(owner)
        first = client.get(f"{ROOT}/{account.reference}/postings?page_size=1").json()
        assert [(each["amount"], each["text"]) for each in first["results"]] == [("5.00", "eggs")]
        second = client.get(first["next"]).json()
        assert [each["amount"] for each in second["results"]] == ["100.00"]
        assert second["next"] is None

    @pytest.mark.parametrize("path", ["", "/postings"])
    def test_knows_nothing_of_anothers_account(self, stranger, account, path):
        assert machine(stranger).get(f"{ROOT}/{account.reference}{path}").status_code == 404

    def test_answers_nobody_without_a_token(self, account):
        assert APIClient().get(ROOT).status_code == 401

    def test_changes_nothing_by_reading(self, owner, account):
        assert machine(owner).post(f"{ROOT}/{account.reference}").status_code == 405


class TestTransfers:
    def send(self, user, account, payee, key="k", **changed):
        data = {"to_number": payee.number, "to_name": payee.enterprise.legal_name, "amount": "30.00"} | changed
        headers = {"Idempotency-Key": key} if key else {}
        return machine(user).post(f"{ROOT}/{account.reference}/transfers", data, format="json", headers=headers)

    def test_moves_money(self, owner, account, noodles):
        response = self.send(owner, account, noodles, text="flour")
        assert response.status_code == 201
        told = response.json()
        assert (told["source"], told["destination"], told["amount"], told["text"]) == (
            account.number,
            noodles.number,
            "30.00",
            "flour",
        )

    def test_sent_twice_answers_the_same(self, owner, account, noodles):
        first, second = (self.send(owner, account, noodles).json() for _ in range(2))
        assert first == second
        assert Transfer.objects.count() == 1

    def test_refuses_what_it_would_not_heed(self, owner, account, noodles):
        response = self.send(owner, account, noodles, currency="USD")
        assert (response.status_code, response.json()["errors"]) == (
            400,
            {"currency": ["There is no field of this name."]},
        )
        assert not Transfer.objects.exists()

    @pytest.mark.parametrize(
        ("amount", "says"),
        [("0", "Enter an amount above zero."), ("1.0001", "This amount has more decimals than its currency.")],
    )
    def test_names_no_digits_that_the_currency_lacks(self, owner, account, noodles, amount, says):
        assert self.send(owner, account, noodles, amount=amount).json()["errors"] == {"amount": [says]}

    def test_tells_what_is_left_in_the_digits_of_the_currency(self, owner, account, noodles):
        settlement.set_rules(
            account.enterprise, daily_limit=Decimal(20), second_person_from=None, at=timezone.now(), by=owner.reference
        )
        told = self.send(owner, account, noodles).json()
        assert (told["code"], told["params"]["left"]) == ("daily_limit", "20.00")

    def test_refuses_the_key_for_another_amount(self, owner, account, noodles):
        self.send(owner, account, noodles)
        response = self.send(owner, account, noodles, amount="31.00")
        assert (response.status_code, response.json()["code"]) == (409, "key_reused")

    def test_requires_a_key(self, owner, account, noodles):
        response = self.send(owner, account, noodles, key="")
        assert (response.status_code, response.json()["code"]) == (400, "key_missing")

    @pytest.mark.parametrize(("amount", "code"), [("100.01", "insufficient_funds"), ("0.001", "amount_refused")])
    def test_tells_a_refusal_by_its_code(self, owner, account, noodles, amount, code):
        response = self.send(owner, account, noodles, amount=amount)
        assert (response.status_code, response.json()["code"]) == (422, code)

    def test_tells_what_the_account_can_pay(self, owner, account, noodles):
        told = self.send(owner, account, noodles, amount="100.01").json()
        assert told["params"] == {"available": "100.00", "currency": "CNY"}
        assert told["detail"] == "There is not enough money: this account can pay ¥100.00 now."

    def test_needs_no_code_from_a_program_with_its_token(self, owner, account, noodles):
        assert self.send(owner, account, noodles).status_code == 201
        assert not SigningCode.objects.exists()

    def test_is_for_owners_only(self, manager, account, noodles):
        assert self.send(manager, account, noodles).status_code == 403

    def test_knows_nothing_of_anothers_account(self, stranger, account, noodles):
        assert self.send(stranger, account, noodles).status_code == 404
