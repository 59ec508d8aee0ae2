"""Proofs of how judging is watched."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from accounts.identity.tests.correcting import ask
from lending.applications import operations as applications
from lending.applications.models import Review
from lending.portfolio import measures
from lending.portfolio.queries import Scope, monitoring
from lending.portfolio.queries.drift import Overrides
from lending.portfolio.queries.outcomes import EarlyDefault
from lending.portfolio.tests.builders import (
    install_rules,
    make_application,
    make_customer,
    make_decision,
    make_loan,
    make_product,
    owner_of,
)

YEAR = Scope(date(2025, 3, 1), date(2026, 2, 28))
THEN = datetime(2024, 6, 3, 9, tzinfo=UTC)
NOW = datetime(2025, 6, 3, 9, tzinfo=UTC)
TODAY = date(2026, 3, 2)
WEAK = {"net_flow_share": -0.2, "buffer_days": 0, "short_months_share": 0.9}

pytestmark = pytest.mark.django_db


@pytest.fixture
def product(bank):
    install_rules()
    return make_product()


@pytest.fixture
def decide(bank, product):
    def make(number=1, *, at=NOW, enterprise=None, facts=None, **features):
        changed = enterprise or {}
        return [
            make_decision(make_customer(bank.branch, **changed), product, at=at, facts=facts, **features)
            for _ in range(number)
        ]

    return make


def watch(scope=YEAR):
    return monitoring(scope, on=TODAY)


class TestScoreDrift:
    def test_is_nothing_where_the_same_cases_come_again(self, decide):
        for at in (THEN, NOW):
            decide(3, at=at)
            decide(2, at=at, **WEAK)
        found = watch().scores
        assert (found.then, found.now, found.index) == (5, 5, pytest.approx(0))
        assert [(band.then, band.now) for band in found.bands] == [(2, 2), (3, 3)]

    def test_shows_that_worse_cases_come(self, decide):
        decide(8, at=THEN)
        decide(2, at=THEN, **WEAK)
        decide(2)
        decide(8, **WEAK)
        assert watch().scores.index == pytest.approx(2 * 0.6 * 1.3862943611)

    def test_leaves_out_what_is_older_than_the_year_before(self, decide):
        decide(1, at=datetime(2024, 2, 29, 9, tzinfo=UTC))
        decide(1)
        assert (watch().scores.then, watch().scores.now) == (0, 1)


class TestCharacteristicDrift:
    def test_counts_each_characteristic_in_its_own_bins(self, decide):
        decide(4, at=THEN, buffer_days=24)
        decide(1, buffer_days=24)
        decide(2, buffer_days=0)
        decide(1, buffer_days=None)
        by_feature = {each.feature: each for each in watch().characteristics}
        assert len(by_feature) == len(watch().characteristics)
        moved = by_feature["buffer_days"]
        assert (moved.then, moved.now) == ([0, 4, 0], [2, 1, 1])
        assert moved.index == measures.stability_index([0, 4, 0], [2, 1, 1])
        assert by_feature["returning_customer_share"].index == pytest.approx(0)


class TestReasonDrift:
    def test_counts_what_decisions_named(self, decide):
        decide(2, at=THEN)
        decide(1)
        decide(1, facts={"identity_verified": False})
        found = watch().reasons
        by_code = {each.code: (each.then, each.now) for each in found.reasons}
        assert by_code["identity_not_verified"] == (0, 1)
        assert (found.then, found.now) == (2, 2)


class TestOverrides:
    def recommend(self, decision, underwriter, outcome, amount=None, rate=None):
        Review.objects.create(
            application=decision.application, kind="recommendation", outcome=outcome, amount=amount, annual_rate=rate,
            note="Seen the shop.", by=underwriter, at=NOW,
        )  # fmt: skip

    def test_count_recommendations_against_the_machine(self, decide, underwriter):
        within, above, cheaper, harsher = decide(4)
        assert within.grade in {"A", "B"}
        limit, rate = within.limit_amount, within.annual_rate
        self.recommend(within, underwriter, "approve", limit, rate)
        self.recommend(above, underwriter, "approve", limit + 1, rate)
        self.recommend(cheaper, underwriter, "approve", limit, rate - Decimal("0.001"))
        self.recommend(harsher, underwriter, "decline")
        found = watch().overrides
        assert found == Overrides(4, 2, 1)
        assert found.rate.value == 0.75

    def test_count_the_last_word_on_a_case(self, decide, underwriter):
        [decision] = decide()
        self.recommend(decision, underwriter, "decline")
        self.recommend(decision, underwriter, "approve", decision.limit_amount, decision.annual_rate)
        assert watch().overrides == Overrides(1, 0, 0)


class TestOutcomes:
    @pytest.fixture
    def ended(self, decide):
        """Four sound loans that were repaid, and two weak ones of which one was not."""
        at = datetime(2024, 9, 2, 9, tzinfo=UTC)
        sound, weak = decide(4, at=at), decide(2, at=at, inflow_volatility=1.4, buffer_days=1)
        for decision in (*sound, weak[0]):
            make_loan(decision, paid_late=[0] * 12)
        make_loan(weak[1], paid_late=[0, 0, None])
        return sound, weak

    def test_tell_good_from_bad(self, ended):
        found = watch().separation
        assert (found.good, found.bad, found.auc.value, found.gini) == (5, 1, 0.9, pytest.approx(0.8))
        assert found.ks == pytest.approx(0.8)

    def test_set_what_came_beside_what_was_expected(self, ended):
        (good, *_), (bad, *_) = ended
        found = {each.grade: each for each in watch().grades}
        assert set(found) == {good.grade, bad.grade}
        assert (found[bad.grade].loans, found[bad.grade].bad) == (2, 1)
        assert found[bad.grade].expected == pytest.approx(float(bad.probability_of_default))
        assert found[good.grade].observed == measures.share_of(0, 4)

    def test_leave_out_a_year_that_is_not_over(self, decide):
        [decision] = decide()
        make_loan(decision, paid_late=[None])
        assert watch().separation is None
        assert watch().grades == []

    def test_count_early_defaults_by_their_own_window(self, decide):
        late, fine = decide(2)
        make_loan(late, paid_late=[0, 45, 0, 0, 0, 0])
        make_loan(fine, paid_late=[0, 10, 0, 0, 0, 0])
        assert watch().early_default == EarlyDefault(2, 1)


class TestSegments:
    def by_value(self, kind):
        return {each.value: each for each in watch().segments if each.kind == kind}

    def test_compare_approvals_with_all_others(self, decide):
        decide(2, enterprise={"setting": "town"})
        decide(1, enterprise={"setting": "village"})
        decide(3, enterprise={"setting": "village"}, facts={"identity_verified": False})
        found = self.by_value("setting")
        assert (found["village"].decisions, found["village"].approved.value) == (4, 0.25)
        assert (found["village"].approval_ratio, found["town"].approval_ratio) == (0.25, 4.0)

    def test_ask_for_a_look_only_where_there_are_enough_cases(self, decide):
        decide(2, enterprise={"setting": "town"})
        decide(3, enterprise={"setting": "village"}, facts={"identity_verified": False})
        assert not self.by_value("setting")["village"].needs_look
        decide(27, enterprise={"setting": "village"}, facts={"identity_verified": False})
        assert self.by_value("setting")["village"].needs_look

    def test_know_the_age_at_the_decision(self, decide):
        for months in (11, 12, 35, 36, 119, 120):
            decide(1, facts={"months_in_business": months})
        counted = [(each.value, each.decisions) for each in watch().segments if each.kind == "age"]
        assert counted == [("under_1", 1), ("1_to_3", 2), ("3_to_10", 2), ("over_10", 1)]

    def test_know_the_trade_at_the_decision(self, decide):
        [decision] = decide()
        decision.application.enterprise.industry_id = "01"
        decision.application.enterprise.save()
        assert set(self.by_value("section")) == {"G"}

    def test_know_the_place_at_the_decision(self, bank, product):
        enterprise = make_customer(bank.branch, setting="village")
        application = make_application(enterprise, product, at=NOW)
        applications.decide(application.reference, at=NOW, on=NOW.date())
        ask(enterprise, owner_of(enterprise), setting="town")
        assert set(self.by_value("setting")) == {"village"}

    def test_measure_errors_where_loans_have_ended(self, decide):
        at = datetime(2024, 9, 2, 9, tzinfo=UTC)
        [missed] = decide(1, at=at, enterprise={"setting": "village"})
        [fine] = decide(1, at=at, enterprise={"setting": "town"})
        [seen] = decide(1, at=at, enterprise={"setting": "town"}, facts={"months_in_business": 7})
        assert (missed.outcome, fine.outcome, seen.outcome) == ("approved", "approved", "referred")
        make_loan(missed, paid_late=[None])
        make_loan(fine, paid_late=[0] * 12)
        make_loan(seen, paid_late=[None])
        village, town = self.by_value("setting")["village"], self.by_value("setting")["town"]
        assert (village.loans, village.bad, town.loans, town.bad) == (1, 1, 2, 1)
        assert (village.missed_gap, town.missed_gap) == (1.0, -1.0)
        assert village.calibration_gap == pytest.approx(0.5)
        assert village.false_alarm_gap is None


class TestMonitoring:
    def test_asks_few_questions_however_many_cases(self, decide, django_assert_max_num_queries):
        decide(5)
        with django_assert_max_num_queries(9):
            watch()

    def test_says_nothing_of_an_empty_book(self, db):
        found = watch()
        assert (found.scores.index, found.separation, found.grades, found.segments) == (None, None, [], [])

    def test_is_cut_to_branches_and_product(self, decide, bank):
        decide(2)
        for scope in (
            Scope(YEAR.first, YEAR.last, (bank.other_branch.pk,)),
            Scope(YEAR.first, YEAR.last, None, "none"),
        ):
            assert watch(scope).scores.now == 0
        assert watch(Scope(YEAR.first, YEAR.last, (bank.branch.pk,), "quick")).scores.now == 2
