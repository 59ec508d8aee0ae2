"""Proofs of what other rules would have said of past cases."""

from datetime import timedelta

import pytest

from accounts.identity.models import Branch, Industry, Role
from accounts.identity.tests.builders import make_user
from lending.credit import operations as credit
from lending.credit.models import Policy, Scorecard
from lending.credit.tests.cases import card, standard_policy
from lending.credit.verdicts import Outcome
from lending.portfolio import queries
from lending.portfolio.tests.builders import NOW, TODAY, install_rules, make_customer, make_decision, make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def product(bank):
    install_rules()
    return make_product()


@pytest.fixture
def branch(bank):
    return Branch.objects.filter(is_head_office=False).first()


@pytest.fixture
def tried(analyst):
    def by_other_rules(rules):
        draft = credit.propose(rules, by="U-ANALYST", at=NOW) if isinstance(rules, dict) else rules
        return queries.trial(draft, reader=analyst, on=TODAY)

    return by_other_rules


def harder():
    return standard_policy() | {"largest_exposure_amount": "100"}


class TestTrial:
    def test_the_rules_in_force_say_what_they_said(self, product, branch, tried):
        make_decision(make_customer(branch), product)
        found = tried(Policy.objects.get())
        assert found.decisions == 1
        assert not found.changed

    def test_a_policy_of_another_name_judges_all(self, product, branch, tried):
        make_decision(make_customer(branch), product)
        assert tried(harder() | {"code": "harder"}).decisions == 1

    def test_a_harder_policy_approves_less(self, product, branch, tried):
        decision = make_decision(make_customer(branch), product)
        found = tried(harder())
        assert found.counts == {(Outcome.APPROVED, Outcome.DECLINED): 1}
        assert [each.decision for each in found.changed] == [decision]
        assert found.changed[0].verdict.reasons[0].code == "exposure_too_high"

    @pytest.mark.parametrize(
        ("facts", "months", "found"),
        [
            ({"worst_days_past_due": 40}, 24, 1),
            ({"worst_days_past_due": 0}, 24, 0),
            ({"worst_days_past_due": 0, "late_months": 24}, 36, 1),
            ({"worst_days_past_due": 40, "late_months": 24}, 24, 0),
        ],
    )
    def test_tells_in_how_many_cases_being_late_may_have_been_otherwise(
        self, product, branch, tried, facts, months, found
    ):
        make_decision(make_customer(branch), product, facts=facts)
        assert tried(standard_policy() | {"code": "other", "late_months": months}).late_otherwise == found

    def test_a_card_is_tried_on_the_cases_of_its_trades(self, product, branch, tried):
        trade = Industry.objects.create(code="H", section="H", name_en="Transport", name_zh_hans="运输")
        make_decision(make_customer(branch), product)
        make_decision(make_customer(branch, industry=trade), product)
        assert tried(Scorecard.objects.get(code="expert-transport")).decisions == 1
        harsh = tried(card("expert-transport") | {"base_points": 100})
        assert harsh.counts == {(Outcome.APPROVED, Outcome.DECLINED): 1}

    def test_older_cases_other_branches_and_ones_own_enterprise_do_not_count(
        self, bank, product, branch, analyst, tried
    ):
        make_decision(make_customer(branch), product, at=NOW - timedelta(days=400))
        own = make_customer(branch)
        own.memberships.create(user=analyst, role="manager", began_at=NOW)
        make_decision(own, product)
        make_decision(make_customer(branch), product)
        policy = Policy.objects.get()
        assert tried(policy).decisions == 1
        elsewhere = make_user("Elsewhere", role=Role.AUDITOR, branch=bank.other_branch)
        assert queries.trial(policy, reader=elsewhere, on=TODAY).decisions == 0


class TestPage:
    def test_shows_the_cases_that_would_differ(self, product, branch, analyst, client_of):
        decision = make_decision(make_customer(branch), product)
        draft = credit.propose(harder(), by="U-ANALYST", at=NOW)
        page = client_of(analyst).get(f"/portfolio/trials/policies/standard/{draft.version}/").content.decode()
        assert decision.application.reference in page
        assert "being late was counted" not in page

    def test_says_where_being_late_stands_as_it_was_kept(self, product, branch, analyst, client_of):
        make_decision(make_customer(branch), product, facts={"worst_days_past_due": 40})
        page = client_of(analyst).get("/portfolio/trials/policies/standard/1/").content.decode()
        assert "In 1 of them being late was counted in other months than this policy names" in page

    def test_is_closed_to_an_officer(self, product, officer, client_of):
        assert client_of(officer).get("/portfolio/trials/policies/standard/1/").status_code == 403

    def test_there_is_none_of_standards(self, product, analyst, client_of):
        assert client_of(analyst).get("/portfolio/trials/standards/standards/1/").status_code == 404
