"""What our own books tell of an enterprise is evidence without any upload, and counts once."""

from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.utils import translation

from accounts.cashflow import gathering, operations, own_books, queries
from accounts.cashflow.models import BankTransaction, StatementImport
from accounts.cashflow.tasks import absorb
from accounts.cashflow.tests.builders import NOW, make_parsed, make_read, make_received, make_upload
from accounts.ledger import operations as ledger
from accounts.ledger.models import JournalEntry, LedgerAccount, Posting
from accounts.ledger.tests.builders import TODAY
from accounts.settlement import numbers, periods
from accounts.settlement import operations as settlement
from accounts.settlement import queries as settled
from accounts.settlement.tests.builders import make_deposit, make_payee, make_settlement_account, make_transfer
from accounts.settlement.writing import as_camt053, as_csv
from accounts.statements.writing import as_csv as as_foreign_csv
from portal.core import jobs
from portal.core.fields import lookup_hash

LATER = NOW + timedelta(days=1)


def current(enterprise) -> list[tuple[Decimal, str, bool]]:
    """List amount, category and whether it counts of what is evidence."""
    rows = BankTransaction.objects.current().filter(enterprise=enterprise).order_by("booked_on", "line_number", "pk")
    return [(row.amount, row.category, row.is_counted) for row in rows]


def book(account, event: str, amount: str, *, text: str = "", way: str = "credit") -> JournalEntry:
    """Move money between an account and the till."""
    cash = LedgerAccount.objects.named("cash", account.currency)
    sides = (ledger.debit(cash, Decimal(amount)), ledger.credit(account.ledger_account, Decimal(amount)))
    with transaction.atomic():
        return ledger.post(
            key=f"{event} {amount} {text}",
            event=event,
            subject=account.reference,
            lines=sides if way == "credit" else [line.reversed for line in sides],
            effective_date=TODAY,
            at=NOW,
            by="U-1",
            text=text,
        )


@pytest.fixture
def account(enterprise):
    """The enterprise's settlement account, holding a thousand."""
    return make_settlement_account(enterprise, holding="1000.00")


