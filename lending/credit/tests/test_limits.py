"""Proofs of how much is lent where the card reads what is asked for: the search finds what asking again would find."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lending.credit import policy, policy_check, scorecards
from lending.credit.features import ALL_FEATURES, requested
from lending.credit.tests.cases import TERMS, card, make_facts, make_features, standard_policy
from lending.credit.verdicts import Outcome

CODE = "payment_to_inflow"
KNOWN = frozenset(feature.code for feature in ALL_FEATURES)
RESERVE, THINNEST = "reserve_payments", "thinnest_day_payments"
HEAVY = [{"below": "0.05", "points": 0}, {"below": "0.1", "points": -40}, {"below": "0.15", "points": -90}]


def card_that_reads_the_request(bins=(*HEAVY, {"points": -400})):
    table = card()
    asked = {"feature": CODE, "reference": 0, "missing": 0, "bins": list(bins)}
    thin = [{"below": "0.5", "points": -60}, {"below": "2", "points": -25}, {"points": 0}]
    kept = [{"feature": each, "reference": 0, "missing": 0, "bins": thin} for each in (RESERVE, THINNEST)]
    return table | {"characteristics": [*table["characteristics"], asked, *kept]}


def judge(amount, *, term_months=12, features=None, terms=TERMS):
    measured = features or make_features()
    facts = make_facts(requested_amount=str(amount), term_months=term_months)
    figures = measured | requested(measured, amount=amount, term_months=term_months)
    return policy.judge(figures, facts, card_that_reads_the_request(), standard_policy(), terms)


class TestTheFeature:
    @pytest.mark.parametrize(
        ("inflow", "amount", "months", "share"),
        [
            (60000.0, "50000", 12, 0.069),
            (60000.0, Decimal(50000), 24, 0.035),
            (None, "50000", 12, None),
            (0.0, "50000", 12, None),
            (60000.0, None, 12, None),
            (60000.0, "50000", None, None),
            (0.01, "999999999999.99", 1, 1.0e6),
        ],
    )
    def test_is_the_principal_of_a_month_against_its_inflow(self, inflow, amount, months, share):
        without_balance = {CODE: share, RESERVE: None, THINNEST: None}
        assert requested({"monthly_inflow": inflow}, amount=amount, term_months=months) == without_balance

    @pytest.mark.parametrize(
        ("buffer", "lowest", "payments"),
        [(0.5, 0.2, (6.0, 1.2)), (0.5, None, (6.0, None)), (0.5, -0.3, (6.0, 0.0)), (-0.2, None, (0.0, None))],
    )
    def test_counts_the_payments_that_the_account_would_cover(self, buffer, lowest, payments):
        account = {"monthly_inflow": 60000.0, "buffer_to_inflow": buffer, "lowest_to_usual_balance": lowest}
        told = requested(account, amount=60000, term_months=12)
        assert (told[RESERVE], told[THINNEST]) == payments


class TestLimit:
    def test_is_what_asking_for_it_would_pass(self):
        verdict = judge(50000)
        assert verdict.outcome == Outcome.APPROVED
        assert judge(verdict.limit_amount).outcome == Outcome.APPROVED
        assert judge(verdict.limit_amount + 100).outcome == Outcome.DECLINED

    def test_is_priced_by_the_grade_of_what_is_asked_for(self):
        light, heavy = judge(30000), judge(80000)
        assert light.grade < heavy.grade
        assert light.annual_rate < heavy.annual_rate

    def test_of_too_heavy_a_request_is_offered(self):
        verdict = judge(200000)
        offered = {each.code: each.params for each in verdict.alternatives}
        assert (verdict.outcome, verdict.reasons[0].code) == (Outcome.DECLINED, "score_too_low")
        assert judge(Decimal(offered["smaller_amount"]["amount"])).outcome == Outcome.APPROVED
        assert judge(200000, term_months=offered["longer_term"]["months"]).outcome == Outcome.APPROVED
        assert CODE not in [each.params.get("feature") for each in verdict.alternatives]

    def test_is_not_known_where_earnings_are_not(self):
        verdict = judge(50000, features=make_features(monthly_inflow=None))
        assert (verdict.outcome, verdict.limit_amount) == (Outcome.REFERRED, None)

    @given(
        amount=st.integers(1000, 300000),
        inflow=st.integers(2000, 200000),
        kept=st.integers(-20, 90),
        months=st.integers(3, 36),
        buffer=st.none() | st.floats(-0.5, 2),
        lowest=st.none() | st.floats(-1, 1),
    )
    @settings(max_examples=300)
    def test_parts_what_passes_from_what_does_not(self, amount, inflow, kept, months, buffer, lowest):
        flows = {"monthly_inflow": float(inflow), "monthly_outflow": inflow * (100 - kept) / 100}
        features = make_features(**flows, buffer_to_inflow=buffer, lowest_to_usual_balance=lowest)
        verdict = judge(amount, features=features, term_months=months)
        limit = verdict.limit_amount or 0
        assert (verdict.outcome != Outcome.DECLINED) == (amount <= limit)
        if limit >= Decimal(TERMS["min_amount"]):
            assert judge(limit, features=features, term_months=months).outcome != Outcome.DECLINED
        beyond = judge(limit + 100, features=features, term_months=months)
        assert beyond.outcome == Outcome.DECLINED

    @pytest.mark.parametrize(("step", "months"), [(1, 15), (2, 18), (6, 18), (12, 24), (24, 36)])
    def test_offers_no_term_between_installments(self, step, months):
        verdict = judge(120000, terms=TERMS | {"step_months": step})
        offered = {each.code: each.params for each in verdict.alternatives}
        assert offered["longer_term"] == {"months": months, "outcome": "approved"}

    @pytest.mark.parametrize(
        ("told", "offered"), [({"step_months": 1}, ["smaller_amount"]), ({}, ["smaller_amount", "longer_term"])]
    )
    def test_offers_no_longer_term_by_the_harvests_of_a_shorter_any_more(self, told, offered):
        thin = make_features(monthly_outflow=57500.0)
        sown = {"harvest_amount": "900000", "harvest_confirmed_amount": "900000", "harvest_share_due": "0.9"}
        asked = make_facts(requested_amount="110000", **sown)
        figures = thin | requested(thin, amount=110000, term_months=12)
        verdict = policy.judge(figures, asked, card_that_reads_the_request(), standard_policy(), TERMS | told)
        assert verdict.outcome == Outcome.DECLINED
        assert [each.code for each in verdict.alternatives] == offered


class TestCheck:
    @pytest.mark.parametrize(("code", "first", "second"), [(CODE, 0, 5), (RESERVE, 5, 0), (THINNEST, 5, 0)])
    def test_refuses_a_card_that_rewards_asking_for_more(self, code, first, second):
        table = card_that_reads_the_request()
        asked = next(each for each in table["characteristics"] if each["feature"] == code)
        asked["bins"] = [{"below": "0.1", "points": first}, {"points": second}]
        with pytest.raises(scorecards.TableRefused) as refused:
            scorecards.check(table, known=KNOWN)
        assert refused.value.code == "asking_for_more_earns_points"

    def test_refuses_a_card_that_reads_the_request_among_its_trade(self):
        table = card_that_reads_the_request()
        table["characteristics"][-1]["feature"] = CODE + scorecards.IN_TRADE
        with pytest.raises(scorecards.TableRefused) as refused:
            scorecards.check(table, known=KNOWN)
        assert refused.value.code == "feature_unknown"

    @pytest.mark.parametrize(("place", "change"), [(1, {"price": "0"}), (1, {"coverage": "0.5"}), (0, {"price": "1"})])
    def test_refuses_a_policy_that_lends_on_better_terms_to_a_worse_grade(self, place, change):
        table = standard_policy()
        grades = [dict(each) for each in table["grades"]]
        grades[0]["price"] = "0.1"
        grades[place] |= change
        with pytest.raises(policy_check.PolicyRefused) as refused:
            policy_check.check(table | {"grades": grades}, known=KNOWN)
        assert refused.value.code == "grade_better_than_the_one_above"
