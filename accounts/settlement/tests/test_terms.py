"""The terms of an account: offered, agreed to, and shown."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from accounts.ledger import operations as ledger
from accounts.ledger import queries as books
from accounts.ledger.tests.builders import NOW
from accounts.settlement import interest
from accounts.settlement import operations as settlement
from accounts.settlement.models import AccountProduct, SettlementAccount, TermsPeriod
from accounts.settlement.tests.builders import make_deposit, make_settlement_account, withdraw
from accounts.settlement.tests.terms import (
    APRIL_1,
    MARCH_2,
    MARCH_31,
    MAY_1,
    end_day,
    make_product,
)
from portal.core.models import AuditEvent
from portal.core.tests.together import together


@pytest.fixture
def product(bank):
    return make_product()


@pytest.fixture
def account(product, enterprise):
    return make_settlement_account(enterprise)


class TestProduct:
    def test_is_brought_out_in_versions(self, product):
        second = make_product(monthly_fee_amount=Decimal("6.00"))
        product.refresh_from_db()
        assert (product.version, product.is_offered, second.version, second.is_offered) == (1, False, 2, True)
        assert AuditEvent.objects.filter(verb="settlement.terms_brought_out", by="U-ADMIN").count() == 2

    def test_keeps_its_terms(self, product):
        with pytest.raises(IntegrityError, match="keeps its terms"):
            AccountProduct.objects.filter(pk=product.pk).update(monthly_fee_amount=0)

    @pytest.mark.parametrize("tiers", [[["5", "0.1"], ["5", "0.2"]], [["-1", "0.1"]], [["0", "1.0"]], [["0", "-0.1"]]])
    def test_of_impossible_tiers_is_refused(self, bank, tiers):
        with pytest.raises(settlement.TiersRefused):
            make_product(interest_tiers=tiers)


class TestTerms:
    def test_are_those_offered_when_the_account_was_opened(self, product, account):
        make_product(interest_tiers=[])
        agreed = interest.agreement_on(account, MAY_1)
        assert (agreed.product, agreed.effective_from, agreed.overdraft_limit_amount) == (product, MARCH_2, 0)

    def test_are_none_where_the_bank_has_none(self, enterprise):
        account = make_settlement_account(enterprise, holding="5000.00")
        assert interest.agreement_on(account, MAY_1) is None
        assert (end_day(MAY_1), books.balance(account.ledger_account)) == (0, Decimal("5000.00"))

    def test_change_from_a_day_on(self, product, account):
        make_deposit(account, "36500.00", on=MARCH_2)
        better = make_product(interest_tiers=[["0", "0.02"]])
        settlement.agree_on_terms(account, better, overdraft=Decimal(0), on=date(2026, 3, 12), at=NOW, by="U-OPS")
        end_day(APRIL_1)
        period = TermsPeriod.objects.get()
        assert period.earned_amount == 10 * Decimal("0.20") + 20 * Decimal("2.00")

    def test_of_another_currency_are_refused(self, product, account):
        euros = make_product(currency="EUR")
        with pytest.raises(settlement.TermsOfAnotherCurrency):
            settlement.agree_on_terms(account, euros, overdraft=Decimal(0), on=MAY_1, at=NOW, by="U-OPS")

    def test_never_change_for_days_that_are_booked(self, product, account):
        end_day(APRIL_1)
        with pytest.raises(settlement.TermsOfThePast):
            settlement.agree_on_terms(account, product, overdraft=Decimal(0), on=MARCH_31, at=NOW, by="U-OPS")


class TestOverdraft:
    def test_lets_the_account_go_so_far_and_no_further(self, product, account):
        settlement.agree_on_terms(account, product, overdraft=Decimal(500), on=MARCH_2, at=NOW, by="U-APPROVER")
        withdraw(account, "500.00", on=MARCH_2)
        with pytest.raises(ledger.InsufficientFunds):
            withdraw(account, "0.01", on=MARCH_2)
        assert AuditEvent.objects.filter(verb="settlement.terms_agreed", by="U-APPROVER").exists()

    @pytest.mark.parametrize("amount", ["20000.01", "-1", "0.001"])
    def test_beyond_the_terms_is_refused(self, product, account, amount):
        with pytest.raises(settlement.OverdraftRefused):
            settlement.agree_on_terms(account, product, overdraft=Decimal(amount), on=MARCH_2, at=NOW, by="U-1")

    def test_in_use_is_not_taken_back(self, product, account):
        settlement.agree_on_terms(account, product, overdraft=Decimal(500), on=MARCH_2, at=NOW, by="U-1")
        withdraw(account, "300.00", on=MARCH_2)
        with pytest.raises(ledger.OverdraftInUse):
            settlement.agree_on_terms(account, product, overdraft=Decimal(299), on=MARCH_2, at=NOW, by="U-1")

    @pytest.mark.django_db(transaction=True)
    def test_of_two_withdrawals_at_once_one_wins(self, product, account):
        settlement.agree_on_terms(account, product, overdraft=Decimal(500), on=MARCH_2, at=NOW, by="U-1")
        came = together(*[lambda: withdraw(SettlementAccount.objects.get(), "300.00", on=MARCH_2)] * 2)
        assert sorted(type(each).__name__ for each in came) == ["InsufficientFunds", "JournalEntry"]


class TestPage:
    def address(self, account, name="terms"):
        return reverse(f"settlement:{name}", args=[account.reference])

    @pytest.mark.parametrize("reader", ["owner", "manager", "officer", "auditor", "approver"])
    def test_tells_whoever_sees_the_account(self, client_of, request, account, reader):
        make_deposit(account, "36500.00", on=MARCH_2)
        end_day(MAY_1)
        text = client_of(request.getfixturevalue(reader)).get(self.address(account)).content.decode()
        assert [word for word in ("Business account", "¥50,000.00", "1.10%", "¥5.00") if word not in text] == []
        assert ("Agree on other terms" in text) == (reader == "approver")

    def test_says_that_an_account_has_no_terms(self, client_of, owner, enterprise):
        text = client_of(owner).get(self.address(make_settlement_account(enterprise))).content.decode()
        assert "earns no interest and costs nothing" in text

    def test_lets_an_approver_agree_on_an_overdraft(self, client_of, approver, account, product):
        asked = {"product": product.reference, "overdraft": "2,000.00"}
        response = client_of(approver).post(self.address(account, "agree_on_terms"), asked)
        assert response.headers["Location"] == self.address(account)
        assert interest.agreement_on(account, timezone.localdate()).overdraft_limit_amount == 2000

    def test_says_what_is_wrong(self, client_of, approver, account, product):
        asked = {"product": product.reference, "overdraft": "20,001.00"}
        response = client_of(approver).post(self.address(account, "agree_on_terms"), asked)
        assert response.status_code == 422
        assert "¥20,000.00 at most" in response.content.decode()

    def test_lets_nobody_else_agree(self, client_of, owner, operations, account):
        answers = [client_of(user).post(self.address(account, "agree_on_terms")) for user in (owner, operations)]
        assert [answer.status_code for answer in answers] == [403, 403]

    def test_does_not_exist_for_a_stranger(self, client_of, stranger, account):
        assert client_of(stranger).get(self.address(account)).status_code == 404

    def test_takes_only_its_method(self, client_of, approver, account):
        client = client_of(approver)
        answers = [client.post(self.address(account)), client.get(self.address(account, "agree_on_terms"))]
        assert [answer.status_code for answer in answers] == [405, 405]

    def test_gives_the_interest_before_an_account_is_closed(self, client_of, owner, enterprise):
        make_product(monthly_fee_amount=Decimal(0))  # the fees of the months that nobody booked would take it
        account = make_settlement_account(enterprise)
        make_deposit(account, "36500.00", on=MARCH_2)
        withdraw(account, "36500.00", on=date(2026, 3, 20))
        client = client_of(owner)
        client.post(self.address(account, "close"))
        account.refresh_from_db()
        assert (account.status, books.balance(account.ledger_account) > 0) == ("open", True)
