"""Transfers between accounts of the bank."""

from decimal import Decimal

import pytest

from accounts.ledger import operations as ledger
from accounts.ledger import queries
from accounts.ledger.models import JournalEntry
from accounts.ledger.tests.builders import NOW
from accounts.settlement import operations as settlement
from accounts.settlement.models import Transfer
from accounts.settlement.tests.builders import make_settlement_account, make_transfer
from portal.core.idempotency import KeyMissing, KeyReused
from portal.core.models import AuditEvent
from portal.core.tests.together import together


@pytest.fixture
def shop(enterprise):
    return make_settlement_account(enterprise, holding="100.00")


def transfer(source, payee, amount="30.00", **changed):
    return make_transfer(source, payee, amount, **{"key": "k"} | changed)


def held(*accounts):
    return tuple(queries.balance(account.ledger_account) for account in accounts)


class TestTransfer:
    def test_moves_the_money_at_once(self, shop, noodles):
        made = transfer(shop, noodles)
        assert held(shop, noodles) == (70, 30)
        assert (made.source, made.destination, made.amount, made.text) == (shop, noodles, 30, "March flour")

    def test_records_who_and_when(self, shop, noodles):
        made = transfer(shop, noodles)
        event = AuditEvent.objects.get(verb="settlement.transferred")
        assert (event.subject, event.by, event.at) == (made.reference, "U-1", NOW)
        assert (made.entry.subject, made.entry.by) == (made.reference, "U-1")

    def test_sent_twice_happens_once(self, shop, noodles):
        assert transfer(shop, noodles) == transfer(shop, noodles)
        assert held(shop, noodles) == (70, 30)

    @pytest.mark.parametrize("changed", [{"amount": Decimal(31)}, {"text": "other"}, {"to_name": "Somebody"}])
    def test_refuses_a_key_that_made_another_transfer(self, shop, noodles, changed):
        transfer(shop, noodles)
        with pytest.raises(KeyReused):
            transfer(shop, noodles, **changed)

    def test_refuses_without_a_key(self, shop, noodles):
        with pytest.raises(KeyMissing):
            transfer(shop, noodles, key="")

    def test_refuses_more_than_the_account_holds(self, shop, noodles):
        with pytest.raises(settlement.InsufficientFunds):
            transfer(shop, noodles, "100.01")
        assert held(shop, noodles) == (100, 0)
        assert not Transfer.objects.exists()

    def test_after_a_refusal_the_same_key_may_try_again(self, shop, noodles):
        with pytest.raises(settlement.InsufficientFunds):
            transfer(shop, noodles, "100.01")
        assert transfer(shop, noodles, "100.00").amount == 100

    @pytest.mark.parametrize("amount", ["0", "-1", "0.001"])
    def test_refuses_an_amount_that_is_no_money(self, shop, noodles, amount):
        with pytest.raises(ledger.AmountRefused):
            transfer(shop, noodles, amount)

    @pytest.mark.parametrize("changed", [{"to_name": "Green Tea Shop"}, {"to_number": "1234567890123428"}])
    def test_tells_not_which_of_number_and_name_is_wrong(self, shop, noodles, changed):
        with pytest.raises(settlement.PayeeUnknown):
            transfer(shop, noodles, **changed)

    def test_reads_a_name_and_a_number_as_people_write_them(self, shop, noodles):
        for number in (noodles.grouped_number, f"00{noodles.number}"):
            transfer(shop, noodles, to_name=" stranger  NOODLES", to_number=number, key=number)
        assert held(noodles) == (60,)

    def test_refuses_the_same_account(self, shop):
        with pytest.raises(settlement.TransferToItself):
            transfer(shop, shop)

    def test_refuses_another_currency(self, shop, noodles):
        ledger.open_books("EUR", at=NOW)
        euros = settlement.open_account(noodles.enterprise, currency="EUR", by="U-1", at=NOW)
        with pytest.raises(settlement.CurrencyDiffers):
            transfer(shop, euros)

    def test_refuses_from_a_frozen_account(self, shop, noodles):
        settlement.freeze(shop, reason="court order", by="U-1", at=NOW)
        with pytest.raises(settlement.AccountNotOpen):
            transfer(shop, noodles)

    def test_reaches_a_frozen_account_but_not_a_closed_one(self, shop, noodles):
        settlement.freeze(noodles, reason="court order", by="U-1", at=NOW)
        transfer(shop, noodles)
        other = make_settlement_account(noodles.enterprise)
        settlement.close(other, by="U-1", at=NOW)
        with pytest.raises(settlement.PayeeUnknown):
            transfer(shop, other, key="k2")


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_twenty_sendings_of_one_form_move_the_money_once(self, shop, noodles):
        made = together(*[lambda: transfer(shop, noodles)] * 20, at_once=8)
        assert len(set(made)) == 1
        assert held(shop, noodles) == (70, 30)
        assert JournalEntry.objects.filter(event="transfer").count() == 1
