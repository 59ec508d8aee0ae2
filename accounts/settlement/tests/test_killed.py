"""A worker that is killed in the middle of a statement loses nothing and doubles nothing."""

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
from accounts.settlement.models import NostroLine, Receipt, SuspenseItem
from accounts.settlement.tests.builders import make_settlement_account
from accounts.settlement.tests.nostro import line, statement, upload
from accounts.statements import writing

LINES = 60
PATIENCE_SECONDS = 60
NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


@pytest.fixture(autouse=True)
def _files(tmp_path, settings):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }


def start(reference):
    params = connection.get_connection_params()
    database = {name: str(params.get(key) or "") for key, name in NAMES.items()}
    told = json.dumps({"database": database, "statement": reference})
    return subprocess.Popen(
        [sys.executable, "-m", "accounts.settlement.tests.reconciling", told],
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
    )


def booked():
    return NostroLine.objects.exclude(status="new").count()


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_leaves_each_line_booked_once(enterprise):
    account = make_settlement_account(enterprise)
    told = [line("1.00", account.number if number % 3 else "who?") for number in range(LINES)]
    received = upload(writing.as_camt053(statement(*told)))
    settlement.read_nostro(received.reference, on=TODAY, at=NOW)
    for share in (5, 25):
        began, worker = time.monotonic(), start(received.reference)
        while booked() < share:
            assert time.monotonic() - began < PATIENCE_SECONDS
            time.sleep(0.002)
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