class TestAbsorb:
    """Postings become lines, each once, with the category that their event tells."""

    def test_records_what_was_booked_with_its_balance(self, enterprise, account):
        assert operations.absorb_new(enterprise.reference, at=LATER) == 1
        line = BankTransaction.objects.get()
        assert (line.amount, line.balance_after, line.category, line.booked_on) == (1000, 1000, "cash_in", TODAY)
        assert (line.statement, line.settlement_account, line.recorded_at) == (None, account, LATER)

    def test_records_once_what_is_asked_twice_and_goes_on_from_there(self, enterprise, account):
        operations.absorb_new(enterprise.reference, at=LATER)
        assert operations.absorb_new(enterprise.reference, at=LATER) == 0
        make_deposit(account, "5.00")
        assert operations.absorb_new(enterprise.reference, at=LATER) == 1
        assert BankTransaction.objects.get(amount=5).balance_after == 1005

    @pytest.mark.parametrize(
        ("event", "way", "category"),
        [
            ("loan_disbursed", "credit", "loan_proceeds"),
            ("loan_repaid", "debit", "loan_repayment"),
            ("loan_fee", "debit", "fee"),
            ("loan_prepaid", "debit", "loan_repayment"),
            ("deposit_interest", "credit", "interest"),
            ("withdrawal", "debit", "cash_out"),
        ],
    )
    def test_tells_exactly_what_our_own_events_were_for(self, enterprise, account, event, way, category):
        book(account, event, "7.00", way=way, text="工资 tax refund")
        operations.absorb_new(enterprise.reference, at=LATER)
        assert BankTransaction.objects.get(amount__in=(7, -7)).category == category

    @pytest.mark.parametrize(("language", "words"), [("en", "Nov 1 – 30, 2025"), ("zh-hans", "2025年11月1日至30日")])
    def test_says_for_which_days_interest_is_in_the_language_of_the_reader(self, enterprise, account, language, words):
        book(account, "deposit_interest", "7.00", text=periods.written(date(2025, 11, 1), date(2025, 11, 30)))
        operations.absorb_new(enterprise.reference, at=LATER)
        with translation.override(language):
            assert BankTransaction.objects.get(amount=7).words == words

    def test_tells_transfers_between_own_accounts_and_to_others_apart(self, enterprise, account, stranger):
        second = make_settlement_account(enterprise)
        other = make_settlement_account(stranger.memberships.get().enterprise)
        for number, (to, text) in enumerate(((second, ""), (other, "货款"))):
            make_transfer(account, to, str(10 + number), text=text)
        operations.absorb_new(enterprise.reference, at=LATER)
        told = sorted((row[0], row[1]) for row in current(enterprise))
        assert told == [(-11, "supplier_payment"), (-10, "own_transfer"), (10, "own_transfer"), (1000, "cash_in")]

    def test_is_a_suppliers_where_the_payee_is_known_to_trade(self, enterprise, account):
        content = b"Number,Date,Supplier,Gross,Direction\n1,2026-01-05,Wang Wu,9.00,purchase\n"
        operations.receive_invoices(enterprise, make_upload(content), by="U-1", at=NOW)
        payees = [("Wang Wu", "10"), ("Li Si", "11"), ("山前茶叶批发部", "12"), ("Hill Tea Traders", "13")]
        for number, (name, amount) in enumerate(payees):
            payee = make_payee(enterprise, name=name, number=f"62220212345{number}", bank_code="ICBKCNBJXXX")
            settlement.pay(account, payee, Decimal(amount), text="", key=name, on=TODAY, at=NOW, by="U-1")
        operations.absorb_new(enterprise.reference, at=LATER)
        told = {int(amount): category for amount, category, _counted in current(enterprise) if amount < 0}
        assert told == {
            -10: "supplier_payment", -11: "unknown", -12: "supplier_payment", -13: "supplier_payment"
        }  # fmt: skip

    def test_is_wages_where_its_people_are_paid_and_not_itself_elsewhere(self, enterprise, owner, account):
        enterprise.legal_name = "Mei Zhou"
        enterprise.save(update_fields=["legal_name"])
        for number, name in enumerate((owner.full_name, enterprise.legal_name)):
            payee = make_payee(enterprise, name=name, number=f"62220212345{number}", bank_code="ICBKCNBJXXX")
            settlement.pay(account, payee, Decimal(10 + number), text="wages", key=name, on=TODAY, at=NOW, by="U-1")
        operations.absorb_new(enterprise.reference, at=LATER)
        told = {int(amount): category for amount, category, _counted in current(enterprise) if amount < 0}
        assert told == {-10: "salary", -11: "own_transfer"}

    def test_is_a_suppliers_where_another_enterprise_here_is_paid_without_a_word(self, enterprise, account, stranger):
        other = make_settlement_account(stranger.memberships.get().enterprise)
        make_transfer(account, other, "11", text="")
        operations.absorb_new(enterprise.reference, at=LATER)
        assert current(enterprise)[-1][:2] == (-11, "supplier_payment")

    def test_takes_a_movement_and_its_reversal_out_together(self, enterprise, account):
        entry = book(account, "deposit", "40.00")
        operations.absorb_new(enterprise.reference, at=NOW)
        with transaction.atomic():
            ledger.reverse(entry, key="back", at=LATER, by="U-1", on=TODAY)
        operations.absorb_new(enterprise.reference, at=LATER)
        assert [row for row in current(enterprise) if abs(row[0]) == 40] == [
            (40, "cash_in", False),
            (-40, "cash_in", False),
        ]
        before = BankTransaction.objects.filter(amount=40, is_counted=True)
        assert list(before.values_list("superseded_at", flat=True)) == [LATER]

    def test_names_the_enterprises_that_are_behind(self, enterprise, account, stranger):
        make_settlement_account(stranger.memberships.get().enterprise)
        assert queries.not_absorbed() == [enterprise.reference]
        operations.absorb_new(enterprise.reference, at=LATER)
        assert queries.not_absorbed() == []

    def test_takes_several_enterprises_together_and_each_line_once(self, enterprise, account, stranger):
        theirs = make_settlement_account(stranger.memberships.get().enterprise, holding="70.00")
        for text in ("one", "two"):
            make_transfer(account, theirs, "10", text=text)
        absorb()
        assert queries.not_absorbed() == []
        assert sorted(row[0] for row in current(enterprise)) == [-10, -10, 1000]
        assert BankTransaction.objects.get(settlement_account=theirs, description="two").balance_after == 90
        make_deposit(theirs, "5.00")
        absorb()
        assert BankTransaction.objects.filter(settlement_account=theirs).latest("pk").balance_after == 95

    def test_leaves_behind_only_the_one_that_fails(self, enterprise, account, stranger):
        theirs = make_settlement_account(stranger.memberships.get().enterprise, holding="70.00")
        taken = Posting.objects.get(ledger_account=account.ledger_account)
        BankTransaction.objects.create(
            settlement_account=theirs, posting=taken, enterprise=theirs.enterprise, line_number=1, booked_on=TODAY,
            amount=1, currency="CNY", category="unknown", is_counted=False, fingerprint="", recorded_at=NOW,
        )  # fmt: skip
        absorb()
        assert queries.not_absorbed() == [enterprise.reference]

    def test_leaves_the_work_to_a_run_that_is_at_it(self, enterprise, account):
        with closing(connection.copy()) as other:
            lock = [jobs.RUNNING_LOCKS, "cashflow.absorb "]
            other.cursor().execute("SELECT pg_advisory_lock(%s, hashtext(%s))", lock)
            absorb()
            other.cursor().execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", lock)
        assert not BankTransaction.objects.exists()
        absorb()
        assert BankTransaction.objects.exists()

    def test_asks_no_more_for_an_enterprise_more_accounts(self, enterprise, account, django_assert_max_num_queries):
        second = make_settlement_account(enterprise, holding="1.00")
        with django_assert_max_num_queries(19):
            operations.absorb_new(enterprise.reference, at=LATER)
        make_deposit(second, "1.00")
        make_deposit(account, "1.00")
        with django_assert_max_num_queries(19):
            operations.absorb_new(enterprise.reference, at=LATER)

    def test_is_evidence_to_apply_with(self, enterprise, account):
        assert queries.has_evidence(enterprise)

    def test_shows_in_the_months_and_the_balances(self, enterprise, account):
        operations.absorb_new(enterprise.reference, at=LATER)
        month = queries.monthly(enterprise, on=TODAY, months=1)[0]
        assert (month.inflow, month.balance) == (1000, 1000)


