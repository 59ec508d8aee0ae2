"""Correcting booked cash: one asks, another has it reversed; books, drawer, slip and owner follow."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.identity.tests.builders import make_user
from accounts.ledger import operations as ledger
from accounts.ledger import queries
from accounts.ledger.models import JournalEntry
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement import queries as settlement_queries
from accounts.settlement.models import CashCorrection, CashMovement, DrawerLine, Receipt
from accounts.settlement.operations import drawers
from accounts.settlement.operations.accounts import lock
from accounts.settlement.operations.cash import take
from accounts.settlement.queries import drawers as drawer_queries
from accounts.settlement.states import Way
from accounts.settlement.tests.builders import balance, fetch_cash, make_drawer, make_settlement_account
from accounts.settlement.tests.correcting import (
    LATER,
    YESTERDAY,
    ask,
    balances,
    correct,
    count,
    enter,
    held,
    pay_in,
    right,
)
from portal.core.idempotency import KeyReused
from portal.core.models import AuditEvent, Notice
from portal.core.notices import operations as notices
from portal.core.refusals import sentence
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise)


@pytest.fixture
def other(enterprise):
    return make_settlement_account(enterprise)


@pytest.fixture
def wrong(account, drawer, operations):
    """Hua Qian took in 100 and typed 1000."""
    return pay_in(account, "1000", operations)


@pytest.fixture
def bag(bank, officer):
    return make_drawer(bank.branch, officer, kind="carried")


@pytest.fixture
def slip(account, bag):
    return enter(bag, account, "1000")


class TestAsk:
    def test_changes_nothing_yet_and_leaves_a_trace(self, wrong, account, drawer):
        correction = ask(wrong, right(account))
        assert (correction.status, held(drawer), balances(account)) == ("waiting", 1000, [1000])
        event = AuditEvent.objects.get(verb="settlement.cash_correction_ask")
        assert (event.subject, event.by, event.details["reason"]) == (correction.reference, "U-1", correction.reason)

    def test_sent_twice_asks_once(self, wrong, account):
        assert ask(wrong, right(account)) == ask(wrong, right(account))
        with pytest.raises(KeyReused):
            ask(wrong, right(account, "10"))

    def test_refuses_without_a_reason(self, wrong):
        with pytest.raises(settlement.ReasonMissing):
            ask(wrong, reason=" ")

    def test_refuses_while_another_waits(self, wrong):
        first = ask(wrong)
        with pytest.raises(settlement.CorrectionExists) as refused:
            ask(wrong, key="x2")
        assert refused.value.params["reference"] == first.reference

    def test_refuses_what_waits_or_was_declined(self, account, bank, operations):
        make_drawer(bank.branch, operations, limit="90000")
        waiting = pay_in(account, "60000", operations)
        with pytest.raises(TransitionRefused):
            ask(waiting)

    def test_refuses_what_is_booked_already(self, wrong, account):
        with pytest.raises(settlement.CorrectionSame):
            ask(wrong, right(account, "1000"))

    @pytest.mark.parametrize("amount", ["0", "-5", "0.001", "1000000000000"])
    def test_refuses_what_is_no_money(self, wrong, account, amount):
        with pytest.raises(ledger.AmountRefused):
            ask(wrong, right(account, amount))


class TestConfirm:
    def test_reverses_one_to_one_and_books_the_right_cash(self, wrong, account, drawer):
        correction = correct(wrong, right(account))
        reversal, booked = correction.reversal, correction.replacement
        wrong.refresh_from_db()
        assert (wrong.status, reversal.reverses, reversal.effective_date) == ("reversed", wrong.entry, TODAY)
        assert (booked.amount, booked.status, booked.made_by, booked.checked_by) == (100, "booked", "U-1", "U-2")
        assert (held(drawer), balances(account), balance("cash")) == (100, [100], 100)
        assert queries.discrepancies() == []

    def test_is_taken_off_what_the_day_and_the_drawer_took_in(self, wrong, account, drawer):
        correct(wrong, right(account))
        [day] = settlement_queries.cash_day(CashMovement.objects.all(), TODAY)
        assert (day.paid_in, day.paid_out) == (100, 0)
        assert drawer_queries.day_of(drawer, TODAY) == (100, 0)

    def test_puts_the_cash_right_on_its_day_and_the_drawer_today(self, wrong, account, drawer):
        tomorrow = TODAY + timedelta(days=1)
        correct(wrong, right(account), on=tomorrow)
        [day] = settlement_queries.cash_day(CashMovement.objects.all(), TODAY)
        assert (day.paid_in, settlement_queries.cash_day(CashMovement.objects.all(), tomorrow)) == (100, [])
        assert [drawer_queries.day_of(drawer, on)[0] for on in (TODAY, tomorrow)] == [1000, -900]

    def test_only_reverses_where_nothing_is_booked_instead(self, wrong, account, drawer):
        correction = correct(wrong)
        assert (correction.replacement, held(drawer), balances(account)) == (None, 0, [0])

    def test_moves_cash_to_the_account_it_was_for(self, wrong, account, other, drawer):
        correct(wrong, right(other, "1000"))
        assert (held(drawer), balances(account, other)) == (1000, [0, 1000])

    def test_turns_cash_that_went_the_other_way(self, account, drawer, operations):
        pay_in(account, "500", operations)
        out = fetch_cash(account, Decimal(50), text="", key="o", on=TODAY, at=NOW, by=operations.reference)
        correct(out, right(account, "50"))
        assert (held(drawer), balances(account)) == (550, [550])
        assert queries.discrepancies() == []

    def test_leaves_a_trace_and_tells_the_owner(self, wrong, account):
        correction = correct(wrong, right(account))
        event = AuditEvent.objects.get(verb="settlement.cash_correction_confirm")
        assert (event.subject, event.by, event.at) == (correction.reference, "U-2", LATER)
        assert event.details["instead"] == correction.replacement.reference
        notice = Notice.objects.get(code="cash_corrected")
        assert notice.address == "+8613800138000"
        assert "Taken back: Paid in ¥1,000.00. Booked instead: Paid in ¥100.00." in notices.text_of(notice)

    def test_refuses_whoever_asked_or_holds_the_drawer(self, wrong, operations):
        correction = ask(wrong)
        for person in ("U-1", operations.reference):
            with pytest.raises(settlement.SamePerson):
                settlement.confirm_correction(correction, on=TODAY, at=LATER, by=person)
        assert CashMovement.objects.get(pk=wrong.pk).status == "booked"

    def test_is_refused_once_it_was_decided_on(self, wrong):
        correction = correct(wrong)
        with pytest.raises(TransitionRefused):
            settlement.confirm_correction(correction, on=TODAY, at=LATER, by="U-3")
        with pytest.raises(settlement.CorrectionExists):
            ask(wrong, key="x2")

    def test_corrects_in_turn_what_was_booked_instead(self, wrong, account, drawer):
        first = correct(wrong, right(account))
        second = ask(first.replacement, right(account, "110"), key="x2")
        settlement.confirm_correction(second, on=TODAY, at=LATER, by="U-2")
        assert (held(drawer), balances(account)) == (110, [110])
        assert queries.discrepancies() == []

    def test_above_the_limit_needs_no_third_person(self, account, bank, operations):
        make_drawer(bank.branch, operations, limit="90000")
        wrong = pay_in(account, "5000", operations)
        assert correct(wrong, right(account, "50000")).replacement.status == "booked"


class TestSpent:
    def test_is_refused_and_says_how_much_is_left(self, wrong, account, operations):
        fetch_cash(account, Decimal(950), text="", key="o", on=TODAY, at=NOW, by=operations.reference)
        correction = ask(wrong, right(account, "10"))
        with pytest.raises(settlement.CorrectionSpent) as refused:
            settlement.confirm_correction(correction, on=TODAY, at=LATER, by="U-2")
        assert refused.value.params["available"] == 50
        assert sentence(refused.value).count("Money paid out ¥950.00") == 1
        assert CashMovement.objects.get(pk=wrong.pk).status == "booked"
        assert CashCorrection.objects.get().status == "waiting"
        assert not Notice.objects.filter(code="cash_corrected").exists()

    def test_names_what_the_account_lacks_that_should_have_paid(self, account, other, operations, drawer):
        pay_in(account, "300", operations, key="i")
        pay_in(other, "20", operations, key="i2")
        told = {"text": "", "key": "o", "on": TODAY, "at": NOW, "by": operations.reference}
        paid_out = fetch_cash(account, Decimal(100), **told)
        correction = ask(paid_out, right(other, "100", "out"))  # from the first account nothing is taken back
        with pytest.raises(ledger.InsufficientFunds) as refused:
            settlement.confirm_correction(correction, on=TODAY, at=LATER, by="U-2")
        assert refused.value.params["available"] == 20

    def test_asks_for_no_more_than_is_taken_back_in_the_end(self, wrong, account, operations, drawer):
        fetch_cash(account, Decimal(50), text="", key="o", on=TODAY, at=NOW, by=operations.reference)
        correct(wrong, right(account, "50"))  # 950 are there, 950 go: not 1000
        assert (held(drawer), balances(account)) == (0, [0])

    def test_is_refused_from_a_frozen_account(self, wrong, account):
        correction = ask(wrong)
        settlement.freeze(account, reason="court order", by="U-1", at=NOW)
        with pytest.raises(settlement.AccountNotOpen) as refused:
            settlement.confirm_correction(correction, on=TODAY, at=LATER, by="U-2")
        assert account.grouped_number in sentence(refused.value)

    def test_takes_its_receipt_so_that_no_department_claims_it(self, wrong):
        correction = correct(wrong)
        receipt = Receipt.objects.get()
        assert (receipt.claimed_by, receipt.claimed_for) == ("correction", correction.reference)

    def test_is_refused_when_a_department_used_it(self, wrong):
        with transaction.atomic():
            settlement.claim_receipt(Receipt.objects.get(), purpose="loans", subject="L-1", at=NOW, by="U-1")
        correction = ask(wrong)
        with pytest.raises(settlement.ReceiptClaimed) as refused:
            settlement.confirm_correction(correction, on=TODAY, at=LATER, by="U-2")
        assert "paid L-1" in sentence(refused.value)


class TestCountedSince:
    def test_a_difference_that_was_booked_is_undone_and_the_drawer_stays(self, wrong, account, drawer):
        counted = count(drawer, "100", reason="nobody knows")
        settlement.confirm_count(counted, on=TODAY, at=NOW, by="U-2")
        assert (held(drawer), balance("cash_difference")) == (100, 900)
        correction = correct(wrong, right(account))
        assert (held(drawer), balance("cash_difference"), balances(account)) == (100, 0, [100])
        assert correction.difference.event == "cash_difference"
        assert queries.discrepancies() == []

    def test_what_was_counted_and_agreed_shows_as_a_difference(self, wrong, account, drawer):
        count(drawer, "1000", closes=TODAY)  # the day is closed, and takes no line any more
        correct(wrong, right(account))
        assert (held(drawer), balance("cash"), balance("cash_difference")) == (1000, 1000, -900)
        assert queries.discrepancies() == []

    def test_another_account_makes_no_difference(self, wrong, account, other, drawer):
        count(drawer, "1000", closes=TODAY)
        correction = correct(wrong, right(other, "1000"))
        assert (correction.difference, held(drawer), balances(account, other)) == (None, 1000, [0, 1000])
        assert queries.discrepancies() == []

    def test_a_drawer_that_was_given_up_stays_empty(self, bank, account, drawer, wrong, operations):
        vault = make_drawer(bank.branch)
        handover = settlement.hand_over(
            drawer, vault, Decimal(1000), key="h", on=TODAY, at=NOW, by=operations.reference
        )
        settlement.take_over(handover, on=TODAY, at=NOW, by="U-1")
        settlement.close_drawer(drawer, at=NOW, by="U-1")
        correct(wrong, right(account))
        assert (held(drawer), held(vault), balance("cash_difference")) == (0, 1000, -900)
        assert queries.discrepancies() == []

    def test_is_refused_while_a_difference_waits(self, wrong, drawer):
        correction = ask(wrong)
        waiting = count(drawer, "100", reason="nobody knows")
        with pytest.raises(settlement.DrawerWaits) as refused:
            settlement.confirm_correction(correction, on=TODAY, at=LATER, by="U-2")
        assert waiting.reference in sentence(refused.value)

    def test_is_refused_when_less_lies_in_the_drawer_than_would_leave(self, bank, account, drawer, wrong, operations):
        vault = make_drawer(bank.branch)
        handover = settlement.hand_over(drawer, vault, Decimal(200), key="h", on=TODAY, at=NOW, by=operations.reference)
        settlement.take_over(handover, on=TODAY, at=NOW, by="U-1")
        correction = ask(wrong, right(account))
        with pytest.raises(settlement.DrawerShort):
            settlement.confirm_correction(correction, on=TODAY, at=LATER, by="U-2")
        assert DrawerLine.objects.filter(correction__isnull=False).count() == 0


class TestSlips:
    def test_keeps_its_number_on_what_is_booked_instead(self, slip, account, bag):
        correction = correct(slip, right(account, slip_number="17", slip_date=YESTERDAY))
        assert correction.replacement.slip_number == "17"
        assert (held(bag), balances(account)) == (100, [100])
        assert queries.discrepancies() == []

    def test_entered_again_is_the_right_one_or_refused(self, slip, account, bag):
        correction = correct(slip, right(account, slip_number="17", slip_date=YESTERDAY))
        assert enter(bag, account, "100") == correction.replacement
        with pytest.raises(settlement.SlipReused) as refused:
            enter(bag, account, "1000")  # a machine that sends the wrong one again
        assert refused.value.params["reference"] == correction.replacement.reference
        assert held(bag) == 100

    def test_keeps_the_number_of_what_was_only_reversed(self, slip, account, bag):
        correct(slip)
        for amount in ("1000", "100"):
            with pytest.raises(settlement.SlipReused):
                enter(bag, account, amount)
        assert held(bag) == 0

    def test_frees_a_number_that_was_mistyped(self, slip, account, bag):
        correct(slip, right(account, "1000", slip_number="71"))
        assert enter(bag, account, "30", number="17").status == "booked"
        with pytest.raises(settlement.SlipReused):
            enter(bag, account, "31", number="71")
        assert held(bag) == 1030

    def test_refuses_the_number_of_another_slip(self, slip, account, bag):
        enter(bag, account, "30", number="18")
        with pytest.raises(settlement.SlipReused):
            ask(slip, right(account, slip_number="18"))

    def test_refuses_a_number_that_was_entered_meanwhile(self, slip, account, bag):
        correction = ask(slip, right(account, slip_number="18"))
        enter(bag, account, "30", number="18")
        with pytest.raises(settlement.SlipReused):
            settlement.confirm_correction(correction, on=TODAY, at=LATER, by="U-2")

    def test_refuses_no_number_and_a_day_to_come(self, slip, account):
        with pytest.raises(settlement.SlipNumberMissing):
            ask(slip, right(account))
        with pytest.raises(settlement.SlipDateToCome):
            ask(slip, right(account, slip_number="17", slip_date=TODAY + timedelta(days=1)))


class TestDecline:
    def test_leaves_what_is_booked_and_frees_it_for_another(self, wrong, account, drawer):
        correction = ask(wrong)
        settlement.decline_correction(correction, reason="the receipt says 1000", at=LATER, by="U-2")
        assert (correction.status, correction.check_reason) == ("declined", "the receipt says 1000")
        assert (held(drawer), balances(account)) == (1000, [1000])
        assert ask(wrong, key="x2").status == "waiting"

    def test_refuses_without_a_reason(self, wrong):
        with pytest.raises(settlement.ReasonMissing):
            settlement.decline_correction(ask(wrong), reason="", at=LATER, by="U-2")


class TestDatabase:
    def test_keeps_what_was_asked(self, wrong, account):
        ask(wrong, right(account))
        with pytest.raises(IntegrityError, match="never rewritten"), transaction.atomic():
            CashCorrection.objects.update(amount=1)

    def test_books_nothing_by_one_person(self, wrong):
        ask(wrong)
        with pytest.raises(IntegrityError, match="correction_is_booked_by_another"), transaction.atomic():
            CashCorrection.objects.update(status="booked", checked_by="U-1", reversal=wrong.entry)


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_two_who_confirm_at_once_reverse_once(self, wrong, account, drawer):
        asked = ask(wrong, right(account))

        def confirm(by):
            found = CashCorrection.objects.get(pk=asked.pk)
            return lambda: settlement.confirm_correction(found, on=TODAY, at=LATER, by=by)

        came = together(confirm("U-2"), confirm("U-3"))
        assert sorted(type(each).__name__ for each in came) == ["NoneType", "TransitionRefused"]
        assert (held(drawer), balances(account)) == (100, [100])
        assert JournalEntry.objects.filter(reverses=wrong.entry).count() == 1

    def test_a_count_that_waited_for_the_drawer_counted_what_came_before_it(self, account, drawer, operations):
        began, came = NOW, NOW + timedelta(minutes=5)
        counting = threading.Thread(target=lambda: together(lambda: count(drawer, "1000", at=began)))
        with transaction.atomic():
            lock(account)
            drawers.lock(drawer)
            counting.start()
            counting.join(0.5)
            assert counting.is_alive()
            told = {"drawer": drawer, "text": "", "on": TODAY, "at": came, "by": operations.reference}
            wrong = take(account, Way.IN, Decimal(1000), **told)
        counting.join()
        correct(wrong, right(account))
        assert (held(drawer), balance("cash_difference")) == (1000, -900)

    def test_a_customer_who_pays_out_at_the_same_time_spends_it_or_not(self, wrong, account, operations, drawer):
        asked = ask(wrong)

        def pay_out():
            told = {"text": "", "key": "o", "on": TODAY, "at": NOW, "by": operations.reference}
            return fetch_cash(account, Decimal(400), **told)

        came = together(lambda: settlement.confirm_correction(asked, on=TODAY, at=LATER, by="U-2"), pay_out)
        assert sum(isinstance(each, Exception) for each in came) == 1
        assert (held(drawer), balances(account)) in [(0, [0]), (600, [600])]


class TestWithoutDrawers:
    def test_corrects_cash_that_lies_in_no_drawer(self, account):
        teller = make_user("Lin Bo")
        wrong = pay_in(account, "1000", teller)
        correct(wrong, right(account))
        assert (balances(account), balance("cash"), balance("cash_difference")) == ([100], 100, 0)
        assert queries.discrepancies() == []
