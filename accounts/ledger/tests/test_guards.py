"""The database refuses what the books must never hold, even to its owner and by bare SQL."""

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError

from accounts.ledger import operations as ledger
from accounts.ledger.models import BalanceSnapshot, JournalEntry, LedgerAccount, Posting
from accounts.ledger.tests.builders import NOW, TODAY, close_month, make_entry, make_hold


@pytest.fixture
def entry(cash, shop):
    return make_entry(cash, shop)


@pytest.fixture
def as_owner(db):
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        yield cursor
        cursor.execute(f"SET ROLE {settings.RUNTIME_ROLE}")


def commit(cursor, act):
    """Do it and let the deferred guards speak, as a commit does."""
    with transaction.atomic():
        act()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def insert_entry(cursor, lines, *, count=None, key="raw", reverses=None):
    cursor.execute(
        """INSERT INTO accounts_journalentry
           (reference, key, fingerprint, event, subject, text, effective_date, posted_at, by, line_count,
            reverses_id)
           VALUES (%s, %s, '', 'raw', 'raw', '', %s, %s, 'raw', %s, %s) RETURNING id""",
        [f"J-{key}", key, TODAY, NOW, len(lines) if count is None else count, reverses and reverses.pk],
    )
    entry = cursor.fetchone()[0]
    for number, (account, direction, amount) in enumerate(lines, 1):
        insert_posting(cursor, entry, account, direction, amount, number=number)
    return entry


def insert_posting(cursor, entry, account, direction, amount, on=TODAY, number=1):
    cursor.execute(
        """INSERT INTO accounts_posting (entry_id, ledger_account_id, direction, amount, effective_date, line_number)
           VALUES (%s, %s, %s, %s, %s, %s)""",
        [entry, account.pk, direction, amount, on, number],
    )


class TestOwner:
    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE accounts_posting SET amount = amount + 1",
            "DELETE FROM accounts_posting",
            "UPDATE accounts_journalentry SET text = 'other'",
            "DELETE FROM accounts_journalentry",
        ],
    )
    def test_cannot_rewrite_what_was_posted(self, entry, as_owner, sql):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            as_owner.execute(sql)

    def test_cannot_commit_sides_that_differ(self, cash, shop, as_owner):
        with pytest.raises(IntegrityError, match="does not balance"):
            commit(as_owner, lambda: insert_entry(as_owner, [(cash, "debit", 5), (shop, "credit", 4)]))

    @pytest.mark.parametrize("side", ["debit", "credit"])
    def test_cannot_commit_two_postings_on_one_side(self, cash, shop, as_owner, side):
        with pytest.raises(IntegrityError, match="does not balance"):
            commit(as_owner, lambda: insert_entry(as_owner, [(cash, side, 5), (shop, side, 5)]))

    def test_cannot_balance_one_currency_with_another(self, cash, as_owner):
        euros = make_euro_cash()
        with pytest.raises(IntegrityError, match="does not balance"):
            commit(as_owner, lambda: insert_entry(as_owner, [(cash, "debit", 5), (euros, "credit", 5)]))

    @pytest.mark.parametrize("count", [2, 3])
    def test_cannot_commit_an_entry_without_its_postings(self, bank, as_owner, count):
        with pytest.raises(IntegrityError, match="has 0 postings"):
            commit(as_owner, lambda: insert_entry(as_owner, [], count=count))

    @pytest.mark.parametrize(
        ("number", "guard"),
        [
            (0, "posting_is_whole"),
            (2, "posting_has_its_place_alone"),
            (3, "more postings than it declares"),
        ],
    )
    def test_cannot_add_postings_to_an_entry_that_stands(self, entry, cash, as_owner, number, guard):
        with pytest.raises(IntegrityError, match=guard), transaction.atomic():
            insert_posting(as_owner, entry.pk, cash, "debit", 5, number=number)

    def test_cannot_post_into_a_closed_month(self, entry, cash, shop, as_owner):
        close_month(TODAY, on=TODAY.replace(month=4, day=1))
        with pytest.raises(IntegrityError, match="the books of 2026-03-02 are closed"), transaction.atomic():
            insert_entry(as_owner, [(cash, "debit", 5), (shop, "credit", 5)])

    def test_cannot_date_a_posting_apart_from_its_entry(self, cash, shop, as_owner):
        def move():
            moved = insert_entry(as_owner, [(cash, "debit", 5)], count=2)
            insert_posting(as_owner, moved, shop, "credit", 5, on=TODAY.replace(day=1), number=2)

        with pytest.raises(IntegrityError, match="posting of another date"):
            commit(as_owner, move)

    @pytest.mark.parametrize("told", ["key = ''", "event = ''", "reverses_id = id", "line_count = 1"])
    def test_cannot_enter_what_does_not_tell_all(self, bank, as_owner, told):
        name, value = told.split(" = ")
        values = {"line_count": "2", "key": "'raw'", "event": "'raw'", "reverses_id": "NULL"} | {name: value}
        with pytest.raises(IntegrityError, match="entry_is_whole"), transaction.atomic():
            as_owner.execute(
                f"""INSERT INTO accounts_journalentry (id, reference, fingerprint, subject, text, effective_date,
                    posted_at, by, {", ".join(values)})
                    SELECT id, 'J-raw', '', '', '', %s, %s, 'raw', {", ".join(values.values())}
                    FROM (SELECT 1000 AS id) one""",
                [TODAY, NOW],
            )

    def test_cannot_post_on_a_third_side(self, cash, shop, as_owner):
        with pytest.raises(IntegrityError, match="posting_is_whole"), transaction.atomic():
            insert_entry(as_owner, [(cash, "debit", 5), (shop, "both", 5)])

    @pytest.mark.parametrize("amount", [0, -5])
    def test_cannot_post_what_is_not_positive(self, cash, shop, as_owner, amount):
        with pytest.raises(IntegrityError, match="posting_is_whole"), transaction.atomic():
            insert_entry(as_owner, [(cash, "debit", amount), (shop, "credit", amount)])

    def test_cannot_post_on_a_summary(self, cash, as_owner):
        deposits = LedgerAccount.objects.named("customer_deposits")
        with pytest.raises(IntegrityError, match="a summary takes no postings"):
            commit(as_owner, lambda: insert_entry(as_owner, [(cash, "debit", 5), (deposits, "credit", 5)]))

    def test_cannot_reverse_an_entry_twice(self, entry, cash, shop, as_owner):
        lines = [(shop, "debit", 100), (cash, "credit", 100)]
        insert_entry(as_owner, lines, key="first", reverses=entry)
        with pytest.raises(IntegrityError, match="reverses_id"), transaction.atomic():
            insert_entry(as_owner, lines, key="second", reverses=entry)

    @pytest.mark.parametrize("change", ["currency = 'EUR'", "normal_side = 'credit'", "is_customer = true"])
    def test_cannot_change_what_an_accounts_postings_mean(self, cash, as_owner, change):
        with pytest.raises(IntegrityError, match="keeps its currency"), transaction.atomic():
            as_owner.execute(f"UPDATE accounts_ledgeraccount SET {change} WHERE id = {cash.pk}")

    def test_cannot_remove_an_account(self, cash, as_owner):
        with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
            as_owner.execute("DELETE FROM accounts_ledgeraccount WHERE id = %s", [cash.pk])

    def test_cannot_post_on_an_account_that_is_not_there(self, cash, as_owner):
        with pytest.raises(IntegrityError, match="not there"):
            commit(as_owner, lambda: insert_entry(as_owner, [(cash, "debit", 5), (LedgerAccount(pk=0), "credit", 5)]))

    def test_cannot_post_to_an_entry_that_is_not_there(self, cash, as_owner):
        with pytest.raises(IntegrityError, match="not there"), transaction.atomic():
            insert_posting(as_owner, 0, cash, "debit", 5)

    def test_may_rename_an_account(self, cash, as_owner):
        as_owner.execute("UPDATE accounts_ledgeraccount SET name_en = 'Vault' WHERE id = %s", [cash.pk])
        cash.refresh_from_db()
        assert cash.name_en == "Vault"

    @pytest.mark.parametrize("change", ["amount = 1", "expires_at = expires_at + interval '1 day'", "key = 'other'"])
    def test_cannot_change_what_a_hold_was_asked_for(self, entry, shop, as_owner, change):
        make_hold(shop)
        with pytest.raises(IntegrityError, match="keeps its terms"), transaction.atomic():
            as_owner.execute(f"UPDATE accounts_hold SET {change}")

    def test_cannot_wake_a_hold_that_ended(self, entry, shop, as_owner):
        held = make_hold(shop)
        ledger.void(held, at=NOW, by="U-1")
        with pytest.raises(IntegrityError, match="ends once"), transaction.atomic():
            as_owner.execute("UPDATE accounts_hold SET status = 'pending', ended_at = NULL")

    @pytest.mark.parametrize(
        "change",
        ["held_amount = 101", "amount = -1", "held_amount = -1", "overdraft_amount = -1", "overdraft_amount = -200"],
    )
    def test_cannot_hold_or_pay_more_than_there_is(self, entry, shop, as_owner, change):
        with pytest.raises(IntegrityError, match="balance_keeps_within_its_overdraft"), transaction.atomic():
            as_owner.execute(f"UPDATE accounts_ledgerbalance SET {change}")


