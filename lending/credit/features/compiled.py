"""The features as SQL: one query for all of them, compiled once per process from the one declaration."""

import hashlib
from functools import lru_cache
from importlib import import_module
from typing import Any

from lending.credit.features.arithmetic import LARGEST_MONEY, LARGEST_RATIO, rounded
from lending.credit.features.declared import FEATURES
from lending.credit.features.measures import DAYS_IN_HISTORY, measured
from lending.credit.features.vocabulary import Feature, Unit

# Raised by hand whenever a formula, a measure or a number of digits changes: decisions store it.
FEATURES_VERSION = "2026.6"

_COMPILERS = {
    "postgres": ("ibis.backends.sql.compilers.postgres", "PostgresCompiler"),
    "duckdb": ("ibis.backends.sql.compilers.duckdb", "DuckDBCompiler"),
    "spark": ("ibis.backends.sql.compilers.pyspark", "PySparkCompiler"),
}

# What is read several times is worked out once: put in its place, it would be planned and computed as often. Spark has
# no word for it.
_KEPT = {"postgres": "MATERIALIZED ", "duckdb": "MATERIALIZED "}

# What PostgreSQL reads of one enterprise: evidence recorded and not yet superseded then, in the bank's currency only.
_EVIDENCE = """
PREPARE features_of_one (bigint, date, timestamptz, text, bigint) AS
WITH cases AS (
  SELECT 1::bigint AS case_id, $2 AS as_of, $4 AS currency
), bank_transactions AS (
  SELECT 1::bigint AS case_id, booked_on, ($2 - booked_on)::bigint AS days_before,
         round(amount * $5)::bigint AS amount_minor, category::text AS category,
         counterparty_account_key::text AS counterparty_account, counterparty_key::text AS counterparty_key,
         round(balance_after * $5)::bigint AS balance_after_minor
    FROM accounts_banktransaction
   WHERE enterprise_id = $1 AND currency = $4 AND is_counted
     AND booked_on > $2 - {window} AND booked_on <= $2
     AND recorded_at <= $3
     AND (superseded_at IS NULL OR superseded_at > $3)
), invoices AS (
  SELECT 1::bigint AS case_id, issued_on, ($2 - issued_on)::bigint AS days_before,
         direction::text AS direction, round(gross_amount * $5)::bigint AS gross_minor,
         round(tax_amount * $5)::bigint AS tax_minor, is_valid, is_credit_note,
         counterparty_key::text AS counterparty_key
    FROM accounts_invoice
   WHERE enterprise_id = $1 AND currency = $4
     AND issued_on > $2 - {window} AND issued_on <= $2
     AND recorded_at <= $3
     AND (superseded_at IS NULL OR superseded_at > $3)
)
"""
_FEATURES = """SELECT features.* FROM (
{features}
) AS features
"""

# The same of many cases at once, each as its enterprise stood on its own day and as it was known at its own moment.
_TABLES_OF_CASES = """
WITH asked AS (
  SELECT *
    FROM unnest(%(case_ids)s::bigint[], %(enterprise_ids)s::bigint[], %(days)s::date[], %(moments)s::timestamptz[])
      AS asked (case_id, enterprise_id, as_of, recorded_before)
), cases AS (
  SELECT case_id, as_of, %(currency)s::text AS currency FROM asked
), bank_transactions AS (
  SELECT case_id, booked_on, (as_of - booked_on)::bigint AS days_before,
         round(amount * %(minor_per_unit)s)::bigint AS amount_minor, category::text AS category,
         counterparty_account_key::text AS counterparty_account, counterparty_key::text AS counterparty_key,
         round(balance_after * %(minor_per_unit)s)::bigint AS balance_after_minor
    FROM asked JOIN accounts_banktransaction USING (enterprise_id)
   WHERE accounts_banktransaction.enterprise_id = ANY(%(enterprise_ids)s)  -- by index, however they are joined
     AND currency = %(currency)s AND is_counted AND booked_on > as_of - {window} AND booked_on <= as_of
     AND recorded_at <= recorded_before AND (superseded_at IS NULL OR superseded_at > recorded_before)
), invoices AS (
  SELECT case_id, issued_on, (as_of - issued_on)::bigint AS days_before,
         direction::text AS direction, round(gross_amount * %(minor_per_unit)s)::bigint AS gross_minor,
         round(tax_amount * %(minor_per_unit)s)::bigint AS tax_minor, is_valid, is_credit_note,
         counterparty_key::text AS counterparty_key
    FROM asked JOIN accounts_invoice USING (enterprise_id)
   WHERE accounts_invoice.enterprise_id = ANY(%(enterprise_ids)s)
     AND currency = %(currency)s AND issued_on > as_of - {window} AND issued_on <= as_of
     AND recorded_at <= recorded_before AND (superseded_at IS NULL OR superseded_at > recorded_before)
)
"""


def figures() -> tuple[dict[str, Any], Any]:
    """Declare all figures over `cases`, `bank_transactions` and `invoices`, one row for each case.

    :returns: the tables that are worked out first, by name and in order, and the query that gives the figures.
    """
    import ibis

    steps, measures = measured()
    raw = measures.select("case_id", **{each.code: each.formula(measures).cast("float64") for each in FEATURES})
    named = ibis.table(raw.schema(), name="raw_figures")
    rounded_figures = named.select("case_id", **{feature.code: _rounded(feature, named) for feature in FEATURES})
    return steps | {"raw_figures": raw}, rounded_figures


def _rounded(feature: Feature, raw: Any) -> Any:
    largest = LARGEST_MONEY if feature.unit == Unit.MONEY else LARGEST_RATIO
    return rounded(raw[feature.code], feature.digits, largest=largest)


@lru_cache(maxsize=1)
def compiled_sql() -> str:
    """Compile all features of one enterprise to a statement that PostgreSQL is to prepare, `features_of_one`.

    It takes, in this order, enterprise_id, as_of, recorded_before, currency and minor_per_unit.
    """
    return _EVIDENCE.format(window=DAYS_IN_HISTORY) + _FEATURES.format(features=book_sql("postgres"))


@lru_cache(maxsize=1)
def cases_sql() -> str:
    """Compile all features of many cases for PostgreSQL.

    It takes the lists case_ids, enterprise_ids, days and moments, equally long, and currency and minor_per_unit.
    """
    return tables_sql() + _FEATURES.format(features=book_sql("postgres").replace("%", "%%"))


def tables_sql() -> str:
    """Begin a statement for PostgreSQL that names the three tables of many cases; it takes what `cases_sql` takes."""
    return _TABLES_OF_CASES.format(window=DAYS_IN_HISTORY)


@lru_cache(maxsize=4)
def book_sql(engine: str) -> str:
    """Compile all features over tables `cases`, `bank_transactions` and `invoices` of a whole book, cut to the history.

    :param engine: "postgres", "duckdb" or "spark"; the last only where Ibis finds Spark (`requirements-spark.txt`).
    """
    module, name = _COMPILERS[engine]
    if engine == "spark":
        import_module("ibis").pyspark  # noqa: B018  loading the backend gives its compiler the options it reads
    compiler = getattr(import_module(module), name)()

    def written(query: Any) -> str:
        return str(compiler.to_sqlglot(query).sql(dialect=compiler.dialect))

    steps, final = figures()
    named = [f"{name} AS {_KEPT.get(engine, '')}(\n{written(query)}\n)" for name, query in steps.items()]
    return "WITH " + ",\n".join(named) + "\n" + written(final)


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Tell whether two processes compute the same features: the hash of what they would run."""
    return hashlib.sha256(book_sql("duckdb").encode()).hexdigest()
