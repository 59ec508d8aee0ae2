"""The forecast beside a seasonal-naive one, on the last thirteen weeks of the shared data.

Each enterprise's last thirteen weeks are held out. The forecast is made from what was before, by the function that the
pages call; the naive one repeats the same weeks of last year (of the quarter before, where there is less than a year
and a half), spread by its own errors in the past. Both give the same quantiles of weekly sums. The pinball loss is the
mean over quantiles and weeks, divided by the mean step from week to week before (as in the M5 competition), then the
mean over enterprises. Coverage is how often the truth lay between the 10 % and the 90 % quantile.

Invoices do not tell when their ledger ends, so two ends are taken: each enterprise's own last invoice, as the pages do,
and one day for all, the last of the data. Whoever has no invoice before that day then has weeks of zeros, and nothing
tells whether trade stopped or the ledger did, so there the coverage is shown and not judged. Accounts end the day
before their loan.
"""

from __future__ import annotations

import importlib.util
import itertools
import math
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.cashflow import forecast as ours
from accounts.cashflow.forecast import WEEKS
from accounts.cashflow.recurring import Flow
from accounts.cashflow.weekly import DAYS, LEVELS, Past, Week, pinball
from portal.benchmarks.figures import Skill
from portal.core.dates import spring_festivals

SHORTEST = 26  # weeks before those held out
ALIVE = 13  # something must have flowed in so many weeks before those held out
YEAR, QUARTER = 52, 13
WAYS = {"in": "inflow", "out": "outflow", "net": "net"}
ONE_END = "one end"
Quantiles = list[list[float]]


@dataclass(frozen=True)
class Firm:
    """An enterprise's flows, from the first day to the last that its evidence tells of."""

    flows: list[Flow]
    first: date
    last: date
    keeps_festivals: bool = True


def measure() -> Iterator[Skill]:
    """Measure every shared set, or say that it is not there."""
    folder = Path(os.environ.get("SHARED_DIR", Path(settings.BASE_DIR).parent / "shared")) / "data"
    if not folder.is_dir() or importlib.util.find_spec("pyarrow") is None:
        print(f"No forecast measured: needs {folder} (set SHARED_DIR to the folder that holds data/) and pyarrow.")
        return
    for name, firms in _sets(folder):
        yield from _skills(name, firms)


def _sets(folder: Path) -> Iterator[tuple[str, list[Firm]]]:
    for kind in ("labeled", "unlabeled"):
        own = _invoices(folder / f"invoices_{kind}.parquet")
        last = max(firm.last for firm in own)
        yield f"invoices, {kind}, own end", own
        yield f"invoices, {kind}, {ONE_END}", [Firm(firm.flows, firm.first, last) for firm in own]
    yield "bank accounts", _accounts(folder)


def _rows(path: Path) -> list[dict[str, Any]]:
    from pyarrow import parquet

    rows: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    return rows


def _invoices(path: Path) -> list[Firm]:
    flows: dict[str, list[Flow]] = defaultdict(list)
    for row in _rows(path):
        if row["valid"]:
            sign = 1 if row["direction"] == "sale" else -1
            flow = Flow(
                row["date"].date(), sign * row["amount_inc_tax"], row["counterparty_id"], category=row["direction"]
            )
            flows[row["firm_id"]].append(flow)
    return [_firm(each) for each in flows.values()]


def _firm(flows: list[Flow]) -> Firm:
    days = [flow.on for flow in flows]
    return Firm(flows, min(days), max(days))


def _accounts(folder: Path) -> list[Firm]:
    ends = {row["account_id"]: row["date"].date() - timedelta(days=1) for row in _rows(folder / "loans.parquet")}
    flows: dict[int, list[Flow]] = defaultdict(list)
    for row in _rows(folder / "bank_transactions.parquet"):
        sign = 1 if row["type"] == "credit" else -1
        key = f"{row['bank']} {row['account']}" if row["bank"] else str(row["operation"])
        purpose = row["k_symbol"] or row["operation"] or ""
        flows[row["account_id"]].append(Flow(row["date"].date(), sign * row["amount"], key, category=purpose))
    return [
        Firm(each, min(flow.on for flow in each), ends[number], keeps_festivals=False) for number, each in flows.items()
    ]


