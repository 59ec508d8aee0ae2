"""Settlement accounts: opened, credited, debited, frozen, closed."""

from decimal import Decimal

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from accounts.ledger import queries
from accounts.ledger.models import JournalEntry
from accounts.ledger.tests.builders import NOW
from accounts.settlement import matching, numbers
from accounts.settlement import operations as settlement
from accounts.settlement.models import SettlementAccount
from accounts.settlement.states import Status
from accounts.settlement.tests.builders import make_deposit, make_settlement_account, withdraw
from portal.core.idempotency import KeyReused
from portal.core.models import AuditEvent
from portal.core.transitions import TransitionRefused

ACT = {"by": "U-1", "at": NOW}


class TestNumber:
    def test_carries_digits_that_check_it(self):
        assert all(numbers.is_valid(numbers.new_number()) for _ in range(200))

    def test_shows_every_wrong_digit(self):
        number = "1234567890123428"
        for place in range(16):
            for digit in set("0123456789") - {number[place]}:
                assert not numbers.is_valid(number[:place] + digit + number[place + 1 :])

    @pytest.mark.parametrize("number", ["", "12", "123456789012342８", "12345678901234280"])
    def test_is_sixteen_plain_digits(self, number):
        assert not numbers.is_valid(number)

    def test_is_read_in_groups_of_four(self):
        assert numbers.grouped("1234567890123428") == "1234 5678 9012 3428"

    @pytest.mark.parametrize(
        "written",
        [
            " 1234-5678 9012 3428",
            "1234–5678\u00a09012−3428",
            "00001234567890123428",
            "１２３４ ５６７８９０１２３４２８",
        ],
    )
    def test_is_known_however_it_is_written(self, written):
        assert numbers.bare(written) == "1234567890123428"
        assert matching.account_numbers(f"rent 12 {written} 2026") == ("1234567890123428",)

    @pytest.mark.parametrize("written", ["1234 5678 9012 3429", "91234567890123428", "12345678901234281"])
    def test_is_known_in_no_text_that_does_not_hold_it(self, written):
        assert matching.account_numbers(f"rent {written}") == ()

    def test_of_another_bank_keeps_its_zeros(self):
        assert (numbers.compact("de-00 12"), numbers.compact("0012 34")) == ("DE0012", "001234")


class TestOpenAccount:
    def test_opens_an_empty_account_with_a_valid_number(self, enterprise):
        account = settlement.open_account(enterprise, **ACT)
        assert numbers.is_valid(account.number)
        assert (account.status, account.currency, account.balance) == (Status.OPEN, "CNY", 0)

    def test_records_who_and_when(self, enterprise):
        account = settlement.open_account(enterprise, **ACT)
        event = AuditEvent.objects.get(subject=account.reference)
        assert (event.verb, event.by, event.at) == ("settlement.opened", "U-1", NOW)

    def test_opens_one_account_for_one_key(self, enterprise):
        first = settlement.open_account(enterprise, key="k", **ACT)
        assert settlement.open_account(enterprise, key="k", **ACT) == first
        assert SettlementAccount.objects.count() == 1

    def test_refuses_the_key_for_another_currency(self, enterprise):
        settlement.open_account(enterprise, key="k", **ACT)
        with pytest.raises(KeyReused):
            settlement.open_account(enterprise, key="k", currency="EUR", **ACT)


class TestCreditAndDebit:
    def test_credit_raises_the_balance(self, enterprise):
        account = make_settlement_account(enterprise, holding="100.00")
        assert queries.balance(account.ledger_account) == 100

    def test_debit_lowers_it(self, enterprise):
        account = make_settlement_account(enterprise, holding="100.00")
        withdraw(account, "30.00")
        assert queries.balance(account.ledger_account) == 70

    def test_debit_refuses_more_than_there_is(self, enterprise):
        account = make_settlement_account(enterprise, holding="100.00")
        with pytest.raises(settlement.InsufficientFunds):
            withdraw(account, "100.01")
        assert JournalEntry.objects.count() == 1

    def test_a_frozen_account_receives_but_does_not_pay(self, enterprise):
        account = make_settlement_account(enterprise, holding="100.00")
        settlement.freeze(account, reason="court order", **ACT)
        make_deposit(account, "5.00")
        with pytest.raises(settlement.AccountNotOpen):
            withdraw(account, "1.00")
        assert queries.balance(account.ledger_account) == 105

    def test_a_closed_account_does_neither(self, enterprise):
        account = make_settlement_account(enterprise)
        settlement.close(account, **ACT)
        with pytest.raises(settlement.AccountNotOpen):
            make_deposit(account, "5.00")
        with pytest.raises(settlement.AccountNotOpen):
            withdraw(account, "5.00")

    def test_a_stale_copy_of_the_account_is_read_again_under_lock(self, enterprise):
        account = make_settlement_account(enterprise, holding="100.00")
        stale = SettlementAccount.objects.get(pk=account.pk)
        settlement.freeze(account, reason="court order", **ACT)
        with pytest.raises(settlement.AccountNotOpen):
            withdraw(stale, "1.00")


