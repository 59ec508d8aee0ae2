"""Payees, and an enterprise's own limits."""

from datetime import timedelta

import pytest

from accounts.ledger.tests.builders import NOW
from accounts.settlement import operations as settlement
from accounts.settlement.models import Payee
from accounts.settlement.tests.paying import add_payee, set_rules
from portal.core.models import AuditEvent

DAY = timedelta(days=1)


class TestAddPayee:
    def test_saves_whom_to_pay_after_a_day(self, enterprise):
        payee = add_payee(enterprise)
        assert (payee.number, payee.usable_at) == ("DE21500500009876543210", NOW + DAY)
        event = AuditEvent.objects.get(verb="settlement.payee_added")
        assert (event.subject, event.by, event.at) == (payee.reference, "U-1", NOW)

    def test_sent_twice_saves_once(self, enterprise):
        assert add_payee(enterprise) == add_payee(enterprise)

    def test_refuses_one_that_is_saved(self, enterprise):
        add_payee(enterprise)
        with pytest.raises(settlement.PayeeSavedAlready):
            add_payee(enterprise, key="k2")

    @pytest.mark.parametrize(
        ("changed", "refusal"),
        [
            ({"number": "DE22500500009876543210"}, settlement.PayeeNumberWrong),
            ({"number": "12-!"}, settlement.PayeeNumberWrong),
            ({"number": "123", "bank_code": "BOFAUS3N"}, settlement.PayeeNumberWrong),
            ({"bank_code": "NOBANK"}, settlement.BankCodeWrong),
            ({"bank_code": ""}, settlement.PayeeUnknown),
        ],
    )
    def test_refuses_what_cannot_be_paid(self, enterprise, changed, refusal):
        with pytest.raises(refusal):
            add_payee(enterprise, **changed)
        assert not Payee.objects.exists()

    def test_takes_the_short_numbers_of_small_banks_elsewhere(self, enterprise):
        assert add_payee(enterprise, number="1234", bank_code="BOFAUS3N").number == "1234"

    def test_asks_this_bank_for_number_and_name(self, enterprise, noodles):
        payee = add_payee(enterprise, name="stranger noodles", number=f"00{noodles.grouped_number}", bank_code="")
        assert (payee.name, payee.number, payee.is_inside) == ("Stranger Noodles", noodles.number, True)

    def test_may_be_saved_again_after_removal(self, enterprise):
        payee = add_payee(enterprise)
        settlement.remove_payee(payee, at=NOW, by="U-1")
        with pytest.raises(settlement.PayeeGone):
            settlement.remove_payee(payee, at=NOW, by="U-1")
        assert add_payee(enterprise, key="k2") != payee


class TestSetRules:
    def test_counts_stricter_ones_at_once(self, enterprise):
        assert set_rules(enterprise, "100").effective_at == NOW

    @pytest.mark.parametrize(("daily", "second"), [("9999999", None), ("100", "60"), ("100", None)])
    def test_lets_looser_ones_wait_a_day(self, enterprise, daily, second):
        set_rules(enterprise, "100", "50")
        assert set_rules(enterprise, daily, second).effective_at == NOW + DAY

    @pytest.mark.parametrize("amount", ["-1", "0.001"])
    def test_refuses_amounts_that_are_no_limit(self, enterprise, amount):
        with pytest.raises(settlement.LimitRefused):
            set_rules(enterprise, amount)
