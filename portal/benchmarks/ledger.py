"""Posting and reading balances, beside django-hordak and bare SQL: with and without the disk, small and large."""

from __future__ import annotations

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import psycopg2
from django.db import connection, transaction
from django.utils import timezone

from accounts.ledger import operations as ledger
from accounts.ledger import queries
from accounts.ledger.models import LedgerAccount
from portal.benchmarks.figures import Rate

CLIENTS = 8
CUSTOMERS = 200
ROUNDS = 9
SECONDS = 0.5
POSTINGS = 1_000_000
ENTRIES_AT_ONCE = 50_000
FIRST = date(2025, 1, 1)
HORDAK_DATABASE = "bench_hordak"
TWICE, HALF, FLAT = 2.0, 0.5, 0.7  # flat: what else the machine does moves a rate by as much
Client = Any  # a process whose pipes are there
DEPOSIT = Decimal(1_000_000)
NO_FLUSH = {"PGOPTIONS": "-c synchronous_commit=off"}  # what each costs, without the disk's share, which is the same

# History as the years leave it: entries between customers, the cash account and income, over a year of days.
PRELOAD = """
WITH entry AS (
    INSERT INTO accounts_journalentry
        (reference, key, fingerprint, event, subject, text, effective_date, posted_at, by, line_count)
    SELECT 'P-' || n, 'preload ' || n, '', 'deposit', 'preload', '', %(first)s::date + (n %% 365)::int, %(at)s,
           'bench', 2
    FROM generate_series(%(from)s, %(through)s) AS n RETURNING id, effective_date
)
INSERT INTO accounts_posting (entry_id, ledger_account_id, direction, amount, effective_date, line_number)
SELECT entry.id, CASE line WHEN 1 THEN %(cash)s ELSE (%(customers)s::bigint[])[1 + entry.id %% %(count)s] END,
       CASE line WHEN 1 THEN 'debit' ELSE 'credit' END, 1, entry.effective_date, line
FROM entry CROSS JOIN generate_series(1, 2) AS line"""
PRELOADED_BALANCES = """
UPDATE accounts_ledgerbalance kept SET amount = told.amount FROM (
    SELECT ledger_account_id, sum(CASE direction WHEN 'credit' THEN amount ELSE -amount END) AS amount
    FROM accounts_posting GROUP BY 1) told
WHERE kept.ledger_account_id = told.ledger_account_id"""


def measure() -> Iterator[Rate]:
    """Compare at a small size, load a million postings with every trigger on, and compare again."""
    cash, customers = _open_books()
    hordak, legs = _hordak_books()
    with ExitStack() as stack:
        ours, theirs = _sides(stack, hordak, NO_FLUSH)
        for number in (1, CLIENTS):
            rates = _posting(ours, theirs, number, customers, legs)
            yield from _judged(f"post without waiting for the disk, {number} at once", rates)
    with ExitStack() as stack:
        ours, theirs = _sides(stack, hordak, {})
        few, rates = {}, {}
        for number in (1, CLIENTS):
            few[number] = rates = _posting(ours, theirs, number, customers, legs)
            yield from _judged(f"post, {number} at once", rates)
        yield from _reading(ours, theirs, customers, legs)
        yield from _preload(cash, customers)
        for number in (1, CLIENTS):
            rates = _posting(ours, [], number, customers, [])
            yield from _judged(f"post after a million, {number} at once", rates)
            name = f"post after a million, {number} at once, ledger"
            yield Rate(name, rates["ledger"], beside=few[number]["ledger"], of="the same when small", at_least=FLAT)
        yield from _reading_after_a_million(ours, cash, customers)
    wrong = queries.discrepancies()
    assert not wrong, f"the books are wrong after the benchmark: {wrong}"


def _open_books() -> tuple[LedgerAccount, list[int]]:
    """Open books with customers who have something to transfer."""
    now = timezone.now()
    ledger.open_books("CNY", at=now)
    cash = LedgerAccount.objects.named("cash")
    customers = []
    for number in range(CUSTOMERS):
        with transaction.atomic():
            account = ledger.open_customer_account(
                f"bench-{number}", name_en="Bench", name_zh_hans="Bench", currency="CNY", at=now
            )
            lines = [ledger.debit(cash, DEPOSIT), ledger.credit(account, DEPOSIT)]
            ledger.post(
                key=f"bench {number}",
                event="deposit",
                subject="bench",
                lines=lines,
                effective_date=FIRST,
                at=now,
                by="bench",
            )
        customers.append(account.pk)
    return cash, customers


@contextmanager
def _clients(kind: str, environment: dict[str, str]) -> Iterator[list[Client]]:
    """Start processes that wait to be told what to do, and end them."""
    command = [sys.executable, "-m", "portal.benchmarks.ledger_client", kind]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    started = [subprocess.Popen(command, env=os.environ | environment, **pipes) for _ in range(CLIENTS)]
    try:
        for client in started:
            _answer(client)
        yield started
    finally:
        for client in started:
            if client.stdin:
                client.stdin.close()
            client.wait(timeout=10)


def _answer(client: Client) -> Any:
    line = client.stdout.readline()
    assert line, "a client of the benchmark ended"
    return json.loads(line)


def _sides(
    stack: ExitStack, hordak: dict[str, str] | None, environment: dict[str, str]
) -> tuple[list[Client], list[Client]]:
    """Start the clients of the ledger and, where it is installed, those of django-hordak."""
    ours = stack.enter_context(_clients("ledger", environment))
    theirs = [] if hordak is None else stack.enter_context(_clients("hordak", hordak | environment))
    return ours, theirs