def _skills(name: str, firms: Sequence[Firm]) -> Iterator[Skill]:
    scores: dict[str, list[tuple[float, float, float, float]]] = defaultdict(list)
    reached: list[float] = []
    for firm in firms:
        for way, score, balance in _scores(firm):
            scores[way].append(score)
            reached += [balance] if balance is not None else []
    for way in WAYS:
        ours_lost, naive_lost, ours_held, naive_held = (_mean(column) for column in zip(*scores[way], strict=True))
        better = _mean([float(mine < other) for mine, other, *_ in scores[way]])
        bounds = None if name.endswith(ONE_END) else (0.70, 0.90)
        yield Skill(f"{name}: {way}", len(scores[way]), ours_lost, naive_lost, ours_held, naive_held, better, bounds)
    print(f"{'':40} sum of thirteen weeks' net within its 80 % band: {_mean(reached):.2f}")


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _scores(firm: Firm) -> Iterator[tuple[str, tuple[float, float, float, float], float | None]]:
    last = firm.last - timedelta(days=DAYS * WEEKS)
    count = ((last - firm.first).days + 1) // DAYS
    if count < SHORTEST:
        return
    truths = {way: _weekly(firm.flows, way, firm.last, count + WEEKS) for way in WAYS}
    festivals = spring_festivals(firm.first.year, firm.last.year + 1) if firm.keeps_festivals else ()
    told = ours.forecast(firm.flows, first=firm.first, last=last, balance=0.0, festivals=festivals)
    assert told is not None
    for way, sums in truths.items():
        known, truth = sums[:count], sums[count:]
        scale = _mean([abs(two - one) for one, two in itertools.pairwise(known)])
        if not scale or not any(known[-ALIVE:]):
            continue
        mine = [list(getattr(week, WAYS[way]).quantiles) for week in told.weeks]
        naive = _naive(Past(known, last))
        score = (_lost(mine, truth) / scale, _lost(naive, truth) / scale, _held(mine, truth), _held(naive, truth))
        end = told.weeks[-1].balance
        yield way, score, float(end.low <= sum(truth) <= end.high) if way == "net" and end else None


def _weekly(flows: Sequence[Flow], way: str, last: date, count: int) -> list[float]:
    sums = [0.0] * count
    for flow in flows:
        number = count - 1 - (last - flow.on).days // DAYS
        if 0 <= number < count and (way == "net" or (flow.amount > 0) == (way == "in")):
            sums[number] += flow.amount if way == "net" else abs(flow.amount)
    return sums


def _naive(past: Past) -> Quantiles:
    known = [each or 0.0 for each in past.sums]
    season = YEAR if len(known) >= YEAR + SHORTEST else QUARTER
    errors = sorted(two - one for one, two in zip(known, known[season:], strict=False))
    spread = Week(errors, [1.0] * len(errors), 1.0).quantiles(LEVELS)
    least = 0.0 if min(known) >= 0 else -math.inf
    repeated = known[-season:][:WEEKS]
    return [[max(each + error, least) for error in spread] for each in repeated]


def _lost(quantiles: Quantiles, truth: Sequence[float]) -> float:
    return _mean([pinball(told, true) for told, true in zip(quantiles, truth, strict=True)])


def _held(quantiles: Quantiles, truth: Sequence[float]) -> float:
    """Count the weeks within the band; its edges belong to it, to a hundredth."""
    return _mean(
        [float(told[0] - 0.01 <= true <= told[-1] + 0.01) for told, true in zip(quantiles, truth, strict=True)]
    )
