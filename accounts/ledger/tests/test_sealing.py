"""What was sealed cannot be altered unseen, not even by the database's owner with every trigger off."""

from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.ledger import operations as ledger
from accounts.ledger import queries
from accounts.ledger.models import EntrySeal, LedgerAccount, SealedBlock
from accounts.ledger.queries import Broken
from accounts.ledger.tests.builders import NOW, make_customer_account, make_entry

LATER = NOW + timedelta(days=2)


@pytest.fixture
def entries(bank):
    """Six entries in two blocks of three."""
    cash, shop = LedgerAccount.objects.named("cash"), make_customer_account()
    made = []
    for _block in range(2):
        made += [make_entry(cash, shop, f"{len(made) + each + 1}.00") for each in range(3)]
        ledger.seal_entries(at=NOW)
    return made


GUARDED = ("accounts_journalentry", "accounts_posting", "accounts_sealedblock", "accounts_entryseal")


@contextmanager
def all_guards_off(*tables):
    """Act as the database's owner, with the triggers off and the foreign keys gone; the test's end brings them back."""
    tables = tables or GUARDED
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("RESET ROLE")
        cursor.execute(
            """SELECT conrelid::regclass::text, conname FROM pg_constraint
               WHERE contype = 'f' AND ARRAY[conrelid, confrelid] && %(guarded)s::regclass[]::oid[]""",
            {"guarded": list(tables)},
        )
        for table, name in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        try:
            yield cursor
        finally:
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute(f"SET ROLE {settings.RUNTIME_ROLE}")


class TestSeal:
    def test_chains_each_entry_once(self, entries):
        assert list(EntrySeal.objects.order_by("block", "place").values_list("entry", "block", "place")) == [
            (entry.pk, number // 3 + 1, number % 3 + 1) for number, entry in enumerate(entries)
        ]
        assert ledger.seal_entries(at=NOW) == 0
        assert queries.first_broken() is None

    def test_finds_an_entry_that_committed_late_but_looks_no_further_back_than_a_day(self, entries):
        with all_guards_off() as cursor:
            cursor.execute("DELETE FROM accounts_entryseal WHERE entry_id = %s", [entries[0].pk])
        assert ledger.seal_entries(at=LATER) == 0
        assert ledger.seal_entries(at=NOW) == 1


class TestVerify:
    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE accounts_posting SET amount = amount + 1 WHERE entry_id = {pk}",
            "UPDATE accounts_posting SET direction = 'credit' WHERE entry_id = {pk}",
            "UPDATE accounts_posting SET ledger_account_id = ledger_account_id + 1 WHERE entry_id = {pk}",
            "DELETE FROM accounts_posting WHERE entry_id = {pk}",
            "UPDATE accounts_journalentry SET effective_date = effective_date - 1 WHERE id = {pk}",
            "UPDATE accounts_journalentry SET posted_at = posted_at - interval '1 second' WHERE id = {pk}",
            "UPDATE accounts_journalentry SET by = 'U-OTHER' WHERE id = {pk}",
            "UPDATE accounts_journalentry SET text = 'x' WHERE id = {pk}",
            "DELETE FROM accounts_journalentry WHERE id = {pk}",
            "UPDATE accounts_entryseal SET digest = repeat('0', 64) WHERE entry_id = {pk}",
        ],
    )
    @pytest.mark.parametrize("number", [0, 2, 4])
    def test_names_the_first_entry_that_was_altered(self, entries, sql, number):
        with all_guards_off() as cursor:
            for entry in entries[number:]:
                cursor.execute(sql.format(pk=entry.pk))
        assert queries.first_broken() == Broken(number // 3 + 1, number % 3 + 1, entries[number].reference)

    def test_notices_an_entry_that_was_added_to_a_block(self, entries):
        with all_guards_off() as cursor:
            cursor.execute("DELETE FROM accounts_entryseal WHERE entry_id = %s", [entries[2].pk])
            cursor.execute("UPDATE accounts_sealedblock SET entry_count = 2 WHERE number = 1")
        assert queries.first_broken() == Broken(1, 2, entries[1].reference)

    def test_notices_an_entry_that_is_gone_with_its_seal(self, entries):
        with all_guards_off() as cursor:
            for table in ("entryseal", "posting"):
                cursor.execute(f"DELETE FROM accounts_{table} WHERE entry_id = %s", [entries[1].pk])
            cursor.execute("DELETE FROM accounts_journalentry WHERE id = %s", [entries[1].pk])
        assert queries.first_broken() == Broken(1, 2, "")

    @pytest.mark.parametrize("number", [1, 2])
    def test_notices_a_block_that_is_gone(self, entries, number):
        with all_guards_off() as cursor:
            cursor.execute("DELETE FROM accounts_entryseal WHERE block_id = %s", [number])
            cursor.execute("DELETE FROM accounts_sealedblock WHERE number = %s", [number])
        assert queries.first_broken() == Broken(number, 1, "")

    def test_notices_a_chain_that_was_written_anew(self, entries):
        with all_guards_off() as cursor:
            cursor.execute("DELETE FROM accounts_entryseal")
            cursor.execute("DELETE FROM accounts_sealedblock")
            cursor.execute("UPDATE accounts_posting SET amount = amount + 1")
        ledger.seal_entries(at=NOW)  # the chain fits again, and the audit trail still tells what it was
        assert queries.first_broken() == Broken(1, 6, entries[5].reference)


class TestVerifyLedger:
    def said(self):
        out = StringIO()
        call_command("verify_ledger", stdout=out)
        return out.getvalue()

    def test_says_that_nothing_is_sealed(self, bank):
        assert self.said() == "Nothing is sealed yet.\n"

    def test_says_how_much_is_sealed(self, entries):
        digest = SealedBlock.objects.get(number=2).digest
        assert self.said() == f"6 entries in 2 blocks, unaltered. Newest digest: {digest}\n"

    def test_fails_naming_the_entry(self, entries):
        with all_guards_off() as cursor:
            cursor.execute("UPDATE accounts_posting SET amount = amount + 1 WHERE entry_id = %s", [entries[3].pk])
        with pytest.raises(CommandError, match=f"block 2, place 1: {entries[3].reference}"):
            call_command("verify_ledger")
