"""Features of a book of a million bank transactions: as the declarations compile for DuckDB, beside SQL by hand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

from lending.credit.features import book_sql
from portal.benchmarks.figures import Lasted

FIRMS, TRANSACTIONS, INVOICES = 1_000, 1_000_000, 500_000
ROUNDS = 5
LIMIT_SECONDS, AT_MOST = 3.0, 1.5
BY_HAND = Path(__file__).with_name("features_by_hand.sql")

CASES = f"SELECT i AS case_id, DATE '2026-06-30' AS as_of, 'CNY' AS currency FROM range(1, {FIRMS + 1}) t(i)"
DRAWN = f"""
SELECT 1 + i % {FIRMS} AS case_id, i, (hash(i, 'day') % 365)::BIGINT AS days_before,
       (hash(i, 'kind') % 1000) / 1000 AS kind, (hash(i, 'size') % 100000) / 100000 AS size,
       (hash(i, 'party') % 1000) / 1000 AS party, hash(i, 'told') % 3 AS told
"""
BANK_TRANSACTIONS = f"""
SELECT case_id, DATE '2026-06-30' - days_before::INT AS booked_on, days_before,
       ((CASE WHEN category IN ('customer_receipt', 'loan_proceeds', 'cash_in', 'merchant_settlement')
                   OR category IN ('unknown', 'own_transfer') AND size < 0.5 THEN 1 ELSE -1 END)
        * exp(8 + 5 * size))::BIGINT AS amount_minor,
       category, CASE WHEN told = 0 THEN '' WHEN party > 0.9 THEN sha256('way station')
                      ELSE sha256((party * 40)::INT || CASE WHEN party < 0.3 AND told = 1 THEN ' other' ELSE '' END) END
           AS counterparty_account,
       CASE WHEN party < 0.1 THEN '' ELSE 'party ' || (party * 40)::INT END AS counterparty_key,
       CASE WHEN party > 0.95 THEN NULL ELSE ((size + party - 0.3) * 1e7)::BIGINT END AS balance_after_minor
  FROM (SELECT *, CASE WHEN kind < 0.40 THEN 'customer_receipt' WHEN kind < 0.65 THEN 'supplier_payment'
                       WHEN kind < 0.70 THEN 'salary' WHEN kind < 0.72 THEN 'rent' WHEN kind < 0.75 THEN 'tax'
                       WHEN kind < 0.76 THEN 'loan_proceeds' WHEN kind < 0.78 THEN 'loan_repayment'
                       WHEN kind < 0.80 THEN 'own_transfer' WHEN kind < 0.84 THEN 'cash_in'
                       WHEN kind < 0.88 THEN 'cash_out' WHEN kind < 0.94 THEN 'merchant_settlement'
                       WHEN kind < 0.96 THEN 'fee' WHEN kind < 0.97 THEN 'interest' ELSE 'unknown' END AS category
          FROM ({DRAWN} FROM range({TRANSACTIONS}) t(i)))
"""
INVOICES_DRAWN = f"""
SELECT case_id, DATE '2026-06-30' - days_before::INT AS issued_on, days_before,
       CASE WHEN kind < 0.6 THEN 'sale' ELSE 'purchase' END AS direction,
       (CASE WHEN size < 0.05 THEN -1 ELSE 1 END * (100 + party * 1e6))::BIGINT AS gross_minor,
       (CASE WHEN size < 0.05 THEN -1 ELSE 1 END * party * 1e5)::BIGINT AS tax_minor,
       party > 0.07 AS is_valid, size < 0.05 AS is_credit_note, 'firm ' || (party * 30)::INT AS counterparty_key
  FROM ({DRAWN} FROM range({INVOICES}) t(i))
"""


def measure() -> Iterator[Lasted]:
    """Make a book, see that both ways give the same numbers, and time them in turns."""
    with duckdb.connect() as engine:
        for name, query in (("cases", CASES), ("bank_transactions", BANK_TRANSACTIONS), ("invoices", INVOICES_DRAWN)):
            engine.execute(f"CREATE TABLE {name} AS {query}")
        *macros, by_hand = BY_HAND.read_text(encoding="utf-8").split(";\n")
        for macro in macros:
            engine.execute(macro)
        compiled = book_sql("duckdb")
        _refuse_other_numbers(engine, compiled, by_hand)
        runs = [(_lasted(engine, by_hand), _lasted(engine, compiled)) for _ in range(ROUNDS)]
    (hand, by_hand_worked), (ours, worked) = (
        (min(run[0] for run in way), min(run[1] for run in way)) for way in zip(*runs, strict=True)
    )
    told = f"{TRANSACTIONS:,} bank lines and {INVOICES:,} invoices of {FIRMS:,} firms"
    beside = Lasted(f"features of {told}, by hand", hand, by_hand_worked)
    yield beside
    yield Lasted(
        "the same, compiled from the declarations", ours, worked, beside=beside, at_most=AT_MOST, limit=LIMIT_SECONDS
    )


def _refuse_other_numbers(engine, *queries: str) -> None:
    """Compare every figure of every firm: a faster query for other numbers would prove nothing."""
    found = []
    for query in queries:
        cursor = engine.execute(query)
        names = [column[0] for column in cursor.description]
        found.append({row[names.index("case_id")]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()})
    assert found[0] == found[1], "the query by hand gives other numbers"


def _lasted(engine, query: str) -> tuple[float, float]:
    began, worked = time.perf_counter(), time.process_time()
    engine.execute(query).fetchall()
    return time.perf_counter() - began, time.process_time() - worked