class TestOwnExport:
    """A file of a settlement account adds nothing to what our books tell, and may not tell otherwise."""

    def exported(self, account, write) -> bytes:
        """Write the account's statement of a week."""
        for number in range(4):
            make_deposit(account, f"{20 + number}.00", on=TODAY - timedelta(days=number))
        statement = settled.statement(account, TODAY - timedelta(days=7), TODAY)
        content: bytes = write(statement)
        return content

    @pytest.mark.parametrize(
        "write",
        [
            lambda told: as_camt053(told, language="en", at=NOW),
            lambda told: as_csv(told, language="en"),
            lambda told: as_csv(told, language="zh-hans"),
        ],
        ids=["camt.053", "csv", "chinese csv"],
    )
    @pytest.mark.parametrize("first", ["books", "file"])
    def test_counts_once_in_whatever_order(self, enterprise, account, write, first):
        content = self.exported(account, write)
        if first == "books":
            operations.absorb_new(enterprise.reference, at=NOW)
        statement = make_read(make_received(enterprise, content))
        operations.absorb_new(enterprise.reference, at=LATER)
        assert (statement.status, statement.refusal) == ("read", "")
        assert (statement.known_count, statement.contradiction_count) == (5, 0)
        assert sorted(row[0] for row in current(enterprise)) == [20, 21, 22, 23, 1000]

    @pytest.mark.parametrize("write", [numbers.grouped, lambda number: f"{number[:6]}-{number[6:]}", "0000{}".format])
    def test_counts_once_however_the_account_is_written(self, enterprise, account, write):
        operations.absorb_new(enterprise.reference, at=NOW)
        told = make_parsed([(TODAY.isoformat(), "1000.00", "", "")], account=write(account.number))
        statement = make_read(make_received(enterprise, as_foreign_csv(told)))
        assert (statement.known_count, [row[0] for row in current(enterprise)]) == (1, [1000])

    def test_is_a_doubt_where_it_tells_what_our_books_do_not(self, enterprise, account):
        make_deposit(account, "20.00")
        day = TODAY.isoformat()
        forged = make_parsed([(day, "1000.00", "", ""), (day, "9999.00", "Li", "order")], account=account.number)
        statement = make_read(make_received(enterprise, as_foreign_csv(forged)))
        assert statement.contradiction_count == 1
        assert not BankTransaction.objects.filter(amount=9999).exists()

    def test_is_foreign_where_the_account_is_anothers(self, enterprise, stranger):
        other = make_settlement_account(stranger.memberships.get().enterprise)
        told = make_parsed([("2026-01-05", "5.00", "Li", "order")], account=other.grouped_number.replace(" ", "-"))
        assert make_read(make_received(enterprise, as_foreign_csv(told))).is_foreign_holder


