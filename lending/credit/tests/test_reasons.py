"""Proofs that every code has words in the reader's language, and that none is stored."""

import pytest

from lending.credit import reasons
from lending.credit.features import FEATURES, Direction, Topic
from lending.credit.policy import FACTS
from lending.credit.tests.cases import CARDS, card, make_facts, make_features, standard_policy
from lending.credit.tests.test_policy import POOR, judge
from lending.credit.verdicts import Alternative, Reason


class TestWordings:
    @pytest.mark.parametrize(
        "rule", [*standard_policy()["knock_outs"], *standard_policy()["referrals"]], ids=lambda rule: rule["code"]
    )
    def test_cover_every_rule_of_the_standard_policy(self, rule):
        name = rule.get("fact") or rule["feature"]
        said = reasons.sentence(Reason(rule["code"], {"input": name, "value": 1, "bound": 2}))
        assert said.endswith(".")
        assert "%(" not in said
        assert reasons.advice(Reason(rule["code"])).endswith(".")

    @pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.code)
    def test_cover_every_feature(self, feature):
        said = reasons.sentence(Reason(feature.code, {"value": 1, "better": 2}))
        assert str(feature.name) in said
        if feature.direction != Direction.NEUTRAL:
            assert reasons.advice(Reason(feature.code, {"value": 1, "better": 2})).endswith(".")

    def test_name_every_fact_that_may_be_missing(self):
        assert set(reasons.FACT_NAMES) == FACTS


class TestSentence:
    def test_says_what_a_figure_is_and_what_would_be_good(self):
        reason = Reason("inflow_volatility", {"value": 1.2, "better": 0.45})
        assert reasons.sentence(reason) == "How much earnings swing: yours is 120%, good would be less than 45%."

    def test_says_shares_as_percentages(self):
        reason = Reason("returning_customer_share", {"value": 0.125, "better": 0.5})
        assert reasons.sentence(reason) == (
            "Earnings from customers who come back: yours is 12.5%, good would be 50% or more."
        )

    def test_says_that_a_figure_could_not_be_seen(self):
        reason = Reason("buffer_days", {"value": None, "better": None})
        assert (
            reasons.sentence(reason) == "We could not see this from what you showed us: Days your reserve would last."
        )

    def test_says_amounts_in_the_bank_s_currency(self):
        reason = Reason("cash_flow_carries_less", {"limit": "42600.00", "requested": "60000"})
        assert reasons.sentence(reason) == "What your business has left each month carries ¥42,600, not ¥60,000."

    def test_names_what_was_missing(self):
        reason = Reason("input_missing", {"inputs": ["worst_days_past_due", "buffer_days"]})
        assert reasons.sentence(reason) == (
            "This could not be seen yet: how you repaid earlier loans, Days your reserve would last."
        )


class TestAlternative:
    def test_names_the_largest_amount(self):
        assert (
            reasons.alternative(Alternative("smaller_amount", {"amount": "42600.00"})) == "Ask for ¥42,600.00 or less."
        )

    def test_names_a_target_and_how_long_it_takes(self):
        found = Alternative("improve", {"feature": "buffer_days", "target": 10, "months": 3})
        assert reasons.alternative(found).startswith(
            "Days your reserve would last: reach 10 days. This takes about 3 months."
        )

    def test_says_to_come_below_where_less_is_better(self):
        found = Alternative("improve", {"feature": "inflow_volatility", "target": 0.45, "months": 6})
        assert reasons.alternative(found).startswith("How much earnings swing: come below 45%.")


class TestVerdictsInWords:
    def test_leave_nothing_unsaid(self):
        verdict = judge(POOR, make_facts(worst_days_past_due=90))
        said = [reasons.sentence(each) for each in verdict.reasons] + [reasons.helped(each) for each in verdict.helped]
        assert all(said)

    def test_teach_a_known_topic_wherever_a_figure_cost(self):
        topics = {each.topic for each in judge(POOR).reasons if each.family != "policy"}
        assert topics <= set(Topic.values)

    def test_find_every_characteristic_of_the_cards(self):
        for code in CARDS:
            for each in card(code)["characteristics"]:
                assert reasons.is_characteristic(each["feature"])

    def test_say_what_helped_without_a_judgment(self):
        helped = judge(make_features()).helped
        assert "Earnings that go to loans: 2.5%" in [reasons.helped(each) for each in helped]
