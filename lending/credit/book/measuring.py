"""Every feature of a whole book from its Parquet files: by DuckDB on one machine, by Spark when that is too small."""

from pathlib import Path
from typing import Any, Final

from lending.credit.features import book_sql
from lending.credit.features.tables import BANK_TRANSACTIONS, CASES, INVOICES

TABLES: Final = {"cases": CASES, "bank_transactions": BANK_TRANSACTIONS, "invoices": INVOICES}
ENGINES: Final = ("duckdb", "spark")

Figures = dict[int, dict[str, float | None]]  # by case, then by feature; as `reading.read` takes them


def by_duckdb(folder: Path, *, to: Path | None = None) -> Figures:
    """Measure the Parquet files of a folder, and write the figures as Parquet where a place is given."""
    import duckdb

    with duckdb.connect() as engine:
        for table in TABLES:
            engine.read_parquet(str(folder / f"{table}.parquet")).create_view(table)
        engine.execute(f"CREATE TABLE figures AS {book_sql('duckdb')}")
        if to is not None:
            engine.table("figures").order("case_id").write_parquet(str(to), compression="zstd")
        cursor = engine.execute("FROM figures")
        return _by_case([column[0] for column in cursor.description], cursor.fetchall())


def session(master: str) -> Any:
    """Open Spark: "local[2]" is two threads of this machine, "spark://host:7077" a cluster.

    :raises ImportError: when the optional extra is not installed.
    """
    from pyspark.sql import SparkSession

    builder: Any = SparkSession.builder
    if master.startswith("local"):
        builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
        builder = builder.config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "4")
    return builder.master(master).appName("features").getOrCreate()


def by_spark(folder: Path, *, spark: Any, to: Path | None = None) -> Figures:
    """Measure the Parquet files of a folder in a Spark session, and write the figures as Parquet to a place, if given.

    On a cluster the folder and the place are ones that every machine reaches.
    """
    for table in TABLES:
        spark.read.parquet(str(folder / f"{table}.parquet")).createOrReplaceTempView(table)
    figures = spark.sql(book_sql("spark"))
    if to is not None:
        figures.write.mode("overwrite").parquet(str(to))
        figures = spark.read.parquet(str(to))
    return _by_case(figures.columns, [tuple(row) for row in figures.collect()])


def _by_case(names: list[str], rows: list[Any]) -> Figures:
    place = names.index("case_id")
    return {
        row[place]: {name: value for name, value in zip(names, row, strict=True) if name != "case_id"} for row in rows
    }
