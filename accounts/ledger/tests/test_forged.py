"""Whatever the database's owner writes into a sealed row, the checks name it, and none is stopped by it."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from accounts.identity.tests.builders import confirm_mail
from accounts.ledger import operations as ledger
from accounts.ledger import queries
from accounts.ledger.models import Chain, JournalEntry
from accounts.ledger.queries import Broken
from accounts.ledger.tests.builders import NOW, TODAY, make_entry, tamper
from accounts.ledger.tests.test_sealing import all_guards_off
from portal.core import audit
from portal.core.models import AuditEvent, AuditSeal, Notice

BOOKS = ("accounts_journalentry", "accounts_posting", "accounts_sealedblock", "accounts_entryseal")
TRAIL = ("core_auditevent", "core_auditseal")
MOMENTS = ("infinity", "-infinity", "0044-03-15 BC", "20000-01-01", "2026-03-02", "1900-01-01")
BOUNDS = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}
DEEP = "[" * 3_000 + "]" * 3_000
TEXTS = st.sampled_from(["", "x", "0", "-1", "1", "01", "1e9", "99999999999", "4294967297", "１", "1\n", "∞"])
VALUES = {
    "numeric": st.sampled_from(["NaN", "0.001", "9999999999999999.999", "1"]),
    "date": st.sampled_from(MOMENTS),
    "timestamp with time zone": st.sampled_from(MOMENTS),
    "character varying": TEXTS | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    "jsonb": st.sampled_from(["null", "[]", '"x"', "7", '{"digest": 7}', '{"digest": null}', "9" * 5_000, DEEP]),
} | {kind: st.integers(-bound, bound - 1).map(str) | st.sampled_from("0123") for kind, bound in BOUNDS.items()}


@pytest.fixture
def sealed(cash, shop):
    """Four entries in two blocks, and a trail that is sealed through all of it."""
    for _block in range(2):
        make_entry(cash, shop, "7.00")
        make_entry(cash, shop, "8.00")
        ledger.seal_entries(at=NOW)
    audit.seal()


@pytest.fixture
def unguarded(sealed):
    with all_guards_off(*BOOKS, *TRAIL) as cursor:
        yield cursor


def columns(cursor):
    cursor.execute(
        """SELECT table_name, column_name, data_type FROM information_schema.columns
           WHERE table_schema = 'public' AND table_name = ANY(%s) ORDER BY 1, 2""",
        [[*BOOKS, *TRAIL]],
    )
    return cursor.fetchall()


def forge(cursor, table, column, kind, value, *, nth):
    """Write a value into a column of one row; tell whether it is another than before, and was taken."""
    row = f"ctid = (SELECT ctid FROM {table} ORDER BY ctid OFFSET %s LIMIT 1)"
    told = f"{column} = %s::{kind} WHERE {row} AND {column} IS DISTINCT FROM %s::{kind}"
    try:
        with transaction.atomic():
            cursor.execute(f"UPDATE {table} SET {told}", [value, nth, value])
            return cursor.rowcount == 1
    except DatabaseError:
        return False


@pytest.mark.django_db
class TestAnythingForged:
    @given(data=st.data())
    @examples(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_is_named(self, unguarded, data):
        table, column, kind = data.draw(st.sampled_from(columns(unguarded)))
        value, nth = data.draw(VALUES[kind]), data.draw(st.integers(0, 3))
        with transaction.atomic():
            if forge(unguarded, table, column, kind, value, nth=nth):
                books, trail = queries.first_broken(), audit.first_altered()
                assert trail if table in TRAIL else books
            transaction.set_rollback(True)


class TestTheLastEvent:
    def test_is_missed_where_it_left_its_seal(self, unguarded):
        last = AuditSeal.objects.latest("sequence")
        unguarded.execute("DELETE FROM core_auditevent WHERE id = %s", [last.event_id])
        assert audit.first_altered() == audit.Altered(last.sequence, None)


class TestAnEventOfNoBlock:
    @pytest.mark.parametrize("subject", ["x", "", "-1", "0", "99999999999", "1.5"])
    def test_is_named_and_stops_no_night(self, sealed, administrator, subject):
        confirm_mail(administrator, "min@bank.example")
        with transaction.atomic():
            audit.record("ledger.sealed", subject=subject, by="system", at=NOW, details={"digest": "0" * 64})
        forged = AuditEvent.objects.latest("pk")
        assert queries.first_broken() == Broken(3, 1, f"event {forged.pk}")
        check = ledger.check_chain(Chain.BOOKS, on=TODAY, at=NOW)
        assert (check.is_whole, check.through, check.broken_at) == (False, 2, f"event {forged.pk}")
        assert Notice.objects.get(code="chain_broken").address == "min@bank.example"


class TestANightBefore:
    def test_that_was_forged_is_named_too(self, sealed):
        ledger.check_chain(Chain.BOOKS, on=TODAY, at=NOW)
        tamper("accounts_chaincheck", "digest = repeat('0', 64), checked_on = 'infinity'")
        assert not ledger.check_chain(Chain.BOOKS, on=TODAY + timedelta(days=1), at=NOW).is_whole


class TestABlocksSealingMoment:
    def test_is_what_the_trail_was_told(self, sealed):
        last = JournalEntry.objects.latest("pk").reference
        with all_guards_off() as cursor:
            cursor.execute("UPDATE accounts_sealedblock SET sealed_at = 'infinity' WHERE number = 2")
        assert queries.first_broken() == Broken(2, 2, last)
