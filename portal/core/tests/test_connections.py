"""A transaction begins with its first statement; everything else is as the driver has it."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.db import DatabaseError, InternalError, OperationalError, connection, transaction
from psycopg2.extensions import TRANSACTION_STATUS_IDLE, TRANSACTION_STATUS_INTRANS
from psycopg2.extras import execute_values
from psycopg2.sql import SQL

from portal.core.copying import copy_in
from portal.core.models import Job

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LOCK = "SELECT pg_advisory_xact_lock(%s)"
HELD = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
FIRST = {
    "text": lambda cursor: cursor.execute(LOCK, [1]),
    "composed": lambda cursor: cursor.execute(SQL("SELECT pg_advisory_xact_lock(1)")),
    "bytes": lambda cursor: execute_values(
        cursor.cursor, "SELECT pg_advisory_xact_lock(n) FROM (VALUES %s) t (n)", [[1]]
    ),
    "many": lambda cursor: cursor.executemany(LOCK, [[1]]),
    "copy": lambda cursor: cursor.copy_expert("COPY (SELECT pg_advisory_xact_lock(1)) TO STDOUT", StringIO()),
    "function": lambda cursor: cursor.callproc("pg_advisory_xact_lock", [1]),
}

pytestmark = pytest.mark.django_db(transaction=True)


def job(reference="R-1"):
    return Job(name="nothing", reference=reference, asked_at=NOW, due_at=NOW)


def status():
    return connection.connection.get_transaction_status()


class TestInATransaction:
    @pytest.mark.parametrize("first", FIRST.values(), ids=FIRST)
    def test_begins_with_any_first_statement(self, first):
        with transaction.atomic(), connection.cursor() as cursor:
            assert status() == TRANSACTION_STATUS_IDLE
            first(cursor)
            assert status() == TRANSACTION_STATUS_INTRANS
            cursor.execute(HELD)
            assert cursor.fetchone() == (1,)
        assert status() == TRANSACTION_STATUS_IDLE

    @pytest.mark.parametrize("save", [lambda: job().save(), lambda: copy_in([job()])], ids=["insert", "copy"])
    def test_undoes_its_first_statement(self, save):
        with transaction.atomic():
            save()
            transaction.set_rollback(True)
        assert not Job.objects.exists()
        assert status() == TRANSACTION_STATUS_IDLE

    def test_undoes_what_a_savepoint_began(self):
        with transaction.atomic():
            with transaction.atomic():
                job().save()
                transaction.set_rollback(True)
            job().save()
        assert Job.objects.count() == 1

    def test_reads_in_pieces_first(self):
        Job.objects.bulk_create(job(f"R-{number}") for number in range(30))
        with transaction.atomic():
            assert len(list(Job.objects.iterator(chunk_size=7))) == 30
            assert status() == TRANSACTION_STATUS_INTRANS

    def test_begins_after_a_first_statement_that_cannot_be_read(self):
        with transaction.atomic(), connection.cursor() as cursor:
            with pytest.raises(DatabaseError, match="syntax error"):
                cursor.execute("SELEC 1")
            job().save()
            transaction.set_rollback(True)
        assert not Job.objects.exists()

    def test_does_nothing_more_after_a_first_statement_that_fails(self):
        with transaction.atomic(), connection.cursor() as cursor:
            with pytest.raises(DatabaseError, match="nowhere"):
                cursor.execute("SELECT 1 FROM nowhere")
            with pytest.raises(InternalError, match="aborted"):
                job().save()
            transaction.set_rollback(True)
        assert not Job.objects.exists()

    def test_ends_when_the_server_is_gone(self):
        with transaction.atomic(), connection.cursor() as cursor:
            job().save()
            cursor.execute("RESET ROLE")
            with pytest.raises(OperationalError):
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
            transaction.set_rollback(True)
        assert not Job.objects.exists()

    def test_leaves_begun_what_is_committed_by_hand(self):
        transaction.set_autocommit(False)
        try:
            job().save()
            transaction.commit()
            Job.objects.all().delete()
            transaction.rollback()
        finally:
            transaction.set_autocommit(True)
        assert Job.objects.count() == 1


class TestOutsideOne:
    def test_keeps_each_statement_by_itself(self):
        job().save()
        assert status() == TRANSACTION_STATUS_IDLE
        assert Job.objects.count() == 1

    def test_reads_in_pieces(self):
        job().save()
        assert len(list(Job.objects.iterator())) == 1
