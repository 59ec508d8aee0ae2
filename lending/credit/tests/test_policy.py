"""Proofs of the bank's rules: what declines, what a person looks at, how much, at what price, and why."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lending.credit import policy, policy_check, verdicts
from lending.credit.features import FEATURES
from lending.credit.tests.cases import TERMS, card, make_facts, make_features, standard_policy
from lending.credit.verdicts import Outcome

KNOWN = frozenset(feature.code for feature in FEATURES)


def judge(features=None, facts=None, terms=None):
    return policy.judge(
        make_features() if features is None else features,
        facts or make_facts(),
        card(),
        standard_policy(),
        terms or TERMS,
    )


def codes(verdict):
    return [reason.code for reason in verdict.reasons]


POOR = make_features(
    net_flow_share=0.02,
    inflow_volatility=1.2,
    short_months_share=0.7,
    longest_quiet_days=70,
    buffer_days=1,
    negative_days_share=0.4,
    debt_service_share=0.35,
    borrowed_share=0.6,
    lender_count=6,
)


class TestApproval:
    def test_needs_no_person_when_everything_is_sound(self):
        verdict = judge()
        assert (verdict.outcome, verdict.grade, verdict.annual_rate) == (Outcome.APPROVED, "A", Decimal("0.0600"))

    def test_says_what_helped(self):
        assert len(judge().helped) == 3

    def test_prices_a_worse_grade_higher_within_the_product(self):
        verdict = judge(make_features(inflow_volatility=1.2, buffer_days=3, lender_count=4))
        assert (verdict.grade, verdict.annual_rate) == ("B", Decimal("0.0900"))


class TestKnockOut:
    @pytest.mark.parametrize(
        ("facts", "features", "code"),
        [
            ({"identity_verified": False}, {}, "identity_not_verified"),
            ({"worst_days_past_due": 31}, {}, "in_arrears"),
            ({"months_in_business": 5}, {}, "too_young"),
            ({}, {"debt_service_share": 0.51}, "debt_too_heavy"),
        ],
    )
    def test_declines_and_comes_first(self, facts, features, code):
        verdict = judge(make_features(**features), make_facts(**facts))
        assert (verdict.outcome, codes(verdict)[0]) == (Outcome.DECLINED, code)

    def test_that_is_silent_says_nothing_but_its_code(self):
        verdict = judge(facts=make_facts(sanctions_confirmed=1, open_hits=3))
        assert verdict.outcome == Outcome.DECLINED
        assert [(each.code, each.params) for each in verdict.reasons[:2]] == [
            ("bank_cannot_lend", {}),
            ("person_looks", {}),
        ]
        assert verdict.alternatives == ()

    def test_names_the_months_in_which_being_late_counted(self):
        (reason, *_others) = judge(facts=make_facts(worst_days_past_due=31, late_months=24)).reasons
        assert (reason.code, reason.params["value"], reason.params["months"]) == ("in_arrears", 31, 24)

    def test_lets_the_bound_itself_pass(self):
        assert judge(facts=make_facts(worst_days_past_due=30)).outcome == Outcome.APPROVED


class TestReferral:
    @pytest.mark.parametrize(
        ("facts", "features", "code"),
        [
            ({"holder_matches": False}, {}, "holder_differs"),
            ({"suspicions": 1}, {}, "evidence_contradicts"),
            ({"foreign_evidence": True}, {}, "foreign_evidence"),
            ({}, {"evidence_days": 89}, "evidence_too_short"),
            ({}, {"evidence_age_days": 46}, "evidence_too_old"),
            ({}, {"unknown_share": 0.51}, "purpose_unknown"),
            ({}, {"last_receipt_days": 121}, "no_recent_income"),
        ],
    )
    def test_asks_a_person(self, facts, features, code):
        verdict = judge(make_features(**features), make_facts(**facts))
        assert (verdict.outcome, codes(verdict)[0]) == (Outcome.REFERRED, code)

    @pytest.mark.parametrize(
        ("held", "outcome"), [(["other"], Outcome.REFERRED), (["bookkeeping", "other"], Outcome.APPROVED)]
    )
    def test_may_ask_for_what_was_learned(self, held, outcome):
        asking = standard_policy()
        asking["referrals"].append({"code": "clearance_missing", "fact": "clearances_held", "includes": "bookkeeping"})
        verdict = policy.judge(make_features(), make_facts(clearances_held=held), card(), asking, TERMS)
        assert verdict.outcome == outcome

    def test_asks_a_person_about_a_middling_grade(self):
        verdict = judge(
            make_features(
                net_flow_share=0.05,
                inflow_volatility=1.2,
                buffer_days=1,
                lender_count=6,
                negative_days_share=0.2,
                short_months_share=0.5,
            ),
            make_facts(requested_amount="5000"),
        )
        assert (verdict.grade, verdict.outcome, codes(verdict)[0]) == ("D", Outcome.REFERRED, "score_unclear")


class TestMissingInput:
    @pytest.mark.parametrize(
        "fact",
        sorted(
            {
                rule["fact"]
                for rule in (*standard_policy()["knock_outs"], *standard_policy()["referrals"])
                if "fact" in rule
            }
            | {"exposure_amount", "term_months"}
        ),
    )
    def test_never_approves_without_a_fact(self, fact):
        assert judge(facts=make_facts(**{fact: None})).outcome == Outcome.REFERRED

    @pytest.mark.parametrize(
        "feature", ["debt_service_share", "evidence_days", "monthly_inflow", "monthly_outflow", "monthly_debt_service"]
    )
    def test_never_approves_without_a_feature(self, feature):
        assert judge(make_features(**{feature: None})).outcome == Outcome.REFERRED

    def test_refers_rather_than_declines_when_nothing_is_known(self):
        verdict = judge({})
        assert (verdict.outcome, verdict.limit_amount) == (Outcome.REFERRED, None)
        assert codes(verdict)[0] == "evidence_too_thin"

    def test_says_what_to_show_first(self):
        assert [each.code for each in judge({}).alternatives] == ["show_evidence"] * 3

    def test_promises_nothing_of_what_could_not_be_seen(self):
        verdict = judge(POOR | {"buffer_days": None})
        assert "buffer_days" not in {each.params["feature"] for each in verdict.alternatives}

    @given(st.sets(st.sampled_from(sorted(make_features())), min_size=1))
    def test_never_approves_what_a_rule_could_not_see(self, hidden):
        verdict = judge({code: value for code, value in make_features().items() if code not in hidden})
        seen = {"debt_service_share", "evidence_days", "evidence_age_days", "unknown_share", "last_receipt_days"}
        seen |= {"monthly_inflow", "monthly_outflow", "monthly_debt_service"}
        assert verdict.outcome != Outcome.APPROVED or not hidden & seen


class TestLimit:
    def test_is_what_the_cash_flow_carries(self):
        # (20,000 - 15,000) / 1.2 - 500 = 3,666.67 a month for 12 months at 6 % a year, down to whole hundreds
        features = make_features(monthly_inflow=20000.0, monthly_outflow=15000.0, monthly_debt_service=500.0)
        assert judge(features, make_facts(requested_amount="10000")).limit_amount == Decimal("42600.00")

    def test_counts_the_installments_of_a_loan_too_young_to_show(self):
        # (20,000 - 15,000) / 1.2 - 2,500 = 1,666.67 a month
        features = make_features(monthly_inflow=20000.0, monthly_outflow=15000.0, monthly_debt_service=500.0)
        facts = make_facts(requested_amount="10000", monthly_payment_amount="2500")
        assert judge(features, facts).limit_amount == Decimal("19300.00")

    def test_is_so_many_months_of_inflow(self):
        features = make_features(monthly_inflow=10000.0, monthly_outflow=1000.0)
        verdict = judge(features, make_facts(requested_amount="41000"))
        assert (codes(verdict)[0], verdict.limit_amount) == ("above_share_of_inflow", Decimal("40000.00"))

    def test_leaves_room_for_what_is_owed_already(self):
        verdict = judge(facts=make_facts(exposure_amount="470000"))
        assert (codes(verdict)[0], verdict.limit_amount) == ("exposure_too_high", Decimal("30000.00"))

    def test_is_never_negative(self):
        assert judge(facts=make_facts(exposure_amount="900000")).limit_amount == 0

    def test_offers_an_amount_that_passes(self):
        features = make_features(monthly_inflow=20000.0, monthly_outflow=15000.0)
        refused = judge(features, make_facts(requested_amount="60000"))
        offered = next(each for each in refused.alternatives if each.code == "smaller_amount").params["amount"]
        again = judge(features, make_facts(requested_amount=offered))
        above = judge(features, make_facts(requested_amount=str(Decimal(offered) + 1)))
        assert [refused.outcome, again.outcome, above.outcome] == [
            Outcome.DECLINED,
            Outcome.APPROVED,
            Outcome.DECLINED,
        ]

    def test_offers_a_longer_term_that_passes(self):
        features = make_features(monthly_inflow=20000.0, monthly_outflow=15000.0)
        refused = judge(features, make_facts(requested_amount="60000"))
        months = next(each for each in refused.alternatives if each.code == "longer_term").params["months"]
        assert judge(features, make_facts(requested_amount="60000", term_months=months)).outcome == Outcome.APPROVED


class TestReasons:
    def test_are_four_at_most_and_of_different_families(self):
        verdict = judge(POOR)
        families = [reason.family for reason in verdict.reasons if reason.family != "policy"]
        assert (verdict.outcome, len(verdict.reasons)) == (Outcome.DECLINED, 4)
        assert len(families) == len(set(families))

    def test_name_first_what_cost_most(self):
        verdict = judge(make_features(buffer_days=1, inflow_trend=0.9))
        assert codes(verdict)[0] == "buffer_days"
        assert verdict.reasons[0].params == {"feature": "buffer_days", "value": 1, "better": 10, "lost": 33}

    def test_offer_changes_that_would_really_do(self):
        verdict = judge(POOR)
        changed = dict(POOR)
        for each in verdict.alternatives:
            changed[each.params["feature"]] = improved(each.params, POOR)
        assert verdict.alternatives
        assert judge(changed).outcome != Outcome.DECLINED


def improved(params, features):
    """A figure just beyond the target that an improvement names."""
    target, value = params["target"], features[params["feature"]]
    return target if value < target else target - 0.001


class TestReplay:
    def test_judges_what_was_stored_to_the_same_digit(self):
        verdict = judge(POOR)
        stored = json.loads(json.dumps([POOR, make_facts(), TERMS]))
        again = policy.judge(stored[0], stored[1], card(), standard_policy(), stored[2])
        assert again.as_data() == verdict.as_data()

    def test_reads_back_what_it_wrote(self):
        verdict = judge(POOR)
        assert verdicts.verdict_of(json.loads(json.dumps(verdict.as_data()))) == verdict


class TestCheck:
    def test_passes_the_standard_policy(self):
        policy_check.check(standard_policy(), known=KNOWN)

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"form": 2}, "unknown_form"),
            ({"knock_outs": [{"code": "x", "fact": "shoe_size", "at_most": 1}]}, "input_unknown"),
            ({"knock_outs": [{"code": "x", "fact": "suspicions"}]}, "rule_without_test"),
            ({"grades": []}, "grades_unordered"),
            (
                {
                    "grades": [
                        {"grade": "A", "pd_below": "0.1", "outcome": "approved"},
                        {"grade": "E", "outcome": "declined"},
                    ]
                },
                "grade_incomplete",
            ),
        ],
    )
    def test_refuses_a_policy(self, change, code):
        with pytest.raises(policy_check.PolicyRefused) as refusal:
            policy_check.check(standard_policy() | change, known=KNOWN)
        assert refusal.value.code == code


class TestUnseen:
    def test_has_the_reason_that_the_rule_names(self):
        verdict = judge(facts=make_facts(identity_verified=None))
        assert (verdict.outcome, codes(verdict)[0]) == (Outcome.REFERRED, "identity_not_checked")

    def test_tells_what_more_is_known_of_it(self):
        lacking = [{"kind": "business_license", "person": "", "state": "missing"}]
        facts = make_facts(identity_verified=None, checks_lacking=lacking)
        assert judge(facts=facts).reasons[0].params == {"checks_lacking": lacking}

    def test_of_decisions_from_before_that_was_known_stays_what_it_was(self):
        assert judge(facts=make_facts(identity_verified=None)).reasons[0].params == {}

    def test_of_a_silent_rule_tells_nothing_more(self):
        table = standard_policy()
        table["knock_outs"][0]["silent"] = True
        facts = make_facts(identity_verified=None, checks_lacking=[{"kind": "visit", "person": "", "state": "missing"}])
        assert policy.judge(make_features(), facts, card(), table, TERMS).reasons[0].params == {}

    def test_says_once_what_several_rules_say(self):
        verdict = judge(facts=make_facts(open_hits=None, sanctions_confirmed=None, pep_confirmed=None))
        assert (verdict.outcome, codes(verdict).count("person_looks")) == (Outcome.REFERRED, 1)


class TestCheckOfSilentRules:
    @pytest.mark.parametrize("part", ["silent", "unseen"])
    def test_refuses_one_that_would_warn_the_customer(self, part):
        table = standard_policy()
        del table["knock_outs"][1][part]
        with pytest.raises(policy_check.PolicyRefused) as refused:
            policy_check.check(table, known=KNOWN)
        assert refused.value.code == "rule_would_warn"
