"""Proofs that every code has words in the reader's language, and that none is stored."""

import re
from decimal import Decimal

import pytest
from django.utils import translation

from lending.credit import reasons, too_little, wordings
from lending.credit.features import FEATURES, Direction, Topic
from lending.credit.policy import FACTS
from lending.credit.tests.cases import CARDS, card, make_facts, make_features, standard_policy
from lending.credit.tests.test_policy import POOR, judge
from lending.credit.verdicts import Alternative, Outcome, Reason, Verdict


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
        assert set(wordings.FACT_NAMES) == FACTS


FIGURES = {"value": 1, "bound": 2, "limit": "1000", "requested": "2000", "missing": 6, "of": 20, "grade": "E"}
MISSING = {"kind": "business_license", "person": "", "state": "missing"}
EXPIRED = {"kind": "identity_document", "person": "王芳", "state": "expired"}
FAILED = {"kind": "household_certificate", "person": "", "state": "failed"}
LACKING = ([MISSING], [EXPIRED], [MISSING, EXPIRED], [FAILED], [EXPIRED, FAILED], [MISSING, EXPIRED, FAILED])
SHORT = {"on": "2026-10-08", "due": "21600.00", "there": "17123.29", "short": "4476.71"}
SAID = [
    *(
        Reason(code, FIGURES | SHORT | {"inputs": ["buffer_days"]} | ({"input": name} if name else {}))
        for code, name in (dict.fromkeys(wordings.WORDINGS, "") | {
            rule["code"]: rule.get("fact") or rule["feature"]
            for rule in (*standard_policy()["knock_outs"], *standard_policy()["referrals"])
        }).items()
    ),
    *(Reason(feature.code, {"value": 1, "better": 2}) for feature in FEATURES),
    *(Reason(feature.code, {"value": None, "better": None}) for feature in FEATURES),
    *(Reason(f"{feature.code}@trade", {"value": 30, "better": 60}) for feature in FEATURES),
    *(Reason("input_missing", {"inputs": [name]}) for name in sorted(FACTS)),
    *(Reason("identity_not_checked", {"checks_lacking": each}) for each in LACKING),
    Reason("a_code_of_the_bank_s_own"),
]  # fmt: skip


class TestInChinese:
    @pytest.mark.parametrize("reason", SAID, ids=lambda reason: reason.code)
    @pytest.mark.parametrize("say", [reasons.sentence, reasons.advice], ids=["sentence", "advice"])
    def test_has_words_of_its_own_and_no_english_ones(self, say, reason):
        english = say(reason)
        with translation.override("zh-hans"):
            chinese = say(reason)
        assert bool(english) == bool(chinese)
        assert not chinese or chinese.endswith("。")
        assert not re.findall(r"[A-Za-z]+|%\(|\.$", chinese)

    @pytest.mark.parametrize("code", [*wordings.WORDINGS, *(feature.code for feature in FEATURES)])
    def test_has_a_title(self, code):
        with translation.override("zh-hans"):
            assert not re.findall(r"[A-Za-z]+|%\(", reasons.title(code))

    @pytest.mark.parametrize("rule", [*standard_policy()["knock_outs"], *standard_policy()["referrals"]])
    def test_says_rules_and_figures(self, rule):
        name = rule.get("fact") or rule["feature"]
        with translation.override("zh-hans"):
            assert not re.findall(r"[A-Za-z]+|%\(", reasons.rule_sentence(rule, name))
            assert not re.findall(r"[A-Za-z]+", reasons.figure("buffer_days", 3) + reasons.figure("buffer_days", None))

    @pytest.mark.parametrize(
        "found",
        [
            Alternative("smaller_amount", {"amount": "42600.00"}),
            Alternative("smaller_amount", {"amount": "42600.00", "outcome": "referred"}),
            Alternative("longer_term", {"months": 24}),
            Alternative("longer_term", {"months": 24, "outcome": "referred"}),
            Alternative("show_evidence", {"feature": "buffer_days"}),
            Alternative("improve", {"feature": "buffer_days", "target": 10, "months": 3}),
            Alternative("improve", {"feature": "inflow_volatility", "target": 0.45, "months": 6}),
        ],
        ids=lambda found: found.code,
    )
    def test_says_what_would_change_it(self, found):
        with translation.override("zh-hans"):
            assert re.fullmatch(r"[^A-Za-z%(]*\d*[^A-Za-z(]*。", reasons.alternative(found))


