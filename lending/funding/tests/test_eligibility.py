"""Proofs of whom a program suits: by table, and for all enterprises and programs."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lending.funding.eligibility import Answer, Criterion, Facts, Fit, Rules, judge

ON = date(2026, 3, 2)
RULES = Rules(Decimal(10000), Decimal(50000))
SHOP = Facts("G", "4711", "village", "micro", date(2019, 5, 1), False, Decimal(20000), "stock")
CODES = ("A", "01", "011", "0111", "0127", "G", "45", "47", "471", "4711")
TRADES = (("A", "0111"), ("A", "0127"), ("G", "4711"), ("G", "4520"))

amounts = st.integers(1, 90_000).map(Decimal)
ages = st.none() | st.integers(0, 120)
rules = st.builds(
    Rules,
    min_amount=st.integers(1, 40_000).map(Decimal),
    max_amount=st.integers(40_000, 90_000).map(Decimal),
    industries=st.lists(st.sampled_from(CODES), max_size=3).map(tuple),
    setting=st.sampled_from(["", "town", "village"]),
    sizes=st.lists(st.sampled_from(["micro", "small", "medium"]), max_size=2).map(tuple),
    min_age_months=ages,
    max_age_months=ages,
    is_grower=st.none() | st.booleans(),
    purposes=st.lists(st.sampled_from(["stock", "equipment", "season"]), max_size=2).map(tuple),
)
facts = st.builds(
    lambda trade, **more: Facts(section=trade[0], industry=trade[1], **more),
    st.sampled_from(TRADES),
    setting=st.sampled_from(["town", "village"]),
    size=st.sampled_from(["micro", "small", "medium"]),
    founded_on=st.dates(date(2015, 1, 1), ON),
    is_grower=st.booleans(),
    amount=amounts,
    purpose=st.sampled_from(["stock", "equipment", "season", "other"]),
)
unknown = st.sets(st.sampled_from([each.name for each in fields(Facts)]), min_size=1)


def fit(rules=RULES, facts=SHOP, on=ON):
    return judge(rules, facts, on=on).fit


class TestJudge:
    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            ({}, Fit.FITS),
            ({"industries": ("G",)}, Fit.FITS),
            ({"industries": ("A", "47")}, Fit.FITS),
            ({"industries": ("4711",)}, Fit.FITS),
            ({"industries": ("45",)}, Fit.NOT),
            ({"setting": "village"}, Fit.FITS),
            ({"setting": "town"}, Fit.NEARLY),
            ({"sizes": ("small",)}, Fit.NOT),
            ({"min_age_months": 82}, Fit.FITS),
            ({"min_age_months": 83}, Fit.NEARLY),
            ({"max_age_months": 83}, Fit.FITS),
            ({"max_age_months": 82}, Fit.NOT),
            ({"is_grower": True}, Fit.NOT),
            ({"is_grower": False}, Fit.FITS),
            ({"purposes": ("equipment",)}, Fit.NOT),
            ({"max_amount": Decimal(19999)}, Fit.NEARLY),
            ({"max_amount": Decimal(20000)}, Fit.FITS),
        ],
    )  # fmt: skip
    def test_holds_a_shop_against_what_is_asked(self, asked, expected):
        assert fit(replace(RULES, **asked)) == expected

    @pytest.mark.parametrize("name", ["setting", "founded_on", "amount", "purpose"])
    def test_is_not_sure_of_what_is_unknown(self, name):
        asked = replace(RULES, setting="village", min_age_months=1, purposes=("stock",))
        found = judge(asked, replace(SHOP, **{name: None}), on=ON)
        assert found.fit == Fit.UNSURE
        assert len(found.of(Answer.UNKNOWN)) == 1

    def test_names_the_day_from_which_age_suffices(self):
        young = replace(SHOP, founded_on=date(2025, 8, 31))
        asked = replace(RULES, min_age_months=6)
        found = judge(asked, young, on=date(2026, 2, 27))
        missing = found.of(Answer.UNMET)
        assert [(each.criterion, each.met_from) for each in missing] == [(Criterion.AGE, date(2026, 2, 28))]
        assert fit(asked, young, on=date(2026, 2, 28)) == Fit.FITS

    def test_knows_that_nobody_grows_younger(self):
        assert fit(replace(RULES, max_age_months=12, setting="town")) == Fit.NOT


class TestForEveryone:
    @given(rules, facts, unknown)
    def test_what_is_unknown_never_improves_the_fit(self, asked, known, hidden):
        shown = replace(known, **dict.fromkeys(hidden))
        if fit(asked, shown) == Fit.FITS:  # then nothing that is hidden was asked for
            assert fit(asked, known) == Fit.FITS
        asks = {each.criterion for each in judge(asked, known, on=ON).findings}
        assert asks == {each.criterion for each in judge(asked, shown, on=ON).findings}

    @given(rules, facts, unknown)
    def test_nothing_hidden_counts_as_met(self, asked, known, hidden):
        shown = judge(asked, replace(known, **dict.fromkeys(hidden)), on=ON)
        whole = {each.criterion: each.answer for each in judge(asked, known, on=ON).findings}
        assert all(each.answer in {whole[each.criterion], Answer.UNKNOWN} for each in shown.findings)

    @given(rules, facts)
    def test_what_fits_is_all_that_is_asked_for(self, asked, known):
        if fit(asked, known) != Fit.FITS:
            return
        assert asked.min_amount <= known.amount <= asked.max_amount
        assert asked.setting in {"", known.setting}
        assert not asked.sizes or known.size in asked.sizes
        assert not asked.purposes or known.purpose in asked.purposes
        assert asked.is_grower in {None, known.is_grower}
        ancestors = {known.section, *(known.industry[:digits] for digits in (2, 3, 4))}
        assert not asked.industries or ancestors & set(asked.industries)

    @given(rules, facts)
    def test_asking_for_less_never_excludes(self, asked, known):
        order = [Fit.NOT, Fit.NEARLY, Fit.FITS]
        less = replace(asked, industries=(), sizes=(), max_age_months=None)
        assert order.index(fit(less, known)) >= order.index(fit(asked, known))

    @given(rules, facts)
    def test_the_day_that_is_named_is_the_first(self, asked, known):
        asked = replace(asked, max_age_months=None)
        for each in judge(asked, known, on=ON).of(Answer.UNMET):
            if each.met_from:
                ages = [
                    found.answer
                    for day in (each.met_from, date.fromordinal(each.met_from.toordinal() - 1))
                    for found in judge(asked, known, on=day).findings
                    if found.criterion == Criterion.AGE
                ]
                assert ages == [Answer.MET, Answer.UNMET]
