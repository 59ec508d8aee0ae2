"""What staff do on accounts for the bank, they do not do on those of their own enterprise."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.identity.models import Membership
from accounts.ledger import queries
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement import queries as settlement_queries
from accounts.settlement.models import CashMovement, SuspenseItem
from accounts.settlement.tests.builders import fetch_cash, make_payee, make_payment, make_settlement_account
from accounts.settlement.tests.nostro import bring, line
from accounts.settlement.tests.terms import make_product

MUCH = Decimal("60000.00")  # above both limits


@pytest.fixture
def own(enterprise, operations):
    """An account of an enterprise for which a member of staff acted until today."""
    Membership.objects.create(enterprise=enterprise, user=operations, role="manager", began_at=NOW, ended_at=NOW)
    return make_settlement_account(enterprise, holding="1000.00")


def cash(verb, account, amount, *, by):
    return verb(account, Decimal(amount), text="eggs", key=by, on=TODAY, at=NOW, by=by)


def suspended(amount):
    bring(line(amount, "who knows", reference="R-1"))
    return SuspenseItem.objects.get()


def clear(item, *, by, **told):
    settlement.propose_clearing(item, note="I called the payer", on=TODAY, at=NOW, by=by, **told)


class TestOwnAccount:
    @pytest.mark.parametrize("verb", [settlement.pay_in, fetch_cash])
    def test_takes_no_cash_from_its_member(self, own, operations, verb):
        with pytest.raises(settlement.OwnAccount):
            cash(verb, own, "5.00", by=operations.reference)
        assert (CashMovement.objects.count(), queries.balance(own.ledger_account)) == (0, 1000)

    def test_waits_for_another_second_person(self, own, operations):
        waiting = cash(settlement.pay_in, own, MUCH, by="U-TELLER")
        with pytest.raises(settlement.OwnAccount):
            settlement.confirm_cash(waiting, on=TODAY, at=NOW, by=operations.reference)
        settlement.confirm_cash(waiting, on=TODAY, at=NOW, by="U-OTHER")
        assert queries.balance(own.ledger_account) == 1000 + MUCH

    def test_is_not_corrected_by_its_member(self, own, operations):
        wrong = cash(settlement.pay_in, own, "1000", by="U-TELLER")
        told = {"reason": "typed one zero too many", "key": "x", "on": TODAY, "at": NOW}
        with pytest.raises(settlement.OwnAccount):
            settlement.ask_correction(wrong, None, **told, by=operations.reference)
        correction = settlement.ask_correction(wrong, None, **told, by="U-ONE")
        with pytest.raises(settlement.OwnAccount):
            settlement.confirm_correction(correction, on=TODAY, at=NOW, by=operations.reference)
        with pytest.raises(settlement.OwnAccount):
            settlement.decline_correction(correction, reason="keep it", at=NOW, by=operations.reference)
        assert queries.balance(own.ledger_account) == 2000

    def test_stays_frozen(self, own, operations):
        settlement.freeze(own, reason="lost phone", at=NOW, by=operations.reference)
        with pytest.raises(settlement.OwnAccount):
            settlement.unfreeze(own, reason="found", at=NOW, by=operations.reference)
        own.refresh_from_db()
        assert own.status == "frozen"

    def test_keeps_what_was_kept_back(self, own, operations):
        told = {"reason": "court order", "until": TODAY + timedelta(days=9), "key": "k", "at": NOW, "by": "U-ONE"}
        hold = settlement.keep_back(own, Decimal(30), **told)
        with pytest.raises(settlement.OwnAccount):
            settlement.let_go(own, hold, reason="lifted", at=NOW, by=operations.reference)
        assert settlement_queries.available_balance(own) == 970

    def test_is_granted_no_overdraft(self, own, operations):
        product = make_product()
        with pytest.raises(settlement.OwnAccount):
            settlement.agree_on_terms(own, product, overdraft=Decimal(5000), on=TODAY, at=NOW, by=operations.reference)
        assert own.agreements.count() == 0

    def test_is_given_nothing_out_of_suspense(self, own, operations):
        with pytest.raises(settlement.OwnAccount):
            clear(suspended("5.00"), way="account", account=own, by=operations.reference)
        assert SuspenseItem.objects.get().status == "waiting"

    def test_gets_no_payment_back_by_its_members_word(self, own, operations):
        made = make_payment(own, make_payee(own.enterprise), "30.00")
        with pytest.raises(settlement.OwnAccount):
            clear(suspended("30.00"), way="instruction", instruction=made, by=operations.reference)

    def test_is_given_nothing_on_its_members_agreement(self, own, operations):
        item = suspended(str(MUCH))
        clear(item, way="account", account=own, by="U-ONE")
        with pytest.raises(settlement.OwnAccount):
            settlement.confirm_clearing(item, seen=item.shown, on=TODAY, at=NOW, by=operations.reference)
        settlement.confirm_clearing(item, seen=item.shown, on=TODAY, at=NOW, by="U-TWO")
        assert queries.balance(own.ledger_account) == 1000 + MUCH
