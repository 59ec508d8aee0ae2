"""Remembering sums, so that no balance is slow to read."""

from datetime import date, datetime
from typing import Final

from django.db import connection, transaction

from accounts.ledger import queries

ARRIVAL_LOCK: Final = 7_203_002  # shared by every statement that inserts postings: see the migration's trigger


def take_snapshots(as_of: date, *, at: datetime) -> int:
    """Remember each account's sums up to the end of a day, where they moved since, and tell for how many accounts.

    Posting stops only for the moment in which the last posting is read: whoever posts shares the lock taken here.
    """
    last = _last_posting()
    sql = f"""
        INSERT INTO accounts_balancesnapshot
            (ledger_account_id, as_of, last_posting, debit_amount, credit_amount, taken_at)
        SELECT id, %(on)s, %(last)s, debit, credit, %(at)s FROM ({queries.SUMS}) sums WHERE moved > 0
        ON CONFLICT (ledger_account_id, as_of) DO NOTHING"""  # noqa: S608 - our own text, no one's input
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(sql, {"on": as_of, "last": last, "at": at})
        return int(cursor.rowcount)


@transaction.atomic(durable=True)
def _last_posting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ARRIVAL_LOCK])
        cursor.execute("SELECT coalesce(max(id), 0) FROM accounts_posting")
        return int(cursor.fetchone()[0])
