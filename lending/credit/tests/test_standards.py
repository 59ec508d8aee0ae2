"""Proofs of where a figure stands in its trade."""

import pytest

from lending.credit import standards
from lending.credit.standards import Standard

KNOWN = frozenset({"buffer_days"})
RISING = Standard("G", "buffer_days", {"10": 1, "25": 4, "50": 10, "75": 22, "90": 45}, 0)
FLAT = Standard("G", "negative_days_share", {"10": 0, "25": 0, "50": 0, "75": 0.02, "90": 0.1}, 0)


class TestPlace:
    @pytest.mark.parametrize(
        ("value", "place"),
        [(-99, 0), (0, 5), (1, 10), (4, 25), (7, 37), (10, 50), (22, 75), (45, 90), (60, 99), (900, 100)],
    )
    def test_lies_straight_between_percentiles(self, value, place):
        assert standards.place(RISING, value) == place

    @pytest.mark.parametrize(("value", "place"), [(-1, 10), (0, 25), (0.01, 62), (0.1, 90)])
    def test_takes_the_upper_end_of_what_many_share(self, value, place):
        assert standards.place(FLAT, value) == place


class TestLineage:
    def test_ends_with_all_trades(self):
        assert standards.lineage("4711", "G") == ["4711", "471", "47", "G", "*"]

    def test_begins_with_a_section_of_its_own(self):
        assert standards.lineage("G", "G") == ["G", "*"]


class TestNearest:
    def test_prefers_the_nearer_trade(self):
        wide = Standard("*", "buffer_days", {}, 0)
        assert standards.nearest([wide, RISING], ["47", "G", "*"])["buffer_days"] == RISING


class TestRowsOf:
    def test_reads_every_standard(self):
        document = {"standards": {"*": {"buffer_days": RISING.percentiles | {"n": 31}}}}
        assert standards.rows_of(document, known=KNOWN) == [Standard("*", "buffer_days", RISING.percentiles, 31)]

    @pytest.mark.parametrize(
        ("feature", "percentiles", "code"),
        [
            ("shoe_size", RISING.percentiles, "feature_unknown"),
            ("buffer_days", RISING.percentiles | {"50": 2}, "percentiles_fall"),
            ("buffer_days", {"10": 1}, "percentiles_fall"),
        ],
    )
    def test_refuses(self, feature, percentiles, code):
        with pytest.raises(standards.StandardRefused) as refusal:
            standards.rows_of({"standards": {"G": {feature: percentiles}}}, known=KNOWN)
        assert refusal.value.code == code
