"""From submitting an application to its recorded decision, through the broker and a worker, by a year of evidence."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing
from copy import deepcopy
from datetime import date, timedelta

import psycopg2
from django.utils import timezone

from accounts.cashflow.models import BankTransaction
from accounts.identity.models import Enterprise, User
from lending.applications import judgment
from lending.applications import operations as applications
from lending.applications.models import Application, CreditDecision
from lending.credit import queries as credit
from lending.credit import scorecards
from portal.benchmarks import bank
from portal.benchmarks.figures import Figure, timed
from portal.seed import story

ROUNDS = 12
LIMIT_MS = 1000
LINES = 1000
VERDICT_MS, SCORE_MS = 50, 1
PATIENCE_SECONDS = 30


def measure() -> Iterator[Figure]:
    """Time a verdict in this process, then submit applications one after the other to the workers."""
    today = timezone.localdate()
    told, firms = bank.founded()
    row, owner, firm = firms[0]
    _fill(firm, today)
    yield from _judging(story.apply(told, row, firm, owner, today, key="to be judged"), owner, today)
    times = []
    for number in range(ROUNDS):
        for row, owner, firm in firms:
            application = story.apply(told, row, firm, owner, today, key=f"round {number}")
            times.append(_decided(application, owner))
            applications.withdraw(application, by=owner, at=timezone.now())
    yield Figure("submit to recorded decision", times[len(firms) :], limit_p95_ms=LIMIT_MS)


def _fill(enterprise: Enterprise, today: date) -> None:
    """Give an enterprise a year of a thousand bank lines: its own, again and again with other days and amounts."""
    year = BankTransaction.objects.filter(
        enterprise=enterprise, booked_on__gt=today - timedelta(days=365), is_counted=True, superseded_at=None
    )
    lines = list(year.order_by("pk"))
    copies = []
    for number in range(LINES - len(lines)):
        copy = deepcopy(lines[number % len(lines)])
        copy.pk = None
        copy.line_number, copy.fingerprint = 10_000 + number, f"copy {number}"
        copy.amount += number % 97
        copies.append(copy)
    BankTransaction.objects.bulk_create(copies)
    assert year.count() == LINES
    _let_tables_be_counted()


def _let_tables_be_counted() -> None:
    """Let PostgreSQL count what the tables hold, as autovacuum does within a minute; the runtime role may not."""
    with closing(psycopg2.connect(os.environ["DATABASE_OWNER_URL"])) as owner:
        owner.autocommit = True
        owner.cursor().execute("ANALYZE")


def _judging(application: Application, owner: User, today: date) -> Iterator[Figure]:
    """Time what a worker does for one verdict, with its questions to the database, and the score alone."""
    now = timezone.now()
    enterprise = application.enterprise
    features = timed(lambda: credit.features_of(enterprise, as_of=today), runs=50)
    yield Figure(f"features of one enterprise, {LINES} bank lines of a year", features)
    verdict = timed(lambda: judgment.judge(application, on=today, at=now), runs=50)
    yield Figure(f"verdict of one applicant, {LINES} bank lines of a year", verdict, limit_p95_ms=VERDICT_MS)
    worked = timed(lambda: judgment.judge(application, on=today, at=now), runs=50, clock=time.process_time)
    yield Figure("the same, the worker's own processor time", worked)
    judged = judgment.judge(application, on=today, at=now)
    table = judged.rules.scorecard.table
    score = timed(lambda: scorecards.score(table, judged.features), runs=500)
    yield Figure("scoring itself", score, limit_p95_ms=SCORE_MS)
    applications.withdraw(application, by=owner, at=timezone.now())


def _decided(application, owner) -> float:
    began = time.perf_counter()
    applications.submit(application, by=owner, at=timezone.now())
    while not CreditDecision.objects.filter(application=application).exists():
        assert time.perf_counter() - began < PATIENCE_SECONDS, "no worker decided"
        time.sleep(0.002)
    return (time.perf_counter() - began) * 1000
