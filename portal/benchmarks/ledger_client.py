"""One client of the ledger benchmark: a process of its own that posts, or reads, for some seconds when told to.

It is told by lines on its input (``{"act": ..., "seconds": ..., "accounts": [...]}``) and answers each by one line.
"""

from __future__ import annotations

import json
import random
import sys
import time
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import django

AMOUNT = Decimal("1.25")
TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CHECKED_EVERY = 10
DEPTH = Decimal(1_000_000)  # what a hordak account may go below: there the judging counts, not its answer

# The same as the ledger's one call, in the four statements that one would write it in by hand.
LOCK = """SELECT ledger_account_id, amount - held_amount + overdraft_amount FROM accounts_ledgerbalance
WHERE ledger_account_id = ANY (%s) ORDER BY ledger_account_id FOR NO KEY UPDATE"""
CLAIM = """INSERT INTO accounts_journalentry
(reference, key, fingerprint, event, subject, text, effective_date, posted_at, by, line_count)
VALUES (%s, %s, %s, 'transfer', 'bench', '', %s, %s, 'bench', 2) ON CONFLICT DO NOTHING RETURNING id"""
POSTINGS = """INSERT INTO accounts_posting
(entry_id, ledger_account_id, direction, amount, effective_date, line_number) VALUES %s"""
MOVE = """UPDATE accounts_ledgerbalance kept SET amount = kept.amount + moved.change
FROM (VALUES (%s, %s), (%s, %s)) AS moved (id, change) WHERE kept.ledger_account_id = moved.id"""


def main() -> None:
    """Answer every line of the input until it ends."""
    django.setup()
    acts = hordak_acts() if sys.argv[1] == "hordak" else ledger_acts()
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        told = json.loads(line)
        print(json.dumps(count(acts[told["act"]](told["accounts"]), told["seconds"])), flush=True)


def count(act: Callable[[], object], seconds: float) -> float:
    """Repeat an act for some seconds and tell how often a second it was done."""
    act()
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        for _ in range(CHECKED_EVERY):
            act()
        done += CHECKED_EVERY
    return done / (time.perf_counter() - began)


def hordak_acts() -> dict[str, Callable[[list[int]], Callable[[], object]]]:
    """Post and read as django-hordak does, and post as one must with it who forbids overdrafts."""
    from django.db import transaction
    from hordak.models import Account
    from moneyed import Money

    def post(pks):
        accounts = list(Account.objects.filter(pk__in=pks))
        amount = Money(AMOUNT, "CNY")
        return lambda: transfer(*random.sample(accounts, 2), amount)

    def transfer(source, target, amount):
        source.transfer_to(target, amount, description="bench", date=TODAY)

    def post_checked(pks):
        amount = Money(AMOUNT, "CNY")
        return lambda: transfer_checked(*random.sample(pks, 2), amount)

    def transfer_checked(source, target, amount):
        with transaction.atomic():
            locked = Account.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=[source, target])
            accounts = {account.pk: account for account in locked.order_by("pk")}
            assert accounts[source].get_balance()["CNY"].amount >= -DEPTH
            transfer(accounts[source], accounts[target], amount)

    def read(pks):
        accounts = list(Account.objects.filter(pk__in=pks))
        return lambda: random.choice(accounts).get_balance()

    return {"hordak": post, "hordak checked": post_checked, "hordak reads": read}


def ledger_acts() -> dict[str, Callable[[list[int]], Callable[[], object]]]:
    """Post and read through the ledger, and the same statements without it."""
    return {
        "ledger": _posting,
        "bare": lambda pks: _bare(pks, _called),
        "bare in steps": lambda pks: _bare(pks, _in_steps),
        "ledger reads": _reading,
        "bare reads": lambda pks: _bare_reading(pks, _balance),
        "bare sums": lambda pks: _bare_reading(pks, _sum),
    }


def _posting(pks):
    from accounts.ledger.models import LedgerAccount

    accounts = list(LedgerAccount.objects.filter(pk__in=pks))
    return lambda: _transfer(*random.sample(accounts, 2))


def _transfer(source, target):
    from django.db import transaction

    from accounts.ledger import operations as ledger

    with transaction.atomic():
        ledger.post(
            key=uuid.uuid4().hex,
            event="transfer",
            subject="bench",
            lines=[ledger.debit(source, AMOUNT), ledger.credit(target, AMOUNT)],
            effective_date=TODAY,
            at=NOW,
            by="bench",
        )


def _reading(pks):
    from accounts.ledger import queries
    from accounts.ledger.models import LedgerAccount

    accounts = list(LedgerAccount.objects.filter(pk__in=pks))
    return lambda: queries.balance(random.choice(accounts))


def _plain_connection():
    import psycopg2
    from django.db import connection

    params = connection.get_connection_params() | {"connection_factory": None, "cursor_factory": None}
    return psycopg2.connect(**params)


def _bare(pks, act):
    plain = _plain_connection()
    return lambda: act(plain, *random.sample(pks, 2))


def _called(plain, source, target):
    from accounts.ledger.operations.posting import POST, array

    key = uuid.uuid4().hex
    changes = dict(sorted({source: -AMOUNT, target: AMOUNT}.items()))
    values = [
        key[:20], key, key + key, "transfer", "bench", "", TODAY.isoformat(), NOW.isoformat(), "bench", None,
        array(changes), array(changes.values()), array([source, target]), array([AMOUNT, -AMOUNT]),
    ]  # fmt: skip
    with plain, plain.cursor() as cursor:
        cursor.execute(POST, values)
        cursor.fetchone()


def _in_steps(plain, source, target):
    from psycopg2.extras import execute_values

    key = uuid.uuid4().hex
    with plain, plain.cursor() as cursor:
        cursor.execute(LOCK, [[source, target]])
        cursor.fetchall()
        cursor.execute(CLAIM, [key[:20], key, key + key, TODAY, NOW])
        (entry,) = cursor.fetchone()
        lines = [(entry, source, "debit", AMOUNT, TODAY, 1), (entry, target, "credit", AMOUNT, TODAY, 2)]
        execute_values(cursor, POSTINGS, lines)
        cursor.execute(MOVE, [source, -AMOUNT, target, AMOUNT])


def _bare_reading(pks, act):
    plain = _plain_connection()
    plain.autocommit = True
    return lambda: act(plain, random.choice(pks))


def _balance(plain, pk):
    with plain.cursor() as cursor:
        cursor.execute("SELECT amount FROM accounts_ledgerbalance WHERE ledger_account_id = %s", [pk])
        return cursor.fetchone()[0]


def _sum(plain, pk):
    from accounts.ledger import queries

    with plain.cursor() as cursor:
        values = {"on": date.max, "last": 2**63 - 1, "account": pk}
        cursor.execute(queries.SUMS + "AND account.id = %(account)s", values)
        return cursor.fetchall()


if __name__ == "__main__":
    main()
