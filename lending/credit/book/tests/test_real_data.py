"""Proofs on real evidence, where it is at hand: brought in as a study's is, and measured on every engine."""

import os
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

import pytest

from accounts.identity import operations as identity
from lending.credit import queries
from lending.credit.book import exporting, measuring
from lending.credit.book.tests.test_measuring import measured_by_spark
from lending.credit.features import read
from lending.credit.learning import importing, sources
from lending.credit.models import LabeledCase

DATA = Path(os.environ.get("SHARED_DIR", Path(__file__).resolve().parents[5] / "shared")) / "data"
NOW = datetime(2026, 7, 1, tzinfo=UTC)
EVER = datetime(9999, 1, 1, tzinfo=UTC)
FEW = 25

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.prove,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"no real data in {DATA}"),
]


@pytest.fixture(params=["invoices", "transactions"])
def day(request, db):
    """Bring a few enterprises in; everyone is measured on the last day of the source."""
    pytest.importorskip("pyarrow", reason="pyarrow is missing: pip install -r requirements-learn.txt")
    identity.load_industries()
    outcomes, evidence, last = {
        "invoices": ("firms_labeled", "invoices_labeled", date(2020, 2, 21)),
        "transactions": ("loans", "bank_transactions", date(1998, 12, 31)),
    }[request.param]
    firms = [
        sources.Outcome(each.case, each.is_bad, last, each.segments)
        for each in islice(sources.outcomes(DATA / f"{outcomes}.parquet", given={}), FEW)
    ]
    held = importing.read_evidence({request.param: DATA / f"{evidence}.parquet"}, given={})
    assert [each.refused for each in importing.bring_in("real", firms, held, at=NOW)] == [""] * FEW
    return last


class TestRealData:
    def test_gives_the_same_numbers_on_every_engine(self, day, tmp_path):
        exporting.export(tmp_path, as_of=day)
        keys = LabeledCase.objects.values_list("enterprise_id", flat=True)
        on_postgres = queries.features_of_cases([queries.Case(key, key, day, EVER) for key in keys])
        on_duckdb = measuring.by_duckdb(tmp_path)
        assert {key: read(row, minor_per_unit=100) for key, row in on_duckdb.items()} == on_postgres
        assert measured_by_spark(tmp_path) == on_duckdb