class TestSentence:
    def test_names_the_checks_that_are_lacking_and_whose(self):
        reason = Reason("identity_not_checked", {"checks_lacking": [MISSING, EXPIRED]})
        assert reasons.sentence(reason) == (
            "Nobody of the bank has seen yet: Business license. "
            "What the bank has seen is out of date: identity document of 王芳."
        )

    def test_says_what_older_decisions_said(self):
        assert reasons.sentence(Reason("identity_not_checked")).startswith("Nobody of the bank has seen your papers")

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

    @pytest.mark.parametrize(
        ("code", "limit", "said", "advice"),
        [
            ("cash_flow_carries_less", "0.00", "too little is left each month to carry a loan", "will not help"),
            ("cash_flow_carries_less", "2900.00", "carries ¥2,900; this kind of loan begins at ¥3,000.", "longer term"),
            ("above_share_of_inflow", "2900.00", "we can lend ¥2,900; this kind of loan begins at", "will not help"),
            ("exposure_too_high", "0.00", "we can lend ¥0 more; this kind of loan begins at ¥3,000.", "Repay part"),
        ],
    )
    def test_does_not_ask_for_less_where_no_amount_would_pass(self, code, limit, said, advice):
        reason = Reason(code, {"limit": limit, "requested": "60000"})
        verdict = Verdict(Outcome.DECLINED, "D", Decimal("0.1"), 500, Decimal(limit), None, (reason,), (), ())
        (told,) = too_little.with_least(verdict, {"min_amount": "3000.00"}).reasons
        assert said in reasons.sentence(told)
        assert advice in reasons.advice(told)
        assert too_little.with_least(verdict, {"min_amount": limit}) == verdict

    @pytest.mark.parametrize(
        ("params", "said"),
        [
            ({}, "A loan of yours"),
            ({"months": 24}, "In the month of the decision or the 24 months before it, a loan of yours"),
        ],
    )
    def test_says_how_far_back_being_late_counts(self, params, said):
        reason = Reason("in_arrears", {"input": "worst_days_past_due", "value": 31, "bound": 30} | params)
        rest = ", or of a business that belongs with yours, was up to 31 days overdue; the most we can accept is 30."
        assert reasons.sentence(reason) == said + rest

    def test_names_what_was_missing(self):
        reason = Reason("input_missing", {"inputs": ["worst_days_past_due", "buffer_days"]})
        assert reasons.sentence(reason) == (
            "This could not be seen yet: how you repaid earlier loans, Days your reserve would last."
        )


class TestAlternative:
    def test_names_the_largest_amount(self):
        assert reasons.alternative(Alternative("smaller_amount", {"amount": "42600.00"})) == "Ask for ¥42,600 instead."

    def test_tells_where_a_person_would_look(self):
        found = Alternative("longer_term", {"months": 24, "outcome": "referred"})
        assert reasons.alternative(found) == "Ask for 24 months instead; a person at the bank then looks at it."

    @pytest.mark.parametrize(
        ("codes", "said"),
        [
            ([], ""),
            (["smaller_amount"], ""),
            (["smaller_amount", "longer_term"], "One of these is enough:"),
            (["smaller_amount", "improve"], "All of this together is needed:"),
            (["improve", "improve"], "All of this together is needed:"),
            (["show_evidence", "show_evidence"], ""),
        ],
    )
    def test_tells_whether_one_is_enough(self, codes, said):
        assert reasons.how_to_change([Alternative(code) for code in codes]) == said

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
