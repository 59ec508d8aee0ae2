"""From submitting an application to its recorded decision, through the broker and a worker, by a year of evidence."""

from __future__ import annotations

import time
from collections.abc import Iterator
from random import Random

from django.utils import timezone

from accounts.cashflow.models import BankTransaction
from lending.applications import operations as applications
from lending.applications.models import CreditDecision
from lending.credit import queries as credit
from portal.benchmarks.figures import Figure, timed
from portal.seed import story
from portal.seed.cast import ENTERPRISES

FIRMS = 5
ROUNDS = 12
LIMIT_MS = 1000
PATIENCE_SECONDS = 30


def measure() -> Iterator[Figure]:
    """Time the features of one enterprise, and submit applications one after the other."""
    today = timezone.localdate()
    told = story.Story(today=today, rng=Random(1), say=lambda _text: None)
    story.found_the_bank(told)
    rows = [row for row in ENTERPRISES if row.health == "strong"][:FIRMS]
    firms = [(row, *story.bring_in(told, number, row, on=today)) for number, row in enumerate(rows)]
    lines = BankTransaction.objects.count() // FIRMS
    enterprise = firms[0][2]
    features = timed(lambda: credit.features_of(enterprise, as_of=today), runs=50)
    yield Figure(f"features of one enterprise, {lines} bank lines", features)
    times = []
    for number in range(ROUNDS):
        for row, owner, firm in firms:
            application = story.apply(told, row, firm, owner, today, key=f"round {number}")
            times.append(_decided(application, owner))
            applications.withdraw(application, by=owner, at=timezone.now())
    yield Figure("submit to recorded decision", times[FIRMS:], limit_p95_ms=LIMIT_MS)


def _decided(application, owner) -> float:
    began = time.perf_counter()
    applications.submit(application, by=owner, at=timezone.now())
    while not CreditDecision.objects.filter(application=application).exists():
        assert time.perf_counter() - began < PATIENCE_SECONDS, "no worker decided"
        time.sleep(0.002)
    return (time.perf_counter() - began) * 1000
