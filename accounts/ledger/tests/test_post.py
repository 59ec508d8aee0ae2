"""Posting: what moves, what is refused, what happens once."""

from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from django.db import transaction

from accounts.ledger import operations as ledger
from accounts.ledger import queries
from accounts.ledger.chart import CHART
from accounts.ledger.models import JournalEntry, LedgerAccount, LedgerBalance, Posting
from accounts.ledger.tests.builders import NOW, TODAY, make_customer_account, make_entry
from portal.core.tests.together import together


def post(lines, **changed):
    told = {"key": "k", "event": "deposit", "subject": "counter", "effective_date": TODAY, "at": NOW, "by": "U-1"}
    with transaction.atomic():
        return ledger.post(lines=lines, **(told | changed))


class TestOpenBooks:
    def test_opens_each_account_of_the_chart_once(self, bank):
        first = ledger.open_books("EUR", at=NOW)
        assert ledger.open_books("EUR", at=NOW) == first
        assert len({account.purpose for account in first}) == len(first) == len(CHART)

    def test_stands_contra_accounts_on_the_other_side(self, bank):
        assert LedgerAccount.objects.named("loan_loss_provision").normal_side == "credit"
        assert LedgerAccount.objects.named("loans_principal").normal_side == "debit"

    def test_keeps_the_books_of_currencies_apart(self, bank):
        ledger.open_books("EUR", at=NOW)
        assert LedgerAccount.objects.named("cash", "EUR") != LedgerAccount.objects.named("cash")


class TestPost:
    def test_moves_both_accounts(self, cash, shop):
        make_entry(cash, shop, "120.50")
        assert (queries.balance(cash), queries.balance(shop)) == (Decimal("120.50"), Decimal("120.50"))

    def test_records_who_when_and_what_for(self, cash, shop):
        entry = post([ledger.debit(cash, Decimal(5)), ledger.credit(shop, Decimal(5))], subject="slip 7")
        assert (entry.by, entry.posted_at, entry.effective_date) == ("U-1", NOW, TODAY)
        assert (entry.event, entry.subject, entry.line_count) == ("deposit", "slip 7", 2)

    def test_returns_the_first_entry_for_the_same_key_and_content(self, cash, shop):
        lines = [ledger.debit(cash, Decimal(5)), ledger.credit(shop, Decimal(5))]
        assert post(lines) == post(lines, by="U-2")
        assert queries.balance(shop) == 5

    @pytest.mark.parametrize(
        "changed", [{"event": "fee"}, {"subject": "other"}, {"effective_date": date(2026, 3, 1)}, {"text": "x"}]
    )
    def test_refuses_a_key_that_posted_something_else(self, cash, shop, changed):
        lines = [ledger.debit(cash, Decimal(5)), ledger.credit(shop, Decimal(5))]
        post(lines)
        with pytest.raises(ledger.KeyReused):
            post(lines, **changed)

    def test_refuses_a_key_that_posted_another_amount(self, cash, shop):
        post([ledger.debit(cash, Decimal(5)), ledger.credit(shop, Decimal(5))])
        with pytest.raises(ledger.KeyReused):
            post([ledger.debit(cash, Decimal(6)), ledger.credit(shop, Decimal(6))])

    @pytest.mark.parametrize("amount", ["0", "-1", "0.001", "1000000000000", "NaN", "Infinity"])
    def test_refuses_an_amount_that_is_no_money(self, cash, shop, amount):
        with pytest.raises(ledger.AmountRefused):
            make_entry(cash, shop, amount)
        assert not JournalEntry.objects.exists()

    def test_refuses_sides_that_differ(self, cash, shop):
        with pytest.raises(ledger.EntryUnbalanced):
            post([ledger.debit(cash, Decimal(5)), ledger.credit(shop, Decimal(4))])

    def test_refuses_sides_equal_only_across_currencies(self, cash, shop):
        ledger.open_books("EUR", at=NOW)
        euros = LedgerAccount.objects.named("cash", "EUR")
        with pytest.raises(ledger.EntryUnbalanced):
            post([ledger.debit(euros, Decimal(5)), ledger.credit(shop, Decimal(5))])

    def test_refuses_to_post_nothing(self, bank):
        with pytest.raises(ledger.EntryUnbalanced):
            post([])

    def test_refuses_a_summary(self, cash):
        with pytest.raises(ledger.AccountIsASummary):
            make_entry(cash, LedgerAccount.objects.named("customer_deposits"))

    def test_refuses_to_overdraw_a_customer(self, cash, shop):
        make_entry(cash, shop, "10.00")
        with pytest.raises(ledger.InsufficientFunds):
            make_entry(shop, cash, "10.01")
        assert queries.balance(shop) == 10

    def test_lets_a_customer_go_as_low_as_the_terms_allow(self, cash, bank):
        with transaction.atomic():
            lent = ledger.open_customer_account(
                "2011-overdraft",
                name_en="Kiln",
                name_zh_hans="Kiln",
                currency="CNY",
                at=NOW,
                overdraft_amount=Decimal(50),
            )
        make_entry(lent, cash, "50.00")
        with pytest.raises(ledger.InsufficientFunds):
            make_entry(lent, cash, "0.01")
        assert queries.balance(lent) == -50

    def test_nets_a_customer_who_stands_on_both_sides(self, cash, shop):
        amount = Decimal(10)
        lines = [ledger.debit(shop, amount), ledger.credit(cash, amount)]
        post([*lines, ledger.debit(cash, amount), ledger.credit(shop, amount)])
        assert queries.balance(shop) == 0