def as_it_was(statement, account):
    """Keep a statement as it was kept when an account's number was hashed as it was written."""
    old = lookup_hash(account)
    kept = list(BankTransaction.objects.filter(statement=statement))
    BankTransaction.objects.filter(statement=statement).update(superseded_at=NOW)
    for row in kept:
        row.pk = None
        row.fingerprint = gathering.plain_mark(row.booked_on, row.amount, row.currency, account_key=old)
    BankTransaction.objects.bulk_create(kept)
    StatementImport.objects.filter(pk=statement.pk).update(account_key=old)


class TestAccountsAlike:
    """A file that does not name its account is known by its payments."""

    LINES = [(f"2026-01-{day:02}", f"{day}.00", "Li", "order") for day in range(5, 15)]

    @pytest.mark.parametrize("named_first", [True, False])
    def test_counts_a_nameless_copy_once(self, enterprise, named_first):
        named = as_foreign_csv(make_parsed(self.LINES))
        nameless = as_foreign_csv(
            make_parsed([(day, amount, "LI MING", "no. 7") for day, amount, *_ in self.LINES], account="")
        )
        for content in (named, nameless) if named_first else (nameless, named):
            make_read(make_received(enterprise, content))
        assert len(current(enterprise)) == len(self.LINES)

    @pytest.mark.parametrize(
        ("one", "two"), [("6222 0212-3456-7890", "0006222021234567890"), ("de21-500500", "DE21500500")]
    )
    def test_counts_once_what_is_of_one_account_written_in_two_ways(self, enterprise, one, two):
        for account in (one, two):
            make_read(make_received(enterprise, as_foreign_csv(make_parsed(self.LINES, account=account))))
        assert len(current(enterprise)) == len(self.LINES)

    def test_knows_files_from_before_numbers_had_one_form(self, enterprise):
        account = "6222-0212-3456-7890"
        content = as_foreign_csv(make_parsed(self.LINES, account=account))
        first = make_read(make_received(enterprise, content))
        as_it_was(first, account)
        more = [*self.LINES, ("2026-01-20", "99.00", "Li", "order")]
        again = make_read(make_received(enterprise, as_foreign_csv(make_parsed(more, account=account))))
        first.refresh_from_db()
        assert (len(current(enterprise)), again.known_count) == (len(more), len(self.LINES))
        assert first.account_key == again.account_key == lookup_hash("6222021234567890")

    def test_keeps_another_nameless_account_apart(self, enterprise):
        make_read(make_received(enterprise, as_foreign_csv(make_parsed(self.LINES))))
        others = [
            (day, f"{amount}1"[1:] if len(amount) > 5 else f"3{amount}", "Wu", "x") for day, amount, *_ in self.LINES
        ]
        make_read(make_received(enterprise, as_foreign_csv(make_parsed(others, account=""))))
        assert len(current(enterprise)) == 2 * len(self.LINES)


class TestCategoryOf:
    """Events told by how their names begin or end."""

    @pytest.mark.parametrize(
        ("event", "way", "category"),
        [
            ("loan_disbursed_reversed", -1, "loan_proceeds"),
            ("loan_repaid_reversed", 1, "loan_repayment"),
            ("loan_written_off_recovery", -1, "loan_repayment"),
            ("loan_late_fee", -1, "fee"),
            ("transfer", 1, ""),
            ("payment_out", -1, ""),
        ],
    )
    def test_is_exact_or_silent(self, event, way, category):
        assert own_books.category_of(event, way=way) == category
