"""Proofs that the whole book is measured as each enterprise is, by DuckDB and by Spark."""

import importlib.util
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path

import duckdb
import pytest
from django.core.management import CommandError, call_command

from accounts.cashflow.models import BankTransaction
from lending.credit import queries
from lending.credit.book import exporting, measuring
from lending.credit.features import read
from lending.credit.tests.builders import AS_OF, Book, make_book, measured_by_duckdb, write_parquet
from lending.credit.tests.evidence import record

WHY = "Spark is an optional extra: pip install -r requirements-spark.txt"
# In a process of its own: Spark leaves sockets to the garbage collector, and a virtual machine beside it.
ON_SPARK = """
import sys
from pathlib import Path

import django

django.setup()
from lending.credit.book import measuring

spark = measuring.session("local[2]")
measuring.by_spark(Path(sys.argv[1]), spark=spark, to=Path(sys.argv[2]))
spark.stop()
"""


def measured_by_spark(folder: Path) -> measuring.Figures:
    """Measure the Parquet files of a folder in Spark's local mode; skip where Spark is not installed."""
    for library in ("pyspark", "pandas", "pyarrow_hotfix"):
        if importlib.util.find_spec(library) is None:
            pytest.skip(f"{library} is missing. {WHY}")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java 17: no `java` is on the path.")
    to = folder / "spark.parquet"
    subprocess.run([sys.executable, "-c", ON_SPARK, str(folder), str(to)], check=True, timeout=600)
    with duckdb.connect() as engine:
        figures = engine.read_parquet(str(to / "*.parquet"))
        return {row[0]: dict(zip(figures.columns[1:], row[1:], strict=True)) for row in figures.fetchall()}


@pytest.fixture
def shown(enterprise, stranger):
    """Two enterprises that show bank transactions and invoices."""
    book = make_book(cases=7, transactions=120)
    both = enterprise, stranger.memberships.get().enterprise
    for each, case in zip(both, (5, 7), strict=True):
        own = Book(bank_transactions=[row for row in book.bank_transactions if row[0] == case])
        own.invoices = [row for row in book.invoices if row[0] == case]
        record(own, each)
    return both


@pytest.mark.django_db
class TestExport:
    def test_lets_duckdb_measure_what_postgres_measures(self, shown, tmp_path):
        assert exporting.export(tmp_path, as_of=AS_OF) == 2
        found = measuring.by_duckdb(tmp_path)
        for each in shown:
            assert read(found[each.pk], minor_per_unit=100) == queries.features_of(each, as_of=AS_OF)

    def test_tells_an_empty_name_from_a_missing_one(self, shown, tmp_path):
        nobody = BankTransaction.objects.filter(enterprise=shown[0], counterparty_key="", is_counted=True).count()
        exporting.export(tmp_path, as_of=AS_OF)
        with duckdb.connect() as engine:
            lines = engine.read_parquet(str(tmp_path / "bank_transactions.parquet"))
            found = lines.filter(f"case_id = {shown[0].pk} AND counterparty_key = ''").fetchall()
            assert len(found) == nobody > 0
            assert lines.filter("counterparty_key IS NULL").fetchall() == []

    def test_leaves_out_who_shows_nothing(self, enterprise, tmp_path):
        assert exporting.export(tmp_path, as_of=AS_OF) == 0
        assert measuring.by_duckdb(tmp_path) == {}


@pytest.mark.django_db
class TestMeasureBook:
    def test_leaves_figures_as_parquet(self, shown, tmp_path):
        told = StringIO()
        call_command("measure_book", str(tmp_path), as_of=AS_OF, stdout=told)
        assert told.getvalue() == f"2: {tmp_path / 'features.parquet'}\n"
        assert (tmp_path / "features.parquet").is_file()

    def test_says_which_file_lists_what_spark_needs(self, shown, tmp_path):
        if importlib.util.find_spec("pyspark") is not None:
            pytest.skip("pyspark is installed: nothing is missing")
        with pytest.raises(CommandError, match=r"pyspark.*requirements-spark\.txt"):
            call_command("measure_book", str(tmp_path), as_of=AS_OF, engine="spark", stdout=StringIO())


class TestSpark:
    def test_agrees_with_duckdb_to_the_last_digit(self, tmp_path):
        book = make_book(cases=24, transactions=150)
        write_parquet(book, tmp_path)
        assert measured_by_spark(tmp_path) == measured_by_duckdb(book)
