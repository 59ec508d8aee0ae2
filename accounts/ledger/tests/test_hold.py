"""Money kept back: what it does to the two balances, and how it ends."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import transaction
from structlog.testing import capture_logs

from accounts.ledger import operations as ledger
from accounts.ledger import queries
from accounts.ledger.models import Hold, JournalEntry, LedgerAccount
from accounts.ledger.tests.builders import NOW, TODAY, make_customer_account, make_entry, make_hold
from portal.core.models import AuditEvent
from portal.core.tests.faults import break_writes
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def shop(cash):
    account = make_customer_account()
    make_entry(cash, account, "100.00")
    return account


def balances(account):
    return queries.balance(account), queries.available_balance(account)


def capture(hold, to_account, amount=None, at=LATER):
    with transaction.atomic():
        return ledger.capture(hold, to_account=to_account, amount=amount, on=TODAY, at=at, by="U-2")


def void(hold):
    with transaction.atomic():
        ledger.void(hold, at=LATER, by="U-2")


class TestHold:
    def test_keeps_money_back_and_books_nothing(self, shop):
        hold = make_hold(shop)
        assert balances(shop) == (100, 60)
        assert (hold.status, hold.state.tone, list(queries.pending_holds(shop))) == ("pending", "warning", [hold])
        assert JournalEntry.objects.count() == 1

    def test_records_who_and_when(self, shop):
        hold = make_hold(shop)
        event = AuditEvent.objects.get(subject=hold.reference)
        assert (event.verb, event.by, event.at) == ("ledger.hold_placed", "U-TELLER", NOW)
        assert event.details == {"account": shop.code, "amount": "40.00"}

    def test_of_the_same_key_is_placed_once(self, shop):
        assert make_hold(shop, key="once") == make_hold(shop, key="once")
        assert balances(shop) == (100, 60)

    def test_of_a_key_that_holds_something_else_is_refused(self, shop):
        make_hold(shop, key="once")
        with pytest.raises(ledger.KeyReused):
            make_hold(shop, "41.00", key="once")

    def test_of_the_same_key_again_is_answered_when_nothing_is_left(self, shop):
        assert make_hold(shop, "100.00", key="once") == make_hold(shop, "100.00", key="once")

    def test_of_more_than_is_available_is_refused(self, shop):
        make_hold(shop, "60.01")
        with pytest.raises(ledger.InsufficientFunds):
            make_hold(shop, "40.00")
        assert Hold.objects.count() == 1

    @pytest.mark.parametrize("amount", ["0", "-1", "0.001"])
    def test_of_an_impossible_amount_is_refused(self, shop, amount):
        with pytest.raises(ledger.AmountRefused):
            make_hold(shop, amount)

    def test_stands_in_the_way_of_a_payment(self, shop, cash):
        make_hold(shop)
        with pytest.raises(ledger.InsufficientFunds):
            make_entry(shop, cash, "60.01")
        make_entry(shop, cash, "60.00")
        assert balances(shop) == (40, 0)

    def test_outside_a_transaction_is_a_programmers_mistake(self, transactional_db):
        with pytest.raises(AssertionError, match="belongs to the transaction"):
            ledger.hold(
                LedgerAccount(), Decimal(1), key="k", event="e", subject="s", expires_at=LATER, at=NOW, by="U-1"
            )


class TestCapture:
    def test_books_the_whole(self, shop, cash):
        hold = make_hold(shop)
        entry = capture(hold, cash)
        assert balances(shop) == (60, 60)
        hold.refresh_from_db()
        assert (hold.status, hold.captured_entry, hold.ended_at, hold.ended_by) == ("captured", entry, LATER, "U-2")
        assert (entry.event, entry.subject) == ("withdrawal", "order 7")

    def test_books_a_part_and_releases_the_rest(self, shop, cash):
        capture(make_hold(shop), cash, Decimal("15.50"))
        assert balances(shop) == (Decimal("84.50"), Decimal("84.50"))

    def test_pays_another_customer(self, shop):
        other = make_customer_account("Noodles")
        capture(make_hold(shop), other)
        assert (balances(shop), balances(other)) == ((60, 60), (40, 40))

    def test_again_returns_the_first_entry(self, shop, cash):
        hold = make_hold(shop)
        assert capture(hold, cash) == capture(hold, cash)
        assert balances(shop) == (60, 60)

    def test_again_with_other_content_is_refused(self, shop, cash):
        hold = make_hold(shop)
        capture(hold, cash)
        with pytest.raises(ledger.KeyReused):
            capture(hold, cash, Decimal(1))

    def test_of_more_than_was_held_is_refused(self, shop, cash):
        with pytest.raises(ledger.CaptureExceedsHold):
            capture(make_hold(shop), cash, Decimal("40.01"))
        assert balances(shop) == (100, 60)

    def test_after_its_time_is_refused(self, shop, cash):
        hold = make_hold(shop)
        with pytest.raises(ledger.HoldExpired):
            capture(hold, cash, at=hold.expires_at)

    def test_of_a_voided_hold_is_refused(self, shop, cash):
        hold = make_hold(shop)
        void(hold)
        with pytest.raises(TransitionRefused):
            capture(hold, cash)


class TestVoid:
    def test_releases_the_money(self, shop):
        hold = make_hold(shop)
        void(hold)
        assert (balances(shop), hold.status) == ((100, 100), "voided")
        assert AuditEvent.objects.filter(subject=hold.reference, verb="ledger.hold_voided", by="U-2").count() == 1

    def test_of_a_captured_hold_is_refused(self, shop, cash):
        hold = make_hold(shop)
        capture(hold, cash)
        with pytest.raises(TransitionRefused):
            void(hold)
        assert balances(shop) == (60, 60)


class TestExpire:
    def test_releases_only_what_is_over(self, transactional_db, shop):
        over, going_on = make_hold(shop, hours=1), make_hold(shop, "5.00", hours=2)
        assert ledger.expire_holds(at=over.expires_at) == 1
        assert ledger.expire_holds(at=over.expires_at) == 0
        assert (balances(shop), list(queries.pending_holds(shop))) == ((100, 95), [going_on])
        over.refresh_from_db()
        assert (over.status, over.ended_at) == ("expired", over.expires_at)

    def test_of_one_that_fails_by_a_fault_of_ours_does_not_keep_the_others_held(self, db, shop):
        stuck, over = make_hold(shop, hours=1), make_hold(shop, "5.00", hours=1)
        break_writes(Hold, f"NEW.id = {stuck.pk}")
        with capture_logs() as logs:
            assert ledger.expire_holds(at=over.expires_at) == 1
        assert (balances(shop), list(queries.pending_holds(shop))) == ((100, 60), [stuck])
        assert [(each["event"], each["reference"]) for each in logs] == [("ledger.hold_not_expired", stuck.reference)]


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_holds_and_payments_never_give_more_than_there_is(self, shop, cash):
        def act(number):
            if number % 2:
                return make_hold(shop, "30.00")
            return make_entry(shop, cash, "30.00", key=f"out {number}")

        came = together(*[partial(act, number) for number in range(8)])
        assert sum(isinstance(each, ledger.InsufficientFunds) for each in came) == 5
        assert queries.available_balance(shop) == 10
        assert queries.discrepancies() == []

    def test_of_a_capture_and_a_void_one_wins(self, shop, cash):
        hold = make_hold(shop)

        def act(number):
            own = Hold.objects.get(pk=hold.pk)
            if number % 2:
                return capture(own, cash)
            void(own)
            return own

        came = together(*[partial(act, number) for number in range(4)])
        assert not [each for each in came if isinstance(each, Exception) and not isinstance(each, TransitionRefused)]
        hold.refresh_from_db()
        assert balances(shop) == ((60, 60) if hold.status == "captured" else (100, 100))
        assert queries.discrepancies() == []