def _hordak_books() -> tuple[dict[str, str] | None, list[int]]:
    """Lay out django-hordak's books in a database of their own, if it is installed; tell where, and its accounts."""
    if importlib.util.find_spec("hordak") is None:
        print("django-hordak is not installed: pip install -r requirements-bench.txt", flush=True)
        return None, []
    owner = os.environ["DATABASE_OWNER_URL"]
    _create_database(owner)
    scheme, rest = owner.split("@/", 1)
    environment = {
        "HORDAK_DATABASE_URL": f"{scheme}@/{HORDAK_DATABASE}?{rest.split('?', 1)[1]}",
        "DJANGO_SETTINGS_MODULE": "portal.benchmarks.hordak_settings",
    }
    made = subprocess.run(
        [sys.executable, "-m", "portal.benchmarks.hordak_books", str(CUSTOMERS)],
        env=os.environ | environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return environment, json.loads(made.stdout)


def _create_database(owner: str) -> None:
    plain = psycopg2.connect(owner)
    plain.autocommit = True
    with closing(plain), plain.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {HORDAK_DATABASE}")


def _rate(clients: Sequence[Client], act: str, accounts: list[int]) -> float:
    """Let clients do one thing at the same time, and add up how often a second they did it."""
    told = json.dumps({"act": act, "seconds": SECONDS, "accounts": accounts})
    for client in clients:
        assert client.stdin
        client.stdin.write(told + "\n")
        client.stdin.flush()
    return float(sum(_answer(client) for client in clients))


def _posting(
    ours: Sequence[Client],
    theirs: Sequence[Client],
    number: int,
    customers: list[int],
    legs: list[int],
) -> dict[str, float]:
    """Take turns, so that what else the machine does falls on all of them, and give each one's median."""
    acts = [(act, ours, customers) for act in ("ledger", "bare", "bare in steps")]
    acts += [("hordak", theirs, legs), ("hordak checked", theirs, legs)] if theirs else []
    return _in_turns(acts, number)


def _in_turns(acts: Sequence[tuple[str, Sequence[Client], list[int]]], number: int) -> dict[str, float]:
    told: dict[str, list[float]] = {act: [] for act, _clients, _accounts in acts}
    for _round in range(ROUNDS):
        for act, clients, accounts in acts:
            told[act].append(_rate(clients[:number], act, accounts))
    return {act: statistics.median(rates) for act, rates in told.items()}


def _judged(name: str, rates: dict[str, float]) -> Iterator[Rate]:
    yield Rate(f"{name}, bare SQL", rates["bare"])
    yield Rate(f"{name}, bare SQL in four steps", rates["bare in steps"])
    yield Rate(f"{name}, ledger", rates["ledger"], beside=rates["bare"], of="bare SQL", at_least=HALF)
    if "hordak" in rates:
        yield Rate(f"{name}, hordak", rates["hordak"])
        yield Rate(f"{name}, ledger", rates["ledger"], beside=rates["hordak"], of="hordak", at_least=TWICE)
        yield Rate(f"{name}, hordak that locks and judges the balance", rates["hordak checked"])
        checked = rates["hordak checked"]
        yield Rate(f"{name}, ledger", rates["ledger"], beside=checked, of="hordak so checked", at_least=TWICE)


def _reading(
    ours: Sequence[Client],
    theirs: Sequence[Client],
    customers: list[int],
    legs: list[int],
) -> Iterator[Rate]:
    acts = [("ledger reads", ours, customers), ("bare reads", ours, customers)]
    acts += [("hordak reads", theirs, legs)] if theirs else []
    rates = _in_turns(acts, 1)
    yield Rate("read a customer's balance, bare SQL", rates["bare reads"])
    name = "read a customer's balance, ledger"
    yield Rate(name, rates["ledger reads"], beside=rates["bare reads"], of="bare SQL", at_least=HALF)
    if theirs:
        yield Rate(name, rates["ledger reads"], beside=rates["hordak reads"], of="hordak", at_least=TWICE)


def _preload(cash: LedgerAccount, customers: list[int]) -> Iterator[Rate]:
    """Fill the books with history by SQL, the guards on, and remember balances as every night does."""
    entries = POSTINGS // 2
    began = time.perf_counter()
    values: dict[str, Any] = {
        "first": FIRST,
        "at": timezone.now(),
        "cash": cash.pk,
        "customers": customers,
        "count": len(customers),
    }
    for first in range(1, entries + 1, ENTRIES_AT_ONCE):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(PRELOAD, {**values, "from": first, "through": first + ENTRIES_AT_ONCE - 1})
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PRELOADED_BALANCES)
    yield Rate("postings loaded by SQL, every guard on", POSTINGS / (time.perf_counter() - began))
    ledger.take_snapshots(FIRST + timedelta(days=364), at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_posting, accounts_journalentry, accounts_ledgerbalance")


def _reading_after_a_million(ours: Sequence[Client], cash: LedgerAccount, customers: list[int]) -> Iterator[Rate]:
    acts = [("ledger reads", ours, customers), ("bare reads", ours, customers)]
    rates = _in_turns(acts, 1)
    name = "read a customer's balance after a million, ledger"
    yield Rate(name, rates["ledger reads"], beside=rates["bare reads"], of="bare SQL", at_least=HALF)
    rates = _in_turns([("ledger reads", ours, [cash.pk]), ("bare sums", ours, [cash.pk])], 1)
    name = "read the cash account after a million, ledger"
    yield Rate(name, rates["ledger reads"], beside=rates["bare sums"], of="bare SQL", at_least=HALF)
