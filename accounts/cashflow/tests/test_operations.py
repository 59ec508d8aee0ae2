"""Receiving, reading and withdrawing statements."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.cashflow import operations
from accounts.cashflow.models import BankTransaction, StatementImport
from accounts.cashflow.states import Status
from accounts.cashflow.tests.builders import (
    NOW,
    make_broken,
    make_parsed,
    make_read,
    make_received,
    make_statement,
    make_upload,
)
from accounts.statements.parsing.tests.samples import xlsx
from accounts.statements.writing import as_camt053, as_csv, as_mt940
from portal.core.files import FileRefused
from portal.core.idempotency import KeyReused
from portal.core.models import AuditEvent, Job
from portal.core.transitions import TransitionRefused

COFFEE = ("2026-01-05", "-3.00", "Coffee House", "coffee")


def current(enterprise) -> list[Decimal]:
    """List the amounts that are evidence."""
    rows = BankTransaction.objects.current().filter(enterprise=enterprise)
    return list(rows.order_by("booked_on", "pk").values_list("amount", flat=True))


class TestReceive:
    """Receiving keeps the file and promises to read it."""

    def test_keeps_the_bytes_as_they_came(self, enterprise):
        statement = make_received(enterprise, b"whatever it is")
        with statement.file.open() as content:
            assert content.read() == b"whatever it is"

    def test_asks_for_it_to_be_read(self, enterprise):
        statement = make_received(enterprise, b"x")
        assert Job.objects.filter(name="cashflow.read", reference=statement.reference, done_at=None).count() == 1

    def test_records_who_and_when(self, enterprise):
        statement = make_received(enterprise, b"x")
        event = AuditEvent.objects.get(subject=statement.reference)
        assert (event.verb, event.by, event.at) == ("cashflow.statement_received", "U-1", NOW)

    def test_refuses_more_than_may_wait_but_knows_those_that_do(self, enterprise, stranger):
        first, *_others = [make_received(enterprise, f"file {number}".encode()) for number in range(20)]
        with pytest.raises(operations.StatementsWait) as refusal:
            make_received(enterprise, b"one more")
        assert refusal.value.params == {"most": 20}
        assert make_received(enterprise, b"file 0") == first
        assert make_received(stranger.memberships.get().enterprise, b"another's").status == Status.READING
        operations.read(first.reference, at=NOW)
        assert make_received(enterprise, b"one more").status == Status.READING

    def test_lets_the_statements_of_an_enterprise_take_turns(self, enterprise, stranger):
        files = [make_received(enterprise, b"1"), make_received(enterprise, b"2")]
        files.append(make_received(stranger.memberships.get().enterprise, b"3"))
        waits = Job.objects.filter(name="cashflow.read", due_at=None).values_list("reference", flat=True)
        assert list(waits) == [files[1].reference]

    def test_receives_once_what_is_sent_twice_under_a_key(self, enterprise):
        first, second = (operations.receive(enterprise, make_upload(b"x"), by="U-1", at=NOW, key="k") for _ in range(2))
        assert (first, StatementImport.objects.count()) == (second, 1)

    def test_refuses_a_key_that_brought_another_file(self, enterprise):
        operations.receive(enterprise, make_upload(b"x"), by="U-1", at=NOW, key="k")
        with pytest.raises(KeyReused):
            operations.receive(enterprise, make_upload(b"y"), by="U-1", at=NOW, key="k")

    def test_refuses_an_empty_file(self, enterprise):
        with pytest.raises(FileRefused):
            make_received(enterprise, b"")


class TestRead:
    """Reading takes a file whole or refuses it whole."""

    def test_records_the_lines_with_what_they_were_for(self, enterprise):
        statement = make_statement(
            enterprise, [("2026-01-05", "100.00", "Li Ming", "order 7"), ("2026-01-06", "-20.00", "Zhang", "rent")]
        )
        assert list(
            statement.lines.order_by("line_number").values_list(
                "booked_on", "amount", "balance_after", "category", "counterparty_key", "is_counted", "recorded_at"
            )
        ) == [
            (date(2026, 1, 5), Decimal(100), Decimal(1100), "customer_receipt", "li ming", True, NOW),
            (date(2026, 1, 6), Decimal(-20), Decimal(1080), "rent", "zhang", True, NOW),
        ]

    def test_tells_what_the_statement_covers_without_telling_the_account(self, enterprise):
        statement = make_statement(enterprise)
        assert (statement.status, statement.format, statement.holder_name) == ("read", "csv", "Green Tea Shop")
        assert (statement.period_first, statement.period_last) == (date(2026, 1, 5), date(2026, 1, 5))
        assert (statement.opening_balance, statement.closing_balance) == (Decimal(1000), Decimal(1100))
        assert statement.account_masked == "•••• 7890"
        assert "6222021234567890" not in statement.account_key

    def test_works_out_balances_where_the_file_tells_only_the_first(self, enterprise):
        content = as_mt940(make_parsed([COFFEE, ("2026-01-06", "10.00", "Li", "order")]))
        statement = make_read(make_received(enterprise, content))
        assert list(statement.lines.order_by("line_number").values_list("balance_after", flat=True)) == [997, 1007]

    def test_refuses_a_broken_file_and_keeps_nothing_of_it(self, enterprise):
        statement = make_read(make_received(enterprise, b"Date,Amount\n2026-01-05,1.00\n2026-02-30,1.00\n"))
        assert (statement.status, statement.refusal_code) == ("refused", "date_wrong")
        assert statement.refusal == "Line 3: “2026-02-30” is not a date in the calendar."
        assert not statement.lines.exists()

    def test_reads_a_file_whose_balances_do_not_follow_and_says_where(self, enterprise):
        statement = make_read(make_received(enterprise, as_csv(make_broken())))
        assert (statement.status, statement.line_count, statement.break_count) == ("read", 2, 1)
        assert statement.balance_breaks == [
            {"code": "after_line", "line": 6, "expected": "1007.00", "stated": "2007.00"}
        ]
        assert statement.breaks == [
            "Line 6: after this payment the balance should be ¥1,007.00, but the file says ¥2,007.00."
        ]

    def test_reads_a_workbook(self, enterprise):
        content = xlsx([["Date", "Amount", "Balance"], [date(2026, 1, 5), 10.5, 110.5]])
        statement = make_read(make_received(enterprise, content, name="statement.xlsx"))
        assert (statement.status, statement.format, statement.closing_balance) == ("read", "xlsx", Decimal("110.5"))

    def test_names_the_first_breaks_and_counts_all(self, enterprise):
        rows = "".join(f"2026-01-05,1.00,{7 * number}.00\n" for number in range(1, 40))
        statement = make_read(make_received(enterprise, f"Date,Amount,Balance\n{rows}".encode()))
        assert (statement.break_count, len(statement.balance_breaks), statement.unnamed_break_count) == (38, 20, 18)

    def test_works_out_no_balances_where_they_do_not_lead_to_the_closing_one(self, enterprise):
        statement = make_read(make_received(enterprise, as_mt940(make_broken())))
        assert statement.balance_breaks == [
            {"code": "closing_on_line", "line": 9, "opening": "1000.00", "expected": "1007.00", "stated": "2007.00"}
        ]
        assert set(statement.lines.values_list("balance_after", flat=True)) == {None}

    def test_names_the_statement_where_a_format_has_no_lines(self, enterprise):
        statement = make_read(make_received(enterprise, as_camt053(make_broken())))
        assert statement.breaks == [
            "Statement 1 of the file: from ¥1,000.00 the payments lead to ¥1,007.00, but it closes with ¥2,007.00."
        ]

    def test_reads_once_what_is_asked_twice(self, enterprise):
        statement = make_statement(enterprise)
        make_read(statement)
        assert current(enterprise) == [100]
        assert AuditEvent.objects.filter(subject=statement.reference, verb="cashflow.statement_read").count() == 1

    def test_refuses_once_what_is_asked_twice(self, enterprise):
        statement = make_read(make_read(make_received(enterprise, b"nonsense")))
        assert AuditEvent.objects.filter(subject=statement.reference, verb="cashflow.statement_refused").count() == 1

    def test_makes_one_statement_of_each_bank_account_in_a_file(self, enterprise):
        one = make_parsed([COFFEE], account="6222021234567890")
        two = make_parsed([("2026-01-05", "7.00", "Li", "order")], account="6222029999999999")
        first = make_read(make_received(enterprise, as_camt053(one, two)))
        second = StatementImport.objects.get(file=first.file, part=2)
        assert [(each.account_masked, each.line_count, each.status) for each in (first, second)] == [
            ("•••• 7890", 1, "read"),
            ("•••• 9999", 1, "read"),
        ]

    def test_counts_once_what_two_files_tell_that_name_the_account_with_its_currency_and_without(self, enterprise):
        plain, named = (make_parsed([COFFEE], account=f"NL69INGB0123456789{ending}") for ending in ("", "CNY"))
        first, second = (make_read(make_received(enterprise, as_mt940(each))) for each in (plain, named))
        assert [(each.account_masked, each.known_count) for each in (first, second)] == [
            ("•••• 6789", 0),
            ("•••• 6789", 1),
        ]
        assert current(enterprise) == [Decimal("-3.00")]

    def test_joins_the_months_of_one_bank_account(self, enterprise):
        january = make_parsed([COFFEE], opening="10.00")
        february = make_parsed([("2026-02-05", "5.00", "Li", "order")], opening="7.00")
        statement = make_read(make_received(enterprise, as_camt053(january, february)))
        assert (statement.line_count, statement.opening_balance, statement.closing_balance) == (2, 10, 12)

    def test_shows_foreign_money_without_counting_it(self, enterprise):
        statement = make_statement(enterprise, currency="USD")
        assert list(statement.lines.values_list("currency", "is_counted")) == [("USD", False)]

    @pytest.mark.parametrize(
        ("holder", "foreign"),
        [
            ("Green Tea Shop", False),
            ("GREEN TEA SHOP CO., LTD.", False),
            ("Wang Fang", False),
            ("", False),
            ("Zhao Lei", True),
            ("Wan", True),
        ],
    )
    def test_counts_only_what_is_in_the_name_of_the_enterprise_or_its_people(self, enterprise, holder, foreign):
        statement = make_statement(enterprise, holder=holder)
        assert (statement.is_foreign_holder, statement.lines.get().is_counted) == (foreign, not foreign)

    @pytest.mark.parametrize(
        ("other", "foreign"), [("Wang Fang", False), ("Zhao Lei", True), ("Green Tea Shop Co., Ltd.", False)]
    )
    def test_counts_nothing_where_one_of_several_holders_is_another(self, enterprise, other, foreign):
        text = f"Date,Amount,Account holder,Payee\n2026-01-05,5.00,Green Tea Shop,Li\n2026-01-06,5.00,{other},Li\n"
        statement = make_read(make_received(enterprise, text.encode()))
        assert statement.is_foreign_holder == foreign
        assert set(statement.lines.values_list("is_counted", flat=True)) == {not foreign}
        assert statement.holder_name == (other if foreign else "Green Tea Shop")

    @pytest.mark.parametrize(("above", "foreign"), [("Account name: Green Tea Shop\n", False), ("", True)])
    def test_counts_what_names_the_other_side_below_the_holder(self, enterprise, above, foreign):
        """Alone, one name in a column of holders is the holder's: a stranger's account must not count."""
        text = f"{above}Date,Amount,Account holder\n2026-01-05,5.00,Zhao Lei\n2026-01-06,5.00,Zhao Lei\n"
        statement = make_read(make_received(enterprise, text.encode()))
        assert statement.is_foreign_holder == foreign


class TestOverlap:
    """Two files may tell of the same payments."""

    def test_keeps_two_equal_coffees_of_one_file(self, enterprise):
        make_statement(enterprise, [COFFEE, COFFEE])
        assert current(enterprise) == [-3, -3]

    def test_knows_two_equal_coffees_again_in_the_next_file(self, enterprise):
        make_statement(enterprise, [COFFEE, COFFEE])
        second = make_statement(enterprise, [COFFEE, COFFEE, ("2026-01-06", "8.00", "Li", "order")])
        assert current(enterprise) == [-3, -3, 8]
        assert (second.line_count, second.known_count) == (3, 2)

    def test_keeps_the_third_coffee_of_the_next_file(self, enterprise):
        make_statement(enterprise, [COFFEE, COFFEE])
        make_statement(enterprise, [COFFEE, COFFEE, COFFEE])
        assert current(enterprise) == [-3, -3, -3]

    def test_knows_a_bank_account_again_in_another_format(self, enterprise):
        make_statement(enterprise, [COFFEE])
        make_read(
            make_received(enterprise, as_camt053(make_parsed([("2026-01-05", "-3.00", "COFFEE HOUSE", "card 1")])))
        )
        assert current(enterprise) == [-3]

    def test_keeps_the_same_payment_of_another_bank_account(self, enterprise):
        make_statement(enterprise, [COFFEE])
        make_statement(enterprise, [COFFEE], account="6222029999999999")
        assert current(enterprise) == [-3, -3]

    def test_compares_words_where_a_file_does_not_name_its_account(self, enterprise):
        make_statement(enterprise, [COFFEE], account="")
        make_statement(enterprise, [COFFEE, ("2026-01-05", "-3.00", "Tea House", "tea")], account="")
        assert current(enterprise) == [-3, -3]

    def test_leaves_other_enterprises_alone(self, enterprise, stranger):
        make_statement(enterprise, [COFFEE])
        other = stranger.memberships.get().enterprise
        make_statement(other, [COFFEE])
        assert current(other) == [-3]

    def test_counts_the_days_on_which_two_files_differ(self, enterprise):
        days = [f"2026-01-{day:02}" for day in range(1, 11)]
        make_statement(enterprise, [(day, "10.00", "Li", "order") for day in days])
        amounts = {"2026-01-04": "99.00", "2026-01-07": "98.00"}
        second = make_statement(enterprise, [(day, amounts.get(day, "10.00"), "Li", "order") for day in days])
        assert second.contradiction_count == 2

    def test_finds_no_contradiction_where_files_only_overlap(self, enterprise):
        days = [f"2026-01-{day:02}" for day in range(1, 21)]
        make_statement(enterprise, [(day, "10.00", "Li", "order") for day in days[:12]])
        second = make_statement(enterprise, [(day, "10.00", "Li", "order") for day in days[6:]])
        assert (second.contradiction_count, second.known_count) == (0, 6)


class TestWithdraw:
    """Withdrawing supersedes and deletes nothing."""

    def test_supersedes_the_lines(self, enterprise):
        statement = make_statement(enterprise)
        operations.withdraw(statement, by="U-1", at=NOW + timedelta(days=1))
        assert current(enterprise) == []
        assert statement.lines.get().superseded_at == NOW + timedelta(days=1)

    def test_records_who_and_when(self, enterprise):
        statement = make_statement(enterprise)
        operations.withdraw(statement, by="U-1", at=NOW)
        event = AuditEvent.objects.get(subject=statement.reference, verb="cashflow.statement_withdrawn")
        assert (event.by, event.details) == ("U-1", {"lines": 1})

    def test_reads_again_what_another_file_shares(self, enterprise):
        first = make_statement(enterprise, [COFFEE, ("2026-01-06", "8.00", "Li", "order")])
        second = make_statement(enterprise, [COFFEE])
        operations.withdraw(first, by="U-1", at=NOW)
        second.refresh_from_db()
        assert (second.status, current(enterprise)) == ("reading", [])
        assert make_read(second).status == "read"
        assert current(enterprise) == [-3]

    def test_forgets_a_contradiction_with_a_withdrawn_file(self, enterprise):
        days = [f"2026-01-{day:02}" for day in range(1, 11)]
        first = make_statement(enterprise, [(day, "10.00", "Li", "order") for day in days])
        second = make_statement(enterprise, [(day, "11.00", "Li", "order") for day in days])
        assert second.contradiction_count == 8
        operations.withdraw(first, by="U-1", at=NOW)
        assert make_read(second).contradiction_count == 0
        assert len(current(enterprise)) == 10

    @pytest.mark.parametrize("status", ["reading", "withdrawn"])
    def test_refuses_what_is_being_read_or_already_withdrawn(self, enterprise, status):
        statement = make_received(enterprise, b"x")
        if status == "withdrawn":
            operations.withdraw(make_read(statement), by="U-1", at=NOW)
        with pytest.raises(TransitionRefused):
            operations.withdraw(statement, by="U-1", at=NOW)


class TestEvidenceStands:
    """The database refuses to rewrite evidence."""

    @pytest.mark.parametrize("change", [{"amount": 5}, {"category": "fee"}, {"superseded_at": NOW, "amount": 5}])
    def test_refuses_to_change_a_line(self, enterprise, change):
        make_statement(enterprise)
        with pytest.raises(IntegrityError, match="only be superseded"), transaction.atomic():
            BankTransaction.objects.update(**change)

    def test_refuses_to_bring_a_superseded_line_back(self, enterprise):
        operations.withdraw(make_statement(enterprise), by="U-1", at=NOW)
        with pytest.raises(IntegrityError, match="only be superseded"), transaction.atomic():
            BankTransaction.objects.update(superseded_at=None)

    def test_refuses_to_delete_a_line(self, enterprise):
        make_statement(enterprise)
        with pytest.raises(IntegrityError, match="only be superseded"), transaction.atomic():
            BankTransaction.objects.all().delete()