class TestReverse:
    def reverse(self, entry, key="undo"):
        with transaction.atomic():
            return ledger.reverse(entry, key=key, at=NOW, by="U-1", on=TODAY)

    def test_brings_every_balance_back(self, cash, shop):
        mirror = self.reverse(make_entry(cash, shop))
        assert (queries.balance(cash), queries.balance(shop)) == (0, 0)
        assert (mirror.event, mirror.reverses.event) == ("deposit_reversed", "deposit")

    def test_returns_the_first_reversal_for_the_same_key(self, cash, shop):
        entry = make_entry(cash, shop)
        assert self.reverse(entry) == self.reverse(entry)

    def test_refuses_a_second_reversal(self, cash, shop):
        entry = make_entry(cash, shop)
        self.reverse(entry)
        with pytest.raises(ledger.AlreadyReversed):
            self.reverse(entry, key="undo again")

    def test_refuses_to_reverse_a_reversal(self, cash, shop):
        mirror = self.reverse(make_entry(cash, shop))
        with pytest.raises(ledger.ReversalNotReversible):
            self.reverse(mirror, key="redo")

    def test_refuses_to_take_back_what_was_spent(self, cash, shop):
        entry = make_entry(cash, shop, "10.00")
        make_entry(shop, cash, "1.00")
        with pytest.raises(ledger.InsufficientFunds):
            self.reverse(entry)


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_posting_outside_a_transaction_is_a_programmers_mistake(self, cash, shop):
        with pytest.raises(AssertionError, match="belongs to the transaction"):
            ledger.post(
                key="k",
                event="deposit",
                subject="counter",
                lines=[ledger.debit(cash, Decimal(5)), ledger.credit(shop, Decimal(5))],
                effective_date=TODAY,
                at=NOW,
                by="U-1",
            )
        assert not JournalEntry.objects.exists()

    def test_fifty_posts_of_one_key_make_one_entry(self, cash, shop):
        entries = together(*[lambda: make_entry(cash, shop, key="once")] * 50, at_once=10)
        assert len(set(entries)) == JournalEntry.objects.count() == 1
        assert Posting.objects.count() == 2
        assert queries.balance(shop) == 100

    def test_of_two_withdrawals_that_need_all_the_money_one_wins(self, cash, shop):
        make_entry(cash, shop, "100.00")

        came = together(*[lambda: make_entry(shop, cash, "100.00")] * 2)
        assert sorted(type(each).__name__ for each in came) == ["InsufficientFunds", "JournalEntry"]
        assert LedgerBalance.objects.get(pk=shop.pk).amount == 0

    def test_of_four_reversals_one_wins(self, cash, shop):
        entry = make_entry(cash, shop, "100.00")

        def undo(number):
            with transaction.atomic():
                return ledger.reverse(entry, key=f"undo {number}", at=NOW, by="U-1", on=TODAY)

        came = together(*[partial(undo, number) for number in range(4)])
        assert sorted(type(each).__name__ for each in came) == ["AlreadyReversed"] * 3 + ["JournalEntry"]
        assert queries.balance(shop) == 0

    def test_opposite_transfers_never_wait_in_a_circle(self, cash, shop):
        other = make_customer_account("Noodles")
        make_entry(cash, shop, "100.00")
        make_entry(cash, other, "100.00")
        pairs = [(shop, other), (other, shop)]
        came = together(*[partial(make_entry, *pair, "1.00") for pair in pairs * 20], at_once=10)
        assert {type(each) for each in came} == {JournalEntry}
        assert (queries.balance(shop), queries.balance(other)) == (100, 100)
