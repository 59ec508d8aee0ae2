"""Proofs that a table scores as anyone can read it."""

import json
from copy import deepcopy
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from lending.credit import reasons, scorecards, shipped
from lending.credit.explanation import feature_of
from lending.credit.features import FEATURES, Direction
from lending.credit.tests.cases import CARDS, card, make_features
from lending.credit.verdicts import Reason

KNOWN = frozenset(feature.code for feature in FEATURES)
TABLE = {
    "form": 1,
    "code": "small",
    "version": 1,
    "base_points": 500,
    "characteristics": [
        {
            "feature": "buffer_days",
            "reference": 30,
            "missing": 5,
            "bins": [{"below": 3, "points": -20}, {"below": 14.5, "points": 10}, {"points": 30}],
        },
        {
            "feature": "debt_service_share",
            "reference": 20,
            "missing": 0,
            "bins": [{"below": 0.1, "points": 20}, {"points": -20}],
        },
    ],
    "link": {"points": 600, "odds": "20", "points_to_double_odds": 40},
}


POINTS = st.integers(-10_000, 10_000)
FIGURES = st.none() | st.integers(-(10**15), 10**15) | st.floats(-1e15, 1e15) | st.decimals(-(10**9), 10**9, places=6)


@st.composite
def tables_and_figures(draw):
    """Any table that scores, with figures for it: bins of every number and width, some figures missing."""
    codes = draw(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=1, max_size=6, unique=True))
    characteristics = []
    for code in codes:
        bounds = sorted(draw(st.sets(st.decimals(-(10**9), 10**9, places=3), max_size=5)))
        bins = [{"below": str(bound), "points": draw(POINTS)} for bound in bounds]
        bins.append({"points": draw(POINTS)})
        given_points = {"reference": draw(POINTS), "missing": draw(POINTS)}
        characteristics.append({"feature": code, "bins": bins} | given_points)
    table = TABLE | {"base_points": draw(POINTS), "characteristics": characteristics}
    return table, {code: draw(FIGURES) for code in codes}


class TestScore:
    def test_adds_base_points_and_bins(self):
        score = scorecards.score(TABLE, {"buffer_days": 20, "debt_service_share": 0.05})
        assert score.points == 550

    @pytest.mark.parametrize(
        ("days", "points"), [(2, -20), (3, 10), (14, 10), (14.5, 30), ("14.4", 10), (Decimal("2.9"), -20), (None, 5)]
    )
    def test_puts_a_bound_into_the_bin_above_it(self, days, points):
        score = scorecards.score(TABLE, {"buffer_days": days, "debt_service_share": 0.05})
        assert score.contributions[0].points == points

    def test_explains_itself_to_the_last_point(self):
        score = scorecards.score(card(), make_features(buffer_days=1, inflow_volatility=None))
        assert score.base_points + sum(each.points for each in score.contributions) == score.points

    @given(tables_and_figures())
    def test_adds_up_whatever_the_table_and_the_figures(self, told):
        table, features = told
        scorecards.check(table, known=frozenset(features))
        score = scorecards.score(table, features)
        assert score.base_points + sum(each.points for each in score.contributions) == score.points
        sound = score.points + sum(each.lost for each in score.contributions)
        assert sound == table["base_points"] + sum(each["reference"] for each in table["characteristics"])

    def test_names_the_nearest_bound_beyond_which_it_is_good(self):
        score = scorecards.score(TABLE, {"buffer_days": 1, "debt_service_share": 0.3})
        assert [each.better for each in score.contributions] == [14.5, 0.1]

    def test_finds_nothing_better_than_good(self):
        score = scorecards.score(TABLE, {"buffer_days": 50, "debt_service_share": 0.0})
        assert [each.better for each in score.contributions] == [None, None]


class TestProbabilityOfDefault:
    @pytest.mark.parametrize(
        ("points", "probability"),
        [(600, "0.047619"), (640, "0.024390"), (560, "0.090909"), (620, "0.034148"), (-5000, "1.000000")],
    )
    def test_follows_odds_that_double(self, points, probability):
        assert scorecards.probability_of_default(TABLE, points) == Decimal(probability)

    def test_falls_with_every_point(self):
        probabilities = [scorecards.probability_of_default(TABLE, points) for points in range(400, 800)]
        assert probabilities == sorted(probabilities, reverse=True)


class TestFingerprint:
    def test_ignores_the_order_of_names(self):
        assert scorecards.fingerprint({"a": 1, "b": [2]}) == scorecards.fingerprint({"b": [2], "a": 1})

    def test_sees_a_single_point(self):
        changed = deepcopy(TABLE)
        changed["characteristics"][0]["bins"][0]["points"] = -21
        assert scorecards.fingerprint(changed) != scorecards.fingerprint(TABLE)


def without_bins(table):
    table["characteristics"][0]["bins"] = []


def closed_at_the_top(table):
    table["characteristics"][0]["bins"][-1]["below"] = 99


