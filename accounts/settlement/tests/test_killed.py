"""A worker that is killed in the middle of a statement, a batch or a night loses nothing and doubles nothing."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from django.db import connection

from accounts.ledger import queries
from accounts.ledger.models import JournalEntry, LedgerAccount
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement.models import NostroLine, PaymentInstruction, Receipt, SuspenseItem, TermsPeriod
from accounts.settlement.tests.builders import make_payee, make_settlement_account
from accounts.settlement.tests.nostro import agree, line, read, statement, upload
from accounts.settlement.tests.terms import APRIL_1, make_product
from accounts.statements import writing

LINES = 60
BATCH_LINES = 400
ACCOUNTS = 250
PATIENCE_SECONDS = 60
NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def start(reference, *, what="statement"):
    params = connection.get_connection_params()
    database = {name: str(params.get(key) or "") for key, name in NAMES.items()}
    told = json.dumps({"database": database, what: reference})
    return subprocess.Popen(
        [sys.executable, "-m", "accounts.settlement.tests.reconciling", told],
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
    )


def writers():
    """Count the connections that wrote an entry in a transaction which is still open."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE relation = 'accounts_journalentry'::regclass"
            " AND mode = 'RowExclusiveLock' AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0]


def wait_for(reached):
    began = time.monotonic()
    while not reached():
        assert time.monotonic() - began < PATIENCE_SECONDS
        time.sleep(0.002)


def booked():
    return NostroLine.objects.exclude(status="new").count()


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_leaves_each_line_booked_once(enterprise):
    account = make_settlement_account(enterprise)
    told = [line("1.00", account.number if number % 3 else "who?") for number in range(LINES)]
    received = read(upload(writing.as_camt053(statement(*told))))
    agree(received)
    for share in (5, 25):
        worker = start(received.reference)
        wait_for(lambda share=share: booked() >= share)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        assert share <= booked() < LINES
    assert start(received.reference).wait(timeout=PATIENCE_SECONDS) == 0
    assert booked() == LINES
    assert queries.balance(account.ledger_account) == 40
    assert queries.balance(LedgerAccount.objects.named("suspense")) == 20
    assert queries.balance(LedgerAccount.objects.named("nostro")) == LINES
    assert (Receipt.objects.count(), SuspenseItem.objects.count(), JournalEntry.objects.count()) == (40, 20, LINES)
    assert queries.discrepancies() == []


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_while_it_foresees_leaves_a_file_to_be_read(enterprise):
    account = make_settlement_account(enterprise)
    received = upload(writing.as_camt053(statement(*(line("1.00", account.number) for _ in range(BATCH_LINES)))))
    worker = start(received.reference, what="unread")
    wait_for(NostroLine.objects.exists)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    received.refresh_from_db()
    assert (received.status, NostroLine.objects.exclude(foreseen="").count()) == ("reading", 0)
    for _time in range(2):
        assert start(received.reference, what="unread").wait(timeout=PATIENCE_SECONDS) == 0
        received.refresh_from_db()
        assert (received.status, NostroLine.objects.filter(foreseen="receipt").count()) == ("waiting", BATCH_LINES)
    assert JournalEntry.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_leaves_a_batch_unpaid_until_another_pays_it_once(enterprise):
    account, mill = make_settlement_account(enterprise, holding="1000.00"), make_payee(enterprise)
    rows = "".join(f"{mill.name},{mill.number},{mill.bank_code},1.00,Wages {n}\n" for n in range(BATCH_LINES))
    content = ("Name,Account number,BIC,Amount,Text\n" + rows).encode()
    batch = settlement.check_batch(
        account, title="March", name="pay.csv", content=content, key="k", at=NOW, by="U-OWNER"
    )
    settlement.submit_batch(batch, on=TODAY, at=NOW, by="U-OWNER")
    for _time in range(2):
        worker = start(batch.reference, what="batch")
        wait_for(writers)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        wait_for(lambda: not writers())
        batch.refresh_from_db()
        assert (batch.status, PaymentInstruction.objects.count()) == ("approved", 0)
        assert queries.balance(account.ledger_account) == 1000
    for _time in range(2):
        assert start(batch.reference, what="batch").wait(timeout=PATIENCE_SECONDS) == 0
        batch.refresh_from_db()
        assert (batch.status, PaymentInstruction.objects.count()) == ("paid", BATCH_LINES)
        assert queries.balance(account.ledger_account) == 1000 - BATCH_LINES
    assert queries.discrepancies() == []


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_leaves_each_month_booked_once(enterprise):
    make_product()
    for _ in range(ACCOUNTS):
        make_settlement_account(enterprise, holding="36500.00")
    worker = start(f"{APRIL_1}", what="night")
    wait_for(TermsPeriod.objects.exists)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    wait_for(lambda: not writers())
    assert 0 < TermsPeriod.objects.count() < ACCOUNTS
    for _time in range(2):
        assert start(f"{APRIL_1}", what="night").wait(timeout=PATIENCE_SECONDS) == 0
        assert TermsPeriod.objects.filter(earned_amount="6.00").count() == ACCOUNTS
        assert JournalEntry.objects.filter(event="deposit_interest").count() == ACCOUNTS
        assert queries.balance(LedgerAccount.objects.named("interest_expense")) == 6 * ACCOUNTS
    assert settlement.check_interest(on=APRIL_1, at=NOW) == []
    assert queries.discrepancies() == []
