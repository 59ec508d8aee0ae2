"""Money kept back: what it does to the two balances, and how it ends."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import transaction

from accounts.ledger import operations as ledger
from accounts.ledger import queries
from accounts.ledger.models import Hold, JournalEntry, LedgerAccount
from accounts.ledger.tests.builders import NOW, make_customer_account, make_entry, make_hold
from portal.core.models import AuditEvent
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


class TestVoid:
    def test_releases_the_money(self, shop):
        hold = make_hold(shop)
        void(hold)
        assert (balances(shop), hold.status) == ((100, 100), "voided")
        assert AuditEvent.objects.filter(subject=hold.reference, verb="ledger.hold_voided", by="U-2").count() == 1

    def test_of_a_hold_that_ended_is_refused(self, shop):
        hold = make_hold(shop)
        void(hold)
        with pytest.raises(TransitionRefused):
            void(hold)
        assert balances(shop) == (100, 100)


class TestExpire:
    def test_releases_only_what_is_over(self, transactional_db, shop):
        over, going_on = make_hold(shop, hours=1), make_hold(shop, "5.00", hours=2)
        assert ledger.expire_holds(at=over.expires_at) == 1
        assert ledger.expire_holds(at=over.expires_at) == 0
        assert (balances(shop), list(queries.pending_holds(shop))) == ((100, 95), [going_on])
        over.refresh_from_db()
        assert (over.status, over.ended_at) == ("expired", over.expires_at)


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

    def test_of_two_who_void_one_wins(self, shop):
        hold = make_hold(shop)
        came = together(*[partial(void, Hold.objects.get(pk=hold.pk)) for _number in range(4)])
        assert sum(isinstance(each, TransitionRefused) for each in came) == 3
        assert balances(shop) == (100, 100)
        assert queries.discrepancies() == []
