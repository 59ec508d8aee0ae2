"""Payments: made, confirmed, canceled, sent."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from accounts.ledger import operations as ledger
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement import pain
from accounts.settlement.models import Payee, PaymentFile, PaymentInstruction
from accounts.settlement.operations import sending
from accounts.settlement.tests.builders import (
    balance,
    held,
    make_payee,
    make_payment,
    make_settlement_account,
    make_transfer,
)
from accounts.settlement.tests.paying import add_payee, set_rules
from portal.core.models import AuditEvent
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused

DAY = timedelta(days=1)


class TestTransfer:
    def test_stays_within_the_day(self, enterprise, account, noodles):
        set_rules(enterprise, "100")
        make_transfer(account, noodles, "60")
        with pytest.raises(settlement.DailyLimit):
            make_transfer(account, noodles, "40.01")
        make_transfer(account, noodles, "40")
        assert held(noodles) == 100

    def test_brings_little_to_who_is_no_payee(self, enterprise, account, noodles, settings):
        settings.NEW_PAYEE_LIMIT_AMOUNT = Decimal(50)
        make_transfer(account, noodles, "30")
        with pytest.raises(settlement.NewPayeeLimit) as refused:
            make_transfer(account, noodles, "20.01")
        assert refused.value.params["left"] == 20
        make_payee(enterprise, name="Stranger Noodles", number=noodles.number, bank_code="")
        make_transfer(account, noodles, "500")

    def test_brings_nothing_to_who_is_no_payee_while_a_members_number_is_new(self, owner, account, noodles):
        owner.phone_changed_at = NOW - timedelta(hours=23)
        owner.save()
        with pytest.raises(settlement.NewPayeeLimit) as refused:
            make_transfer(account, noodles, "0.01", key="1")
        assert refused.value.params["left"] == 0
        owner.phone_changed_at = NOW - timedelta(hours=25)
        owner.save()
        make_transfer(account, noodles, "30", key="2")

    def test_leaves_large_amounts_to_two_people(self, enterprise, account, noodles):
        set_rules(enterprise, "1000", "50")
        with pytest.raises(settlement.SecondPersonNeeded):
            make_transfer(account, noodles, "50")

    def test_is_free_between_ones_own(self, enterprise, account):
        set_rules(enterprise, "10", "5")
        other = make_settlement_account(enterprise)
        make_transfer(account, other, "900")
        assert held(other) == 900


class TestPay:
    def test_sends_money_to_another_bank_through_clearing(self, account, mill, owner):
        made = make_payment(account, mill, by=owner.reference)
        assert (made.status, held(account), balance("clearing")) == ("pending", 970, 30)
        event = AuditEvent.objects.get(verb="settlement.payment_made")
        assert (event.subject, event.by, event.at) == (made.reference, owner.reference, NOW)

    def test_pays_a_payee_of_this_bank_at_once(self, enterprise, account, noodles):
        payee = make_payee(enterprise, name="Stranger Noodles", number=noodles.number, bank_code="")
        made = make_payment(account, payee)
        assert (made.status, made.settled_on, held(noodles)) == ("settled", TODAY, 30)

    def test_sent_twice_pays_once(self, account, mill):
        made = [
            settlement.pay(account, mill, Decimal(30), text="", key="k", on=TODAY, at=NOW, by="U-1") for _ in range(2)
        ]
        assert made[0] == made[1]
        assert held(account) == 970

    def test_refuses_a_payee_that_cools_off(self, enterprise, account):
        with pytest.raises(settlement.PayeeCoolsOff):
            make_payment(account, add_payee(enterprise))

    def test_refuses_a_removed_payee(self, account, mill):
        settlement.remove_payee(mill, at=NOW, by="U-1")
        with pytest.raises(settlement.PayeeGone):
            make_payment(account, mill)

    @pytest.mark.parametrize("wrong", [{"bank_code": "SPUEDE2O"}, {"number": "DE22500500009876543210"}])
    def test_refuses_a_payee_saved_before_its_account_was_looked_at(self, account, mill, wrong):
        Payee.objects.filter(pk=mill.pk).update(**wrong)
        mill.refresh_from_db()
        with pytest.raises(settlement.PayeeUnpayable):
            make_payment(account, mill)

    def test_refuses_anothers_payee(self, account, noodles):
        with pytest.raises(settlement.PayeeOfAnother):
            make_payment(account, make_payee(noodles.enterprise))

    @pytest.mark.parametrize("amount", ["0", "-1", "0.001"])
    def test_refuses_an_amount_that_is_no_money(self, account, mill, amount):
        with pytest.raises(ledger.AmountRefused):
            make_payment(account, mill, amount)

    def test_refuses_more_than_the_account_holds(self, account, mill):
        with pytest.raises(settlement.InsufficientFunds):
            make_payment(account, mill, "1000.01")
        assert not PaymentInstruction.objects.exists()

    def test_refuses_from_a_frozen_account(self, account, mill):
        settlement.freeze(account, reason="court order", by="U-1", at=NOW)
        with pytest.raises(settlement.AccountNotOpen):
            make_payment(account, mill)

    def test_counts_payments_and_transfers_against_one_limit(self, enterprise, account, mill):
        set_rules(enterprise, "100")
        make_payment(account, mill, "60")
        with pytest.raises(settlement.DailyLimit):
            make_payment(account, mill, "40.01")

    def test_lets_a_managers_wait_for_the_owner(self, account, mill, manager):
        made = make_payment(account, mill, by=manager.reference)
        assert (made.status, made.entry, held(account)) == ("waiting", None, 1000)

    def test_lets_an_owners_wait_from_the_threshold_on(self, enterprise, account, mill, owner):
        set_rules(enterprise, "1000", "50")
        assert make_payment(account, mill, "49.99", by=owner.reference).status == "pending"
        assert make_payment(account, mill, "50.00", by=owner.reference).status == "waiting"

    def test_heeds_stricter_limits_that_overtake_looser_ones(self, enterprise, account, mill):
        set_rules(enterprise, "100")
        set_rules(enterprise, "900")
        set_rules(enterprise, "50", at=NOW + timedelta(hours=1))
        with pytest.raises(settlement.DailyLimit):
            settlement.pay(account, mill, Decimal(60), text="", key="k", on=TODAY, at=NOW + 2 * DAY, by="U-OWNER")


class TestConfirm:
    def confirm(self, made, by, at=NOW):
        settlement.confirm_payment(made, on=TODAY, at=at, by=by.reference)

    def test_pays_what_waited(self, account, mill, owner, manager):
        made = make_payment(account, mill, by=manager.reference)
        self.confirm(made, owner)
        assert (made.status, made.checked_by, held(account)) == ("pending", owner.reference, 970)

    def test_refuses_the_maker(self, enterprise, account, mill, owner):
        set_rules(enterprise, "1000", "0")
        made = make_payment(account, mill, by=owner.reference)
        with pytest.raises(settlement.SamePerson):
            self.confirm(made, owner)

    def test_lets_a_manager_confirm_an_owners(self, enterprise, account, mill, owner, manager):
        set_rules(enterprise, "1000", "0")
        made = make_payment(account, mill, by=owner.reference)
        self.confirm(made, manager)
        assert made.status == "pending"

    def test_asks_an_owner_for_what_a_manager_made(self, account, mill, manager, officer):
        made = make_payment(account, mill, by=manager.reference)
        with pytest.raises(settlement.OwnerConfirms):
            self.confirm(made, officer)

    def test_asks_the_days_limit_again(self, enterprise, account, mill, owner, manager):
        set_rules(enterprise, "100")
        made = make_payment(account, mill, "60", by=manager.reference)
        make_payment(account, mill, "60", by=owner.reference)
        with pytest.raises(settlement.DailyLimit):
            self.confirm(made, owner)

    def test_refuses_twice(self, account, mill, owner, manager):
        made = make_payment(account, mill, by=manager.reference)
        self.confirm(made, owner)
        with pytest.raises(TransitionRefused):
            self.confirm(made, owner)


class TestDecline:
    def test_leaves_the_money_where_it_is(self, account, mill, owner, manager):
        made = make_payment(account, mill, by=manager.reference)
        settlement.decline_payment(made, reason="too dear", at=NOW, by=owner.reference)
        assert (made.status, made.reason, held(account)) == ("declined", "too dear", 1000)


class TestVoid:
    def test_brings_the_money_back(self, account, mill):
        made = make_payment(account, mill)
        settlement.void_payment(made, on=TODAY, at=NOW, by="U-OWNER")
        assert (made.status, held(account), balance("clearing")) == ("voided", 1000, 0)

    def test_frees_the_days_limit(self, enterprise, account, mill):
        set_rules(enterprise, "100")
        settlement.void_payment(make_payment(account, mill, "100"), on=TODAY, at=NOW, by="U-OWNER")
        assert make_payment(account, mill, "100").status == "pending"

    def test_comes_too_late_for_what_was_sent(self, account, mill):
        made = make_payment(account, mill)
        send()
        with pytest.raises(TransitionRefused):
            settlement.void_payment(made, on=TODAY, at=NOW, by="U-OWNER")


def send(version=9):
    return settlement.send_payments(currency="CNY", on=TODAY, at=NOW, by="U-OPS", version=version)


class TestSend:
    @pytest.mark.parametrize("version", [3, 9])
    def test_writes_what_waits_into_one_valid_file(self, account, mill, version):
        made = [make_payment(account, mill, amount) for amount in ("30.00", "12.50")]
        sent = send(version)
        with sent.file.open() as file:
            content = file.read()
        assert pain.faults(content) == []
        assert all(each.reference.encode() in content for each in made)
        assert (sent.payment_count, sent.total_amount) == (2, Decimal("42.50"))
        assert set(sent.instructions.values_list("status", flat=True)) == {"sent"}

    def test_sends_each_once(self, account, mill):
        make_payment(account, mill)
        assert send() is not None
        assert send() is None

    def test_leaves_out_what_waits_for_a_second_person(self, account, mill, manager):
        make_payment(account, mill, by=manager.reference)
        assert send() is None

    @pytest.mark.parametrize("version", [3, 9])
    def test_leaves_out_what_no_bank_could_take_and_says_so(self, account, mill, version):
        old = make_payee(account.enterprise, name="Old", number="12345678")
        good, wrong = make_payment(account, mill), make_payment(account, old)
        Payee.objects.filter(pk=wrong.payee.pk).update(bank_code="SPUEDE2O")  # saved before it was refused
        assert list(send(version).instructions.all()) == [good]
        event = AuditEvent.objects.get(verb="jobs.failed_alone")
        assert event.details == {"failure": "settlement.payment_not_sent", "references": [wrong.reference]}

    def test_sends_what_stands_behind_more_wrong_ones_than_a_file_holds(self, account, mill, monkeypatch):
        monkeypatch.setattr(sending, "MOST_IN_A_FILE", 2)
        old = make_payee(account.enterprise, name="Old", number="12345678")
        wrong = [make_payment(account, old, "1.00") for _ in range(5)]
        good = [make_payment(account, mill, "1.00") for _ in range(3)]
        Payee.objects.filter(pk=old.pk).update(bank_code="SPUEDE2O")
        assert [list(send().instructions.order_by("pk")) for _ in range(2)] == [good[:2], good[2:]]
        assert send() is None
        event = AuditEvent.objects.get(verb="jobs.failed_alone")
        assert event.details["references"] == [each.reference for each in wrong]

    def test_records_who_and_when(self, account, mill):
        make_payment(account, mill)
        event_of = send()
        event = AuditEvent.objects.get(verb="settlement.payments_sent")
        assert (event.subject, event.by, event.at) == (event_of.reference, "U-OPS", NOW)


class TestSettleAndReturn:
    @pytest.fixture
    def sent(self, account, mill):
        made = make_payment(account, mill)
        send()
        return made

    def test_settles_out_of_clearing(self, sent):
        with transaction.atomic():
            settlement.settle(sent, on=TODAY, at=NOW, by="system")
        assert (sent.status, balance("clearing"), balance("nostro")) == ("settled", 0, -30)

    def test_gives_back_what_was_refused(self, account, sent):
        with transaction.atomic():
            settlement.give_back(sent, reason="AC04", on=TODAY, at=NOW, by="system")
        assert (sent.status, sent.reason, held(account), balance("clearing")) == ("returned", "AC04", 1000, 0)

    def test_gives_back_what_was_settled_from_the_nostro(self, account, sent):
        with transaction.atomic():
            settlement.settle(sent, on=TODAY, at=NOW, by="system")
            settlement.give_back(sent, reason="AC04", on=TODAY, at=NOW, by="system")
        assert (held(account), balance("clearing"), balance("nostro")) == (1000, 0, 0)

    def test_comes_back_once(self, sent):
        with transaction.atomic():
            settlement.give_back(sent, reason="AC04", on=TODAY, at=NOW, by="system")
            with pytest.raises(TransitionRefused):
                settlement.give_back(sent, reason="AC04", on=TODAY, at=NOW, by="system")


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_a_days_limit_is_not_used_up_twice(self, enterprise, account, mill):
        set_rules(enterprise, "100")

        came = together(*[lambda: make_payment(account, mill, "30.00")] * 8)
        assert sorted(type(each).__name__ for each in came) == ["DailyLimit"] * 5 + ["PaymentInstruction"] * 3

    def test_two_senders_send_each_payment_once(self, account, mill):
        for _ in range(6):
            make_payment(account, mill, "1.00")

        assert {type(each).__name__ for each in together(*[send] * 4)} <= {"NoneType", "PaymentFile"}
        assert sum(PaymentFile.objects.values_list("payment_count", flat=True)) == 6

    def test_sending_and_canceling_at_once_end_one_way(self, account, mill):
        made = make_payment(account, mill)

        def cancel():
            settlement.void_payment(PaymentInstruction.objects.get(pk=made.pk), on=TODAY, at=NOW, by="U-1")

        voided, sent = together(cancel, send)
        ends = (type(voided).__name__, type(sent).__name__)
        assert ends in (("NoneType", "NoneType"), ("TransitionRefused", "PaymentFile"))
        made.refresh_from_db()
        assert (made.status == "voided") == (held(account) == 1000)
