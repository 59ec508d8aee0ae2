"""Proofs that files of a source are gone through row by row, whatever programs wrote into them."""

import pytest

from lending.credit.learning import evidence, sources
from lending.credit.learning.rows import LearningRefused


class TestTable:
    def test_fills_short_rows_and_leaves_out_empty_ones(self, tmp_path):
        (tmp_path / "x.csv").write_text('a,b\n1\n\n"2, or\n3",4\n')
        table = sources.Table(tmp_path / "x.csv")
        assert (table.names, list(table), list(table)) == (["a", "b"], [["1", None], ["2, or\n3", "4"]], list(table))

    def test_has_no_columns_where_there_is_nothing(self, tmp_path):
        (tmp_path / "x.csv").write_text("")
        table = sources.Table(tmp_path / "x.csv")
        assert (table.names, list(table)) == ([], [])

    def test_reads_what_programs_write_for_numbers_and_for_nothing(self, tmp_path):
        pyarrow = pytest.importorskip("pyarrow")
        from pyarrow import parquet

        written = pyarrow.table({"id": [1.0, 2.0, None], "amount": [0.5, float("nan"), 3.0]})
        parquet.write_table(written, tmp_path / "x.parquet")
        assert list(sources.Table(tmp_path / "x.parquet")) == [(1, 0.5), (2, None), (None, 3)]

    def test_refuses_what_only_has_the_name_of_one(self, tmp_path):
        pytest.importorskip("pyarrow")
        (tmp_path / "x.parquet").write_text("no")
        with pytest.raises(LearningRefused, match="file_unknown"):
            sources.Table(tmp_path / "x.parquet")

    def test_refuses_a_row_of_nobody(self, tmp_path):
        (tmp_path / "x.csv").write_text("id,bad\n,1\n")
        with pytest.raises(LearningRefused, match="case_missing"):
            sources.outcomes(tmp_path / "x.csv", given={})


class TestEvidence:
    def test_has_money_out_below_zero_and_the_days_in_order(self, tmp_path):
        rows = "1;02.03.2021;;1.000,50\n1;01.03.2021 09:00;20,00;\n2;28.02.2021;5;\n"
        (tmp_path / "x.csv").write_text(f"customer id;date;inflow;outflow\n{rows}")
        held = evidence.read(tmp_path / "x.csv", kind="transactions", given={})
        assert [(row["date"].isoformat(), str(row["amount"])) for row in held.rows_of("1")] == [
            ("2021-03-01", "20.00"), ("2021-03-02", "-1000.50"),
        ]  # fmt: skip
        assert held.rows_of("3") == []
