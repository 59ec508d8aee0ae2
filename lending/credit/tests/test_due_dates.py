"""Proofs that each due date of a seasonal loan is held against what will be there by then."""

from datetime import date
from decimal import Decimal

import pytest

from lending.credit import due_dates, limits, policy
from lending.credit.due_dates import Asked, Means
from lending.credit.harvest import Brings
from lending.credit.tests.cases import TERMS, card, make_facts, make_features, standard_policy
from lending.credit.verdicts import Alternative, Outcome

SIGNED = date(2026, 7, 1)
# Half of the principal in October, half in November; a rate of 16 % costs 4 and 2.667 % by then.
AUTUMN = (
    Asked(date(2026, 8, 1), Decimal(0), Decimal(800)),
    Asked(date(2026, 10, 1), Decimal(30000), Decimal(1600)),
    Asked(date(2026, 11, 1), Decimal(30000), Decimal(400)),
)
RICE = (
    Brings(date(2026, 9, 1), Decimal(90000), Decimal(40000)),
    Brings(date(2026, 10, 1), Decimal(90000), Decimal(40000)),
)


def steps(months=()):
    return due_dates.walk(AUTUMN, months, since=SIGNED)


class TestWalk:
    def test_writes_what_is_due_by_each_date_on_which_principal_is(self):
        assert steps(RICE) == [
            {
                "on": "2026-10-01",
                "months": "3.024658",
                "principal": "0.500000",
                "interest": "0.040000",
                "harvest": "40000",
            },
            {
                "on": "2026-11-01",
                "months": "4.043836",
                "principal": "1.000000",
                "interest": "0.046667",
                "harvest": "80000",
            },
        ]

    def test_counts_a_harvest_when_its_month_is_over(self):
        october = [Brings(date(2026, 10, 1), Decimal(90000), Decimal(40000))]
        days = [Asked(date(2026, 10, day), Decimal(1), Decimal(0)) for day in (1, 30, 31)]
        told = [step["harvest"] for step in due_dates.walk(days, october, since=SIGNED)]
        assert told == ["0", "0", "40000"]


class TestShortfall:
    """Of 5,000 a month and 2,000 kept, 17,123.29 are there in October and 22,219.18 in November."""

    MEANS = Means(Decimal(2000), Decimal(5000), Decimal(0), Decimal("0.5"))

    def found(self, amount, means=MEANS, months=(), rate_share=Decimal(1)):
        return due_dates.shortfall(steps(months), means, Decimal(amount), rate_share=rate_share)

    def test_is_none_where_every_date_can_be_paid(self):
        assert self.found(21000) is None

    def test_names_the_first_date_that_cannot_be_paid_and_the_most_that_could(self):
        found = self.found(40000)
        assert (found.on, found.due, found.there) == (date(2026, 10, 1), Decimal("21600.00"), Decimal("17123.29"))
        assert found.carried.quantize(Decimal("0.01")) == Decimal("21228.51")
        assert found.as_data()["short"] == "4476.71"

    def test_is_of_a_later_date_where_the_first_can_be_paid(self):
        assert self.found(25000).on == date(2026, 11, 1)

    def test_asks_for_less_interest_at_a_lower_rate(self):
        assert self.found("22000", rate_share=Decimal("0.2")) is None
        assert self.found("22000", rate_share=Decimal(1)) is not None

    def test_counts_the_harvest_where_it_brings_more_than_the_usual_months(self):
        assert self.found(40000, months=RICE) is None
        assert self.found(41000, months=RICE).there == Decimal("22000.00")

    def test_counts_the_harvest_after_what_other_loans_take(self):
        indebted = Means(Decimal(0), Decimal(0), Decimal(6000), Decimal("0.5"))
        assert self.found(10000, means=indebted, months=RICE).there == Decimal("1852.05")

    def test_leaves_nothing_where_months_end_below(self):
        losing = Means(Decimal(0), Decimal(-900), Decimal(0), Decimal(0))
        assert self.found(100, means=losing).carried == 0


class TestVerdict:
    """A grower who kept 5,000 and to whom 6,500 a month are left: 31,285 by November, when 41,000 are due."""

    SHOP = make_features(monthly_outflow=52200.0, monthly_debt_service=0.0, buffer_to_inflow=0.1)

    def judged(self, amount="40000", shop=SHOP, walks=None, **facts):
        walked = {due_dates.WALKS: walks or {str(months): steps() for months in range(12, 37, 3)}}
        asked = make_facts(requested_amount=amount, **walked | facts)
        return policy.judge(shop, asked, card(), standard_policy(), TERMS)

    def test_sends_to_a_person_what_the_average_month_carries_and_a_due_date_does_not(self):
        plain = policy.judge(self.SHOP, make_facts(requested_amount="40000"), card(), standard_policy(), TERMS)
        verdict = self.judged()
        assert (plain.outcome, verdict.outcome) == (Outcome.APPROVED, Outcome.REFERRED)
        assert verdict.limit_amount == plain.limit_amount
        assert verdict.reasons[0].code == "due_date_short"
        assert verdict.reasons[0].params["on"] == "2026-11-01"

    def test_offers_the_most_that_is_paid_on_every_date_and_is_approved(self):
        (offered,) = self.judged().alternatives
        amount = offered.params["amount"]
        assert offered == Alternative("smaller_amount", {"amount": amount, "outcome": "approved"})
        assert self.judged(amount).outcome == Outcome.APPROVED
        assert self.judged(str(Decimal(amount) + 100)).outcome == Outcome.REFERRED

    def test_offers_a_longer_term_whose_dates_can_be_paid(self):
        later = [step | {"months": "15"} for step in steps()]
        offered = self.judged(walks={"12": steps(), "15": later}).alternatives
        assert Alternative("longer_term", {"months": 15, "outcome": "approved"}) in offered

    def test_offers_nothing_below_the_least_that_is_lent(self):
        poor = self.SHOP | {"monthly_outflow": 59700.0, "buffer_to_inflow": 0.0}
        assert self.judged("1500", shop=poor).alternatives == ()

    def test_declines_what_is_above_the_limit_as_before(self):
        codes = [reason.code for reason in self.judged("290000").reasons]
        assert "due_date_short" not in codes

    def test_is_the_same_without_a_walk(self):
        assert self.judged(walks={"9": steps()}) == self.judged(walks={"24": steps()})
        assert self.judged(walks={"9": steps()}).outcome == Outcome.APPROVED

    @pytest.mark.parametrize("missing", ["monthly_outflow", "buffer_to_inflow"])
    def test_is_told_of_no_date_where_nothing_was_measured(self, missing):
        codes = [reason.code for reason in self.judged(shop=self.SHOP | {missing: None}).reasons]
        assert ("due_date_short" in codes) == (missing == "buffer_to_inflow")


class TestTermsBeyond:
    def test_are_those_that_may_be_offered(self):
        assert list(limits.terms_beyond(9, {"max_term_months": 24})) == [12, 15, 18, 21, 24]
        assert list(limits.terms_beyond(9, {"max_term_months": 24, "step_months": 6})) == [15, 21]
