"""Balances: at any date, from snapshots and without, and the check that recomputes them."""

from datetime import date
from decimal import Decimal
from functools import partial
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.ledger import operations as ledger
from accounts.ledger import queries, tasks
from accounts.ledger.models import BalanceSnapshot, LedgerAccount, LedgerBalance
from accounts.ledger.tests.builders import NOW, make_customer_account, make_entry, tamper
from portal.core.models import AuditEvent
from portal.core.tests.together import together

FEBRUARY = date(2026, 2, 28)
MARCH = date(2026, 3, 1)


class TestBalance:
    def test_is_told_for_any_day(self, cash, shop):
        make_entry(cash, shop, "100.00", on=FEBRUARY)
        make_entry(cash, shop, "11.00", on=MARCH)
        days = [date(2026, 2, 27), FEBRUARY, MARCH, None]
        assert [queries.balance(cash, on=day) for day in days] == [0, 100, 111, 111]
        assert [queries.balance(shop, on=day) for day in days] == [0, 100, 111, 111]

    def test_of_a_summary_is_that_of_the_accounts_below(self, cash, shop):
        make_entry(cash, shop, "100.00")
        make_entry(cash, make_customer_account("Noodles"), "7.00")
        assert queries.balance(LedgerAccount.objects.named("customer_deposits")) == 107

    def test_of_an_internal_account_may_be_negative(self, cash):
        make_entry(LedgerAccount.objects.named("clearing"), cash, "3.00")
        assert queries.balance(cash) == -3

    def test_comes_in_the_currencys_digits(self, cash, shop):
        make_entry(cash, shop, "3.5")
        assert (str(queries.balance(cash)), str(queries.balance(shop))) == ("3.50", "3.50")


class TestSnapshots:
    def test_change_no_balance(self, cash, shop):
        make_entry(cash, shop, "100.00", on=FEBRUARY)
        make_entry(cash, shop, "11.00", on=MARCH)
        before = [queries.balance(cash, on=day) for day in (FEBRUARY, MARCH, None)]
        assert ledger.take_snapshots(FEBRUARY, at=NOW) == 2
        assert [queries.balance(cash, on=day) for day in (FEBRUARY, MARCH, None)] == before

    def test_let_a_posting_be_dated_back(self, cash, shop):
        make_entry(cash, shop, "100.00", on=FEBRUARY)
        ledger.take_snapshots(FEBRUARY, at=NOW)
        make_entry(cash, shop, "11.00", on=date(2026, 2, 1))
        assert [queries.balance(cash, on=day) for day in (date(2026, 2, 1), FEBRUARY, None)] == [11, 111, 111]

    def test_build_on_the_ones_before(self, cash, shop):
        make_entry(cash, shop, "100.00", on=date(2026, 1, 31))
        ledger.take_snapshots(date(2026, 1, 31), at=NOW)
        make_entry(cash, shop, "1.00", on=date(2026, 1, 15))
        make_entry(cash, shop, "10.00", on=FEBRUARY)
        ledger.take_snapshots(FEBRUARY, at=NOW)
        newest = BalanceSnapshot.objects.get(ledger_account=cash, as_of=FEBRUARY)
        assert (newest.debit_amount, newest.credit_amount) == (111, 0)
        assert queries.discrepancies() == []

    def test_are_not_taken_where_nothing_moved(self, cash, shop):
        make_entry(cash, shop, "100.00", on=FEBRUARY)
        ledger.take_snapshots(FEBRUARY, at=NOW)
        assert ledger.take_snapshots(MARCH, at=NOW) == 0

    def test_taken_twice_for_a_day_stand_once(self, cash, shop):
        make_entry(cash, shop, "100.00", on=FEBRUARY)
        ledger.take_snapshots(FEBRUARY, at=NOW)
        make_entry(cash, shop, "1.00", on=FEBRUARY)
        assert ledger.take_snapshots(FEBRUARY, at=NOW) == 0
        assert queries.balance(cash, on=FEBRUARY) == 101

    def test_are_taken_every_night_for_the_day_before(self, cash, shop):
        make_entry(cash, shop, "100.00", on=FEBRUARY)
        tasks.take_snapshots()
        assert BalanceSnapshot.objects.filter(ledger_account=cash).count() == 1


