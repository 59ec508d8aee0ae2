"""Proofs of the audit trail: it grows, it is sealed, it cannot be rewritten, and whoever rewrites it is found out."""

from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction

from portal.core import audit
from portal.core.models import AuditEvent, AuditSeal

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def trail(db):
    """Five events, sealed."""
    for number in range(5):
        audit.record("thing.done", subject=f"T-{number}", by="U-1", at=NOW, details={"amount": Decimal("1.10")})
    audit.seal()


def tamper(sql):
    """Do as an intruder who has become the database's owner and switched the guards off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("RESET ROLE")
        cursor.execute("ALTER TABLE core_auditevent DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE core_auditseal DISABLE TRIGGER USER")
        cursor.execute(sql)
        cursor.execute(f"SET ROLE {settings.RUNTIME_ROLE}")


class TestRecord:
    def test_writes_who_what_when(self, trail):
        event = AuditEvent.objects.earliest("pk")
        assert (event.verb, event.subject, event.by, event.at) == ("thing.done", "T-0", "U-1", NOW)
        assert event.details == {"amount": "1.10"}

    def test_falls_with_the_act(self, transactional_db):
        def act():
            with transaction.atomic():
                audit.record("thing.done", subject="T", by=None, at=NOW)
                raise RuntimeError

        with pytest.raises(RuntimeError):
            act()
        assert not AuditEvent.objects.exists()

    def test_needs_the_acts_transaction(self, transactional_db):
        with pytest.raises(AssertionError):
            audit.record("thing.done", subject="T", by=None, at=NOW)

    def test_names_the_system_when_nobody_acted(self, db):
        audit.record("thing.done", subject="T", by=None, at=NOW)
        assert AuditEvent.objects.get().by == "system"


class TestSeal:
    def test_chains_what_is_not_sealed_yet(self, trail):
        audit.record("thing.done", subject="T-5", by=None, at=NOW)
        assert (audit.seal(), audit.seal()) == (1, 0)
        assert list(AuditSeal.objects.order_by("sequence").values_list("sequence", flat=True)) == [1, 2, 3, 4, 5, 6]

    def test_gives_equal_events_different_digests(self, db):
        for _time in range(2):
            audit.record("thing.done", subject="T", by=None, at=NOW)
        audit.seal()
        assert len(set(AuditSeal.objects.values_list("digest", flat=True))) == 2

    @pytest.mark.parametrize(
        ("at", "details"),
        [("'12026-03-02'", "'{}'"), ("'infinity'", "'{}'"), ("now()", "repeat('[', 5000) || repeat(']', 5000)")],
    )
    def test_is_not_stopped_by_what_nobody_can_read_and_names_it(self, trail, at, details):
        tamper(
            f"""INSERT INTO core_auditevent (verb, subject, by, at, details)
                VALUES ('x', 'x', 'x', {at}, ({details})::jsonb)"""
        )
        audit.record("thing.done", subject="T-5", by=None, at=NOW)
        assert (audit.seal(), audit.seal()) == (2, 0)
        assert audit.first_altered().sequence == 6


class TestFirstAltered:
    def test_finds_nothing_in_an_honest_trail(self, trail):
        assert audit.first_altered() is None

    @pytest.mark.parametrize(
        "change",
        ["details = '{}'", "by = 'U-2'", "verb = 'x'", "subject = 'x'", "at = at + interval '1 microsecond'"],
    )
    def test_names_the_event_that_was_changed(self, trail, change):
        third = AuditEvent.objects.order_by("pk")[2].pk
        tamper(f"UPDATE core_auditevent SET {change} WHERE id = {third}")
        assert audit.first_altered() == audit.Altered(3, third)

    def test_names_the_place_of_one_that_was_removed(self, trail):
        third = AuditEvent.objects.order_by("pk")[2].pk
        tamper(f"DELETE FROM core_auditseal WHERE event_id = {third}; DELETE FROM core_auditevent WHERE id = {third}")
        assert audit.first_altered() == audit.Altered(3, None)

    def test_names_the_last_where_only_its_seal_was_left(self, trail):
        tamper(
            """DO $$ BEGIN EXECUTE (SELECT 'ALTER TABLE core_auditseal DROP CONSTRAINT ' || conname FROM pg_constraint
               WHERE conrelid = 'core_auditseal'::regclass AND contype = 'f'); END $$;
               DELETE FROM core_auditevent WHERE id = (SELECT max(id) FROM core_auditevent)"""
        )
        assert audit.first_altered() == audit.Altered(5, None)

    def test_names_the_first_where_the_chain_was_bent(self, trail):
        tamper("UPDATE core_auditseal SET digest = repeat('0', 64) WHERE sequence = 2")
        assert audit.first_altered().sequence == 2


class TestVerifyAudit:
    def test_says_that_the_trail_holds(self, trail):
        said = StringIO()
        call_command("verify_audit", stdout=said)
        assert said.getvalue() == "5 sealed events, unaltered.\n"

    def test_fails_naming_the_event(self, trail):
        fourth = AuditEvent.objects.order_by("pk")[3].pk
        tamper(f"UPDATE core_auditevent SET by = 'U-2' WHERE id = {fourth}")
        with pytest.raises(CommandError, match=rf"link 4 \(event {fourth}\)"):
            call_command("verify_audit")


class TestRuntimeRole:
    def test_is_the_one_that_tests_run_in(self, db):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == (settings.RUNTIME_ROLE,)

    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE core_auditevent SET by = 'U-2'",
            "DELETE FROM core_auditevent",
            "TRUNCATE core_auditevent CASCADE",
            "UPDATE core_auditseal SET digest = ''",
            "DELETE FROM core_auditseal",
            "ALTER TABLE core_auditevent DISABLE TRIGGER USER",
            "DROP TABLE core_auditseal",
            "CREATE TABLE loot (id int)",
        ],
    )
    def test_may_not(self, trail, sql):
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), connection.cursor() as cursor:
            cursor.execute(sql)

    @pytest.mark.parametrize("sql", ["UPDATE core_auditevent SET by = 'U-2'", "DELETE FROM core_auditseal"])
    def test_is_not_alone_in_it(self, trail, sql):
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
                cursor.execute(sql)
            cursor.execute(f"SET ROLE {settings.RUNTIME_ROLE}")
