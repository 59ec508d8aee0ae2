"""Processes that are killed and connections that are cut lose nothing, double nothing and leave no circle behind."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection

from accounts.ledger import queries
from accounts.ledger.models import JournalEntry, LedgerAccount, LedgerBalance
from accounts.ledger.tests.builders import make_customer_account, make_entry

PROCESSES = 8
PATIENCE_SECONDS = 600


@pytest.fixture
def ten_customers(transactional_db, bank):
    cash = LedgerAccount.objects.named("cash")
    accounts = [make_customer_account(f"Customer {number}") for number in range(10)]
    for account in accounts:
        make_entry(cash, account, "50.00")
    return accounts


def start(accounts, number, transfers, folder):
    """Start a process that transfers at random, and writes down each transfer once it is told that it is kept."""
    told = {"database": settings.DATABASES["default"]["NAME"], "accounts": [account.pk for account in accounts]}
    told |= {"options": {key: str(value) for key, value in connection.get_connection_params().items()
                         if key in {"user", "password", "host", "port", "dbname"}}}  # fmt: skip
    told |= {"seed": number, "transfers": transfers, "log": str(folder / f"{number}.log")}
    command = [sys.executable, "-m", "accounts.ledger.tests.transferring", json.dumps(told)]
    return subprocess.Popen(command, env=os.environ | {"PYTHONWARNINGS": "ignore"})


def cut_a_connection():
    """End one of the other sessions on this database, as a failing network or an administrator would."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND application_name = 'transferring' ORDER BY random() LIMIT 1"""
        )
        cursor.execute(f"SET ROLE {settings.RUNTIME_ROLE}")


def survive(accounts, folder, *, transfers, faults):
    """Let eight processes transfer at random, kill some, cut off others, and give the keys that were acknowledged."""
    chance = random.Random(transfers)
    share = transfers // PROCESSES
    processes = {number: start(accounts, number, share, folder) for number in range(PROCESSES)}
    began = time.monotonic()
    while JournalEntry.objects.filter(subject="random").count() < PROCESSES:
        assert time.monotonic() - began < PATIENCE_SECONDS
        time.sleep(0.02)
    for fault in range(faults):
        time.sleep(0.05)
        if fault % 2:
            cut_a_connection()
        else:
            number = chance.randrange(PROCESSES)
            processes[number].send_signal(signal.SIGKILL)
            processes[number].wait()
            processes[number] = start(accounts, number + PROCESSES * (fault + 1), share, folder)
    for process in processes.values():
        assert process.wait(timeout=PATIENCE_SECONDS) == 0
    return [line for log in sorted(folder.glob("*.log")) for line in log.read_text().splitlines()]


def judge(acknowledged):
    assert queries.discrepancies() == []
    assert not LedgerBalance.objects.filter(amount__lt=0).exists()
    kept = set(JournalEntry.objects.filter(subject="random").values_list("key", flat=True))
    assert len(acknowledged) == len(set(acknowledged))
    assert set(acknowledged) <= kept
    assert len(kept) - len(acknowledged) <= 3 * PROCESSES  # kept, but the answer was lost on the way
    total = sum(LedgerBalance.objects.values_list("amount", flat=True), Decimal(0))
    assert total == Decimal("500.00")


def test_a_hundred_transfers_survive_kills_and_cuts(ten_customers, tmp_path):
    judge(survive(ten_customers, tmp_path, transfers=96, faults=2))


@pytest.mark.prove
def test_a_thousand_transfers_survive_kills_and_cuts(ten_customers, tmp_path):
    acknowledged = survive(ten_customers, tmp_path, transfers=1_000, faults=16)
    judge(acknowledged)
    assert len(acknowledged) >= 1_000