@pytest.mark.django_db(transaction=True)
class TestSnapshotsWhileOthersPost:
    def test_miss_nothing_and_count_nothing_twice(self, cash, shop):
        def act(number):
            if number % 10 == 0:
                return ledger.take_snapshots(date(2026, 3, 1 + number // 10), at=NOW)
            return make_entry(cash, shop, "1.00", on=date(2026, 3, 1 + number % 5))

        came = together(*[partial(act, number) for number in range(100)], at_once=6)
        assert not [each for each in came if isinstance(each, Exception)]
        assert queries.balance(cash) == queries.balance(shop) == 90
        assert queries.discrepancies() == []


class TestTrialBalance:
    def test_sums_customers_under_their_summary(self, cash, shop):
        make_entry(cash, shop, "100.00", on=FEBRUARY)
        make_entry(cash, make_customer_account("Noodles"), "50.00", on=MARCH)
        now, before = queries.trial_balance(MARCH), queries.trial_balance(FEBRUARY)
        assert (now.of("cash"), now.of("customer_deposits")) == (150, 150)
        assert (before.of("cash"), before.of("customer_deposits")) == (100, 100)
        assert now.debit_total == now.credit_total == 150

    def test_keeps_to_its_currency(self, cash, shop):
        ledger.open_books("EUR", at=NOW)
        make_entry(cash, shop)
        euros = queries.trial_balance(MARCH, currency="EUR")
        assert {row.ledger_account.currency for row in euros.rows} == {"EUR"}
        assert euros.debit_total == 0

    def test_costs_as_many_queries_with_many_accounts(self, cash, django_assert_num_queries):
        for number in range(12):
            make_entry(cash, make_customer_account(f"Shop {number}"))
        with django_assert_num_queries(3):
            queries.trial_balance(date(2026, 3, 31))


class TestCheckBooks:
    def test_finds_books_that_agree(self, cash, shop):
        make_entry(cash, shop)
        out = StringIO()
        call_command("check_books", stdout=out)
        assert out.getvalue() == "1 entries; the books agree.\n"

    def test_names_a_balance_that_is_off_by_the_least(self, cash, shop):
        make_entry(cash, shop)
        LedgerBalance.objects.filter(pk=shop.pk).update(amount=Decimal("100.001"))
        assert queries.discrepancies() == [
            queries.Discrepancy("customer_balance", shop.code, Decimal("100.001"), Decimal("100.000"))
        ]
        with pytest.raises(CommandError, match="wrong in 1 places"):
            call_command("check_books", stderr=StringIO())

    def test_names_a_snapshot_that_is_off(self, cash, shop):
        make_entry(cash, shop)
        BalanceSnapshot.objects.create(
            ledger_account=cash,
            as_of=date(2026, 3, 31),
            last_posting=2**62,
            debit_amount=99,
            credit_amount=0,
            taken_at=NOW,
        )
        assert [(each.kind, each.kept) for each in queries.discrepancies()] == [("snapshot", 99)]

    def test_names_an_entry_that_is_uneven_in_one_of_its_currencies(self, cash):
        ledger.open_books("EUR", at=NOW)
        pairs = [(cash, "CNY"), (LedgerAccount.objects.named("cash", "EUR"), "EUR")]
        lines = [
            line
            for money, currency in pairs
            for line in (
                ledger.debit(money, Decimal(3)),
                ledger.credit(LedgerAccount.objects.named("clearing", currency), Decimal(3)),
            )
        ]
        with transaction.atomic():
            entry = ledger.post(key="two", event="e", subject="s", lines=lines, effective_date=MARCH, at=NOW, by="U-1")
        assert queries.discrepancies() == []
        tamper("accounts_posting", "amount = 3.001 WHERE line_number IN (3, 4) AND direction = 'debit'")
        assert ("entry", entry.reference) in [(each.kind, each.subject) for each in queries.discrepancies()]

    def test_names_a_posting_whose_entry_is_gone(self, cash, shop):
        entry = make_entry(cash, shop)
        tamper("accounts_posting", f"entry_id = {2**40} WHERE line_number = 2")
        lost = entry.postings.model.objects.get(entry=2**40)
        assert queries.discrepancies() == [
            queries.Discrepancy("entry", entry.reference, Decimal(2), Decimal(1)),
            queries.Discrepancy("astray", f"posting {lost.pk}", lost.amount, Decimal(0)),
        ]

    def test_raises_the_alarm_at_night(self, cash, shop, caplog):
        make_entry(cash, shop)
        LedgerBalance.objects.filter(pk=shop.pk).update(amount=1)
        tasks.check_books()
        assert [record.levelname for record in caplog.records] == ["ERROR"]
        assert "books_wrong" in caplog.text
        assert queries.last_check().difference_count == 1
        event = AuditEvent.objects.get(verb="ledger.books_wrong")
        assert event.details == {"differences": [f"customer_balance {shop.code}: 1.000 / 100.000"]}

    def test_keeps_quiet_where_the_books_agree(self, cash, shop, caplog):
        make_entry(cash, shop)
        tasks.check_books()
        assert (caplog.records, queries.last_check().difference_count) == ([], 0)
        assert not AuditEvent.objects.filter(verb="ledger.books_wrong").exists()
