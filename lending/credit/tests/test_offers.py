"""Proofs that whatever a refusal offers instead passes when it is asked for, whichever rules a bank writes."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from lending.credit import harvest, policy
from lending.credit.features import requested
from lending.credit.tests.cases import TERMS, card, make_facts, make_features, standard_policy
from lending.credit.tests.test_limits import card_that_reads_the_request
from lending.credit.tests.test_policy import POOR, improved
from lending.credit.verdicts import Outcome

STEP = 100
SEASON = [
    {"on": "2026-10-01", "months": "3", "principal": "0.5", "interest": "0.03", "harvest": "12000"},
    {"on": "2026-11-01", "months": "4", "principal": "1", "interest": "0.04", "harvest": "60000"},
]
WALKS = {"due_dates": {str(months): SEASON for months in range(6, 37, 3)}}
PLOTS = {"harvest_amount": "90000.00", "harvest_confirmed_amount": "60000.00", "harvest_share_due": "0.9"}


def judge(features, facts, scorecard, table, terms):
    """Judge a request as the bank does: with what its amount and its term make of the evidence."""
    amount, months = facts["requested_amount"], facts["term_months"]
    if harvest.TOLD in facts:
        facts = facts | {harvest.COVER: str(harvest.cover(Decimal(facts[harvest.TOLD]), Decimal(amount)))}
    figures = features | requested(features, amount=amount, term_months=months)
    return policy.judge(figures, facts, scorecard, table, terms)


def offers_of(verdict):
    return {each.code: each.params for each in verdict.alternatives}


def rule(fact, test, bound):
    return {"code": f"{fact}_{test}", "fact": fact, test: bound}


RULES = st.lists(
    st.one_of(
        st.builds(rule, st.just("requested_amount"), st.sampled_from(["at_least", "at_most"]), st.integers(0, 250000)),
        st.builds(rule, st.just("term_months"), st.sampled_from(["at_least", "at_most"]), st.integers(1, 40)),
        st.builds(
            rule, st.just("harvest_cover"), st.sampled_from(["at_least", "at_most"]), st.sampled_from(["0.5", 3])
        ),
        st.just(rule("worst_days_past_due", "at_most", 30)),
        st.builds(
            lambda most: {"code": "share", "feature": "payment_to_inflow", "at_most": most},
            st.sampled_from(["0.1", "0.3"]),
        ),
    ),
    max_size=3,
)
POLICIES = st.builds(
    lambda knock_outs, referrals: standard_policy() | {"knock_outs": knock_outs, "referrals": referrals}, RULES, RULES
)
FEATURES = st.builds(
    lambda inflow, kept, habits: (
        make_features() | habits | {"monthly_inflow": float(inflow), "monthly_outflow": inflow * (100 - kept) / 100}
    ),
    st.integers(2000, 200000),
    st.integers(-10, 90),
    st.sampled_from([{}, {"buffer_days": 1, "inflow_volatility": 1.2}, POOR]),
)
FACTS = st.builds(
    lambda amount, months, owed, late, plots: make_facts(
        requested_amount=str(amount),
        term_months=months,
        exposure_amount=str(owed),
        worst_days_past_due=late,
        **plots,
    ),
    st.integers(1000, 300000),
    st.sampled_from([6, 12, 18, 24]),
    st.sampled_from([0, 250000, 480000]),
    st.sampled_from([0, 0, 0, 90]),
    st.sampled_from([{}, PLOTS, WALKS, PLOTS | WALKS]),
)
CARDS = st.sampled_from([card(), card_that_reads_the_request()])
STEPS = st.sampled_from([1, 6])
CASES = {"features": FEATURES, "facts": FACTS, "scorecard": CARDS, "table": POLICIES, "step": STEPS}


class TestOffers:
    @given(**CASES)
    @settings(max_examples=300)
    def test_are_answered_as_told_when_asked_for(self, features, facts, scorecard, table, step):
        terms = TERMS | {"step_months": step}
        verdict = judge(features, facts, scorecard, table, terms)
        offered = offers_of(verdict)
        early = any(reason.code == "due_date_short" for reason in verdict.reasons)
        assert verdict.outcome == Outcome.DECLINED or early or set(offered) <= {"show_evidence"}
        for code, name in (("smaller_amount", "requested_amount"), ("longer_term", "term_months")):
            if "outcome" in offered.get(code, {}):
                asked = next(value for key, value in offered[code].items() if key != "outcome")
                again = judge(features, facts | {name: asked}, scorecard, table, terms)
                assert again.outcome == offered[code]["outcome"] != Outcome.DECLINED

    @given(**CASES)
    @settings(max_examples=200)
    def test_are_the_most_that_passes_where_nobody_need_see_a_plot(self, features, facts, scorecard, table, step):
        terms = TERMS | {"step_months": step}
        facts = {name: value for name, value in facts.items() if name not in harvest.FACTS}
        verdict = judge(features, facts, scorecard, table, terms)
        for amount in filter(None, [offers_of(verdict).get("smaller_amount")]):
            more = facts | {"requested_amount": str(Decimal(amount["amount"]) + STEP)}
            assert judge(features, more, scorecard, table, terms).outcome == verdict.outcome

    @given(**CASES)
    @settings(max_examples=200)
    def test_of_other_habits_would_all_together_do(self, features, facts, scorecard, table, step):
        terms = TERMS | {"step_months": step}
        verdict = judge(features, facts, scorecard, table, terms)
        changes = [each.params for each in verdict.alternatives if each.code == "improve"]
        amount = offers_of(verdict).get("smaller_amount", {}).get("amount", facts["requested_amount"])
        habits = {each["feature"]: improved(each, features) for each in changes}
        again = judge(features | habits, facts | {"requested_amount": amount}, scorecard, table, terms)
        assert not changes or again.outcome != Outcome.DECLINED


class TestRulesOnTheRequest:
    """A shop of which 20,000 come in each month and 15,000 go out; over a year 42,600 pass the bank's bounds."""

    SHOP = make_features(monthly_inflow=20000.0, monthly_outflow=15000.0, monthly_debt_service=500.0)

    def offered(self, *knock_outs, referrals=(), shop=SHOP, **facts):
        table = standard_policy() | {"knock_outs": list(knock_outs), "referrals": list(referrals)}
        asked = make_facts(**{"requested_amount": "60000"} | facts)
        return offers_of(judge(shop, asked, card(), table, TERMS | {"step_months": 1}))

    def test_bound_the_amount(self):
        most = rule("requested_amount", "at_most", 33333)
        assert self.offered(most) == {"smaller_amount": {"amount": "33300.00", "outcome": "approved"}}

    def test_bound_it_by_what_it_makes_of_the_evidence(self):
        share = {"code": "share", "feature": "payment_to_inflow", "at_most": "0.15"}
        assert self.offered(share)["smaller_amount"] == {"amount": "36100.00", "outcome": "approved"}

    def test_bound_it_by_what_the_account_would_cover(self):
        shop = self.SHOP | {"buffer_to_inflow": 0.5}
        reserve = {"code": "reserve", "feature": "reserve_payments", "at_least": 3}
        assert self.offered(reserve, shop=shop)["smaller_amount"] == {"amount": "40000.00", "outcome": "approved"}

    def test_bound_it_where_nothing_else_declines(self):
        most = rule("requested_amount", "at_most", 33333)
        assert self.offered(most, requested_amount="40000")["smaller_amount"]["amount"] == "33300.00"

    def test_offer_nothing_below_the_least_that_a_bank_lends(self):
        assert self.offered(rule("requested_amount", "at_least", 50000), term_months=36) == {}

    def test_offer_no_term_beyond_the_longest(self):
        assert set(self.offered(rule("term_months", "at_most", 15))) == {"smaller_amount"}
        assert self.offered()["longer_term"] == {"months": 18, "outcome": "approved"}

    def test_offer_a_term_that_is_long_enough(self):
        least = rule("term_months", "at_least", 24)
        assert self.offered(least) == {"longer_term": {"months": 24, "outcome": "approved"}}

    def test_tell_where_a_person_would_look(self):
        offered = self.offered(referrals=[rule("requested_amount", "at_most", 40000)])
        assert offered["smaller_amount"] == {"amount": "42600.00", "outcome": "referred"}

    def test_offer_nothing_where_another_rule_declines(self):
        assert self.offered(rule("worst_days_past_due", "at_most", 30), worst_days_past_due=90) == {}

    def test_weigh_the_amount_offered_against_the_harvest(self):
        cover = rule("harvest_cover", "at_least", 3)
        assert self.offered(cover, **PLOTS)["smaller_amount"]["amount"] == "30000.00"

    def test_offer_no_term_of_whose_harvests_nobody_knows(self):
        assert "longer_term" in self.offered(**PLOTS | {"harvest_share_due": "0"})
        assert "longer_term" not in self.offered(
            rule("harvest_share_due", "at_most", "0.5"), **PLOTS | {"harvest_share_due": "0"}
        )


class TestDecisionsFromBefore:
    def test_offer_what_they_offered(self):
        table = standard_policy() | {"knock_outs": [], "referrals": [rule("requested_amount", "at_most", 10000)]}
        asked = make_facts(requested_amount="60000")
        del asked["judging"]
        verdict = judge(TestRulesOnTheRequest.SHOP, asked, card(), table, TERMS)
        assert offers_of(verdict) == {"smaller_amount": {"amount": "42600.00"}, "longer_term": {"months": 18}}

    def test_offer_nothing_where_a_rule_declines_too(self):
        table = standard_policy() | {"knock_outs": [rule("requested_amount", "at_most", 33333)], "referrals": []}
        asked = make_facts(requested_amount="60000")
        del asked["judging"]
        assert offers_of(judge(TestRulesOnTheRequest.SHOP, asked, card(), table, TERMS)) == {}
