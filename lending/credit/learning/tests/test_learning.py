"""Proofs that what is learned is a table of the production form, the same every time, and better than chance."""

from dataclasses import replace

import pytest

WHY = "learning is an optional extra: pip install -r requirements-learn.txt"
np = pytest.importorskip("numpy", reason=WHY)
pytest.importorskip("scipy", reason=WHY)
pytest.importorskip("lightgbm", reason=WHY)

from lending.credit import challenger, scorecards  # noqa: E402
from lending.credit.features import FEATURES  # noqa: E402
from lending.credit.learning import boosting, report, tables, validation  # noqa: E402
from lending.credit.learning.rows import LearningRefused  # noqa: E402
from lending.credit.learning.tests.builders import make_rows  # noqa: E402
from lending.credit.tests.cases import standard_policy  # noqa: E402

KNOWN = frozenset(feature.code for feature in FEATURES)


class TestLearn:
    def test_writes_a_table_that_production_scores(self):
        rows = make_rows()
        table = tables.learn(rows)
        scorecards.check(table, known=KNOWN)
        expected = sum(float(scorecards.score(table, row.features).probability_of_default) for row in rows)
        assert expected == pytest.approx(sum(row.is_bad for row in rows), rel=0.05)

    def test_learns_the_same_twice(self):
        assert tables.learn(make_rows()) == tables.learn(make_rows())

    def test_gives_more_points_the_way_a_feature_is_declared(self):
        table = tables.learn(make_rows())
        bins = {each["feature"]: [one["points"] for one in each["bins"]] for each in table["characteristics"]}
        assert bins["buffer_days"] == sorted(bins["buffer_days"])
        assert bins["inflow_volatility"] == sorted(bins["inflow_volatility"], reverse=True)

    def test_leaves_out_what_tells_of_size(self):
        table = tables.learn(make_rows(), tables.Options(without_size=True))
        assert "average_receipt" not in [each["feature"] for each in table["characteristics"]]

    def test_refuses_too_few(self):
        with pytest.raises(LearningRefused) as refused:
            tables.learn(make_rows(20))
        assert refused.value.code == "too_few_rows"

    @pytest.mark.parametrize("figure", [None, 7])
    @pytest.mark.parametrize("learn", [tables.learn, boosting.learn])
    def test_refuses_figures_that_tell_nothing(self, learn, figure):
        rows = [replace(row, features={"buffer_days": figure}) for row in make_rows(60)]
        with pytest.raises(LearningRefused, match="nothing_shown"):
            learn(rows)

    def test_leaves_out_what_is_the_same_for_all(self):
        rows = [replace(row, features=row.features | {"receipts_per_month": 4.0}) for row in make_rows(60)]
        assert "receipts_per_month" not in tables.candidates(rows, tables.AS_USUAL)


class TestChallenger:
    def test_is_scored_by_plain_python_as_the_library_scores_it(self):
        rows = make_rows()
        codes = ["buffer_days", "inflow_volatility", "tax_months"]
        figures = np.array([[boosting._number(row.features[code]) for code in codes] for row in rows])
        labels = np.array([float(row.is_bad) for row in rows])
        booster = boosting._boosted(figures, labels, codes, seed=1)
        table = boosting._table([booster], codes, line=(0.0, 1.0), options=tables.AS_USUAL, rows=len(rows))
        by_us = [float(challenger.probability_of_default(table, row.features)) for row in rows]
        assert by_us == pytest.approx(list(booster.predict(figures, num_threads=1)), abs=1e-6)

    def test_never_runs_against_a_declaration(self):
        table = boosting.learn(make_rows())
        said = [challenger.probability_of_default(table, {"buffer_days": days}) for days in range(-10, 60)]
        assert said == sorted(said, reverse=True)


class TestValidate:
    def test_finds_the_same_by_several_processes(self):
        rows, grades, heard = make_rows(60), standard_policy()["grades"], []
        alone = validation.validate(rows, grades=grades, repeats=1, processes=1)
        found = validation.validate(
            rows, grades=grades, repeats=1, processes=2, say=lambda done, whole: heard.append((done, whole))
        )
        assert found == alone
        assert heard == [(each, 5) for each in range(1, 6)]

    def test_tells_good_from_bad_and_writes_a_report(self, tmp_path):
        rows = make_rows(120)
        found = validation.validate(rows, grades=standard_policy()["grades"], repeats=1)
        assert found.card.auc.low > 0.8
        assert found.card.auc.low < found.card.auc.value < found.card.auc.high
        assert {(line.name, line.value) for line in found.segments} == {("setting", "town"), ("setting", "village")}
        report.write(tmp_path, found, tables.learn(rows), rows)
        page = (tmp_path / "report.html").read_text()
        assert page.count("<figure") == 4  # found, points, grades, and one kind of segment
        assert f"{found.card.auc}" in page
