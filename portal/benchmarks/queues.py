"""What twenty large files of one enterprise cost the others: an answer, and the reading of a small file."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

from celery import current_app
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet
from django.utils import timezone

from accounts.cashflow import operations as cashflow
from accounts.cashflow.models import StatementImport
from accounts.cashflow.states import Status
from lending.applications import operations as applications
from lending.applications.models import CreditDecision
from portal.benchmarks import bank
from portal.benchmarks.bank import Firm
from portal.benchmarks.figures import Figure, Times
from portal.core import files
from portal.seed import story

FILES, LINES, ROUNDS = 20, 10_000, 8
LIMIT_MS = 1000
PATIENCE_SECONDS = 600
WAYS: Final = ("one queue, no turns", "own queue, in turns")


def measure() -> Iterator[Figure | Times]:
    """Time both with no file waiting, with all in one queue at once, and in turns in a queue of their own."""
    today = timezone.localdate()
    told, firms = bank.founded()
    applicant, other, *busy = firms[1:]  # the first is another benchmark's, which gives it a year of lines
    _measured(told, applicant, other, today, "warm up")
    answer, small = _measured(told, applicant, other, today, "no other file")
    yield Figure("submit to decision, no file waits", answer)
    yield Figure("a small file waits to be read, no other", small)
    for way, firm in zip(WAYS, busy, strict=True):
        began = time.perf_counter()
        for number in range(FILES):
            _bring(firm, f"{way} {number}", _rows(number, LINES, today), in_turn=way == WAYS[1])
        decided, read = _measured(told, applicant, other, today, way)
        limit = LIMIT_MS if way == WAYS[1] else None
        yield Figure(f"submit to decision, {way}", decided, limit_p95_ms=limit)
        yield Times("the slowest, of that with no file", max(decided) / max(answer))
        yield Figure(f"a small file waits, {way}", read)
        yield Times("of that with no other", read[0] / small[0])
        reading = StatementImport.objects.filter(enterprise=firm[2], status=Status.READING)
        _wait_for(partial(_none_of, reading))
        yield Figure(f"{FILES} files of {LINES} lines, all read", [(time.perf_counter() - began) * 1000])


def _rows(number: int, lines: int, today: date) -> str:
    days = (today - timedelta(days=1 + each * 300 // lines) for each in range(lines))
    return "".join(
        f"{day},{each % 900}.{number:02d},Shop {each % 50},Order\n" for each, day in enumerate(days, start=1)
    )


def _bring(firm: Firm, name: str, rows: str, *, in_turn: bool) -> StatementImport:
    """Bring a file; or past the turns, into the queue of the decisions."""
    _row, owner, enterprise = firm
    at = timezone.now()
    upload = SimpleUploadedFile(f"{name}.csv", f"Date,Amount,Counterparty,Description\n{rows}".encode())
    if in_turn:
        return cashflow.receive(enterprise, upload, by=owner.reference, at=at)
    kept = files.keep(upload, kind="evidence", by=owner.reference, at=at)
    brought = StatementImport.objects.create(
        enterprise=enterprise, file=kept, uploaded_at=at, uploaded_by=owner.reference
    )
    current_app.send_task("cashflow.read", args=[brought.reference], queue=settings.PROMPT_QUEUE)
    return brought


def _measured(told: Any, applicant: Firm, other: Firm, today: date, way: str) -> tuple[list[float], list[float]]:
    """Submit applications one after the other while a small file waits; give their times, and its."""
    brought = _bring(other, way, f"{today},1.{len(way):02d},Shop,{way}\n", in_turn=way != WAYS[0])
    decided = [_decided(told, applicant, today, f"{way} {number}") for number in range(ROUNDS)]
    _wait_for(lambda: StatementImport.objects.filter(pk=brought.pk).exclude(read_at=None).exists())
    brought.refresh_from_db()
    assert brought.read_at is not None
    return decided, [(brought.read_at - brought.uploaded_at).total_seconds() * 1000]


def _decided(told: Any, firm: Firm, today: date, key: str) -> float:
    row, owner, enterprise = firm
    application = story.apply(told, row, enterprise, owner, today, key=key)
    began = time.perf_counter()
    applications.submit(application, by=owner, at=timezone.now())
    _wait_for(lambda: CreditDecision.objects.filter(application=application).exists())
    took = (time.perf_counter() - began) * 1000
    applications.withdraw(application, by=owner, at=timezone.now())
    return took


def _none_of(rows: QuerySet[StatementImport]) -> bool:
    return not rows.all().exists()


def _wait_for(holds: Callable[[], bool]) -> None:
    until = time.perf_counter() + PATIENCE_SECONDS
    while not holds():
        assert time.perf_counter() < until, "no worker came"
        time.sleep(0.005)
