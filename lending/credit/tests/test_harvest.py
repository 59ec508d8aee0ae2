"""Proofs of harvests in judging: confirmed plots may carry a seasonal loan, told ones only ask for a person."""

from datetime import date
from decimal import Decimal

import pytest

from lending.credit import harvest, policy, policy_check
from lending.credit.harvest import Brings, Due
from lending.credit.tests.cases import TERMS, card, make_facts, make_features, standard_policy
from lending.credit.verdicts import Outcome

# A grower with little left in an average month: 60,000 in, 57,500 out, 1,500 to other loans.
THIN = make_features(monthly_outflow=57500.0)


def judge(table=None, **facts):
    return policy.judge(THIN, make_facts(**facts), card(), table or standard_policy(), TERMS)


def codes(verdict):
    return [reason.code for reason in verdict.reasons]


class TestFacts:
    """A loan of 40,000 repaid in October and November; rice brings 12,064 in each, apples 20,000 in September."""

    MONTHS = (
        Brings(date(2026, 9, 1), Decimal(20000), Decimal(0)),
        Brings(date(2026, 10, 1), Decimal(12064), Decimal(12064)),
        Brings(date(2026, 11, 1), Decimal(12064), Decimal(12064)),
        Brings(date(2027, 1, 1), Decimal(9000), Decimal(9000)),
    )

    def told(self, *due: Due):
        return harvest.facts(self.MONTHS, due, requested=Decimal(40000))

    def test_count_what_comes_within_the_term(self):
        facts = self.told(Due(date(2026, 10, 20), Decimal(20400)), Due(date(2026, 11, 20), Decimal(20200)))
        assert facts == {
            "harvest_amount": Decimal(32064),
            "harvest_confirmed_amount": Decimal(12064),
            "harvest_share_due": Decimal("1.0000"),
            "harvest_cover": Decimal("0.8016"),
        }

    def test_count_a_month_that_is_over_when_the_term_ends(self):
        assert self.told(Due(date(2026, 11, 30), Decimal(100)))["harvest_amount"] == 44128

    def test_take_the_month_after_the_harvest_for_a_month_of_selling(self):
        share = self.told(Due(date(2026, 12, 20), Decimal(100)))["harvest_share_due"]
        assert share == 1

    def test_weigh_what_falls_due_by_its_amount(self):
        share = self.told(Due(date(2026, 7, 20), Decimal(100)), Due(date(2026, 9, 20), Decimal(300)))
        assert share["harvest_share_due"] == Decimal("0.7500")


class TestConfirmedPlots:
    """Asked: 50,000 over a year at 6 %. Usable: half of 160,000, less 1,500 a month for other loans: 62,000 / 1.06."""

    SEEN = {"harvest_amount": "160000", "harvest_confirmed_amount": "160000", "harvest_share_due": "0.9"}

    def test_carry_a_loan_that_falls_due_at_harvest(self):
        verdict = judge(**self.SEEN)
        assert (verdict.outcome, verdict.limit_amount) == (Outcome.APPROVED, Decimal("58400.00"))

    def test_carry_nothing_that_falls_due_at_other_times(self):
        verdict = judge(**self.SEEN | {"harvest_share_due": "0.3"})
        assert (verdict.outcome, codes(verdict)[0]) == (Outcome.DECLINED, "cash_flow_carries_less")

    def test_carry_nothing_by_a_policy_that_does_not_ask_for_them(self):
        table = {name: part for name, part in standard_policy().items() if name != "harvest"}
        assert judge(table, **self.SEEN).outcome == Outcome.DECLINED

    def test_never_lift_the_other_bounds(self):
        verdict = judge(**self.SEEN | {"exposure_amount": "480000"})
        assert verdict.limit_amount == Decimal("20000.00")

    def test_never_lower_what_the_cash_flow_carries(self):
        few = self.SEEN | {"harvest_amount": "100", "harvest_confirmed_amount": "100"}
        rich = policy.judge(make_features(), make_facts(**few), card(), standard_policy(), TERMS)
        plain = policy.judge(make_features(), make_facts(), card(), standard_policy(), TERMS)
        assert rich == plain


class TestUnconfirmedPlots:
    TOLD = {"harvest_amount": "160000", "harvest_confirmed_amount": "0", "harvest_share_due": "0.9"}

    def test_ask_for_a_person_instead_of_a_refusal(self):
        verdict = judge(**self.TOLD)
        assert (verdict.outcome, codes(verdict)[0]) == (Outcome.REFERRED, "harvest_may_carry")

    @pytest.mark.parametrize("amount", ["1000", "10000", "160000", "9000000"])
    def test_never_approve(self, amount):
        assert judge(**self.TOLD | {"harvest_amount": amount}).outcome != Outcome.APPROVED

    def test_leave_a_refusal_that_rests_on_something_else(self):
        assert judge(**self.TOLD, worst_days_past_due=90).outcome == Outcome.DECLINED

    def test_leave_a_refusal_where_they_bring_too_little(self):
        assert judge(**self.TOLD | {"harvest_amount": "40000"}).outcome == Outcome.DECLINED


class TestWithoutPlots:
    def test_nothing_changes(self):
        table = {name: part for name, part in standard_policy().items() if name != "harvest"}
        assert judge() == judge(table)


class TestCheck:
    @pytest.mark.parametrize("part", [{}, {"usable_share": "0.5"}])
    def test_refuses_a_harvest_rule_without_its_figures(self, part):
        with pytest.raises(policy_check.PolicyRefused, match="part_missing"):
            policy_check.check(
                standard_policy() | {"harvest": part}, known=frozenset(make_features()) | {"evidence_days"}
            )