class TestFreeze:
    def test_freezes_and_records_the_reason(self, enterprise):
        account = make_settlement_account(enterprise)
        settlement.freeze(account, reason=" court order ", **ACT)
        event = AuditEvent.objects.get(verb="settlement.freeze")
        assert (account.status, event.by, event.details) == (Status.FROZEN, "U-1", {"reason": "court order"})

    def test_refuses_without_a_reason(self, enterprise):
        account = make_settlement_account(enterprise)
        with pytest.raises(settlement.ReasonMissing):
            settlement.freeze(account, reason=" ", **ACT)

    def test_refuses_an_account_already_frozen(self, enterprise):
        account = make_settlement_account(enterprise)
        settlement.freeze(account, reason="court order", **ACT)
        with pytest.raises(TransitionRefused):
            settlement.freeze(account, reason="again", **ACT)

    def test_is_undone_by_unfreeze(self, enterprise):
        account = make_settlement_account(enterprise)
        settlement.freeze(account, reason="court order", **ACT)
        settlement.unfreeze(account, reason="order lifted", **ACT)
        account.refresh_from_db()
        assert account.status == Status.OPEN

    def test_unfreeze_refuses_an_open_account(self, enterprise):
        with pytest.raises(TransitionRefused):
            settlement.unfreeze(make_settlement_account(enterprise), reason="why not", **ACT)


class TestClose:
    def test_closes_an_empty_account_and_says_when(self, enterprise):
        account = make_settlement_account(enterprise)
        settlement.close(account, **ACT)
        account.refresh_from_db()
        assert (account.status, account.closed_at) == (Status.CLOSED, NOW)
        assert AuditEvent.objects.get(verb="settlement.close").by == "U-1"

    def test_refuses_while_money_remains(self, enterprise):
        account = make_settlement_account(enterprise, holding="0.01")
        with pytest.raises(settlement.BalanceRemains) as refusal:
            settlement.close(account, **ACT)
        assert refusal.value.params == {"amount": Decimal("0.01"), "currency": "CNY"}

    def test_refuses_while_a_mandate_stands(self, enterprise):
        account = make_settlement_account(enterprise)
        with transaction.atomic():
            settlement.register_mandate(account, purpose="loan_repayment", subject="L-1", **ACT)
        with pytest.raises(settlement.MandateStands):
            settlement.close(account, **ACT)
        with transaction.atomic():
            settlement.end_mandate(purpose="loan_repayment", subject="L-1", **ACT)
        settlement.close(account, **ACT)

    @pytest.mark.parametrize("status", [Status.FROZEN, Status.CLOSED])
    def test_refuses_an_account_that_is_not_open(self, enterprise, status):
        account = make_settlement_account(enterprise)
        if status == Status.FROZEN:
            settlement.freeze(account, reason="court order", **ACT)
        else:
            settlement.close(account, **ACT)
        with pytest.raises(TransitionRefused):
            settlement.close(account, **ACT)

    def test_the_database_insists_on_the_moment(self, enterprise):
        account = make_settlement_account(enterprise)
        with pytest.raises(IntegrityError, match="settlement_account_closes_at_a_moment"), transaction.atomic():
            SettlementAccount.objects.filter(pk=account.pk).update(status=Status.CLOSED)


class TestMandate:
    def test_registered_twice_stands_once(self, enterprise):
        account = make_settlement_account(enterprise)
        with transaction.atomic():
            first = settlement.register_mandate(account, purpose="loan_repayment", subject="L-1", **ACT)
            assert settlement.register_mandate(account, purpose="loan_repayment", subject="L-1", **ACT) == first
