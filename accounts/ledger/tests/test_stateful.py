"""The ledger against a model of itself: posts, replays, reversals, holds, closings, snapshots, dates back and forth."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from accounts.ledger import operations as ledger
from accounts.ledger import queries
from accounts.ledger.models import Direction, JournalEntry, LedgerAccount
from accounts.ledger.tests.builders import NOW, close_month, make_customer_account, make_hold
from portal.core.transitions import TransitionRefused

FIRST = date(2026, 1, 1)
PURPOSES = ("cash", "nostro", "loans_principal", "fee_income")
amounts = st.integers(1, 5_000).map(lambda cents: Decimal(cents) / 100)
days = st.integers(0, 60).map(lambda number: FIRST + timedelta(days=number))
places = st.integers(0, 7)
QUIET = {"suppress_health_check": list(HealthCheck)}


class LedgerMachine(RuleBasedStateMachine):
    """Four of the bank's own accounts, four customers, and a plain list of everything that should be posted."""

    steps = 0

    def __init__(self):
        super().__init__()
        self.before = transaction.savepoint()
        self.accounts = [LedgerAccount.objects.named(purpose) for purpose in PURPOSES]
        self.accounts += [make_customer_account(f"Customer {number}") for number in range(4)]
        self.entries = []  # (entry, lines, day), lines as (account, direction, amount)
        self.reversed = set()
        self.holds = {}  # pending ones, with their account and amount
        self.closed_up_to = date.min
        self.count = 0

    def teardown(self):
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            assert queries.discrepancies() == []
        finally:
            transaction.savepoint_rollback(self.before)

    def expected(self, account, on=date.max):
        return sum(
            (
                amount if direction == account.normal_side else -amount
                for _entry, lines, day in self.entries
                for each, direction, amount in lines
                if each.pk == account.pk and day <= on
            ),
            Decimal(0),
        )

    def available(self, account):
        held = sum((amount for each, amount in self.holds.values() if each.pk == account.pk), Decimal(0))
        return self.expected(account) - held

    def overdraws(self, lines):
        changes = {}
        for account, direction, amount in lines:
            if account.is_customer:
                change = amount if direction == account.normal_side else -amount
                changes[account] = changes.get(account, Decimal(0)) + change
        return any(change < 0 and self.available(account) + change < 0 for account, change in changes.items())

    def attempt(self, act, lines, day):
        """Do it; the ledger and the model must agree whether it is refused, for a closed month or for want of money."""
        refused = self.overdraws(lines) and ledger.InsufficientFunds
        if day <= self.closed_up_to:
            refused = ledger.PeriodClosed
        if refused:
            with pytest.raises(refused), transaction.atomic():
                act()
            return None
        with transaction.atomic():
            entry = act()
        self.entries.append((entry, lines, day))
        return entry

    def post(self, key, lines, day):
        return ledger.post(
            key=key,
            event="deposit",
            subject="machine",
            lines=[ledger.Line(*line) for line in lines],
            effective_date=day,
            at=NOW,
            by="U-1",
        )

    @rule(debited=places, credited=places, amount=amounts, fee=st.none() | amounts, day=days)
    def post_one(self, debited, credited, amount, fee, day):
        debit, credit = self.accounts[debited], self.accounts[credited]
        lines = [(debit, Direction.DEBIT, amount), (credit, Direction.CREDIT, amount)]
        if fee:
            lines += [(debit, Direction.DEBIT, fee), (self.accounts[3], Direction.CREDIT, fee)]
        self.count += 1
        key = f"key {self.count}"
        self.attempt(lambda: self.post(key, lines, day), lines, day)

    @precondition(lambda self: self.entries)
    @rule(data=st.data())
    def replay(self, data):
        entry, lines, day = data.draw(st.sampled_from(self.entries))
        if entry.reverses_id is None and entry.subject == "machine":
            with transaction.atomic():
                assert self.post(entry.key, lines, day) == entry

    @precondition(lambda self: self.entries)
    @rule(data=st.data(), amount=amounts)
    def reuse_the_key(self, data, amount):
        entry, lines, day = data.draw(st.sampled_from(self.entries))
        more = [(account, direction, each + amount) for account, direction, each in lines[:2]]
        with pytest.raises(ledger.KeyReused), transaction.atomic():
            self.post(entry.key, more, day + timedelta(days=1))

    @precondition(lambda self: self.entries)
    @rule(data=st.data(), day=days)
    def reverse(self, data, day):
        entry, lines, _day = data.draw(st.sampled_from(self.entries))

        def act():
            return ledger.reverse(entry, key=f"undo {entry.reference} {self.count}", at=NOW, by="U-1", on=day)

        self.count += 1
        if entry.reverses_id:
            with pytest.raises(ledger.ReversalNotReversible), transaction.atomic():
                act()
        elif entry.pk in self.reversed:
            with pytest.raises(ledger.AlreadyReversed), transaction.atomic():
                act()
        else:
            mirrored = [(account, direction.opposite, amount) for account, direction, amount in lines]
            if self.attempt(act, mirrored, day):
                self.reversed.add(entry.pk)

    @rule(place=st.integers(4, 7), amount=amounts)
    def hold(self, place, amount):
        account = self.accounts[place]
        self.count += 1

        def act():
            with transaction.atomic():
                return make_hold(account, str(amount), key=f"hold {self.count}")

        if self.available(account) < amount:
            with pytest.raises(ledger.InsufficientFunds):
                act()
        else:
            self.holds[act()] = (account, amount)

    @precondition(lambda self: self.holds)
    @rule(data=st.data(), part=st.integers(1, 100), place=places, day=days)
    def capture(self, data, part, place, day):
        hold = data.draw(st.sampled_from(list(self.holds)))
        account, amount = self.holds[hold]
        share = max(Decimal("0.01"), (amount * part / 100).quantize(Decimal("0.01")))
        other = self.accounts[place]
        lines = [(account, Direction.DEBIT, share), (other, Direction.CREDIT, share)]
        kept = self.holds.pop(hold)

        def act():
            return ledger.capture(hold, to_account=other, amount=share, on=day, at=NOW, by="U-1")

        if not self.attempt(act, lines, day):
            self.holds[hold] = kept

    @precondition(lambda self: self.holds)
    @rule(data=st.data())
    def void(self, data):
        hold = data.draw(st.sampled_from(list(self.holds)))
        del self.holds[hold]
        with transaction.atomic():
            ledger.void(hold, at=NOW, by="U-1")
        with pytest.raises(TransitionRefused), transaction.atomic():
            ledger.void(hold, at=NOW, by="U-1")

    @precondition(lambda self: len(self.entries) > 8)
    @rule(day=st.integers(0, 40).map(lambda number: FIRST + timedelta(days=number)))
    def close_a_month(self, day):
        last = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        if last <= self.closed_up_to:
            with pytest.raises(ledger.MonthAlreadyClosed):
                close_month(day, on=date(2026, 12, 1))
        else:
            close_month(day, on=date(2026, 12, 1))
            self.closed_up_to = last

    @rule()
    def seal(self):
        ledger.seal_entries(at=NOW)
        assert queries.first_broken() is None

    @rule(day=days)
    def take_snapshots(self, day):
        ledger.take_snapshots(day, at=NOW)

    @rule(place=places, day=days)
    def read_a_past_balance(self, place, day):
        account = self.accounts[place]
        assert queries.balance(account, on=day) == self.expected(account, day)

    @rule(day=days)
    def read_the_trial_balance(self, day):
        trial = queries.trial_balance(day)
        assert trial.debit_total == trial.credit_total
        assert trial.of("cash") == self.expected(self.accounts[0], day)

    @invariant()
    def steps_are_counted(self):
        LedgerMachine.steps += 1

    @invariant()
    def present_balances_are_the_models(self):
        account = self.accounts[self.count % len(self.accounts)]
        assert queries.balance(account) == self.expected(account)
        if account.is_customer:
            assert queries.available_balance(account) == self.available(account) >= 0

    @invariant()
    def every_acknowledged_entry_is_there_once(self):
        assert JournalEntry.objects.count() == len(self.entries)


def test_the_ledger_agrees_with_its_model(bank):
    run_state_machine_as_test(LedgerMachine, settings=settings(max_examples=12, stateful_step_count=30, **QUIET))


@pytest.mark.prove
def test_the_ledger_agrees_with_its_model_for_ten_thousand_steps(bank):
    LedgerMachine.steps = 0
    run_state_machine_as_test(LedgerMachine, settings=settings(max_examples=150, stateful_step_count=100, **QUIET))
    assert LedgerMachine.steps > 10_000