def out_of_order(table):
    table["characteristics"][0]["bins"][0]["below"] = 20


def half_a_point(table):
    table["characteristics"][0]["bins"][0]["points"] = 0.5


def twice(table):
    table["characteristics"].append(table["characteristics"][0])


def empty(table):
    table["characteristics"] = []


def of_nothing_known(table):
    table["characteristics"][0]["feature"] = "shoe_size"


def without_odds(table):
    table["link"]["odds"] = "0"


def in_words(table):
    table["link"]["odds"] = "twenty"


def of_another_form(table):
    table["form"] = 2


def without_base(table):
    del table["base_points"]


class TestCheck:
    @pytest.mark.parametrize(
        ("spoil", "code"),
        [
            (without_bins, "bins_open"),
            (closed_at_the_top, "bins_open"),
            (out_of_order, "bins_unordered"),
            (half_a_point, "points_not_whole"),
            (twice, "characteristics_repeat"),
            (empty, "characteristics_missing"),
            (of_nothing_known, "feature_unknown"),
            (without_odds, "link_unusable"),
            (in_words, "link_unusable"),
            (of_another_form, "unknown_form"),
            (without_base, "part_missing"),
        ],
    )
    def test_refuses_a_table(self, spoil, code):
        table = deepcopy(TABLE)
        spoil(table)
        with pytest.raises(scorecards.TableRefused) as refusal:
            scorecards.check(table, known=KNOWN)
        assert refusal.value.code == code

    def test_lets_a_place_in_the_trade_be_a_characteristic(self):
        table = deepcopy(TABLE)
        table["characteristics"][0]["feature"] = "buffer_days@trade"
        scorecards.check(table, known=KNOWN)


# Where more is better, but too much of it costs: sales that grow by half in half a year eat up reserves.
HAS_A_SUMMIT = {"inflow_trend"}


@pytest.mark.parametrize("code", CARDS)
class TestExpertCards:
    def test_can_score_anything(self, code):
        table = card(code)
        scorecards.check(table, known=KNOWN)
        assert table["code"] == code
        assert len(table["characteristics"]) >= 12

    def test_give_their_reference_in_some_bin(self, code):
        short = [
            each["feature"]
            for each in card(code)["characteristics"]
            if max(part["points"] for part in each["bins"]) < each["reference"]
        ]
        assert short == []

    def test_run_the_declared_way(self, code):
        turned = []
        for each in card(code)["characteristics"]:
            points = [part["points"] for part in each["bins"]]
            falls = feature_of(each["feature"]).direction == Direction.LOWER_IS_BETTER
            if points != sorted(points, reverse=falls) and each["feature"] not in HAS_A_SUMMIT:
                turned.append(each["feature"])
        assert turned == []

    def test_never_reward_a_figure_that_is_missing_as_a_good_one(self, code):
        assert [each for each in card(code)["characteristics"] if each["missing"] > each["reference"]] == []

    def test_ask_for_a_reason_in_both_languages(self, code):
        for each in card(code)["characteristics"]:
            said = set()
            for language in ("en", "zh-hans"):
                with translation.override(language):
                    said.add(reasons.sentence(Reason(each["feature"], {"feature": each["feature"], "value": 0.5})))
            assert len(said) == 2, each["feature"]

    def test_judge_a_sound_enterprise_as_the_others_do(self, code):
        """Within half a doubling of the odds, so that a trade is not better or worse by its card alone."""
        sums = [sum(part["reference"] for part in card(each)["characteristics"]) for each in (code, "expert-general")]
        assert abs(sums[0] - sums[1]) <= card()["link"]["points_to_double_odds"] / 2
        assert [card(code)[name] for name in ("base_points", "link")] == [
            card()[name] for name in ("base_points", "link")
        ]


class TestShipped:
    def test_lays_what_differs_over_the_usual(self, tmp_path):
        kept = {"feature": "buffer_days", "points": 1}
        usual = {"code": "usual", "card": {"owner": "us", "data": "none"}, "base_points": 480}
        usual["characteristics"] = [{"feature": "tax_months", "points": 1}, kept]
        own = {"like": "usual", "code": "own", "card": {"data": "some"}}
        own["characteristics"] = [
            {"feature": "void_invoice_share", "points": 3},
            {"feature": "tax_months", "points": 2},
        ]
        for name, table in (("usual", usual), ("own", own)):
            (tmp_path / f"{name}.json").write_text(json.dumps(table))
        assert shipped.document(tmp_path / "own.json") == {
            "code": "own",
            "card": {"owner": "us", "data": "some"},
            "base_points": 480,
            "characteristics": [
                {"feature": "tax_months", "points": 2},
                kept,
                {"feature": "void_invoice_share", "points": 3},
            ],
        }

    def test_leaves_no_word_of_another_card_in_a_table(self):
        assert not any("like" in each for each in shipped.documents("cards"))