class TestRuntimeRole:
    @pytest.mark.parametrize(
        "table", ["journalentry", "posting", "balancesnapshot", "accountingperiod", "sealedblock", "entryseal"]
    )
    @pytest.mark.parametrize("right", ["UPDATE", "DELETE", "TRUNCATE"])
    def test_has_no_right_to_rewrite(self, db, table, right):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT has_table_privilege(%s, %s, %s)", [settings.RUNTIME_ROLE, f"accounts_{table}", right]
            )
            assert cursor.fetchone() == (False,)

    @pytest.mark.parametrize("table", ["ledgeraccount", "ledgerbalance", "hold"])
    def test_has_no_right_to_remove_accounts(self, db, table):
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_table_privilege(%s, %s, 'DELETE')", [settings.RUNTIME_ROLE, f"accounts_{table}"])
            assert cursor.fetchone() == (False,)

    @pytest.mark.parametrize(
        "sql",
        [
            "ALTER TABLE accounts_posting DISABLE TRIGGER ALL",
            "DROP TRIGGER entry_balances_at_commit ON accounts_journalentry",
        ],
    )
    def test_cannot_lay_the_guards_aside(self, db, sql):
        with (
            connection.cursor() as cursor,
            pytest.raises(ProgrammingError, match="must be owner"),
            transaction.atomic(),
        ):
            cursor.execute(sql)

    @pytest.mark.parametrize("model", [JournalEntry, Posting, BalanceSnapshot])
    def test_cannot_rewrite_through_the_models(self, entry, model):
        rows = model.objects.all()
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            rows.update(id=0)
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            rows._raw_delete(rows.db)


def make_euro_cash():
    return LedgerAccount.objects.create(
        code="1001-EUR",
        purpose="cash",
        name_en="Cash",
        name_zh_hans="现金",
        kind="asset",
        normal_side="debit",
        currency="EUR",
        opened_at=NOW,
    )
